import { GatewayError } from '../../base/errors.ts'
import { connectTimeout } from './connection-errors.ts'
import type { Origin } from './destination.ts'

/** How long each part of a call may take, in milliseconds. */
export interface DeadlineLimits {
  /** Limit for the connection: name resolution, proxy, TCP and TLS. At most `silenceMs`. */
  readonly connectMs: number
  /** Limit from there to the first byte of the response, and between bytes. */
  readonly silenceMs: number
}

export type Deadline = ReturnType<typeof startDeadline>

type Phase = 'connect' | 'first byte' | 'silence'

const inSeconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`

const timedOut = (phase: Phase, milliseconds: number, origin: Origin): GatewayError => {
  if (phase === 'connect') return connectTimeout(origin, inSeconds(milliseconds))
  const what = phase === 'silence' ? 'sent nothing for' : 'did not begin to answer within'
  return new GatewayError('timeout_error', `${origin.name} ${what} ${inSeconds(milliseconds)}.`, {
    shouldRetry: true,
    isLoggable: true,
  })
}

/**
 * The deadline of one call: it expires if there is no connection within `connectMs`, or if the other side sends nothing
 * for `silenceMs` while we read. Time in which we do not read (because the client reads slowly) does not count. Fetch's
 * own limits are off, because they would end a call to an upstream that thinks for five minutes. Waits for the first
 * byte from the start. `onStop` is called once, when the deadline stops.
 */
export const startDeadline = (
  { connectMs, silenceMs }: DeadlineLimits,
  origin: Origin,
  callerSignal: AbortSignal,
  onStop: () => void,
) => {
  const controller = new AbortController()
  let phase: Phase = 'first byte'
  let waitingSince: number | undefined = performance.now()
  let expired: GatewayError | undefined
  let isStopped = false

  const limit = (): number => (phase === 'connect' ? Math.min(connectMs, silenceMs) : silenceMs)
  const expire = (): void => {
    expired = timedOut(phase, limit(), origin)
    controller.abort(expired)
  }
  // One timer that checks repeatedly, instead of a new timer for each chunk.
  const look = (): void => {
    const left = waitingSince === undefined ? silenceMs : waitingSince + limit() - performance.now()
    if (left <= 0) expire()
    else timer = setTimeout(look, left)
  }
  const begin = (next: Phase): void => {
    if (isStopped || expired !== undefined) return
    phase = next
    waitingSince = performance.now()
    clearTimeout(timer)
    timer = setTimeout(look, limit())
  }
  const onCallerAbort = (): void => controller.abort(callerSignal.reason)

  let timer = setTimeout(look, silenceMs)
  if (callerSignal.aborted) onCallerAbort()
  else callerSignal.addEventListener('abort', onCallerAbort, { once: true })

  return {
    /** Aborts when the caller's signal aborts, or when the deadline expires. */
    signal: controller.signal,
    /** Starts the wait for a connection. */
    startConnect: () => begin('connect'),
    /** There is a connection: starts the wait for the first byte. */
    connected(): void {
      // A connection may be reported late, after a response that did not wait for the request.
      if (phase === 'connect') begin('first byte')
    },
    /** Starts the wait for more bytes. */
    startRead(): void {
      waitingSince ??= performance.now()
    },
    /** Stops the wait while the client sends its request: the other side cannot answer yet. */
    pause(): void {
      waitingSince = undefined
    },
    /** Bytes have arrived: stops the wait. */
    activity(): void {
      phase = 'silence'
      waitingSince = undefined
    },
    /** Ends the call: the rest is not needed. */
    abandon(): void {
      controller.abort()
    },
    /** Stops the deadline, and removes its listener from the caller's signal. */
    stop(): void {
      if (isStopped) return
      isStopped = true
      clearTimeout(timer)
      callerSignal.removeEventListener('abort', onCallerAbort)
      onStop()
    },
    /** The timeout error if the deadline expired; undefined if something else ended the call. */
    get expired(): GatewayError | undefined {
      return expired
    },
  }
}
