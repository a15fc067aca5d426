import type { Logger } from '../../base/logger.ts'
import type { Search } from '../../search/search-provider.ts'
import { createNoteLog } from '../../upstreams/note-log.ts'
import type { CallContext, Upstream } from '../../upstreams/upstream.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { createModelCalls, type ModelCalls } from './model-calls.ts'
import type { Sleep } from './pings.ts'
import { toCountedRequest, toPlainRequest } from './plain-request.ts'
import { notesOfSearchTool } from './request.ts'
import { SearchLoop } from './search-loop.ts'
import { SearchRuns } from './search-runs.ts'
import { searchStream } from './search-stream.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface WebSearchOptions {
  readonly search: Search
  /** Searches of one request. */
  readonly maxUses: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly sleep: Sleep
  readonly log: Logger
}

interface Begun {
  readonly loop: SearchLoop
  readonly calls: ModelCalls
}

/** Runs the work. An error has the client's paths, and the record the id of the call that failed. */
const guarded = async <Result>({ loop, calls }: Begun, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (thrown) {
    calls.failed()
    throw loop.toClientError(thrown)
  }
}

/** Adds web search to an upstream: the model gets a plain tool, the client Anthropic's blocks (WS-8). */
export const withWebSearch = (upstream: Upstream, options: WebSearchOptions): Upstream => {
  const { search, maxUses, now, sleep, log } = options
  const logNotes = createNoteLog(log)

  /** Undefined for a request that has nothing to do with web search. */
  const begin = async (given: MessagesRequest, context: CallContext): Promise<Begun | undefined> => {
    const plain = await toPlainRequest(given, upstream)
    if (plain === undefined) return undefined
    const { request, tool, history, carriedText } = plain
    if (tool !== undefined) logNotes(notesOfSearchTool(tool), context)
    const { onSearches } = context
    // The count of tokens learns from this request.
    context.onSent?.(request, context.modelId)
    const searching = tool && { tool, carriedText, runs: new SearchRuns({ search, tool, maxUses, now, onSearches }) }
    return { loop: new SearchLoop({ request, history, searching, call: context }), calls: createModelCalls(context) }
  }

  return {
    ...upstream,
    toCounted: toCountedRequest(upstream),

    async message(request, context) {
      const begun = await begin(request, context)
      if (begun === undefined) return upstream.message(request, context)
      const { loop, calls } = begun
      const { signal } = context
      return guarded(begun, () =>
        wholeAnswer({ loop, signal, send: (sent) => upstream.message(sent, calls.context()) }),
      )
    },

    async stream(request, context) {
      const begun = await begin(request, context)
      if (begun === undefined) return upstream.stream(request, context)
      const { loop, calls } = begun
      const ending = new AbortController()
      const signal = AbortSignal.any([context.signal, ending.signal])
      const start = (sent: MessagesRequest) => upstream.stream(sent, { ...calls.context(), signal })
      const first = await guarded(begun, () => start(loop.request))
      const batches = searchStream(first, { loop, begin: start, signal, sleep })
      return {
        next: () => guarded(begun, () => batches.next()),
        // A generator alone would wait for the search that runs (WS-18).
        return() {
          ending.abort()
          return batches.return(undefined)
        },
        [Symbol.asyncIterator]() {
          return this
        },
      } satisfies AsyncIterableIterator<EventBatch>
    },
  }
}
