import { describe, expect, test } from 'bun:test'
import { GatewayError, toGatewayError, withPaths } from '../../src/base/errors.ts'

describe('GatewayError', () => {
  test('a foreign message stays in the cause', () => {
    const error = toGatewayError(new Error('quotes a prompt'))
    expect(error.message).not.toContain('prompt')
    expect(error).toMatchObject({ type: 'api_error', status: 500 })
    expect(toGatewayError(error)).toBe(error)
  })

  test('each type has its status', () => {
    expect(new GatewayError('overloaded_error', 'm').status).toBe(529)
    expect(new GatewayError('invalid_request_error', 'm', { status: 405 }).status).toBe(405)
  })

  test('an error with other paths keeps everything else (WS-31)', () => {
    const cause = new Error('quotes a prompt')
    const options = { status: 418, shouldRetry: false, retryAfterSeconds: 3, upstreamRequestId: 'r', code: 'c', cause }
    const error = new GatewayError('rate_limit_error', 'messages.3: words', { ...options, reason: 'messages.3: rule' })
    const restored = withPaths(error, ['messages', 1], (text) => text.replace('3', '1'))
    expect(restored).toBeInstanceOf(GatewayError)
    expect({ ...restored }).toEqual({ ...error, path: ['messages', 1], reason: 'messages.1: rule' })
    expect(restored.message).toBe('messages.1: words')
    expect(restored.cause).toBe(cause)
  })
})
