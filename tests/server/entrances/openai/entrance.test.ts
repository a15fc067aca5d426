import { describe, expect, test } from 'bun:test'
import OpenAI, {
  APIConnectionError,
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai'
import { Secret } from '../../../../src/base/secret.ts'
import type { RequestRecord } from '../../../../src/gateway/request-record.ts'
import type { Scenario } from '../../../../src/simulator/reply.ts'
import { startNative } from '../../../support/anthropic.ts'
import { type ChainOptions, defaultConfig, startChain } from '../../../support/chain.ts'

/** The official client of OpenAI gets the errors, over real sockets. */

const chat = { model: 'claude-sonnet-4-6', messages: [{ role: 'user' as const, content: 'hello' }] }
const responses = { model: 'claude-sonnet-4-6', input: 'hello' }

const clientOf = (url: string, maxRetries = 0): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy', maxRetries })

const failureOf = async (work: () => Promise<unknown>): Promise<APIError> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof APIError) return error
    throw error
  }
  throw new Error('no error')
}

/** The same failure by both protocols, whole and streamed. */
const waysOf = (client: OpenAI): readonly (() => Promise<unknown>)[] => [
  () => client.chat.completions.create(chat),
  () => client.chat.completions.create({ ...chat, stream: true }),
  () => client.responses.create(responses),
  () => client.responses.create({ ...responses, stream: true }),
]

interface Expected {
  readonly error: abstract new (...given: never[]) => unknown
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly message?: RegExp
}

const refused =
  (status: number, type: string, message: string, headers: Record<string, string> = {}): Scenario =>
  () => ({ error: { status, type, message, headers } })

const expectFailure = async (options: ChainOptions, expected: Expected): Promise<void> => {
  for (const work of waysOf(clientOf(startChain(options).url))) {
    const failure = await failureOf(work)
    expect(failure).toBeInstanceOf(expected.error)
    expect([failure.status, failure.type, failure.code]).toEqual([expected.status, expected.type, expected.code])
    if (expected.message) expect(failure.message).toMatch(expected.message)
    expect(failure.requestID).toStartWith('req_')
  }
}

