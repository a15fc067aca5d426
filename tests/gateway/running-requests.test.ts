import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import type { CostOf, RequestObserver, RequestRecord } from '../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../src/gateway/running-requests.ts'
import { waitUntil } from '../support/wait-until.ts'

const startWith = (observers: readonly RequestObserver[], costOf?: CostOf) => {
  const logged: LogRecord[] = []
  const log = createLogger('info', (record) => logged.push(record))
  const records = createRequestRecords({ observers, costOf, log, now: () => 0, date: () => 0 })
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

test.each([
  ['1.5', 1.5, 2],
  ['negative', -5, 0],
  ['not a number', Number.NaN, 0],
  ['infinite', Number.POSITIVE_INFINITY, 0],
  ['absurd', 1e300, 1e12],
])(
  'a figure of the upstream that is %s becomes a whole one for all observers and the cost (OP-E1)',
  (_, figure, whole) => {
    const records: RequestRecord[] = []
    const priced: unknown[] = []
    const costOf = ({ usage }: Pick<RequestRecord, 'usage'>): undefined => void priced.push(usage)
    const { running } = startWith([(record) => records.push(record)], costOf)
    running.update({
      usage: {
        input_tokens: figure,
        cache_creation_input_tokens: figure,
        cache_read_input_tokens: figure,
        output_tokens: figure,
        cache_creation: { ephemeral_5m_input_tokens: figure, ephemeral_1h_input_tokens: figure },
      },
    })
    running.responded(200)
    const usage = {
      input_tokens: whole,
      cache_creation_input_tokens: whole,
      cache_read_input_tokens: whole,
      output_tokens: whole,
      cache_creation: { ephemeral_5m_input_tokens: whole, ephemeral_1h_input_tokens: whole },
    }
    expect([records[0]?.usage, ...priced]).toEqual([usage, usage])
  },
)
