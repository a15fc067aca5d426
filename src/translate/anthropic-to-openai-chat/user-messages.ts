import { assertNever } from '../../base/assert-never.ts'
import type { Path } from '../../base/path.ts'
import { continuingText, emptyTurnText } from '../../messages/fillers.ts'
import type { ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { ChatMessage, ToolMessage } from '../../wire/openai-chat/message.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import { type ChatContext, type ChatTurn, type ChatUnit, isTextPart, type PlacedPart, textPart } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImagePart } from './media.ts'
import { markLast, textOf, toContent } from './parts.ts'
import { noReasoning, toReasoningMembers } from './replay.ts'
import { type TranslatedResult, toResult } from './tool-message.ts'

/** A message, and the paths of it and its parts in the client's request. */
export interface PlacedMessage {
  readonly message: ChatMessage
  readonly path: Path
  readonly partPaths?: readonly Path[]
}

/** The name of the tool that a call used, as the client spells it, by the call's id. */
type ToolNameOf = (callId: string) => string | undefined

/** What a user turn depends on, apart from its blocks. */
export interface UserTurnState {
  readonly toolNameOf: ToolNameOf
  /** The request switches reasoning off. */
  readonly isReasoningOff: boolean
}

type AfterTool = ChatDialect['afterTool']

/** Separates the texts of one message. */
const paragraph = '\n\n'
/** Separates the texts of one result. */
const line = '\n'

interface PlacedResult extends TranslatedResult {
  readonly block: ToolResultBlock
  readonly path: Path
}

const noParts: readonly PlacedPart[] = []

const unitParts = ({ block, path }: ChatUnit, context: ChatContext): PlacedPart[] => {
  switch (block.type) {
    case 'text':
      return [textPart(block.text, path)]
    case 'image':
      return [toImagePart(block, path, context)]
    case 'document':
      return toDocumentParts(block, path, context)
    case 'search_result':
      return toSearchResultParts(block, path, context)
    case 'tool_use':
    case 'tool_result':
    case 'thinking':
      // Tool results become separate messages; the other kinds are the assistant's.
      return []
    default:
      return assertNever(block)
  }
}

const placeMarker = (
  { marker, path }: ChatUnit,
  parts: readonly PlacedPart[],
  earlier: readonly PlacedPart[],
  { dialect, notes }: ChatContext,
): void => {
  if (marker === undefined || markLast(parts, marker, dialect) || markLast(earlier, marker, dialect)) return
  notes.dropped(path, 'cache marker in a position that the provider does not support')
}

const resultTranscript = (
  { block, parts, media, path }: PlacedResult,
  toolNameOf: ToolNameOf,
): readonly PlacedPart[] => {
  const name = toolNameOf(block.tool_use_id) ?? 'tool'
  return [textPart(`[${name} result]`, path), ...parts, ...media]
}

const reminder = '<system-reminder>'

const isFolded = (placed: PlacedPart, afterTool: AfterTool): boolean => {
  if (afterTool === 'user' || !isTextPart(placed)) return false
  return afterTool === 'bridge' || placed.part.text.trimStart().startsWith(reminder)
}

/** A result, then the folded texts as separate paragraphs. */
const toolContent = (
  { parts }: PlacedResult,
  folded: readonly PlacedPart[],
  dialect: ChatDialect,
): ToolMessage['content'] => {
  const content = toContent(parts, line, dialect)
  if (folded.length === 0) return content
  if (typeof content !== 'string') return toContent([...parts, ...folded], line, dialect)
  return [content, ...folded.map(textOf)].join(paragraph)
}

/** `folded`: texts that are appended to the result (OU-Q23). */
const toToolMessage = (
  result: PlacedResult,
  folded: readonly PlacedPart[],
  toolNameOf: ToolNameOf,
  { dialect, toolCallIds, toolNames }: ChatContext,
): ToolMessage => {
  const callId = result.block.tool_use_id
  const name = dialect.toolName ? toolNameOf(callId) : undefined
  const id = toolCallIds.toUpstream(callId)
  const content = toolContent(result, folded, dialect)
  if (name === undefined) return { role: 'tool', tool_call_id: id, content }
  return { role: 'tool', tool_call_id: id, name: toolNames.toUpstream(name), content }
}

/** Images and files of results, each after a text that names its tool (OU-Q40). */
const mediaOf = (
  results: readonly PlacedResult[],
  toolNameOf: ToolNameOf,
  { toolNames }: ChatContext,
): readonly PlacedPart[] => {
  if (results.every(({ media }) => media.length === 0)) return noParts
  return results.flatMap(({ media, block, path }) => {
    if (media.length === 0) return []
    const name = toolNames.toUpstream(toolNameOf(block.tool_use_id) ?? 'tool')
    return [textPart(`Images of the result of ${name}:`, path), ...media]
  })
}

/** A filler: some providers refuse a user message directly after tool messages. */
const bridge = (isOff: boolean, dialect: ChatDialect): ChatMessage => ({
  role: 'assistant',
  content: continuingText,
  ...toReasoningMembers(noReasoning, dialect, { isOff, hasCalls: false, earlierText: '' }),
})

interface UserTurn {
  readonly results: PlacedResult[]
  readonly others: PlacedPart[]
}

const readTurn = ({ units }: ChatTurn, toolNameOf: ToolNameOf, context: ChatContext): UserTurn => {
  const results: PlacedResult[] = []
  const others: PlacedPart[] = []
  for (const unit of units) {
    const { block, path } = unit
    if (block.type !== 'tool_result') {
      const parts = unitParts(unit, context)
      placeMarker(unit, parts, others, context)
      for (const part of parts) others.push(part)
      continue
    }
    const { parts, media } = toResult(block, path, context)
    const result: PlacedResult = { parts, media, block, path }
    placeMarker(unit, parts, noParts, context)
    if (!context.policy.disableTools) results.push(result)
    else for (const part of resultTranscript(result, toolNameOf)) others.push(part)
  }
  return { results, others }
}

const toUserMessage = (parts: readonly PlacedPart[], path: Path, dialect: ChatDialect): PlacedMessage => {
  const content = toContent(parts, paragraph, dialect)
  const message: ChatMessage = { role: 'user', content }
  return typeof content === 'string' ? { message, path } : { message, path, partPaths: parts.map((part) => part.path) }
}

/**
 * A user turn in the provider's form: a tool message for each result, in the client's order, then at most one user
 * message with the rest (OU-Q21, Q23).
 */
export const toUserMessages = (
  turn: ChatTurn,
  { toolNameOf, isReasoningOff }: UserTurnState,
  context: ChatContext,
): PlacedMessage[] => {
  const { dialect, policy } = context
  const { results, others } = readTurn(turn, toolNameOf, context)
  const afterTool = results.length === 0 ? 'user' : (policy.afterToolResults ?? dialect.afterTool)
  const folded = afterTool === 'user' ? noParts : others.filter((part) => isFolded(part, afterTool))
  const rest = folded.length === 0 ? others : others.filter((part) => !isFolded(part, afterTool))
  const messages: PlacedMessage[] = []
  for (const result of results) {
    const behind = result === results.at(-1) ? folded : noParts
    messages.push({ message: toToolMessage(result, behind, toolNameOf, context), path: result.path })
  }
  const media = mediaOf(results, toolNameOf, context)
  const parts = media.length === 0 ? rest : [...media, ...rest]
  if (parts.length === 0 && results.length > 0) return messages
  if (afterTool === 'bridge') messages.push({ message: bridge(isReasoningOff, dialect), path: turn.path })
  if (parts.length === 0) parts.push(textPart(emptyTurnText, turn.path))
  messages.push(toUserMessage(parts, turn.path, dialect))
  return messages
}
