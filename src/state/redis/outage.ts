import type { Logger } from '../../base/logger.ts'

/** Knows whether Redis works, and reports each change once (OP-R5). */

interface OutageOptions {
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

const secondMs = 1000

export class Outage {
  readonly #options: OutageOptions
  readonly #listeners: ((isUp: boolean) => void)[] = []
  #isUp = false
  #downSince: number | undefined
  #upSince = Number.NEGATIVE_INFINITY
  #pauseMs: number

  constructor(options: OutageOptions) {
    this.#options = options
    this.#pauseMs = options.firstPauseMs
  }

  get isUp(): boolean {
    return this.#isUp
  }

  onChange(listener: (isUp: boolean) => void): void {
    this.#listeners.push(listener)
  }

  /** Returns the milliseconds until the next attempt to connect. */
  begin(reason: string): number {
    const { log, now, firstPauseMs, longestPauseMs } = this.#options
    // A server that fails soon after each return gets longer pauses, too.
    const wasSteady = this.#isUp && now() - this.#upSince > longestPauseMs
    const pauseMs = wasSteady ? firstPauseMs : this.#pauseMs
    this.#pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    if (this.#downSince === undefined) {
      this.#downSince = now()
      log.warn('state.down', { kind: 'redis', reason })
    }
    this.#set(false)
    return pauseMs
  }

  end(): void {
    const { log, now } = this.#options
    this.#upSince = now()
    if (this.#downSince !== undefined)
      log.info('state.up', { kind: 'redis', seconds: Math.round((this.#upSince - this.#downSince) / secondMs) })
    this.#downSince = undefined
    this.#set(true)
  }

  #set(isUp: boolean): void {
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    for (const listener of this.#listeners) listener(isUp)
  }
}
