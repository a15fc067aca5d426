import { createConcurrencyLimit } from '../../base/concurrency-limit.ts'
import { abortedError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import type { Search, SearchOutcome } from '../../search/search-provider.ts'
import type { SearchFacts } from '../../upstreams/upstream.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { SearchTool } from './request.ts'

/** A search that the model wants, as the client sees it. */
export type SearchUse = Extract<ResponseBlock, { type: 'server_tool_use' }>

export interface SearchRunsOptions {
  readonly search: Search
  readonly tool: SearchTool
  /** The server's own limit for one request. */
  readonly maxUses: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Called after the searches of each call of the model. */
  readonly onSearches: ((facts: SearchFacts) => void) | undefined
}

/** Searches of one request that run at the same time (WS-12). A search that waits here does not lose its own time. */
const mostAtOnce = 4

/** The searches of one request: their limit and their figures. */
export class SearchRuns {
  readonly #options: SearchRunsOptions
  readonly #limit: number
  readonly #inTurn = createConcurrencyLimit(mostAtOnce)
  #begun = 0
  #answered = 0
  #failed = 0
  #milliseconds = 0

  constructor(options: SearchRunsOptions) {
    const { tool, maxUses } = options
    this.#options = options
    this.#limit = Math.min(tool.maxUses ?? maxUses, maxUses)
  }

  /** Searches that had an answer. */
  get answered(): number {
    return this.#answered
  }

  /** Never rejects for a search that fails (WS-25), only with GatewayError if the signal aborts. */
  async run(uses: readonly SearchUse[], signal: AbortSignal): Promise<SearchOutcome[]> {
    const { now, search, onSearches } = this.#options
    const startedAt = now()
    const searches = uses.map((use) => this.#inTurn(() => this.#runOne(use, signal), signal))
    const outcomes = await Promise.all(searches).catch((thrown: unknown) => {
      throw signal.aborted ? abortedError(signal, thrown) : thrown
    })
    this.#milliseconds += now() - startedAt
    const failed = outcomes.filter((outcome) => 'errorCode' in outcome).length
    this.#failed += failed
    this.#answered += outcomes.length - failed
    onSearches?.({
      searches: this.#answered,
      searchErrors: this.#failed,
      searchMs: this.#milliseconds,
      searchProvider: search.provider,
    })
    return outcomes
  }

  async #runOne({ input }: SearchUse, signal: AbortSignal): Promise<SearchOutcome> {
    const { tool, search } = this.#options
    this.#begun += 1
    if (this.#begun > this.#limit) return { errorCode: 'max_uses_exceeded' }
    const { allowedDomains, blockedDomains, location } = tool
    const query = isObject(input) ? input['query'] : undefined
    return search.run({ query, allowedDomains, blockedDomains, location }, signal)
  }
}