describe('the official client throws the class of each failure of the upstream', () => {
  test.each<[string, Scenario, Expected]>([
    [
      'an invalid request, in the words of the upstream (OE-E1)',
      refused(400, 'ValidationException', 'The request is odd.'),
      { error: BadRequestError, status: 400, type: 'invalid_request_error', code: null, message: /The request is odd/ },
    ],
    [
      'a conversation that is too long (OE-E2)',
      refused(400, 'ValidationException', 'Input is too long for requested model.'),
      {
        error: BadRequestError,
        status: 400,
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: /^400 prompt is too long/,
      },
    ],
    [
      "the server's key (OE-E4)",
      refused(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
      {
        error: AuthenticationError,
        status: 401,
        type: 'authentication_error',
        code: 'upstream_authentication',
        message: /this server's own key.*security token/,
      },
    ],
    [
      'a missing permission (OE-E5)',
      refused(403, 'AccessDeniedException', 'Not for this account.'),
      { error: PermissionDeniedError, status: 403, type: 'permission_error', code: null },
    ],
    [
      'a model that the upstream does not have (OE-E6)',
      refused(404, 'ResourceNotFoundException', 'The model does not exist.'),
      { error: NotFoundError, status: 404, type: 'invalid_request_error', code: 'model_not_found' },
    ],
    [
      'a throttled request (OE-E8)',
      refused(429, 'ThrottlingException', 'Too many requests.'),
      { error: RateLimitError, status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    ],
    [
      'an overload (OE-E9)',
      refused(503, 'ServiceUnavailableException', 'Busy.'),
      { error: InternalServerError, status: 503, type: 'service_unavailable_error', code: 'overloaded' },
    ],
    [
      'an internal error (OE-E10)',
      refused(500, 'InternalServerException', 'Broken.'),
      { error: InternalServerError, status: 500, type: 'internal_server_error', code: null },
    ],
    [
      'a timeout (OE-E11)',
      refused(408, 'ModelTimeoutException', 'Late.'),
      { error: InternalServerError, status: 504, type: 'timeout_error', code: 'timeout' },
    ],
  ])('%s', async (_what, scenario, expected) => expectFailure({ scenario }, expected))

  test('an upstream that cannot be reached (OE-E10)', async () => {
    await expectFailure(
      { endpointUrl: 'http://127.0.0.1:1' },
      { error: InternalServerError, status: 502, type: 'internal_server_error', code: 'upstream_unreachable' },
    )
  })

  test('a wrong client token (OE-E3)', async () => {
    await expectFailure(
      { config: { clientToken: new Secret('token') } },
      {
        error: AuthenticationError,
        status: 401,
        type: 'authentication_error',
        code: 'invalid_api_key',
        message: /client token of this server/,
      },
    )
  })

  test('a used-up budget, and content that a filter refuses (OE-E15, OE-E16)', async () => {
    const anthropicError = (type: string, status: number) =>
      startNative(() => Response.json({ type: 'error', error: { type, message: 'words' } }, { status }))
    const spent = await failureOf(() =>
      clientOf(anthropicError('billing_error', 402).url, 2).chat.completions.create(chat),
    )
    expect(spent).toBeInstanceOf(RateLimitError)
    expect([spent.status, spent.code, spent.headers?.get('x-should-retry')]).toEqual([
      429,
      'insufficient_quota',
      'false',
    ])
    const filtered = await failureOf(() =>
      clientOf(anthropicError('policy_blocked', 400).url).chat.completions.create(chat),
    )
    expect([filtered.status, filtered.code]).toEqual([400, 'content_filter'])
  })
})

describe('an unknown model', () => {
  test('is a 404 where the administrator wants that (OE-E6, OE-M14)', async () => {
    const openaiEntrance = { ...defaultConfig.openaiEntrance, unknownModel: 'refuse' as const }
    const client = clientOf(startChain({ config: { openaiEntrance } }).url)
    const failure = await failureOf(() => client.chat.completions.create({ ...chat, model: 'mistral-large' }))
    expect(failure).toBeInstanceOf(NotFoundError)
    expect([failure.code, failure.param]).toEqual(['model_not_found', 'model'])
  })

  test('is the main model otherwise, and the record has the name that the client sent (OE-M14)', async () => {
    const records: RequestRecord[] = []
    const { url, simulator } = startChain({ observers: [(record) => void records.push(record)] })
    const answer = await clientOf(url).chat.completions.create({ ...chat, model: 'mistral-large' })
    expect(answer.model).toBe('mistral-large')
    expect(simulator.journal[0]?.modelId).toBe('claude-sonnet-4.6')
    expect(records).toMatchObject([
      { entrance: 'openai-chat', model: 'mistral-large', used: 'claude-sonnet-4.6', status: 200 },
    ])
    await clientOf(url).chat.completions.create({ ...chat, model: 'a secret in the wrong place' })
    expect(records[1]).not.toHaveProperty('model')
  })

  test('of a kind that writes no messages is a 404 (OE-M14)', async () => {
    const client = clientOf(startChain().url)
    const failure = await failureOf(() => client.responses.create({ ...responses, model: 'gpt-4o-audio-preview' }))
    expect([failure.status, failure.code, failure.param]).toEqual([404, 'model_not_found', 'model'])
  })
})

describe('the official client repeats what can succeed, and nothing else (OE-E13)', () => {
  const attempts = async (scenario: Scenario): Promise<number> => {
    const { url, simulator } = startChain({ scenario })
    await failureOf(() => clientOf(url, 2).chat.completions.create(chat))
    return simulator.journal.length
  }

  test('a throttled request, after the time in retry-after-ms (OE-E8, OE-E13)', async () => {
    const throttled = refused(429, 'ThrottlingException', 'Slow.', { 'retry-after': '0' })
    let count = 0
    const { url, simulator } = startChain({
      scenario(request) {
        count += 1
        return count === 1 ? throttled(request) : { content: [{ text: 'late' }] }
      },
    })
    const answer = await clientOf(url, 2).chat.completions.create(chat)
    expect(answer.choices[0]?.message.content).toBe('late')
    expect(simulator.journal.length).toBe(2)
  })

  test.each<[string, Scenario]>([
    ['a refused key (OE-E4)', refused(403, 'UnrecognizedClientException', 'invalid')],
    ['an invalid request (OE-E1)', refused(400, 'ValidationException', 'odd')],
    ['a used-up quota of the day (OE-E8)', refused(429, 'ServiceQuotaExceededException', 'none left')],
  ])('not %s', async (_what, scenario) => expect(await attempts(scenario)).toBe(1))

  test('a failure has both headers for the time to wait (OE-E8, OE-E13)', async () => {
    const { post } = startChain({ scenario: refused(429, 'ThrottlingException', 'Slow.', { 'retry-after': '7' }) })
    const { headers } = await post(chat, { path: '/v1/chat/completions' })
    expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual(['7', '7000'])
  })
})

describe('a failure in the middle of a stream', () => {
  const scenario: Scenario = () => ({
    content: [{ text: 'The beginning of an answer that never ends.' }],
    fault: { kind: 'exception', afterFrames: 3, type: 'throttlingException', message: 'Too many requests' },
  })

  test('of Chat Completions has the id of the request in its words (OE-E1, OE-C97)', async () => {
    const stream = await clientOf(startChain({ scenario }).url).chat.completions.create({ ...chat, stream: true })
    const failure = await failureOf(() => Array.fromAsync(stream))
    expect(failure).not.toBeInstanceOf(APIConnectionError)
    expect(failure.message).toMatch(/Too many requests.* \(request id: req_\w+\)$/)
    expect([failure.type, failure.code]).toEqual(['rate_limit_error', 'rate_limit_exceeded'])
  })

  test('of Responses has the code that Codex acts on (OE-E12)', async () => {
    const stream = await clientOf(startChain({ scenario }).url).responses.create({ ...responses, stream: true })
    const last = (await Array.fromAsync(stream)).at(-1)
    expect(last).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: {
          code: 'rate_limit_exceeded',
          message: expect.stringMatching(/Too many requests.* \(request id: req_\w+\)/),
        },
      },
    })
  })
})
