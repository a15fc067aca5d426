import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { isolated } from '../../../src/gateway/observers/isolated.ts'
import type { RequestObserver } from '../../../src/gateway/request-record.ts'
import { requestRecord } from '../../support/records.ts'

const start = (observer: RequestObserver) => {
  const logged: LogRecord[] = []
  let at = 0
  const observe = isolated(observer, {
    log: createLogger('info', (record) => logged.push(record)),
    now: () => at,
  })
  const fail = async (requestId: string): Promise<void> => {
    observe(requestRecord({ requestId }), undefined)
    await Promise.resolve()
  }
  const pass = (milliseconds: number): void => {
    at += milliseconds
  }
  return { fail, pass, fields: () => logged.map(({ event, fields }) => [event, fields]) }
}

describe('an observer that fails', () => {
  test.each<[string, RequestObserver]>([
    [
      'by throwing',
      () => {
        throw new TypeError('canary')
      },
    ],
    ['by rejecting', () => Promise.reject(new TypeError('canary')) as never],
  ])('%s is reported once a minute, with the number of its failures (OP-E3)', async (_, observer) => {
    const { fail, pass, fields } = start(observer)
    await fail('first')
    await fail('second')
    pass(59_999)
    await fail('third')
    pass(1)
    await fail('fourth')
    expect(fields()).toEqual([
      ['observer.failed', { requestId: 'first', error: 'TypeError', failures: 1 }],
      ['observer.failed', { requestId: 'fourth', error: 'TypeError', failures: 4 }],
    ])
  })
})
