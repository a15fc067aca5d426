import { GatewayError } from '../../base/errors.ts'

/** A client that reads it comes again when the next server may be there. */
export const comeAgainSeconds = 1

const beingStopped = (): GatewayError =>
  new GatewayError('overloaded_error', 'nexus-claude-api is being stopped: try again in a moment.', {
    retryAfterSeconds: comeAgainSeconds,
    shouldRetry: true,
    isLoggable: true,
  })

export type Shutdown = ReturnType<typeof createShutdown>

/** The end of the server, as its requests see it. */
export const createShutdown = () => {
  const calls = new Set<AbortController>()
  let hasBegun = false
  return {
    /** From now on nobody may begin. */
    begin(): void {
      hasBegun = true
    },
    hasBegun: (): boolean => hasBegun,
    /** Throws GatewayError for a request that has come too late. */
    admit(): void {
      if (hasBegun) throw beingStopped()
    },
    /** Ends whatever still runs: each client hears why, by a status or by an event. */
    end(): void {
      hasBegun = true
      const reason = beingStopped()
      for (const call of calls) call.abort(reason)
    },
    /** A request joins with what ends its call, and leaves by what is returned. */
    join(call: AbortController): () => void {
      calls.add(call)
      return () => void calls.delete(call)
    },
    /** How many have joined and not left. */
    running: (): number => calls.size,
  }
}
