import type { CallContext } from '../../upstreams/upstream.ts'
import type { FinalUsage, Stop } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ResponseBlock, TextCitation } from '../../wire/anthropic/response.ts'
import type { CarriedText } from './carried-text.ts'
import type { History } from './history.ts'
import { type SearchTool, searchToolName, withoutForcedChoice } from './request.ts'
import { type ClientResult, mostCalls, toClientResult, withoutTexts } from './results.ts'
import type { SearchRuns, SearchUse } from './search-runs.ts'
import { isOwnServerToolId, toServerToolId } from './server-tool-ids.ts'
import { toShortened } from './shortened-request.ts'
import { addUsage, withSearches } from './usage-sum.ts'

/** A call of the model that has ended, as the client sees it. */
export interface EndedCall {
  /** Of its message. */
  readonly id: string
  readonly content: readonly ResponseBlock[]
  readonly stop: Stop
  readonly usage: FinalUsage
}

/** What follows a call: the next one, or the end of the answer. */
export type NextStep = {
  /** For the client. */
  readonly results: readonly ClientResult[]
} & ({ readonly request: MessagesRequest; readonly stop?: undefined } | { readonly stop: Stop })

/** Absent for a request without the search tool, whose history has searches. */
interface Searching {
  readonly tool: SearchTool
  readonly runs: SearchRuns
  readonly carriedText: CarriedText
}

export interface SearchLoopOptions {
  /** With the plain tool, and the history's messages. */
  readonly request: MessagesRequest
  readonly history: History
  readonly searching: Searching | undefined
  readonly call: Pick<CallContext, 'audit' | 'onUsage'>
}

/** Not a tool that the upstream itself runs. */
export const isSearch = (block: ResponseBlock): block is SearchUse =>
  block.type === 'server_tool_use' && isOwnServerToolId(block.id)

/** The answer ended before the search: a use without a result would make the history invalid. */
const notRun = { errorCode: 'unavailable' } as const

/** The calls of the model for one request, and the searches between them; the same for streams and whole answers. */
export class SearchLoop {
  readonly #options: SearchLoopOptions
  #calls = 0
  /** The sums of the calls before the current one. */
  #earlier: FinalUsage | undefined

  constructor(options: SearchLoopOptions) {
    this.#options = options
  }

  /** For the first call. */
  get request(): MessagesRequest {
    return this.#options.request
  }

  /** A block of the model as the client sees it. */
  toClientBlock(block: ResponseBlock): ResponseBlock {
    if (block.type === 'tool_use' && block.name === searchToolName && this.#options.searching !== undefined) {
      return { ...block, type: 'server_tool_use', id: toServerToolId(block.id) }
    }
    if (block.type !== 'text' || block.citations === null) return block
    const citations = block.citations.flatMap((citation) => this.toClientCitation(citation) ?? [])
    return { ...block, citations: citations.length > 0 ? citations : null }
  }

  /** Undefined for a citation that points to nothing. */
  toClientCitation(citation: TextCitation): TextCitation | undefined {
    return this.#options.history.toCitation(citation)
  }

  /** An error of the upstream as the client reads it. */
  toClientError(thrown: unknown): unknown {
    return this.#options.history.toClientError(thrown)
  }

  /** The figures of all calls, from those of the current one (WS-19). */
  sum<Figures extends FinalUsage>(current: Figures): Figures {
    const { searching } = this.#options
    const sum = this.#earlier === undefined ? current : addUsage(current, this.#earlier)
    return searching === undefined ? sum : withSearches(sum, searching.runs.answered)
  }

  /** Whether searches follow the call. */
  wantsSearch({ content, stop }: EndedCall): boolean {
    return stop.stop_reason === 'tool_use' && content.some(isSearch)
  }

  /** Searches if the call wants that. Rejects only if the signal aborts. */
  async after(call: EndedCall, signal: AbortSignal): Promise<NextStep> {
    const { searching, history, call: observed } = this.#options
    const { content, stop } = call
    observed.audit?.answered(call.usage, call.id)
    const uses = content.filter(isSearch)
    this.#calls += 1
    if (searching === undefined || uses.length === 0) return { results: [], stop }
    const { runs, tool, carriedText } = searching
    const outcomes = this.wantsSearch(call) ? await runs.run(uses, signal) : []
    const found = uses.map(({ id }, index) => toClientResult(id, outcomes[index] ?? notRun, carriedText))
    const results = tool.excludesText ? found.map((result) => withoutTexts(result, carriedText)) : found
    const request = this.#begin(call)
    if ('stop_reason' in request) return { results, stop: request }
    history.add([...content, ...found])
    return { results, request: { ...request, messages: history.messages() } }
  }

  /** The request for the next call, without its messages; or why there is none. */
  #begin({ content, stop, usage }: EndedCall): MessagesRequest | Stop {
    // The client has to run its own tools first.
    if (stop.stop_reason !== 'tool_use' || content.some(({ type }) => type === 'tool_use')) return stop
    if (this.#calls === mostCalls) return { ...stop, stop_reason: 'pause_turn' }
    const earlier = this.sum(usage)
    const request = toShortened(withoutForcedChoice(this.request), earlier.output_tokens)
    if (request === undefined) return { ...stop, stop_reason: 'max_tokens' }
    this.#earlier = earlier
    this.#options.call.onUsage?.(earlier)
    return request
  }
}
