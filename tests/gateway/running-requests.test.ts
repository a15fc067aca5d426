import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import type { RequestObserver } from '../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../src/gateway/running-requests.ts'
import { waitUntil } from '../support/wait-until.ts'

const startWith = (observers: readonly RequestObserver[]) => {
  const logged: LogRecord[] = []
  const log = createLogger('info', (record) => logged.push(record))
  const records = createRequestRecords({ observers, log, now: () => 0, date: () => 0 })
  const head = {
    requestId: 'req_1',
    entrance: 'anthropic',
    method: 'GET',
    path: '/x',
    session: undefined,
    isSubagent: false,
  }
  return { running: records.begin(head), logged }
}

const failed: LogRecord = {
  level: 'error',
  event: 'observer.failed',
  fields: { requestId: 'req_1', error: 'TypeError', failures: 1 },
}

describe('an observer', () => {
  test.each<[string, RequestObserver]>([
    [
      'throws',
      () => {
        throw new TypeError('canary')
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('canary')) as never],
  ])('that %s is logged, and the next one gets the record (AU-N12)', async (_, observer) => {
    const reached: string[] = []
    const { running, logged } = startWith([observer, ({ requestId }) => reached.push(requestId)])
    running.responded(200)
    expect(reached).toEqual(['req_1'])
    await waitUntil(() => logged.length > 0)
    expect(logged).toEqual([failed])
  })

  test('that never ends delays no other one (AU-N12)', () => {
    const reached: string[] = []
    const { running, logged } = startWith([
      () => new Promise(() => {}) as never,
      ({ requestId }) => reached.push(requestId),
    ])
    running.responded(200)
    expect([reached, logged]).toEqual([['req_1'], []])
  })

  test('gets the words that were collected, once at the end (AU-N12)', () => {
    const got: unknown[] = []
    const { running } = startWith([(_, words) => got.push(words)])
    const words = { userText: 'a', assistantText: 'b', tools: [] }
    running.words = () => words
    running.responded(200)
    expect(got).toEqual([words])
  })

  test('gets its record if the words cannot be made, and that is logged (AU-N12)', () => {
    const got: unknown[] = []
    const { running, logged } = startWith([({ status }, words) => got.push([status, words])])
    running.words = () => {
      throw new TypeError('canary')
    }
    running.responded(200)
    expect([got, logged]).toEqual([[[200, undefined]], [failed]])
  })
})
