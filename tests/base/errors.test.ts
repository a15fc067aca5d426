import { describe, expect, test } from 'bun:test'
import { GatewayError, toGatewayError } from '../../src/base/errors.ts'

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
})
