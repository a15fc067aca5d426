import type { Path } from '../../base/path.ts'
import { findSummary } from '../../messages/compaction.ts'
import type { Turn } from '../../messages/conversation.ts'
import { checkToolPairs } from '../../messages/tool-pairs.ts'
import type { ContentBlock, ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import type { ResponseBlock, TextCitation } from '../../wire/anthropic/response.ts'
import type { CarriedText } from './carried-text.ts'
import { createCitations } from './citations.ts'
import { type Origin, toClientError } from './client-paths.ts'
import { findOwnSearches, type OwnSearches } from './own-searches.ts'
import { searchToolName } from './request.ts'
import { mostCalls, type ResultOptions, toModelResult, withLastCallNote } from './results.ts'
import { toModelToolId } from './server-tool-ids.ts'

/**
 * The conversation as the model had it: one answer of this server is several calls of the model, with plain tool uses
 * and results between them. The loop adds its calls by the same rules, so that the next request of the client begins
 * with the same bytes, which the prompt cache needs (WS-31).
 */

export interface HistoryOptions extends ResultOptions {
  readonly carriedText: CarriedText
}

export interface History {
  /** Whether the client's messages have searches of this server. */
  readonly hasSearches: boolean
  /** The plain messages, with everything that was added. */
  messages(): InputMessage[]
  /** Adds one call of the running answer: the blocks that the client gets, with all results of its searches. */
  add(blocks: readonly ResponseBlock[]): void
  /** A citation for the client; undefined if it points to nothing. */
  toCitation(citation: TextCitation): TextCitation | undefined
  /** An error with the client's paths; a value without a path unchanged. */
  toClientError(thrown: unknown): unknown
}

interface PlacedBlock {
  readonly block: ContentBlock
  readonly position: number
}

/** One call of the model, and the results of its searches. */
interface Call {
  readonly said: PlacedBlock[]
  readonly results: PlacedBlock[]
}

const toCalls = (blocks: readonly ContentBlock[], own: OwnSearches): Call[] => {
  const calls: Call[] = []
  for (const [position, block] of blocks.entries()) {
    const isResult = own.results.has(block)
    let call = calls.at(-1)
    if (call === undefined || (!isResult && call.results.length > 0)) {
      call = { said: [], results: [] }
      calls.push(call)
    }
    const list = isResult ? call.results : call.said
    list.push({ block, position })
  }
  return calls
}

const toPlainUse = (block: ContentBlock, { uses }: OwnSearches): ContentBlock => {
  const id = uses.get(block)
  if (id === undefined || block.type !== 'server_tool_use') return block
  const { input, cache_control: control } = block
  return {
    type: 'tool_use',
    id: toModelToolId(id),
    name: searchToolName,
    input,
    ...(control && { cache_control: control }),
  }
}

/** An own use or result, by the client's ids. */
interface Unit {
  readonly path: Path
  readonly useId: string | undefined
  readonly resultId: string | undefined
}

interface PlacedMessage {
  readonly message: InputMessage
  /** Undefined for what the loop has added. */
  readonly origin?: Origin | undefined
  readonly units: readonly Unit[]
}

const toUnits = (blocks: readonly PlacedBlock[], { uses, results }: OwnSearches, index: number): Unit[] =>
  blocks.flatMap(({ block, position }) => {
    const [useId, resultId] = [uses.get(block), results.get(block)?.useId]
    if (useId === undefined && resultId === undefined) return []
    return [{ path: ['messages', index, 'content', position], useId, resultId }]
  })

const isEmpty = ({ role, content }: InputMessage): boolean =>
  role === 'assistant' && (content === undefined || content.length === 0)

/** Each search needs its result (WS-35). The translation would name the model's ids, which the client does not know. */
const checkPairs = (placed: readonly PlacedMessage[]): void => {
  const turns: Turn<Unit>[] = []
  for (const { message, units } of placed) {
    if (isEmpty(message)) continue
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const last = turns.at(-1)
    if (last?.role === role) last.units.push(...units)
    else turns.push({ role, units: [...units], path: [] })
  }
  checkToolPairs(turns, {
    useId: ({ useId }) => useId,
    resultId: ({ resultId }) => resultId,
    toClient: (id) => id,
  })
}

/** Throws a 400 for a search without a result, and for the reverse. */
export const createHistory = (clientMessages: readonly InputMessage[], options: HistoryOptions): History => {
  const { carriedText } = options
  const placed: PlacedMessage[] = []
  const citations = createCitations()
  /** Calls of the current answer that have results. */
  let rounds = 0

  const toResults = ({ results }: Call, own: OwnSearches): ToolResultBlock[] => {
    rounds += 1
    const blocks: ToolResultBlock[] = []
    for (const { block } of results) {
      const found = own.results.get(block)
      if (found === undefined) continue
      const result = toModelResult(toModelToolId(found.useId), found.outcome, found.cacheControl, options)
      citations.add(found, result.searchResults)
      blocks.push(result.block)
    }
    const last = blocks.at(-1)
    return last === undefined || rounds !== mostCalls - 1 ? blocks : blocks.with(-1, withLastCallNote(last))
  }

  const addBlocks = (blocks: readonly ContentBlock[], own: OwnSearches, index?: number): void => {
    const add = (message: InputMessage, from: readonly PlacedBlock[]): void => {
      if (index === undefined) {
        placed.push({ message, units: [] })
        return
      }
      const positions = from.map(({ position }) => position)
      placed.push({ message, origin: { index, positions }, units: toUnits(from, own, index) })
    }
    for (const call of toCalls(blocks, own)) {
      const said = call.said.map(({ block }) => toPlainUse(block, own))
      if (said.length > 0) add({ role: 'assistant', content: said }, call.said)
      if (call.results.length > 0) add({ role: 'user', content: toResults(call, own) }, call.results)
    }
  }

  const addClientMessages = (): void => {
    const own = findOwnSearches(clientMessages, carriedText)
    const isOwn = (block: ContentBlock): boolean => own.uses.has(block) || own.results.has(block)
    for (const [index, message] of clientMessages.entries()) {
      const { content } = message
      rounds = 0
      if (Array.isArray(content) && content.some(isOwn)) addBlocks(content, own, index)
      else placed.push({ message, origin: { index }, units: [] })
    }
    rounds = 0
    // Before a summary, nothing is sent.
    const first = findSummary(clientMessages)?.index ?? 0
    checkPairs(placed.slice(placed.findIndex(({ origin }) => origin?.index === first)))
  }
  addClientMessages()

  const messages = (): InputMessage[] => placed.map(({ message }) => message)
  return {
    hasSearches: placed.some(({ units }) => units.length > 0),
    messages,
    add(blocks) {
      const content = blocks as readonly ContentBlock[]
      addBlocks(content, findOwnSearches([{ role: 'assistant', content: [...content] }], carriedText))
    },
    toCitation: (citation) => citations.toClient(citation, messages),
    toClientError: (thrown) => toClientError(thrown, (index) => placed[index]?.origin),
  }
}
