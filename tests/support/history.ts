import type { LogFields } from '../../src/base/logger.ts'
import { createHistory, type HistoryOptions } from '../../src/usage/history/history.ts'
import { afterTest } from './cleanup.ts'

/** A history with a clock and a log of the test. */

export interface TestHistory {
  readonly history: ReturnType<typeof createHistory>
  /** Names of the logged events, with their fields. */
  readonly logged: (readonly [string, LogFields])[]
  /** Milliseconds; both clocks of the history show it. */
  readonly clock: { time: number }
}

export const noon = Date.UTC(2026, 10, 29, 12, 0, 0)

export const testHistory = (file: string, options: Partial<HistoryOptions> = {}): TestHistory => {
  const logged: (readonly [string, LogFields])[] = []
  const clock = { time: noon }
  const write = (event: string, fields: LogFields = {}): void => void logged.push([event, fields])
  const history = createHistory({
    file,
    days: 90,
    rollupDays: 730,
    log: { isEnabled: () => true, debug: write, info: write, warn: write, error: write },
    now: () => clock.time,
    date: () => clock.time,
    sleep: async (milliseconds) => {
      clock.time += milliseconds
    },
    turn: () => Promise.resolve(),
    ...options,
  })
  afterTest(async () => history.sink.end?.())
  return { history, logged, clock }
}
