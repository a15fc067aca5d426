import { GatewayError } from '../../base/errors.ts'

/** Seconds until the client retries; the next server may run by then. */
export const comeAgainSeconds = 1

const beingStopped = (): GatewayError =>
  new GatewayError('overloaded_error', 'nexus-claude-api is stopping: try again in a moment.', {
    retryAfterSeconds: comeAgainSeconds,
    shouldRetry: true,
    isLoggable: true,
  })

export type Shutdown = ReturnType<typeof createShutdown>

/** The shutdown of the server, for its requests. */
export const createShutdown = () => {
  const calls = new Set<AbortController>()
  let hasBegun = false
  return {
    /** Refuses new requests from now on. */
    begin(): void {
      hasBegun = true
    },
    hasBegun: (): boolean => hasBegun,
    /** Throws GatewayError for a request after the start of the shutdown. */
    admit(): void {
      if (hasBegun) throw beingStopped()
    },
    /** Ends all running requests. Each client gets the reason, as a status or an event. */
    end(): void {
      hasBegun = true
      const reason = beingStopped()
      for (const call of calls) call.abort(reason)
    },
    /** Registers a request's abort controller. The returned function removes it. */
    join(call: AbortController): () => void {
      calls.add(call)
      return () => void calls.delete(call)
    },
    /** The number of registered requests. */
    running: (): number => calls.size,
  }
}
