import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { createLosses } from '../../../src/gateway/observers/losses.ts'

const start = () => {
  const records: LogRecord[] = []
  let at = 0
  const losses = createLosses({ log: createLogger('debug', (record) => records.push(record)), now: () => at })
  const pass = (milliseconds: number): void => {
    at += milliseconds
  }
  const logged = () => records.map(({ level, event, fields }) => [level, event, fields])
  return { losses, pass, logged }
}

const warning = (observer: string, dropped: number, reason: string) => [
  'warn',
  'observer.dropped',
  { observer, dropped, reason },
]

describe('the losses of observers', () => {
  test('are logged once a minute for each observer, with their number since the start (OP-E3)', () => {
    const { losses, pass, logged } = start()
    losses.of('history').add('queue full', 3)
    losses.of('history').add('queue full')
    losses.of('slack').add('HTTP 500')
    pass(59_999)
    losses.of('history').add('SQLiteError', 200)
    expect(logged()).toEqual([warning('history', 3, 'queue full'), warning('slack', 1, 'HTTP 500')] as never)
    pass(1)
    losses.of('history').add('queue full')
    expect(logged().slice(2)).toEqual([warning('history', 205, 'queue full')] as never)
  })

  test('are logged at the end if they are not logged yet', () => {
    const { losses, logged } = start()
    losses.of('history').add('queue full')
    losses.of('history').add('shutdown', 7)
    losses.of('metrics')
    losses.end()
    losses.end()
    expect(logged()).toEqual([warning('history', 1, 'queue full'), warning('history', 8, 'shutdown')] as never)
  })

  test('have a count for each observer, also for one without losses', () => {
    const { losses } = start()
    losses.of('metrics')
    losses.of('history').add('queue full', 2)
    expect([...losses.counts()]).toEqual([
      ['metrics', 0],
      ['history', 2],
    ])
  })
})
