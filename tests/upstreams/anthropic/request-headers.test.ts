import { describe, expect, test } from 'bun:test'
import { toKeptHeaders } from '../../../src/upstreams/anthropic/request-headers.ts'

const added = { 'user-agent': '', 'anthropic-version': '2023-06-01' }

describe('headers of a request', () => {
  test.each([
    ['accept', 'text/event-stream'],
    ['content-type', 'application/json'],
    ['content-encoding', 'gzip'],
    ['user-agent', 'claude-cli/2.1.0 (external, cli)'],
    ['idempotency-key', 'stainless-node-retry-1'],
    ['x-app', 'cli'],
    ['x-stainless-retry-count', '2'],
    ['x-claude-code-session-id', 'c0ffee'],
    ['anthropic-version', '2099-01-01'],
    ['anthropic-beta', 'new-2099-01-01, other'],
    ['anthropic-later', 'x'],
  ])('keep %s (AU-H1)', (name, value) => {
    expect(toKeptHeaders(new Headers({ [name]: value }))).toEqual({ ...added, [name]: value })
  })

  test.each([
    'host',
    'cookie',
    'authorization',
    'x-api-key',
    'origin',
    'referer',
    'sec-fetch-mode',
    'forwarded',
    'x-forwarded-for',
    'via',
    'expect',
    'te',
    'trailer',
    'upgrade',
    'keep-alive',
    'proxy-authorization',
    'transfer-encoding',
    'content-length',
    'accept-encoding',
    'traceparent',
    'anthropic-dangerous-direct-browser-access',
    'x-new',
    'x-application',
  ])('drop %s (AU-H1)', (name) => {
    expect(toKeptHeaders(new Headers({ [name]: 'x' }))).toEqual(added)
  })

  test('drop what the connection header names (AU-H1)', () => {
    expect(toKeptHeaders(new Headers({ connection: 'X-App, close', 'x-app': 'cli', accept: '*/*' }))).toEqual({
      ...added,
      accept: '*/*',
    })
  })

  test('keep both values of one name (AU-H5)', () => {
    const headers = new Headers([
      ['anthropic-beta', 'a'],
      ['anthropic-beta', 'b'],
      ['x-app', 'one'],
      ['x-app', 'two'],
    ])
    expect(toKeptHeaders(headers)).toEqual({ ...added, 'anthropic-beta': 'a, b', 'x-app': 'one, two' })
  })

  test.each(['a\rb', 'a\nb', 'a\0b'])('refuse the value %j, which cannot be sent (AU-H5)', (value) => {
    // Platforms differ in what their own class accepts.
    const headers = {
      get: () => null,
      forEach: (visit: (value: string, name: string) => void) => visit(value, 'x-app'),
    }
    expect(() => toKeptHeaders(headers as unknown as Headers)).toThrow('The header x-app has a value')
  })
})
