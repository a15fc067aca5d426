import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { toAnswerError, toInnerError, type WordingContext } from '../../../src/upstreams/openai/errors.ts'

const context: WordingContext = {
  provider: 'api.example.com',
  model: 'claude-opus-4-6',
  path: '/v1/chat/completions',
  secrets: [new Secret('sk-secret-key-123456')],
  toClientWords: (message) => message.replace('messages[6]', 'messages.4'),
  isBareOverflow: false,
}

const failed = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  toAnswerError(
    { status, headers: new Headers(headers), body: typeof body === 'string' ? body : JSON.stringify(body) },
    context,
  )

const openAiError = (message: string, more: object = {}) => ({ error: { message, ...more } })

describe('the words of a failure (OU-E1)', () => {
  test.each([
    ['OpenAI', { error: { message: 'It broke.', type: 'x', code: null } }, 'It broke.'],
    ['a bare string, as LM Studio', { error: 'It broke.' }, 'It broke.'],
    ['a list of errors', { errors: [{ message: 'It broke.' }] }, 'It broke.'],
    ['Venice', { error_type: 'x', error_message: 'It broke.' }, 'It broke.'],
    ['Mistral', { object: 'error', message: 'It broke.', type: 'x', code: 3230 }, 'It broke.'],
    ['a sentence of FastAPI', { detail: 'It broke.' }, 'It broke.'],
    [
      'the places of FastAPI',
      {
        detail: [
          { loc: ['body', 'messages', 0], msg: 'bad' },
          { loc: ['body'], msg: 'worse' },
        ],
      },
      'body.messages.0: bad; body: worse',
    ],
    ['DashScope', { msg: 'It broke.' }, 'It broke.'],
    ['MiniMax', { base_resp: { status_code: 2013, status_msg: 'It broke.' } }, 'It broke.'],
    ['a list of one, as Gemini', [{ error: { message: 'It broke.', code: 400 } }], 'It broke.'],
    [
      'OpenRouter, with the error of its provider',
      {
        error: {
          message: 'Provider returned error',
          metadata: { provider_name: 'Novita', raw: '{"error":{"message":"It broke."}}' },
        },
      },
      'Novita: It broke.',
    ],
    ['a text', 'It broke.', 'It broke.'],
    ['JSON of another form', { success: false, reason: 'It broke.' }, '{"success":false,"reason":"It broke."}'],
  ])('come from %s', (_name, body, message) => {
    const error = failed(400, body)
    expect({ type: error.type, status: error.status, message: error.message }).toEqual({
      type: 'invalid_request_error',
      status: 400,
      message,
    })
  })

  test('never hold the key (OU-E1)', () => {
    const error = failed(401, openAiError('Incorrect API key provided: sk-secret-key-123456.'))
    expect(error.message).not.toContain('sk-secret-key')
    expect(error.message).toContain('Incorrect API key provided')
  })

  test('are not logged: the log has status and code', () => {
    expect(failed(400, openAiError('my prompt', { code: 'bad_thing' })).reason).toBe(
      'api.example.com answered 400 (bad_thing)',
    )
    expect(failed(400, openAiError('my prompt', { code: 'a sentence with my prompt' })).reason).toBe(
      'api.example.com answered 400',
    )
  })
})

interface Case {
  readonly rule: string
  readonly status: number
  readonly body: unknown
  readonly gives: readonly [status: number, type: string]
  readonly retry?: boolean
  readonly retryable?: boolean
  readonly says?: string
}

