import { describe, expect, test } from 'bun:test'
import type { GatewayError } from '../../../src/base/errors.ts'
import { Secret } from '../../../src/base/secret.ts'
import { toConnectionError } from '../../../src/upstreams/http/connection-errors.ts'
import { diagnose } from '../../../src/upstreams/nexus/diagnose.ts'
import { toResponseError, toStreamError } from '../../../src/upstreams/nexus/errors.ts'
import { caseName, cases, fixture } from '../../support/fixtures.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

const wording = { model: 'claude-sonnet-4-6', maxTokens: undefined }

/** The error for a client, without unset members. */
const definedMembers = ({
  type,
  status,
  message,
  shouldRetry,
  retryAfterSeconds,
  upstreamRequestId,
  retryable,
}: GatewayError): object => ({
  type,
  status,
  message,
  ...(shouldRetry !== undefined && { shouldRetry }),
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  ...(retryable && { retryable }),
})

describe('error responses', () => {
  for (const name of cases('errors')) {
    test(caseName('errors', name), () => {
      const { headers, ...answer } = fixture<Answer>('errors', name, 'answer')
      const context = fixture<{ model?: string; maxTokens?: number }>('errors', name, 'context')
      const error = toResponseError({ ...answer, headers: new Headers(headers) }, { ...wording, ...context })
      expect(definedMembers(error)).toEqual(fixture('errors', name, 'expected'))
    })
  }

  test('retry-after as a date is read against the date of the answer', () => {
    const headers = new Headers({
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT',
    })
    expect(toResponseError({ status: 429, headers, body: '' }, wording).retryAfterSeconds).toBe(9)
  })

  test('an exception with a name that is a member of every object is an unknown one', () => {
    const headers = new Headers({ 'x-amzn-errortype': 'constructor' })
    expect(toResponseError({ status: 400, headers, body: '{"message":"m"}' }, wording).type).toBe(
      'invalid_request_error',
    )
  })
})

