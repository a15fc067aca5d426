import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { Outage } from '../../../src/state/redis/outage.ts'

const start = () => {
  const records: LogRecord[] = []
  const changes: boolean[] = []
  let at = 0
  const outage = new Outage({
    log: createLogger('debug', (record) => records.push(record)),
    now: () => at,
    firstPauseMs: 1000,
    longestPauseMs: 5000,
  })
  outage.onChange((isUp) => changes.push(isUp))
  const pass = (milliseconds: number): void => {
    at += milliseconds
  }
  return { outage, records, changes, pass }
}

describe('an outage of Redis', () => {
  test('has pauses of 1, 2, 4, 5 and 5 s between attempts, and one line at each end (OP-R4, OP-R5)', () => {
    const { outage, records, changes, pass } = start()
    outage.end()
    pass(60_000)
    expect(Array.from({ length: 5 }, () => outage.begin('closed'))).toEqual([1000, 2000, 4000, 5000, 5000])
    pass(17_000)
    outage.end()
    expect(records).toEqual([
      { level: 'warn', event: 'state.down', fields: { kind: 'redis', reason: 'closed' } },
      { level: 'info', event: 'state.up', fields: { kind: 'redis', seconds: 17 } },
    ])
    expect(changes).toEqual([true, false, true])
  })

  test('soon after the last one keeps the longer pause, so that a failing Redis does not fill the log (OP-R4)', () => {
    const { outage, pass } = start()
    expect(outage.begin('closed')).toBe(1000)
    outage.end()
    expect(outage.begin('OOM')).toBe(2000)
    outage.end()
    pass(5001)
    expect(outage.begin('OOM')).toBe(1000)
  })

  test('from the start is reported, too, and no change (OP-R6)', () => {
    const { outage, records, changes } = start()
    outage.begin('NOAUTH')
    expect([outage.isUp, records.length, changes]).toEqual([false, 1, []])
  })
})
