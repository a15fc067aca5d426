import { expect, test } from 'bun:test'
import { createLogger, type LogRecord, withFields } from '../../src/base/logger.ts'

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

test('a logger with fields adds them to each record', () => {
  const records: LogRecord[] = []
  const log = withFields(
    createLogger('info', (record) => records.push(record)),
    { pid: 1 },
  )
  log.debug('a')
  log.info('b')
  log.error('c', { n: 1 })
  expect(log.isEnabled('debug')).toBe(false)
  expect(records).toEqual([
    { level: 'info', event: 'b', fields: { pid: 1 } },
    { level: 'error', event: 'c', fields: { pid: 1, n: 1 } },
  ])
})