describe('the kind of a failure', () => {
  const kindOf = (status: number, name: string, message: string): unknown[] => {
    const headers = new Headers(name === '' ? {} : { 'x-amzn-errortype': name })
    const error = toResponseError({ status, headers, body: JSON.stringify({ message }) }, wording)
    return [error.type, error.status, error.shouldRetry, error.retryable]
  }

  // The status means something else each time: the name has priority.
  test.each([
    ['ValidationException', 'invalid_request_error', 400, undefined, false],
    ['AccessDeniedException', 'permission_error', 403, false, false],
    ['UnrecognizedClientException', 'authentication_error', 401, false, false],
    ['InvalidClientTokenId', 'authentication_error', 401, false, false],
    ['InvalidSignatureException', 'authentication_error', 401, false, false],
    ['ExpiredTokenException', 'authentication_error', 401, false, false],
    ['MissingAuthenticationTokenException', 'authentication_error', 401, false, false],
    ['OptInRequired', 'permission_error', 403, false, false],
    ['ResourceNotFoundException', 'not_found_error', 404, undefined, false],
    ['ThrottlingException', 'rate_limit_error', 429, undefined, true],
    ['TooManyRequestsException', 'rate_limit_error', 429, undefined, true],
    ['ServiceQuotaExceededException', 'rate_limit_error', 429, false, false],
    ['ModelNotReadyException', 'overloaded_error', 529, undefined, true],
    ['ServiceUnavailableException', 'overloaded_error', 529, undefined, true],
    ['InternalServerException', 'api_error', 500, undefined, true],
    ['InternalFailure', 'api_error', 500, undefined, true],
    ['ModelTimeoutException', 'timeout_error', 504, undefined, true],
    ['ModelErrorException', 'api_error', 500, undefined, true],
    ['ModelStreamErrorException', 'api_error', 500, undefined, true],
    ['RequestEntityTooLargeException', 'request_too_large', 413, undefined, false],
  ] as const)('%s, whatever the status', (name, type, status, shouldRetry, retryable) => {
    for (const given of [418, 599]) {
      for (const form of [name, `com.amazonaws.bedrock#${name}`, `${name}:http://internal.amazon.com/`]) {
        expect(kindOf(given, form, 'm')).toEqual([type, status, shouldRetry, retryable])
      }
    }
  })

  test.each([
    [400, 'invalid_request_error', 400, undefined, false],
    [401, 'authentication_error', 401, false, false],
    [403, 'permission_error', 403, false, false],
    [404, 'not_found_error', 404, undefined, false],
    [408, 'timeout_error', 504, undefined, true],
    [413, 'request_too_large', 413, undefined, false],
    [418, 'invalid_request_error', 400, undefined, false],
    [424, 'api_error', 500, undefined, true],
    [429, 'rate_limit_error', 429, undefined, true],
    [500, 'api_error', 500, undefined, true],
    [502, 'api_error', 502, undefined, true],
    [503, 'overloaded_error', 529, undefined, true],
    [504, 'api_error', 504, undefined, true],
    [529, 'overloaded_error', 529, undefined, true],
    [599, 'api_error', 500, undefined, true],
    [302, 'api_error', 502, false, false],
  ] as const)('%i without a name', (given, type, status, shouldRetry, retryable) => {
    for (const name of ['', 'SomethingNewException']) {
      expect(kindOf(given, name, 'm')).toEqual([type, status, shouldRetry, retryable])
    }
  })

  test.each([
    [
      400,
      'ValidationException',
      'Invocation of model ID x with on-demand throughput isn\u2019t supported.',
      'not_found_error',
    ],
    [400, 'ValidationException', 'This model version has reached the end of its life.', 'not_found_error'],
    [403, '', 'The security token included in the request is invalid.', 'authentication_error'],
    [403, '', 'Bearer Token has expired', 'authentication_error'],
    [403, 'AccessDeniedException', 'Please make sure your API Key is valid.', 'authentication_error'],
    [404, 'ResourceNotFoundException', 'FTUFormNotFilled: fill in the form', 'permission_error'],
  ] as const)('%i %s by its words: %s', (status, name, message, type) => {
    expect(kindOf(status, name, message)[0]).toBe(type)
  })

  test.each([
    [429, 'rate_limit_error'],
    [529, 'overloaded_error'],
    [503, 'api_error'],
    [400, 'invalid_request_error'],
  ] as const)('%i that the model itself had given', (originalStatusCode, type) => {
    const headers = new Headers({ 'x-amzn-errortype': 'ModelErrorException' })
    const body = JSON.stringify({ message: 'm', originalStatusCode })
    expect(toResponseError({ status: 424, headers, body }, wording).type).toBe(type)
  })

  test.each([
    'invalid_request_error',
    'authentication_error',
    'permission_error',
    'not_found_error',
    'rate_limit_error',
    'timeout_error',
    'overloaded_error',
    'api_error',
  ] as const)("%s, where the model's error came through whole", (type) => {
    const inner = JSON.stringify({ type: 'error', error: { type, message: 'inner words' } })
    const body = JSON.stringify({ message: `The model returned the following errors: ${inner}` })
    const headers = new Headers({ 'x-amzn-errortype': 'ValidationException' })
    expect(toResponseError({ status: 400, headers, body }, wording)).toMatchObject({ type } as never)
    expect(toResponseError({ status: 400, headers, body }, wording).message).toStartWith('inner words')
  })
})

describe('endless messages', () => {
  const long = 1_000_000
  test.each([
    ['digits', 'context window '.padEnd(long, '7')],
    ['blanks', `context window 7${' '.repeat(long)}`],
    ['kinds of thinking', 'thinking.type enabled '.repeat(long / 20)],
    ['fields', 'output_config.effort.'.repeat(long / 20)],
    ['roles', 'role "system" '.repeat(long / 20)],
    ['places', 'messages.1.content.2.image.'.repeat(long / 20)],
  ])('4.1 extraction: %s are cut before they are read', (_, words) => {
    const error = toStreamError('validationException', { message: words }, wording)
    expect(error.message.length).toBeLessThan(5000)
    expect(diagnose(error, { messages: [] })).toBeArray()
  })
})

