import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { longerLived } from '../../messages/cache-control.ts'
import type { PlacedText } from '../../messages/conversation.ts'
import { systemTexts } from '../../messages/system-texts.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { TextPart } from '../../wire/openai-chat/message.ts'
import { type ChatContext, type PlacedPart, textPart } from './context.ts'
import { toContent } from './parts.ts'
import type { PlacedMessage } from './user-messages.ts'

/** The texts of the system message; system messages from the start of the conversation come last. */
export const toSystemParts = (
  request: MessagesRequest,
  leading: readonly PlacedText[],
  instruction: string | undefined,
  { dialect, policy, notes }: ChatContext,
): PlacedPart[] => {
  const parts: PlacedPart[] = []
  for (const { block, path } of systemTexts(request.system, leading, policy.billingHeader, notes)) {
    if (!isBlank(block.text)) parts.push(textPart(block.text, path))
    const control = dialect.cache === 'drop' ? undefined : block.cache_control
    if (!control) continue
    const last = parts.at(-1)
    if (last === undefined) notes.dropped(path, 'cache marker with nothing before it')
    else last.marker = longerLived(last.marker, control)
  }
  if (instruction !== undefined) parts.push(textPart(instruction, ['output_config', 'format']))
  return parts
}

const path: Path = ['system']

/** One message before all others, or no message (OU-Q2). */
export const toSystemMessages = (parts: readonly PlacedPart[], { dialect }: ChatContext): PlacedMessage[] => {
  if (parts.length === 0) return []
  const content = toContent(parts, '\n\n', dialect) as string | TextPart[]
  const partPaths = parts.map((part) => part.path)
  return [{ message: { role: 'system', content }, path, ...(typeof content !== 'string' && { partPaths }) }]
}
