import { expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'

test('a logger passes on its level and above', () => {
  const records: LogRecord[] = []
  const log = createLogger('warn', (record) => records.push(record))
  log.debug('a')
  log.info('b')
  log.warn('c', { n: 1 })
  log.error('d')
  expect(records).toEqual([
    { level: 'warn', event: 'c', fields: { n: 1 } },
    { level: 'error', event: 'd', fields: {} },
  ])
})

test('a logger reports enabled levels, and does not fail when its sink fails', () => {
  const log = createLogger('info', () => {
    throw new Error('disk full')
  })
  expect([log.isEnabled('debug'), log.isEnabled('info'), log.isEnabled('error')]).toEqual([false, true, true])
  expect(() => log.error('a')).not.toThrow()
  expect(createLogger('silent', () => {}).isEnabled('error')).toBe(false)
})