test('the key that an upstream quotes does not reach the client', () => {
  const apiKey = new Secret('canary-key-0123456789')
  const words = 'bad key Bearer canary-key-0123456789'
  const context = { ...wording, apiKey }
  const answers = [JSON.stringify({ message: words }), words, `${'x'.repeat(1990)}${words}`]
  const errors = [
    ...answers.map((body) => toResponseError({ status: 401, headers: new Headers(), body }, context)),
    toStreamError('accessDeniedException', { message: words }, context),
  ]
  for (const error of errors) {
    expect(error.message).not.toContain('canary')
    expect(error.upstreamWords).not.toContain('canary')
  }
  expect(errors[0]?.message).toContain('bad key Bearer [redacted]')
})

describe('the message of a failure', () => {
  test.each([
    [{ message: 'words' }, 'words'],
    [{ Message: 'words' }, 'words'],
    [{ errorMessage: 'words' }, 'words'],
    [{ detail: 'words' }, 'words'],
    [{ error: 'words' }, 'words'],
    [{ error: { message: 'words' } }, 'words'],
    [{ message: 'outer', originalMessage: 'words' }, 'words'],
    [{ message: '  ', detail: 'words' }, 'words'],
    [{ message: 7 }, '{"message":7}'],
  ])('%j', (body, words) => {
    const answer = { status: 400, headers: new Headers(), body: JSON.stringify(body) }
    expect(toResponseError(answer, wording).message).toBe(words)
  })

  test.each([
    ['-5', 0],
    ['7', 7],
    ['0.5', 0.5],
    ['3600', 60],
    ['soon', undefined],
    ['', undefined],
  ])('retry-after: %p', (value, seconds) => {
    const headers = new Headers({ 'retry-after': value })
    expect(toResponseError({ status: 429, headers, body: '' }, wording).retryAfterSeconds).toBe(seconds)
  })
})

describe('connections that fail', () => {
  const at = { host: 'nexus:8443', isPlain: false }
  const failing = (members: object, place: object = {}) =>
    toConnectionError(Object.assign(new Error('secret detail'), members), { ...at, ...place })

  test.each(['127.0.0.1:8080', 'localhost:11434', '[::1]:1234', '127.0.0.1'])(
    'to %s, which is this machine, asks whether the server runs (OU-E16)',
    (host) => {
      expect(failing({ code: 'ConnectionRefused' }, { host }).message).toBe(
        `${host} refused the connection: is the server running? Check the endpoint URL and its port.`,
      )
    },
  )

  test.each([
    ['ConnectionRefused', 'nexus:8443 refused the connection.', true],
    ['ECONNREFUSED', 'nexus:8443 refused the connection.', true],
    ['ENOTFOUND', 'Cannot resolve or reach nexus:8443.', true],
    ['FailedToOpenSocket', 'Cannot resolve or reach nexus:8443.', true],
    ['ETIMEDOUT', 'Cannot reach nexus:8443 (ETIMEDOUT).', true],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'The certificate of nexus:8443 is not trusted (SELF_SIGNED_CERT_IN_CHAIN).', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'set NODE_EXTRA_CA_CERTS', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'set NODE_EXTRA_CA_CERTS', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'set NODE_EXTRA_CA_CERTS', false],
    ['CERT_HAS_EXPIRED', "Check this machine's clock.", false],
    ['CERT_NOT_YET_VALID', "Check this machine's clock.", false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name', false],
    ['EPROTO', 'does not speak TLS', false],
    [
      'Malformed_HTTP_Response',
      'does not speak HTTP (Malformed_HTTP_Response). Check the endpoint URL and its port',
      false,
    ],
    ['UnsupportedProxyProtocol', 'HTTPS_PROXY', false],
    ['ERR_INVALID_ARG_VALUE', 'HTTPS_PROXY', false],
    ['ECONNRESET', 'The connection to nexus:8443 broke (ECONNRESET).', true],
    ['EODD', 'The connection to nexus:8443 failed (EODD).', true],
    [undefined, 'The connection to nexus:8443 failed.', true],
    [7, 'The connection to nexus:8443 failed.', true],
  ])('%p', (code, words, mayHelp) => {
    const error = failing({ code })
    expect(error.message).toContain(words)
    expect(error.message).not.toContain('secret detail')
    expect(error).toMatchObject({
      type: 'api_error',
      status: 502,
      shouldRetry: mayHelp,
      retryable: mayHelp,
      isLoggable: true,
    })
  })

  const proxy = { proxy: 'proxy.example:3128' }
  const tunnel = (status: number, signIn?: string) => ({
    code: 'ERR_PROXY_TUNNEL',
    status,
    headers: new Headers(signIn === undefined ? {} : { 'proxy-authenticate': signIn }),
  })
  test.each([
    [{ code: 'ECONNREFUSED' }, 'The proxy proxy.example:3128 refused the connection', true],
    [{ code: 'ENOTFOUND' }, 'Cannot resolve or reach the proxy proxy.example:3128', true],
    [{ code: 'ECONNRESET' }, 'The connection to nexus:8443 through the proxy proxy.example:3128 broke', true],
    [{ code: 'EPROTO' }, 'The server at nexus:8443 through the proxy proxy.example:3128', false],
    [tunnel(407, 'Negotiate'), 'by Negotiate or NTLM (407), which is not supported', false],
    [{ ...tunnel(407), headers: { 'proxy-authenticate': 'NTLM' } }, 'by Negotiate or NTLM (407)', false],
    [tunnel(407, 'Negotiate, Basic realm="x"'), 'HTTPS_PROXY=http://user:password@host:port', false],
    [tunnel(407), 'HTTPS_PROXY=http://user:password@host:port', false],
    [tunnel(302), 'sent a redirect (302)', false],
    [tunnel(403), 'The proxy proxy.example:3128 does not allow connections to nexus:8443 (403)', false],
    [tunnel(504), 'cannot reach nexus:8443 (504)', true],
  ])('by a proxy: %p', (members, words, mayHelp) => {
    expect(failing(members, proxy)).toMatchObject({
      message: expect.stringContaining(words),
      status: 502,
      shouldRetry: mayHelp,
    })
  })

  test('a proxy of unknown name is reported', () => {
    expect(failing(tunnel(407)).message).toStartWith('The proxy requires a valid user name')
  })

  test('plain http to a port that may require TLS', () => {
    expect(failing({ code: 'ECONNRESET' }, { isPlain: true }).message).toContain('begin the endpoint URL with https')
  })
})

