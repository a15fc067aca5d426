import { GatewayError } from '../base/errors.ts'

/**
 * The clock of one call: it runs out when the other side has been silent for `silenceMs` while we
 * listened. Time in which nobody listens (the client reads slowly) does not count. Fetch's own limits
 * are switched off, because they would kill an upstream that thinks for five minutes.
 */
export interface Deadline {
  /** Aborts when the caller's signal does, or when the time is up. */
  readonly signal: AbortSignal
  /** We wait for the other side from now on. */
  listen(): void
  /** The other side gave a sign of life. */
  heard(): void
  /** Ends the call itself: nobody wants the rest. */
  abandon(): void
  /** Ends the clock, and forgets the caller's signal. */
  stop(): void
  /** The error for the person waiting, where the time was up; undefined where something else ended the call. */
  readonly expired: GatewayError | undefined
}

const inSeconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`

/** Listens from the start. `onStop` is called once, when the clock ends. */
export const startDeadline = (silenceMs: number, callerSignal: AbortSignal, onStop: () => void): Deadline => {
  const controller = new AbortController()
  let listeningSince: number | undefined = performance.now()
  let hasAnswered = false
  let expired: GatewayError | undefined
  let isStopped = false

  const expire = (): void => {
    const what = hasAnswered ? 'sent nothing for' : 'did not begin to answer within'
    expired = new GatewayError('timeout_error', `AI Nexus ${what} ${inSeconds(silenceMs)}.`, {
      shouldRetry: true,
      isLoggable: true,
    })
    controller.abort(expired)
  }
  // One timer that looks again, instead of one that is set anew for each chunk.
  const look = (): void => {
    const left = listeningSince === undefined ? silenceMs : listeningSince + silenceMs - performance.now()
    if (left <= 0) expire()
    else timer = setTimeout(look, left)
  }
  const onCallerAbort = (): void => controller.abort(callerSignal.reason)

  let timer = setTimeout(look, silenceMs)
  if (callerSignal.aborted) onCallerAbort()
  else callerSignal.addEventListener('abort', onCallerAbort, { once: true })

  return {
    signal: controller.signal,
    listen() {
      listeningSince ??= performance.now()
    },
    heard() {
      hasAnswered = true
      listeningSince = undefined
    },
    abandon() {
      controller.abort()
    },
    stop() {
      if (isStopped) return
      isStopped = true
      clearTimeout(timer)
      callerSignal.removeEventListener('abort', onCallerAbort)
      onStop()
    },
    get expired() {
      return expired
    },
  }
}