const cases: readonly Case[] = [
  {
    rule: 'OU-E2',
    status: 200,
    body: openAiError('x', { code: 503 }),
    gives: [529, 'overloaded_error'],
    retryable: true,
  },
  {
    rule: 'OU-E2',
    status: 500,
    body: openAiError('busy', { code: 429 }),
    gives: [429, 'rate_limit_error'],
    retryable: true,
  },
  {
    rule: 'OU-E3',
    status: 401,
    body: openAiError('no'),
    gives: [401, 'authentication_error'],
    retry: false,
    says: 'API key of this server',
  },
  {
    rule: 'OU-E3',
    status: 403,
    body: openAiError('Invalid API key'),
    gives: [401, 'authentication_error'],
    retry: false,
  },
  {
    rule: 'OU-E3',
    status: 400,
    body: openAiError('x', { code: '1002' }),
    gives: [401, 'authentication_error'],
    retry: false,
  },
  {
    rule: 'OU-E4',
    status: 403,
    body: openAiError('not in your region'),
    gives: [403, 'permission_error'],
    retry: false,
    says: 'api.example.com does not serve the country or region of this server. not in your region',
  },
  {
    rule: 'OU-E4',
    status: 400,
    body: openAiError('no o3', { code: 'model_not_allowed' }),
    gives: [403, 'permission_error'],
    retry: false,
    says: 'The account at api.example.com may not do this. no o3',
  },
  {
    rule: 'OU-E4',
    status: 403,
    body: '<html><title>Blocked</title></html>',
    gives: [403, 'permission_error'],
    retry: false,
    says: 'api.example.com answered 403 with a web page ("Blocked").',
  },
  { rule: 'OU-E5', status: 402, body: openAiError('pay'), gives: [429, 'billing_error'], retry: false },
  {
    rule: 'OU-E5',
    status: 429,
    body: openAiError('quota', { code: 'insufficient_quota' }),
    gives: [429, 'billing_error'],
    retry: false,
  },
  {
    rule: 'OU-E5',
    status: 429,
    body: openAiError('quota', { type: 'exceeded_current_quota_error' }),
    gives: [429, 'billing_error'],
    retry: false,
  },
  { rule: 'OU-E5', status: 429, body: openAiError('x', { code: '1113' }), gives: [429, 'billing_error'], retry: false },
  {
    rule: 'OU-E5',
    status: 400,
    body: openAiError('Insufficient Balance'),
    gives: [429, 'billing_error'],
    retry: false,
  },
  { rule: 'OU-E6', status: 429, body: openAiError('slow down'), gives: [429, 'rate_limit_error'], retryable: true },
  {
    rule: 'OU-E6',
    status: 429,
    body: openAiError('x', { code: '1302' }),
    gives: [429, 'rate_limit_error'],
    retryable: true,
  },
  {
    rule: 'OU-E6',
    status: 429,
    body: openAiError('Limit of requests per day (RPD) reached'),
    gives: [429, 'rate_limit_error'],
    retry: false,
  },
  {
    rule: 'OU-E6',
    status: 429,
    body: openAiError('x', { code: '1308' }),
    gives: [429, 'rate_limit_error'],
    retry: false,
  },
  {
    rule: 'OU-E6',
    status: 413,
    body: openAiError('Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 8000', {
      code: 'rate_limit_exceeded',
    }),
    gives: [400, 'invalid_request_error'],
    retry: false,
    says: 'prompt is too long: 8000 tokens > 6000 maximum',
  },
  {
    rule: 'OU-E7',
    status: 404,
    body: openAiError('The model `x` does not exist', { code: 'model_not_found' }),
    gives: [404, 'not_found_error'],
    retry: false,
    says: 'model: claude-opus-4-6',
  },
  {
    rule: 'OU-E7',
    status: 404,
    body: '',
    gives: [404, 'not_found_error'],
    retry: false,
    says: 'the base URL seems wrong: tried /v1/chat/completions',
  },
  {
    rule: 'OU-E7',
    status: 404,
    body: { detail: 'Not Found' },
    gives: [404, 'not_found_error'],
    retry: false,
    says: 'the base URL seems wrong: tried /v1/chat/completions',
  },
  {
    rule: 'OU-E7',
    status: 404,
    body: '404 page not found',
    gives: [404, 'not_found_error'],
    retry: false,
    says: 'the base URL seems wrong: tried /v1/chat/completions',
  },
  ...[
    openAiError('File Not Found', { code: 404, type: 'not_found_error' }),
    openAiError('Resource not found', { code: '404' }),
    openAiError('Invalid URL (POST /chat/completions)', { type: 'invalid_request_error' }),
    { error: 'Unexpected endpoint or method. (POST /chat/completions)' },
  ].map(
    (body): Case => ({
      rule: 'OU-E7',
      status: 404,
      body,
      gives: [404, 'not_found_error'],
      retry: false,
      says: 'the base URL seems wrong: tried /v1/chat/completions',
    }),
  ),
  {
    rule: 'OU-E7',
    status: 404,
    body: openAiError('Not found', { code: 'model_not_found' }),
    gives: [404, 'not_found_error'],
    retry: false,
    says: 'Not found (model: claude-opus-4-6)',
  },
  {
    rule: 'OU-E7',
    status: 400,
    body: openAiError('x', { code: '1211' }),
    gives: [404, 'not_found_error'],
    retry: false,
  },
  { rule: 'OU-E8', status: 408, body: '', gives: [504, 'timeout_error'], retryable: true },
  { rule: 'OU-E8', status: 504, body: '', gives: [504, 'timeout_error'], retryable: true },
  { rule: 'OU-E9', status: 503, body: openAiError('busy'), gives: [529, 'overloaded_error'], retryable: true },
  {
    rule: 'OU-E9',
    status: 500,
    body: openAiError('x', { type: 'engine_overloaded_error' }),
    gives: [529, 'overloaded_error'],
    retryable: true,
  },
  {
    rule: 'OU-E9',
    status: 400,
    body: openAiError('x', { code: '1312' }),
    gives: [529, 'overloaded_error'],
    retryable: true,
  },
  { rule: 'OU-E11', status: 413, body: openAiError('big'), gives: [413, 'request_too_large'] },
  {
    rule: 'OU-E12',
    status: 400,
    body: openAiError('The response was filtered', {
      code: 'content_filter',
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { hate: { filtered: true, severity: 'high' }, self_harm: { filtered: false } },
      },
    }),
    gives: [400, 'policy_blocked'],
    retry: false,
    says: 'The response was filtered. Filters: hate. The refused text stays in the conversation',
  },
  {
    rule: 'OU-E12',
    status: 400,
    body: openAiError('x', { code: '1301' }),
    gives: [400, 'policy_blocked'],
    retry: false,
  },
  {
    rule: 'OU-E12',
    status: 400,
    body: openAiError('x', { code: 'data_inspection_failed' }),
    gives: [400, 'policy_blocked'],
    retry: false,
  },
  {
    rule: 'OU-E13',
    status: 400,
    body: openAiError('Failed to call a function', { code: 'tool_use_failed', failed_generation: 'secret text' }),
    gives: [500, 'api_error'],
    retryable: true,
  },
  {
    rule: 'OU-E14',
    status: 400,
    body: openAiError('messages[6]: wrong'),
    gives: [400, 'invalid_request_error'],
    says: 'messages.4: wrong',
  },
  { rule: 'OU-E14', status: 422, body: openAiError('wrong'), gives: [400, 'invalid_request_error'] },
  { rule: 'OU-E15', status: 418, body: openAiError('teapot'), gives: [400, 'invalid_request_error'] },
  { rule: 'OU-E15', status: 500, body: openAiError('broken'), gives: [502, 'api_error'], retryable: true },
  { rule: 'OU-E15', status: 302, body: '', gives: [502, 'api_error'], says: 'redirect' },
  {
    rule: 'OU-T5',
    status: 200,
    body: '<!doctype html><title>Sign in</title>',
    gives: [502, 'api_error'],
    says: 'with a web page ("Sign in")',
  },
]

