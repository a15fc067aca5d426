import { describe, expect, test } from 'bun:test'
import { type ErrorType, GatewayError, type GatewayErrorOptions, invalidRequest } from '../../../../src/base/errors.ts'
import {
  errorHead,
  toFailedResponse,
  toOpenAiError,
  toStreamedError,
} from '../../../../src/server/entrances/openai/errors.ts'
import { refusal } from '../../../../src/translate/openai-entrance/refusal.ts'

const error = (type: ErrorType, message = 'words', options: GatewayErrorOptions = {}): GatewayError =>
  new GatewayError(type, message, options)

const tooLong = 'capability_rejected: prompt_too_long — prompt is too long: 210000 tokens > 200000 maximum'
const withAnswer = 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length'

describe('an error has the status, type, code and parameter that clients act on', () => {
  test.each<[string, GatewayError, readonly (string | number | null)[]]>([
    ['an invalid request (OE-E1)', error('invalid_request_error'), [400, 'invalid_request_error', null, null]],
    [
      'a refused member (OE-E1)',
      refusal('unsupported_value', ['n'], 'must be 1'),
      [400, 'invalid_request_error', 'unsupported_value', 'n'],
    ],
    [
      'a conversation that is too long (OE-E2)',
      error('invalid_request_error', tooLong),
      [400, 'invalid_request_error', 'context_length_exceeded', null],
    ],
    [
      'a conversation that is too long with its answer (OE-E2)',
      error('invalid_request_error', withAnswer),
      [400, 'invalid_request_error', 'context_length_exceeded', null],
    ],
    [
      "the client's token (OE-E3)",
      error('authentication_error', 'invalid x-api-key', { code: 'invalid_api_key' }),
      [401, 'authentication_error', 'invalid_api_key', null],
    ],
    [
      "the server's key (OE-E4)",
      error('authentication_error'),
      [401, 'authentication_error', 'upstream_authentication', null],
    ],
    ['a missing permission (OE-E5)', error('permission_error'), [403, 'permission_error', null, null]],
    [
      'an unknown model (OE-E6)',
      error('not_found_error', 'model: x not found'),
      [404, 'invalid_request_error', 'model_not_found', 'model'],
    ],
    ['anything else unknown (OE-E6)', error('not_found_error', 'gone'), [404, 'invalid_request_error', null, null]],
    [
      'a body that is too large (OE-E7)',
      error('request_too_large'),
      [413, 'invalid_request_error', 'request_too_large', null],
    ],
    ['a throttled request (OE-E8)', error('rate_limit_error'), [429, 'rate_limit_error', 'rate_limit_exceeded', null]],
    ['an overload (OE-E9)', error('overloaded_error'), [503, 'service_unavailable_error', 'overloaded', null]],
    ['an internal error (OE-E10)', error('api_error'), [500, 'internal_server_error', null, null]],
    [
      'a failure of the upstream (OE-E10)',
      error('api_error', 'words', { status: 502 }),
      [502, 'internal_server_error', null, null],
    ],
    [
      'an upstream that cannot be reached (OE-E10)',
      error('api_error', 'words', { status: 502, shouldRetry: false }),
      [502, 'internal_server_error', 'upstream_unreachable', null],
    ],
    ['a timeout (OE-E11)', error('timeout_error'), [504, 'timeout_error', 'timeout', null]],
    [
      'another method (OE-E14, OE-M5)',
      error('invalid_request_error', 'words', { status: 405 }),
      [405, 'invalid_request_error', null, null],
    ],
    ['a used-up budget (OE-E15)', error('billing_error'), [429, 'insufficient_quota', 'insufficient_quota', null]],
    ['filtered content (OE-E16)', error('policy_blocked'), [400, 'invalid_request_error', 'content_filter', null]],
    [
      'what this server cannot do: SDKs repeat a 501 (OE-E1)',
      error('not_supported'),
      [400, 'invalid_request_error', 'unsupported_value', null],
    ],
  ])('%s', (_what, failure, expected) => {
    const { type, code, param } = toOpenAiError(failure)
    expect([errorHead(failure).status, type, code, param]).toEqual([...expected])
  })

  test('all four members are always there (OE-E1)', () => {
    expect(toOpenAiError(error('api_error'))).toEqual({
      message: 'words',
      type: 'internal_server_error',
      param: null,
      code: null,
    })
  })
})

