import { toUnicodeJsonWithoutNul } from '../../base/unicode-json.ts'
import { emptyTurnText } from '../../messages/fillers.ts'
import { toTranscript } from '../../messages/server-tool-transcript.ts'
import type { ThinkingBlock, ToolUseBlock } from '../../wire/anthropic/content.ts'
import type { AssistantMessage, ToolCall } from '../../wire/openai-chat/message.ts'
import { toToolInput } from '../tool-input.ts'
import type { ChatContext, ChatTurn, ChatUnit } from './context.ts'
import { joinReasoning, type ReplayState, type TurnReasoning, toReasoningMembers } from './replay.ts'

/** A text of the turn. `isApart`: it replaces a block, so it is not part of the model's own text. */
interface TurnText {
  readonly text: string
  readonly isApart: boolean
}

/** The blocks of an assistant turn, by kind. */
interface TurnBlocks {
  readonly texts: TurnText[]
  readonly thinking: ThinkingBlock[]
  readonly calls: ToolUseBlock[]
}

const callTranscript = ({ name, input }: ToolUseBlock): string => toTranscript({ type: 'server_tool_use', name, input })

const sortBlocks = (units: readonly ChatUnit[], { policy, notes }: ChatContext): TurnBlocks => {
  const blocks: TurnBlocks = { texts: [], thinking: [], calls: [] }
  let isInterleaved = false
  for (const { block, path, isTranscript } of units) {
    if (block.type === 'thinking') blocks.thinking.push(block)
    else if (block.type === 'tool_use' && policy.disableTools) {
      blocks.texts.push({ text: callTranscript(block), isApart: true })
    } else if (block.type === 'tool_use') blocks.calls.push(block)
    else if (block.type === 'text') {
      if (blocks.calls.length > 0 && !isInterleaved) {
        isInterleaved = true
        notes.dropped(path, 'text between tool calls: moved before them')
      }
      blocks.texts.push({ text: block.text, isApart: isTranscript === true })
    }
  }
  return blocks
}

/** Joins the pieces of the model's text unchanged; a text that replaces a block becomes a separate paragraph. */
const joinTexts = (texts: readonly TurnText[]): string => {
  let joined = ''
  let wasApart = false
  for (const { text, isApart } of texts) {
    if (joined !== '' && (isApart || wasApart)) joined += '\n\n'
    joined += text
    wasApart = isApart
  }
  return joined
}

const toToolCall = (
  { id, name, input }: ToolUseBlock,
  { tokens }: TurnReasoning,
  { dialect, toolCallIds, toolNames }: ChatContext,
): ToolCall => {
  const call: ToolCall = {
    id: toolCallIds.toUpstream(id),
    type: 'function',
    function: { name: toolNames.toUpstream(name), arguments: toUnicodeJsonWithoutNul(toToolInput(input)) },
  }
  const token = dialect.replay === 'token' ? tokens.get(id) : undefined
  if (token !== undefined) call.extra_content = { google: { thought_signature: token } }
  return call
}

const toContent = (
  text: string,
  calls: readonly ToolUseBlock[],
  reasoning: TurnReasoning,
  { dialect }: ChatContext,
): AssistantMessage['content'] => {
  if (dialect.replay === 'parts' && reasoning.text !== '' && !dialect.stringsOnly) {
    const thinking = { type: 'thinking' as const, thinking: [{ type: 'text' as const, text: reasoning.text }] }
    return text === '' ? [thinking] : [thinking, { type: 'text', text }]
  }
  if (text !== '') return text
  return calls.length > 0 ? dialect.emptyAssistant : ''
}

export interface TranslatedAssistant {
  readonly message: AssistantMessage
  readonly reasoningText: string
}

/** An assistant turn as one message: texts, then calls (OU-Q24, Q25); the dialect says how it carries reasoning. */
export const toAssistantMessage = (
  turn: ChatTurn,
  { isOff, earlierText }: Omit<ReplayState, 'hasCalls'>,
  context: ChatContext,
): TranslatedAssistant => {
  const { dialect } = context
  const { texts, thinking, calls } = sortBlocks(turn.units, context)
  const reasoning = joinReasoning(thinking, dialect)
  const members = toReasoningMembers(reasoning, dialect, { isOff, earlierText, hasCalls: calls.length > 0 })
  const message: AssistantMessage = {
    role: 'assistant',
    content: toContent(joinTexts(texts), calls, reasoning, context),
    ...members,
  }
  if (calls.length > 0) message.tool_calls = calls.map((call) => toToolCall(call, reasoning, context))
  else if (message.content === '' && Object.keys(members).length === 0) message.content = emptyTurnText
  return { message, reasoningText: reasoning.text }
}
