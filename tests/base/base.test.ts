import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { GatewayError, toGatewayError } from '../../src/base/errors.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { isLoopbackHost } from '../../src/base/loopback.ts'
import { didYouMean } from '../../src/base/nearest.ts'
import { Secret } from '../../src/base/secret.ts'

describe('Secret', () => {
  const secret = new Secret('canary-key-0123456789')

  test('is printed by nothing', () => {
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
      Bun.inspect(secret),
      Bun.inspect(new Error('e', { cause: secret })),
      secret.masked(),
    ]
    for (const text of shown) expect(text).not.toContain('canary-key')
  })

  test('compares whole', () => {
    expect(secret.equals('canary-key-0123456789')).toBe(true)
    for (const other of ['', 'canary-key-012345678', 'canary-key-01234567890', 'CANARY-KEY-0123456789'])
      expect(secret.equals(other)).toBe(false)
  })

  test('is masked so that one may recognise it', () => {
    expect(secret.masked()).toBe('cana…(21 characters)')
    expect(new Secret('short').masked()).toBe('…(5 characters)')
  })

  test("is taken out of others' words, unless it is so short that it stands everywhere", () => {
    expect(new Secret('canary-0123').hiddenIn('of canary-0123 and canary-0123')).toBe('of [redacted] and [redacted]')
    expect(new Secret('an').hiddenIn('an answer')).toBe('an answer')
  })
})

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['app.localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.3', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:7f00:1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['0.0.0.0', false],
  ['::ffff:a00:1', false],
  ['', false],
])('%s is loopback: %p', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected)
})

describe('GatewayError', () => {
  test("a stranger's words stay in the cause", () => {
    const error = toGatewayError(new Error('quotes a prompt'))
    expect(error.message).not.toContain('prompt')
    expect(error).toMatchObject({ type: 'api_error', status: 500 })
    expect(toGatewayError(error)).toBe(error)
  })

  test('each type has its status', () => {
    expect(new GatewayError('overloaded_error', 'm').status).toBe(529)
    expect(new GatewayError('invalid_request_error', 'm', { status: 405 }).status).toBe(405)
  })
})

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

test('a logger says which levels are wanted, and fails nobody when its sink does', () => {
  const log = createLogger('info', () => {
    throw new Error('no room')
  })
  expect([log.isEnabled('debug'), log.isEnabled('info'), log.isEnabled('error')]).toEqual([false, true, true])
  expect(() => log.error('a')).not.toThrow()
  expect(createLogger('silent', () => {}).isEnabled('error')).toBe(false)
})

test.each([
  ['--prot', ['--port', '--model'], ' Did you mean --port?'],
  ['--modle', ['--port', '--model'], ' Did you mean --model?'],
  ['strat', ['start', 'simulate'], ' Did you mean start?'],
  ['sim', ['start', 'simulate'], ' Did you mean simulate?'],
  ['--xyzzy', ['--port'], ''],
  // Nearness is a slip of the hand, not the length of the words.
  ['foo', ['set', 'get', 'unset', 'show', 'path', 'list', 'edit'], ''],
  ['gte', ['set', 'get', 'unset'], ' Did you mean get?'],
  ['sett', ['set', 'get', 'unset'], ' Did you mean set?'],
  ['', ['set', 'sonnet'], ''],
  ['s', ['set', 'sonnet'], ''],
])('%s of %p', (word, known, expected) => {
  expect(didYouMean(word, known)).toBe(expected)
})
