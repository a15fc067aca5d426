import { type Json, objectsIn } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { CompletionMessage } from '../../wire/openai-chat/completion-request.ts'
import type { IsThinkingOf, OpenAiContext } from '../openai-entrance/context.ts'
import { completeThinking, type ThinkingContent, toThinkingContent } from '../openai-entrance/thinking-content.ts'

/** The thinking that a client sends back with a message of the assistant (OE-C43, OE-C63). */

/** The format of `reasoning_details` whose signatures are Anthropic's. */
const anthropicFormat = 'anthropic-claude-v1'

const isAnthropic = ({ format }: Json): boolean => format === undefined || format === null || format === anthropicFormat

/** A block of thinking whose entries are being joined. */
interface Draft {
  readonly type: 'thinking'
  readonly index: unknown
  thinking: string
  signature: string
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Joins the entries of each block. A signature ends its block. */
const fromDetails = (details: unknown): readonly ThinkingContent[] | undefined => {
  const blocks: Json[] = []
  let draft: Draft | undefined
  for (const { type, index, text, signature, data } of objectsIn(details).filter(isAnthropic)) {
    if (type === 'reasoning.encrypted') {
      draft = undefined
      blocks.push({ type: 'redacted_thinking', data })
    } else if (type === 'reasoning.text') {
      if (draft === undefined || draft.index !== index || draft.signature !== '') {
        draft = { type: 'thinking', index, thinking: '', signature: '' }
        blocks.push(draft as object as Json)
      }
      draft.thinking += textOf(text)
      draft.signature = textOf(signature)
    }
  }
  return completeThinking(blocks.map(toThinkingContent))
}

/**
 * Clients that keep only the last part of a streamed member lose earlier blocks, and the text in front of a signature.
 */
const startsLate = (details: unknown): boolean => Number(objectsIn(details).find(isAnthropic)?.['index'] ?? 0) > 0
const lacksText = (block: ThinkingContent): boolean => block.type === 'thinking' && block.thinking === ''

/** The text of the only block, which such a client may have as a member of its own. Models can also hide their text. */
const withText = (blocks: readonly ThinkingContent[], text: unknown): readonly ThinkingContent[] =>
  blocks.length === 1
    ? blocks.map((block) => (lacksText(block) ? { ...block, thinking: textOf(text) } : block))
    : blocks

/** LiteLLM's form: Anthropic's own blocks. */
const fromBlocks = (blocks: unknown): readonly ThinkingContent[] | undefined =>
  Array.isArray(blocks) ? completeThinking(blocks.map(toThinkingContent)) : undefined

/** Members that show thinking, the most complete first. */
const members = ['reasoning_details', 'thinking_blocks', 'reasoning_content', 'reasoning'] as const

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

const markOf = (block: ThinkingContent): string => (block.type === 'thinking' ? block.signature : block.data)

/** Remembered thinking is the message's if it contains what the client returns of it. */
const createIsOf = (
  { reasoning_content: content, reasoning }: Json,
  parts: readonly ThinkingContent[],
): IsThinkingOf => {
  const text = (textOf(content) || textOf(reasoning)).trim()
  return (remembered) => {
    if (!parts.every((part) => remembered.some((block) => markOf(block) === markOf(part)))) return false
    return remembered
      .map((block) => (block.type === 'thinking' ? block.thinking : ''))
      .join('')
      .includes(text)
  }
}

/**
 * The blocks of a message's thinking: from the message, or from the memory by the message's first call. Thinking without
 * a signature is left out: the model's API refuses it, and models imitate it if they read it as text.
 */
export const toThinkingHistory = (
  message: CompletionMessage & Json,
  firstCallId: string | undefined,
  path: Path,
  { recall, notes }: OpenAiContext,
): readonly ThinkingContent[] => {
  const details = message['reasoning_details']
  const parts = fromDetails(details)
  const detailed = startsLate(details) ? undefined : parts
  if (detailed !== undefined && !detailed.some(lacksText)) return detailed
  const thinking =
    fromBlocks(message['thinking_blocks']) ??
    (firstCallId === undefined ? undefined : recall(firstCallId, createIsOf(message, parts ?? []))) ??
    (detailed && withText(detailed, message['reasoning_content']))
  if (thinking !== undefined) return thinking
  const lost = members.find((member) => !isEmpty(message[member]))
  if (lost !== undefined) notes.dropped([...path, lost], 'thinking without a signature')
  return []
}