describe('the kind of a failure', () => {
  test.each(cases.map((one) => [`${one.status} ${JSON.stringify(one.body).slice(0, 80)}`, one.rule, one] as const))(
    '%s (%s)',
    (_name, _rule, { status, body, gives, retry, retryable = false, says = '' }) => {
      const isInside = status === 200 && typeof body !== 'string'
      const error = isInside ? toInnerError(body, context) : failed(status, body)
      expect<unknown[]>([error.status, error.type]).toEqual([...gives])
      expect(error.shouldRetry).toBe(retry as boolean)
      if (retry !== false && gives[1] !== 'api_error') expect(error.retryable).toBe(retryable)
      expect(error.message).toContain(says)
      expect(error.message).not.toContain('secret text')
    },
  )

  test('an overload in mid-stream is an error that Claude Code retries (OU-S15)', () => {
    expect(failed(429, openAiError('slow down')).typeInStream).toBe('overloaded_error')
  })

  test('a bare 400 is an overflow for Cerebras only (OU-E11)', () => {
    const bare = { status: 400, headers: new Headers(), body: '' }
    expect(toAnswerError(bare, { ...context, isBareOverflow: true }).message).toContain('prompt is too long')
    expect(toAnswerError(bare, context).message).toBe('api.example.com answered 400 without a message.')
  })
})

