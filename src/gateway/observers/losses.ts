import type { Logger } from '../../base/logger.ts'

/** Counts the records that observers lose, and logs them: at most once a minute for each observer (OP-E3). */

export interface LossesOptions {
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** The losses of one observer. */
export interface ObserverLosses {
  /** `reason` is for the log: a fixed text, a status or a code. */
  add(reason: string, count?: number): void
}

export interface Losses {
  /** The losses of the observer with this name. */
  of(observer: string): ObserverLosses
  /** Lost records of each observer since the start, also of those that lost none. */
  counts(): ReadonlyMap<string, number>
  /** Logs what is not logged yet. */
  end(): void
}

const silenceMs = 60_000

const createObserverLosses = (observer: string, { log, now }: LossesOptions) => {
  let [lost, logged, silentUntil] = [0, 0, Number.NEGATIVE_INFINITY]
  let lastReason = ''
  const write = (): void => {
    logged = lost
    silentUntil = now() + silenceMs
    log.warn('observer.dropped', { observer, dropped: lost, reason: lastReason })
  }
  return {
    count: () => lost,
    add(reason: string, count = 1): void {
      lost += count
      lastReason = reason
      if (lost > logged && now() >= silentUntil) write()
    },
    end(): void {
      if (lost > logged) write()
    },
  }
}

export const createLosses = (options: LossesOptions): Losses => {
  const observers = new Map<string, ReturnType<typeof createObserverLosses>>()
  return {
    of(observer) {
      const losses = observers.get(observer) ?? createObserverLosses(observer, options)
      observers.set(observer, losses)
      return losses
    },
    counts: () => new Map([...observers].map(([observer, { count }]) => [observer, count()])),
    end() {
      for (const { end } of observers.values()) end()
    },
  }
}