describe('the message of an error', () => {
  test("has no class that only Claude Code reads, and keeps the upstream's words (OE-E2)", () => {
    expect(toOpenAiError(error('invalid_request_error', tooLong)).message).toBe(
      'prompt is too long: 210000 tokens > 200000 maximum',
    )
  })

  test("says whose key the upstream refuses, and leaves the guard's message as it is (OE-E4)", () => {
    const messageOf = (message: string, options?: GatewayErrorOptions): string =>
      toOpenAiError(error('authentication_error', message, options)).message
    expect(messageOf('Authentication failed.', { shouldRetry: false })).toBe(
      "The upstream refuses this server's own key, not the client's: Authentication failed.",
    )
    expect(messageOf('Unknown token.', { code: 'invalid_api_key' })).toBe('Unknown token.')
    const clear = 'api.openai.com refused the API key of this server. Check OPENAI_API_KEY where the server runs.'
    expect(messageOf(clear)).toBe(clear)
    // This server's own words.
    expect(messageOf('no credential', { isLoggable: true })).toBe('no credential')
  })

  test('names the path as the parameter does (OE-T7, OE-E1)', () => {
    expect(toOpenAiError(invalidRequest(['messages', 3, 'content'], 'Field required'))).toMatchObject({
      message: 'messages[3].content: Field required',
      param: 'messages[3].content',
    })
    expect(toOpenAiError(invalidRequest([], 'Input should be an object'))).toMatchObject({
      message: 'Input should be an object',
      param: null,
    })
  })

  test("has the request's id in a stream, whose headers the client has read before (OE-E1, OE-C97)", () => {
    expect(toStreamedError(error('overloaded_error', 'busy'), 'req_1')).toEqual({
      message: 'busy (request id: req_1)',
      type: 'service_unavailable_error',
      param: null,
      code: 'overloaded',
    })
  })
})

describe('the headers of an error (OE-E13)', () => {
  test.each<[string, GatewayError, Record<string, string>]>([
    ['a wait', error('rate_limit_error', 'slow', { retryAfterSeconds: 2 }), { 'retry-after-ms': '2000' }],
    ['a short wait', error('overloaded_error', 'busy', { retryAfterSeconds: 0.5 }), { 'retry-after-ms': '500' }],
    ['no wait', error('overloaded_error'), {}],
    ['a refused key (OE-E4)', error('authentication_error'), { 'x-should-retry': 'false' }],
    ['a used-up budget (OE-E15)', error('billing_error'), { 'x-should-retry': 'false' }],
    ['filtered content (OE-E16)', error('policy_blocked'), { 'x-should-retry': 'false' }],
    ['advice that the shared code sends', error('authentication_error', 'no', { shouldRetry: false }), {}],
  ])('%s', (_what, failure, headers) => expect(errorHead(failure).headers).toEqual(headers))
})

describe('the error of response.failed has the codes that Codex acts on (OE-E12)', () => {
  test.each<[ErrorType, string, string]>([
    ['invalid_request_error', 'prompt is too long', 'context_length_exceeded'],
    ['rate_limit_error', 'slow', 'rate_limit_exceeded'],
    ['billing_error', 'spent', 'insufficient_quota'],
    ['invalid_request_error', 'bad', 'invalid_prompt'],
    ['not_found_error', 'no such model', 'invalid_prompt'],
    ['policy_blocked', 'filtered', 'invalid_prompt'],
    ['overloaded_error', 'busy', 'server_error'],
    ['api_error', 'broken', 'server_error'],
    ['timeout_error', 'late', 'server_error'],
    ['permission_error', 'no access', 'server_error'],
  ])('%s: %s', (type, message, code) =>
    expect(toFailedResponse(error(type, message), 'req_1')).toEqual({
      code,
      message: `${message} (request id: req_1)`,
    }),
  )

  test('Codex reads the seconds to wait from the words; the type for Messages does not count (OE-E12)', () => {
    const throttled = error('rate_limit_error', 'slow', { retryAfterSeconds: 1.5, typeInStream: 'overloaded_error' })
    expect(toFailedResponse(throttled, 'req_1')).toEqual({
      code: 'rate_limit_exceeded',
      message: 'slow (request id: req_1) Please try again in 1.5s.',
    })
  })
})
