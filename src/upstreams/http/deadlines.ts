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
 * byte from the start. `onStop` is called once, when the deadline stops. A class, because an object of functions would
 * create each of them for each call.
 */
export class Deadline {
  readonly #limits: DeadlineLimits
  readonly #origin: Origin
  readonly #callerSignal: AbortSignal
  readonly #onStop: () => void
  readonly #controller = new AbortController()
  #phase: Phase = 'first byte'
  #waitingSince: number | undefined = performance.now()
  #expired: GatewayError | undefined
  #isStopped = false
  #timer: ReturnType<typeof setTimeout>

  constructor(limits: DeadlineLimits, origin: Origin, callerSignal: AbortSignal, onStop: () => void) {
    this.#limits = limits
    this.#origin = origin
    this.#callerSignal = callerSignal
    this.#onStop = onStop
    this.#timer = setTimeout(this.#look, limits.silenceMs)
    if (callerSignal.aborted) this.#onCallerAbort()
    else callerSignal.addEventListener('abort', this.#onCallerAbort, { once: true })
  }

  /** Aborts when the caller's signal aborts, or when the deadline expires. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The timeout error if the deadline expired; undefined if something else ended the call. */
  get expired(): GatewayError | undefined {
    return this.#expired
  }

  /** Starts the wait for a connection. */
  startConnect(): void {
    this.#begin('connect')
  }

  /** There is a connection: starts the wait for the first byte. */
  connected(): void {
    // A connection may be reported late, after a response that did not wait for the request.
    if (this.#phase === 'connect') this.#begin('first byte')
  }

  /** Starts the wait for more bytes. */
  startRead(): void {
    this.#waitingSince ??= performance.now()
  }

  /** Stops the wait while the client sends its request: the other side cannot answer yet. */
  pause(): void {
    this.#waitingSince = undefined
  }

  /** Bytes have arrived: stops the wait. */
  activity(): void {
    this.#phase = 'silence'
    this.#waitingSince = undefined
  }

  /** Ends the call: the rest is not needed. */
  abandon(): void {
    this.#controller.abort()
  }

  /** Stops the deadline, and removes its listener from the caller's signal. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#callerSignal.removeEventListener('abort', this.#onCallerAbort)
    this.#onStop()
  }

  get #limitMs(): number {
    const { connectMs, silenceMs } = this.#limits
    return this.#phase === 'connect' ? Math.min(connectMs, silenceMs) : silenceMs
  }

  // One timer that checks repeatedly, instead of a new timer for each chunk.
  readonly #look = (): void => {
    const since = this.#waitingSince
    const left = since === undefined ? this.#limits.silenceMs : since + this.#limitMs - performance.now()
    if (left <= 0) this.#expire()
    else this.#timer = setTimeout(this.#look, left)
  }

  readonly #onCallerAbort = (): void => this.#controller.abort(this.#callerSignal.reason)

  #expire(): void {
    this.#expired = timedOut(this.#phase, this.#limitMs, this.#origin)
    this.#controller.abort(this.#expired)
  }

  #begin(next: Phase): void {
    if (this.#isStopped || this.#expired !== undefined) return
    this.#phase = next
    this.#waitingSince = performance.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#look, this.#limitMs)
  }
}
