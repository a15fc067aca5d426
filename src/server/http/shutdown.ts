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
  let isDraining = false
  let hasBegun = false
  let refuseWaiting: ((reason: GatewayError) => void) | undefined
  return {
    /** Tells probes and clients from now on that the server will stop. It still accepts requests. */
    drain(): void {
      isDraining = true
    },
    isDraining: (): boolean => isDraining || hasBegun,
    /** Refuses new requests from now on, and those that wait for a place upstream. */
    begin(): void {
      hasBegun = true
      refuseWaiting?.(beingStopped())
    },
    /** Sets what refuses the requests that wait. */
    atBegin(refuse: (reason: GatewayError) => void): void {
      refuseWaiting = refuse
    },
    hasBegun: (): boolean => hasBegun,
    /** Ends the connection of each answer that begins now: the client's next request then reaches another server (OP-K3). */
    finish(answer: Response): void {
      // To read the headers of an answer makes them, which other answers need not pay for.
      if (isDraining || hasBegun) answer.headers.set('connection', 'close')
    },
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
