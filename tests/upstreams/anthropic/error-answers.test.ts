import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { toAnswerError, toStreamError } from '../../../src/upstreams/anthropic/error-answers.ts'

const answer = (status: number, text: string, headers: Record<string, string> = {}) =>
  toAnswerError({ status, text, headers: new Headers(headers) })

const body = (type: string, message: string, more: object = {}): string =>
  JSON.stringify({ type: 'error', error: { type, message, ...more }, request_id: 'req_body' })

describe('a failed answer becomes an error (AU-N14)', () => {
  test("that keeps Anthropic's type, words, status, wait, advice and request id", () => {
    const headers = { 'retry-after': '7', 'x-should-retry': 'true', 'request-id': 'req_header' }
    expect(answer(529, body('overloaded_error', 'Overloaded'), headers)).toMatchObject({
      type: 'overloaded_error',
      message: 'Overloaded',
      status: 529,
      retryAfterSeconds: 7,
      shouldRetry: true,
      upstreamRequestId: 'req_header',
      reason: 'Anthropic answered 529.',
    })
    expect(answer(400, body('invalid_request_error', 'no', { details: { code: 'x' } }))).toMatchObject({
      type: 'invalid_request_error',
      status: 400,
      details: { code: 'x' },
      upstreamRequestId: 'req_body',
      shouldRetry: undefined,
      retryAfterSeconds: undefined,
    })
  })

  test('for a refused credential, which clients do not send again (AU-R3)', () => {
    expect(answer(401, body('authentication_error', 'invalid x-api-key')).shouldRetry).toBe(false)
    expect(answer(403, body('permission_error', 'no')).shouldRetry).toBe(false)
    expect(answer(403, body('permission_error', 'no'), { 'x-should-retry': 'true' }).shouldRetry).toBe(true)
  })

  test('whose type follows from the status if Anthropic has a new name for it', () => {
    expect(answer(429, body('later_error', 'slow'))).toMatchObject({ type: 'rate_limit_error', message: 'slow' })
    expect(answer(409, body('conflict_error', 'no'))).toMatchObject({ type: 'invalid_request_error', status: 409 })
  })

  test.each([
    [502, '', 'Anthropic answered 502 without a message.', 'api_error'],
    [503, '{"error":"x"}', 'Anthropic answered 503 without a message.', 'api_error'],
    [407, '', /user name and a password/, 'invalid_request_error'],
    [404, '<!doctype html><title>x', /answered 404 with a web page. Check --anthropic-url/, 'not_found_error'],
  ])('in our words without words of Anthropic: %d %s', (status, text, words, type) => {
    const error = answer(status, text)
    expect(error.message).toMatch(words)
    expect([error.type, error.status]).toEqual([type, status] as never)
  })

  test('whose words never reach a log', () => {
    const error = answer(400, body('invalid_request_error', 'messages.0: SECRET prompt'))
    expect(inspect(error) + error.reason).not.toContain('SECRET')
  })
})

describe('an error event becomes an error (AU-N14)', () => {
  test('whose type decides about the status', () => {
    expect(toStreamError({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })).toMatchObject({
      type: 'overloaded_error',
      status: 529,
      message: 'Overloaded',
      typeInStream: 'overloaded_error',
    })
    expect(toStreamError({ type: 'error', error: { type: 'rate_limit_error', message: 'slow' } })).toMatchObject({
      status: 429,
      typeInStream: 'overloaded_error',
    })
    expect(toStreamError({ type: 'error' })).toMatchObject({
      type: 'api_error',
      message: 'Anthropic reported an error in its stream.',
    })
  })
})
