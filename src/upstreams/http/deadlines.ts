import { GatewayError } from '../../base/errors.ts'
import { connectTimeout } from './connection-errors.ts'
import type { Origin } from './destination.ts'

/** How long each part of a call may take, in milliseconds. */
export interface DeadlineLimits {
  /** Until there is a connection to send on: name, proxy, TCP and TLS. Never longer than `silenceMs`. */
  readonly connectMs: number
  /** From there to the first byte of the answer, and of silence after it. */
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
 * The clock of one call: it runs out when there was no connection within `connectMs`, or when the other
 * side has been silent for `silenceMs` while we listened. Time in which nobody listens (the client reads
 * slowly) does not count. Fetch's own limits are switched off, because they would kill an upstream that
 * thinks for five minutes.
 * Listens for the first byte from the start. `onStop` is called once, when the clock ends.
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
  // One timer that looks again, instead of one that is set anew for each chunk.
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
    /** Aborts when the caller's signal does, or when the time is up. */
    signal: controller.signal,
    /** We wait for a connection from now on. */
    startConnect: () => begin('connect'),
    /** There is one: we wait for the first byte from now on. */
    connected(): void {
      // A connection may be reported late, after an answer that did not wait for the request.
      if (phase === 'connect') begin('first byte')
    },
    /** We wait for the other side from now on. */
    startRead(): void {
      waitingSince ??= performance.now()
    },
    /** The other side gave a sign of life. */
    activity(): void {
      phase = 'silence'
      waitingSince = undefined
    },
    /** Ends the call itself: nobody wants the rest. */
    abandon(): void {
      controller.abort()
    },
    /** Ends the clock, and forgets the caller's signal. */
    stop(): void {
      if (isStopped) return
      isStopped = true
      clearTimeout(timer)
      callerSignal.removeEventListener('abort', onCallerAbort)
      onStop()
    },
    /** The error for the person waiting, where the time was up; undefined where something else ended the call. */
    get expired(): GatewayError | undefined {
      return expired
    },
  }
}
