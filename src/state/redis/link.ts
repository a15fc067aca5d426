import type { Logger } from '../../base/logger.ts'
import type { Secret } from '../../base/secret.ts'
import { openConnection, type RedisConnection, RedisFailure } from './connection.ts'
import { inTime } from './in-time.ts'
import { Outage } from './outage.ts'
import { type Operation, probes } from './scripts.ts'

/**
 * The way to Redis. No operation waits for longer than the deadline, whatever Redis does (OP-R4). After a closed
 * connection, a refusal, or three timeouts in a row, Redis is away: every operation resolves to undefined at once, and
 * only the timer here tries again, each time with a new connection.
 */

interface RedisTimes {
  /** For one operation. */
  readonly deadlineMs: number
  readonly connectMs: number
  /** From the beginning of an outage to the first attempt to connect. Each further pause is twice as long. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** Shorter than the time after which servers and firewalls drop an idle connection. */
  readonly keepAliveMs: number
}

const usualTimes: RedisTimes = {
  deadlineMs: 50,
  connectMs: 1000,
  firstPauseMs: 1000,
  longestPauseMs: 5000,
  keepAliveMs: 30_000,
}

export interface LinkOptions {
  /** An address that the client takes. */
  readonly url: Secret
  /** Of every key. */
  readonly prefix: string
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly times?: Partial<RedisTimes>
}

const failuresBeforeOutage = 3

/** Other refusals concern every operation. */
const concernsOneKey = (code: string): boolean => code === 'WRONGTYPE' || code === 'ERR'

const codeOf = (thrown: unknown): string => (thrown instanceof RedisFailure ? thrown.code : 'error')

export class RedisLink {
  readonly outage: Outage
  readonly #options: LinkOptions
  readonly #times: RedisTimes
  readonly #onReturn: () => void
  /** Undefined while Redis is away. */
  #connection: RedisConnection | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** In a row. */
  #failures = 0
  #hasEnded = false

  constructor(options: LinkOptions, onReturn: () => void) {
    this.#options = options
    this.#times = { ...usualTimes, ...options.times }
    this.#onReturn = onReturn
    this.outage = new Outage({ ...options, ...this.#times })
  }

  /** Resolves to undefined if Redis does not answer in time. For work that may wait for another operation first. */
  inTime<T>(work: Promise<T>): Promise<T | undefined> {
    return inTime(work, this.#times.deadlineMs)
  }

  /** Resolves to whether Redis answers; if not, further attempts follow. */
  async connect(): Promise<boolean> {
    const { url } = this.#options
    let opened: RedisConnection | undefined
    const onClose = (): void => {
      if (opened !== undefined && this.#connection === opened) this.#beginOutage('closed')
    }
    try {
      opened = await openConnection({ url, connectMs: this.#times.connectMs, onClose })
      for (const probe of probes) await this.#ask(opened, probe)
      if (this.#hasEnded) throw new RedisFailure('closed')
    } catch (thrown) {
      opened?.close()
      this.#beginOutage(codeOf(thrown))
      return false
    }
    this.#connection = opened
    this.#keepAlive(opened)
    this.outage.end()
    this.#onReturn()
    return true
  }

  /** Resolves to undefined if Redis is away, or does not do it in time. */
  async run(operation: Operation): Promise<unknown> {
    const current = this.#connection
    if (current === undefined) return undefined
    const failuresBefore = this.#failures
    try {
      const answer = await this.#ask(current, operation)
      this.#failures = 0
      return answer
    } catch (thrown) {
      // An earlier connection says nothing about this one.
      if (this.#connection === current) this.#countFailure(codeOf(thrown), failuresBefore)
      return undefined
    }
  }

  end(): void {
    this.#hasEnded = true
    clearTimeout(this.#timer)
    this.#disconnect()
  }

  /** Rejects with RedisFailure. */
  async #ask(connection: RedisConnection, { script, key, values }: Operation): Promise<unknown> {
    const answer = await inTime(connection.run(script, this.#options.prefix + key, values), this.#times.deadlineMs)
    if (answer === undefined) throw new RedisFailure('timeout')
    return answer
  }

  #keepAlive(connection: RedisConnection): void {
    const use = async (): Promise<void> => {
      for (const probe of probes) await this.run(probe)
      if (this.#connection === connection) this.#keepAlive(connection)
    }
    this.#wait(use, this.#times.keepAliveMs)
  }

  #wait(work: () => Promise<unknown>, milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void work(), milliseconds)
    this.#timer.unref()
  }

  /** Operations that wait at the same time are one sign: on a busy machine, a burst of them must not be an outage. */
  #countFailure(code: string, failuresBefore: number): void {
    if (this.#failures === failuresBefore) this.#failures += 1
    const isSure = code !== 'timeout' && !concernsOneKey(code)
    if (isSure || this.#failures >= failuresBeforeOutage) this.#beginOutage(code)
  }

  #disconnect(): void {
    this.#connection?.close()
    this.#connection = undefined
    this.#failures = 0
  }

  #beginOutage(reason: string): void {
    if (this.#hasEnded) return
    this.#disconnect()
    this.#wait(() => this.connect(), this.outage.begin(reason))
  }
}
