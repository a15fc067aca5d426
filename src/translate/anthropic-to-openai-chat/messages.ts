import type { Path } from '../../base/path.ts'
import { continuationText, prefillNotSupported } from '../../messages/fillers.ts'
import { checkToolPairs } from '../../messages/tool-pairs.ts'
import { toAssistantMessage } from './assistant-message.ts'
import type { ChatContext, ChatTurn } from './context.ts'
import { type PlacedMessage, toUserMessages } from './user-messages.ts'

/** A user turn that the client did not send. */
const fillerTurn = (path: Path, text?: string): ChatTurn => ({
  role: 'user',
  units: text === undefined ? [] : [{ block: { type: 'text', text }, path }],
  path,
})

/** Whether the conversation ends with the beginning of a response, which the model continues. */
const isPrefill = (turns: readonly ChatTurn[]): boolean => {
  const last = turns.at(-1)
  return last?.role === 'assistant' && last.units.at(-1)?.isTranscript !== true
}

/**
 * Throws a 400 in Anthropic's words for a tool use without its result or the reverse, and for a prefill that the
 * provider does not continue. The first turn is the user's, and so is the last one, unless it is a prefill.
 */
export const prepareTurns = (turns: ChatTurn[], { dialect, policy, blockKinds }: ChatContext): void => {
  if (blockKinds.toolUses || blockKinds.toolResults) {
    checkToolPairs(turns, {
      useId: ({ block }) => (block.type === 'tool_use' ? block.id : undefined),
      resultId: ({ block }) => (block.type === 'tool_result' ? block.tool_use_id : undefined),
      toClient: (id) => id,
    })
  }
  if (turns[0]?.role !== 'user') turns.unshift(fillerTurn(['messages']))
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  if (!isPrefill(turns)) turns.push(fillerTurn(last.path, continuationText))
  else if (!policy.prefill || dialect.prefill === 'none') throw prefillNotSupported()
}

/** Removes the reasoning of finished turns, for models that refuse it (OU-Q96). */
const keepCurrentReasoning = (messages: readonly PlacedMessage[]): void => {
  const lastUser = messages.findLastIndex(({ message }) => message.role === 'user')
  for (const { message } of messages.slice(0, lastUser)) {
    if (message.role === 'assistant') delete message.reasoning_content
  }
}

/** Marks the last message as the beginning of the response, in the provider's form (OU-Q27). */
const markPrefill = ({ message }: PlacedMessage, { dialect }: ChatContext): void => {
  if (message.role !== 'assistant') return
  if (typeof message.content === 'string') message.content = message.content.trimEnd()
  if (dialect.prefill === 'prefix') message.prefix = true
  if (dialect.prefill === 'partial') message.partial = true
}

/** The messages of a conversation. `isReasoningOff`: the request switches reasoning off. */
export const toMessages = (
  turns: readonly ChatTurn[],
  isReasoningOff: boolean,
  context: ChatContext,
): PlacedMessage[] => {
  const messages: PlacedMessage[] = []
  const toolNames = new Map<string, string>()
  const state = { toolNameOf: (callId: string) => toolNames.get(callId), isReasoningOff }
  let earlierText = ''
  for (const turn of turns) {
    if (turn.role === 'user') {
      for (const message of toUserMessages(turn, state, context)) messages.push(message)
      continue
    }
    for (const { block } of turn.units) if (block.type === 'tool_use') toolNames.set(block.id, block.name)
    const { message, reasoningText } = toAssistantMessage(turn, { isOff: isReasoningOff, earlierText }, context)
    if (reasoningText !== '') earlierText = reasoningText
    messages.push({ message, path: turn.path })
  }
  if (context.dialect.replay === 'content-current') keepCurrentReasoning(messages)
  const last = messages.at(-1)
  if (last !== undefined && isPrefill(turns)) markPrefill(last, context)
  return messages
}
