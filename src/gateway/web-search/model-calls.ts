import type { CallContext } from '../../upstreams/upstream.ts'

/** The calls of the model for one request. */
export interface ModelCalls {
  /** For the next call. */
  context(): CallContext
  /** Call this if a call fails, or a search after it. */
  failed(): void
}

/**
 * The record of the request counts one call upstream, and its retries. So only the retries of a later call are
 * attempts, and its id upstream counts only if it fails: the answer has the id of its first call.
 */
export const createModelCalls = (context: CallContext): ModelCalls => {
  let calls = 0
  let laterId: string | undefined
  const laterContext = (): CallContext => {
    let isFirst = true
    return {
      ...context,
      onUpstreamId(id) {
        laterId = id
      },
      onAttempt() {
        if (!isFirst) context.onAttempt?.()
        isFirst = false
      },
    }
  }
  return {
    context() {
      calls += 1
      return calls === 1 ? context : laterContext()
    },
    failed() {
      if (laterId !== undefined) context.onUpstreamId(laterId)
    },
  }
}
