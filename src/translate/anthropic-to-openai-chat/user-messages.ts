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
import { mediaWord, type TranslatedResult, toResult } from './tool-message.ts'

/** A message, and where it and its parts are in the client's request. */
export interface PlacedMessage {
  readonly message: ChatMessage
  readonly path: Path
  readonly partPaths?: readonly Path[]
}

/** The name of the tool that a call used, as the client spells it, by the call's id. */
type ToolNameOf = (callId: string) => string | undefined

/** What a user turn depends on besides its own blocks. */
export interface UserTurnState {
  readonly toolNameOf: ToolNameOf
  /** The model is told not to reason. */
  readonly isReasoningOff: boolean
}

type AfterTool = ChatDialect['afterTool']

/** Texts of one message. */
const paragraph = '\n\n'
/** Texts of one result. */
const line = '\n'

interface PlacedResult extends TranslatedResult {
  readonly block: ToolResultBlock
  readonly path: Path
  /** Texts of the turn that are appended to this result (OU-Q23). */
  readonly folded: PlacedPart[]
}

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
      // Results have messages of their own; the others are the assistant's.
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
  notes.dropped(path, 'cache marker where the provider takes none')
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

/** Appends to the last result what the provider does not want in a user message behind it. Returns the rest. */
const fold = (others: readonly PlacedPart[], results: readonly PlacedResult[], afterTool: AfterTool): PlacedPart[] => {
  const last = results.at(-1)
  if (last === undefined) return [...others]
  const rest: PlacedPart[] = []
  for (const part of others) (isFolded(part, afterTool) ? last.folded : rest).push(part)
  return rest
}

/** A result, and the folded texts behind it as paragraphs of their own. */
const toolContent = ({ parts, folded }: PlacedResult, dialect: ChatDialect): ToolMessage['content'] => {
  const content = toContent(parts, line, dialect)
  if (folded.length === 0) return content
  if (typeof content !== 'string') return toContent([...parts, ...folded], line, dialect)
  return [content, ...folded.map(textOf)].join(paragraph)
}

const toToolMessage = (result: PlacedResult, toolNameOf: ToolNameOf, context: ChatContext): ToolMessage => {
  const { dialect, toolCallIds, toolNames } = context
  const { tool_use_id: callId } = result.block
  const name = dialect.toolName ? toolNameOf(callId) : undefined
  return {
    role: 'tool',
    tool_call_id: toolCallIds.toUpstream(callId),
    ...(name !== undefined && { name: toolNames.toUpstream(name) }),
    content: toolContent(result, dialect),
  }
}

/** Images and files of results, each behind a text that names its tool (OU-Q40). */
const mediaOf = (results: readonly PlacedResult[], toolNameOf: ToolNameOf, { toolNames }: ChatContext): PlacedPart[] =>
  results.flatMap(({ media, block, path }) => {
    if (media.length === 0) return []
    const word = mediaWord(media) === 'images' ? 'Images' : 'Files'
    const name = toolNames.toUpstream(toolNameOf(block.tool_use_id) ?? 'tool')
    return [textPart(`${word} of the result of ${name}:`, path), ...media]
  })

/** A filler: some providers take no user message directly behind tool messages. */
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
    const result: PlacedResult = { ...toResult(block, path, context), block, path, folded: [] }
    placeMarker(unit, result.parts, [], context)
    if (!context.policy.disableTools) results.push(result)
    else for (const part of resultTranscript(result, toolNameOf)) others.push(part)
  }
  return { results, others }
}

/**
 * A user turn as the provider takes it: a tool message for each result, in the client's order, then at most one user
 * message with the rest (OU-Q21, Q23).
 */
export const toUserMessages = (
  turn: ChatTurn,
  { toolNameOf, isReasoningOff }: UserTurnState,
  context: ChatContext,
): PlacedMessage[] => {
  const { dialect, policy } = context
  const afterTool = policy.afterToolResults ?? dialect.afterTool
  const { results, others } = readTurn(turn, toolNameOf, context)
  const rest = fold(others, results, afterTool)
  const messages: PlacedMessage[] = results.map((result) => ({
    message: toToolMessage(result, toolNameOf, context),
    path: result.path,
  }))
  const parts = [...mediaOf(results, toolNameOf, context), ...rest]
  if (parts.length === 0 && results.length > 0) return messages
  if (results.length > 0 && afterTool === 'bridge') {
    messages.push({ message: bridge(isReasoningOff, dialect), path: turn.path })
  }
  if (parts.length === 0) parts.push(textPart(emptyTurnText, turn.path))
  const content = toContent(parts, paragraph, dialect)
  messages.push({
    message: { role: 'user', content },
    path: turn.path,
    ...(typeof content !== 'string' && { partPaths: parts.map(({ path }) => path) }),
  })
  return messages
}