describe('the wait after a rate limit (OU-E6)', () => {
  test.each([
    ['retry-after-ms', { 'retry-after-ms': '1500' }, '', 2],
    ['retry-after', { 'retry-after': '7' }, '', 7],
    [
      'retry-after as a date',
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' },
      '',
      10,
    ],
    [
      'the reset of used-up tokens',
      {
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6.2s',
        'x-ratelimit-remaining-requests': '5',
        'x-ratelimit-reset-requests': '40s',
      },
      '',
      7,
    ],
    ['the reset in minutes', { 'x-ratelimit-reset-requests': '1m2s' }, '', 62],
    ['the sentence', {}, 'Please try again in 1.5s.', 2],
    ['the sentence in milliseconds', {}, 'Please try again in 20ms.', 1],
    ['nothing', {}, 'slow down', undefined],
  ])('comes from %s', (_name, headers, message, seconds) => {
    const error = failed(429, openAiError(message || 'x'), headers as Record<string, string>)
    expect(error.retryAfterSeconds).toBe(seconds as number)
    expect(error.retryable).toBe((seconds ?? 0) <= 60)
  })
})

describe('a conversation that is too long (OU-E10)', () => {
  const tooLong = (message: string, more: object = {}) => failed(400, openAiError(message, more)).message
  const wanted = (input: number, maximum: number) =>
    `capability_rejected: prompt_too_long — prompt is too long: ${input} tokens > ${maximum} maximum`

  test.each([
    [
      "This model's maximum context length is 8,192 tokens. However, your messages resulted in 9,000 tokens.",
      9000,
      8192,
    ],
    ['Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)', 300000, 262144],
    ["This model's maximum prompt length is 131072 but the request contains 537812 tokens.", 537812, 131072],
    ['the request (33000 tokens) exceeds the available context size (32768 tokens), try increasing it', 33000, 32768],
    ['prompt token count of 135000 exceeds the limit of 128000', 135000, 128000],
    [
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      40000,
      32768,
    ],
    ["The input (39907 tokens) is longer than the model's context length (16384 tokens).", 39907, 16384],
    ['Prompt contains 40000 tokens, too large for model with 32768 maximum context length', 40000, 32768],
  ])('has both figures: %s', (message, input, maximum) => {
    expect(tooLong(message)).toBe(wanted(input, maximum))
  })

  test.each([
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'invalid params, context window exceeds limit',
    'Please reduce the length of the messages or completion.',
    "The prompt is longer than the model's context length.",
    'Trying to keep the first 40000 tokens when context the overflows. The prompt is greater than the context length.',
    'prompt too long; exceeded max context length by 12 tokens',
    'Range of input length should be [1, 129024]',
  ])('is detected without figures: %s', (message) => {
    expect(tooLong(message)).toBe('capability_rejected: prompt_too_long — prompt is too long')
  })

  test('is detected by its code', () => {
    expect(tooLong('x', { code: 'context_length_exceeded' })).toContain('prompt is too long')
    expect(tooLong('x', { code: '1261' })).toContain('prompt is too long')
  })

  test('has the figures of llama.cpp, which are separate members', () => {
    const members = { type: 'exceed_context_size_error', n_prompt_tokens: 5000, n_ctx: 4096 }
    expect(tooLong('the request exceeds the available context size', members)).toBe(wanted(5000, 4096))
  })

  test.each([
    [
      "This model's maximum context length is 4096 tokens. However, you requested 4000 output tokens and your prompt contains at least 198 input tokens, for a total of at least 4198 tokens.",
      198,
      4000,
      4096,
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 4294 tokens (198 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
      198,
      4096,
      4096,
    ],
    [
      "This endpoint's maximum context length is 131072 tokens. However, you requested about 132000 tokens (100000 of text input, 32000 in the output).",
      100000,
      32000,
      131072,
    ],
  ])('lets the client lower max_tokens if the input alone fits: %s', (message, input, output, maximum) => {
    expect(tooLong(message)).toBe(
      `capability_rejected: max_tokens_context_overflow — input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${maximum}, decrease input length or \`max_tokens\` and try again`,
    )
  })

  test.each([
    'Rate limit reached: 8192 tokens per min. maximum context length is not the matter',
    "Invalid 'messages[1].tool_calls[0].function.name': string too long. Expected a string with maximum context length 64",
  ])('is not: %s', (message) => {
    expect(failed(400, openAiError(message)).message).not.toContain('prompt is too long')
  })
})
