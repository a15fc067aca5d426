import { GatewayError } from '../../base/errors.ts'

/** A client that reads it comes again when the next server may be there. */
export const comeAgainSeconds = 1

const beingStopped = (): GatewayError =>
  new GatewayError('overloaded_error', 'nexus-claude-api is being stopped: try again in a moment.', {
    retryAfterSeconds: comeAgainSeconds,
    shouldRetry: true,
    isLoggable: true,
  })

/** The end of the server, as its requests see it. */
export interface Shutdown {
  /** From now on nobody may begin. */
  begin(): void
  /** Whether it has begun. */
  hasBegun(): boolean
  /** Throws GatewayError for a request that has come too late. */
  admit(): void
  /** Ends whatever still runs: each client hears why, by a status or by an event. */
  end(): void
  /** A request joins with what ends its call, and leaves by what is returned. */
  join(call: AbortController): () => void
  /** How many have joined and not left. */
  running(): number
}

export const createShutdown = (): Shutdown => {
  const calls = new Set<AbortController>()
  let hasBegun = false
  return {
    begin() {
      hasBegun = true
    },
    hasBegun: () => hasBegun,
    admit() {
      if (hasBegun) throw beingStopped()
    },
    end() {
      hasBegun = true
      const reason = beingStopped()
      for (const call of calls) call.abort(reason)
    },
    join(call) {
      calls.add(call)
      return () => void calls.delete(call)
    },
    running: () => calls.size,
  }
}