describe('3.4 exceptions: failures in a stream', () => {
  test.each([
    ['throttlingException', { message: 'm' }, 'rate_limit_error', 'm', 'overloaded_error'],
    ['serviceUnavailableException', { message: 'm' }, 'overloaded_error', 'm'],
    ['internalServerException', { message: 'm' }, 'api_error', 'm'],
    [
      'validationException',
      { message: 'The model returned the following errors: prompt is too long: 3 tokens > 2 maximum' },
      'invalid_request_error',
      'capability_rejected: prompt_too_long — prompt is too long: 3 tokens > 2 maximum',
    ],
    [
      'modelStreamErrorException',
      { message: 'm', originalStatusCode: 429, originalMessage: 'the model is busy' },
      'rate_limit_error',
      'the model is busy',
    ],
    ['modelStreamErrorException', { message: 'm', originalStatusCode: 529 }, 'overloaded_error', 'm'],
    ['modelStreamErrorException', { message: 'm', originalStatusCode: 400 }, 'invalid_request_error', 'm'],
    ['modelStreamErrorException', { message: 'm' }, 'api_error', 'm'],
    ['throttlingException', { message: 'Too many tokens per day' }, 'rate_limit_error', 'Too many tokens per day'],
    [
      'validationException',
      { message: 'The provided model identifier is invalid.' },
      'not_found_error',
      'The provided model identifier is invalid. (model: claude-sonnet-4-6)',
    ],
    [
      'accessDeniedException',
      { message: 'Authentication failed: bad' },
      'authentication_error',
      'Authentication failed: bad',
    ],
    ['somethingNewException', {}, 'api_error', 'AI Nexus ended the stream: somethingNewException'],
  ] as [string, object, string, string, string?][])(
    '%s %p',
    (exception, payload, type, message, typeInStream = type) => {
      expect(toStreamError(exception, payload as never, wording)).toMatchObject({
        type,
        message,
        typeInStream,
      } as never)
    },
  )
})
