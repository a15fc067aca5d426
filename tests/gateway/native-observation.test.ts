import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { type NativeObservationOptions, observeNative } from '../../src/gateway/native-observation.ts'
import type { ConversationWords, RequestRecord } from '../../src/gateway/request-record.ts'
import { RunningRequest } from '../../src/gateway/running-requests.ts'
import { requestHead } from '../support/records.ts'

fc.configureGlobal({ seed: 20261129 })

const utf8 = new TextEncoder()

interface Observed {
  readonly record: RequestRecord
  readonly words: ConversationWords | undefined
  readonly logged: readonly LogRecord[]
}

interface Exchange extends Partial<Omit<NativeObservationOptions, 'log'>> {
  readonly wantsClass?: boolean
  readonly request?: string | Uint8Array
  readonly status?: number
  readonly contentType?: string | null
  readonly chunks: readonly Uint8Array[]
  readonly wantsWords?: boolean
  /** Replaces the method that collects facts. */
  readonly update?: () => void
}

/** Observes one exchange, and returns its record at the end. */
const observe = (exchange: Exchange): Observed => {
  const { status = 200, contentType = 'text/event-stream', operation = 'message', wantsClass = false } = exchange
  const logged: LogRecord[] = []
  const ended: RequestRecord[] = []
  const running = new RunningRequest(
    { ...requestHead, at: 0 },
    { now: () => 0, wantsClass, models: { has: () => true }, onEnd: (_, { record }) => ended.push(record) },
  )
  running.wantsWords = exchange.wantsWords ?? false
  const observation = observeNative(running, {
    log: createLogger('info', (record) => logged.push(record)),
    operation,
  })
  if (exchange.update !== undefined) running.update = exchange.update
  const { request = '{}' } = exchange
  observation.requestBody(typeof request === 'string' ? utf8.encode(request) : request)
  observation.head(status, contentType)
  for (const chunk of exchange.chunks) observation.chunk(chunk)
  observation.end()
  running.responseEnded('complete')
  running.responded(status)
  const [record] = ended
  if (record === undefined) throw new Error('no record')
  return { record, words: running.words?.(), logged }
}

const eventText = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
const events = (...list: readonly { readonly type: string }[]): Uint8Array => utf8.encode(list.map(eventText).join(''))
const json = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value))

const startUsage = { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 1 }
const start = { type: 'message_start', message: { model: 'claude-sonnet-4-6', usage: startUsage, content: [] } }
const toolStart = (index: number, name: string) => ({
  type: 'content_block_start',
  index,
  content_block: { type: 'tool_use', id: `t${index}`, name, input: {} },
})
const input = (index: number, partial_json: string) => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'input_json_delta', partial_json },
})
const text = (index: number, words: string) => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'text_delta', text: words },
})
const end = (usage: object) => ({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage })

const conversation = [
  start,
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  text(0, 'Look:\n'),
  text(0, 'event: error 😀'),
  { type: 'content_block_stop', index: 0 },
  toolStart(1, 'Read'),
  input(1, '{"file_path":'),
  input(1, '"/a/b"}'),
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'server_tool_use', name: 'web_search', input: {} } },
  toolStart(3, 'Now'),
  end({ output_tokens: 5 }),
  end({ output_tokens: 7, cache_read_input_tokens: null, input_tokens: 11 }),
  { type: 'message_stop' },
]
const bytes = events(...conversation)

const facts = {
  operation: 'message',
  isStream: true,
  model: 'claude-sonnet-4-6',
  used: 'claude-sonnet-4-6',
  stopReason: 'tool_use',
  toolCalls: 2,
  usage: { ...startUsage, input_tokens: 11, output_tokens: 7 },
  outcome: 'answered',
}
const request = JSON.stringify({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Do it' }] }],
})
const words = {
  userText: 'Do it',
  assistantText: 'Look:\nevent: error 😀',
  tools: [
    { name: 'Read', input: { file_path: '/a/b' } },
    { name: 'Now', input: {} },
  ],
}

describe('the session of a request without the header', () => {
  const body = JSON.stringify({
    system: 'x',
    messages: [],
    metadata: { user_id: 'user_a_account__session_session-5678' },
  })

  test('is that of the body, where the body is parsed anyway (OP-E2, CA-S1)', () => {
    expect(observe({ chunks: [], request: body, wantsClass: true }).record.session).toBe('session-5678')
    expect(observe({ chunks: [], request: body, wantsWords: true }).record.session).toBe('session-5678')
  })

  test('is not known where the body is not parsed (OP-E2)', () => {
    expect(observe({ chunks: [], request: body }).record.session).toBeUndefined()
  })
})

describe('a stream', () => {
  test('has the last figure of each kind, the tools of the client and the reason of its end (AU-N13, AU-U3)', () => {
    const observed = observe({ chunks: [bytes] })
    expect(observed.record).toMatchObject(facts)
    expect([observed.words, observed.logged]).toEqual([undefined, []])
  })

  test('has the same facts for every cut of its bytes (AU-N11, AU-N13)', () => {
    for (const wantsWords of [true, false]) {
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const observed = observe({ chunks: [bytes.subarray(0, cut), bytes.subarray(cut)], request, wantsWords })
        expect(observed.record).toMatchObject(facts)
        expect(observed.words).toEqual(wantsWords ? words : undefined)
      }
    }
  })

  test('has the same facts in chunks of any size (AU-N11, AU-N13)', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(sizes, fc.boolean(), (sizesOfChunks, wantsWords) => {
        const chunks: Uint8Array[] = []
        let at = 0
        for (let index = 0; at < bytes.length; index += 1) {
          const size = sizesOfChunks[index % sizesOfChunks.length] ?? 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        const observed = observe({ chunks, request, wantsWords })
        expect(observed.record).toMatchObject(facts)
        expect(observed.words).toEqual(wantsWords ? words : undefined)
      }),
    )
  })

  test('that the client leaves has the figures so far (AU-U4)', () => {
    const { record } = observe({ chunks: [events(start, toolStart(0, 'Read'))] })
    expect(record).toMatchObject({ usage: startUsage, toolCalls: 1, model: 'claude-sonnet-4-6' })
  })

  test('that ends with an error is a failure with its type, without its words (AU-N11)', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'canary' } }
    expect(observe({ chunks: [events(start, error)] }).record).toMatchObject({
      outcome: 'failed',
      status: 200,
      errorType: 'overloaded_error',
      errorReason: 'The upstream ended its stream with an error (overloaded_error).',
    })
    const unknown = observe({ chunks: [events({ type: 'error', error: { type: 'canary' } } as never)] })
    expect([unknown.record.errorType, JSON.stringify(unknown)]).toEqual([
      'api_error',
      expect.not.stringContaining('canary'),
    ])
  })

  test('with an event above 1 MB has no figures if they may be in it, and one note (AU-N11)', () => {
    const large = 'x'.repeat(1024 * 1024)
    const inStart = observe({
      chunks: [events({ ...start, more: large } as never, { type: 'ping' }, end({ output_tokens: 7 }), end({}))],
    })
    expect(inStart.record).toMatchObject({ stopReason: 'tool_use', usage: undefined })
    expect(inStart.logged).toEqual([
      { level: 'info', event: 'answer.not_read', fields: { requestId: 'req_1', part: 'event' } },
    ])
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'web_search_tool_result', large } }
    const inBlock = observe({ chunks: [events(start, block, block, end({ output_tokens: 7 }))] })
    expect(inBlock.record.usage).toEqual({ ...startUsage, output_tokens: 7 })
    expect(inBlock.logged).toHaveLength(1)
  })

  test.each([
    ['no JSON', 'event: message_start\ndata: {\n\n'],
    ['a list', 'event: message_start\ndata: []\n\n'],
    ['no message', 'event: message_start\ndata: {}\n\nevent: message_delta\ndata: {"usage":7,"delta":null}\n\n'],
    ['no figures', 'event: message_delta\ndata: {"usage":{"output_tokens":"7"}}\n\n'],
    ['a negative figure', 'event: message_delta\ndata: {"usage":{"output_tokens":-1}}\n\n'],
    ['odd blocks', 'event: content_block_start\ndata: {"content_block":7}\n\nevent: content_block_delta\ndata: {}\n\n'],
  ])('with %s has no facts, and breaks nothing (AU-N12)', (_, malformed) => {
    const { record, logged } = observe({ chunks: [utf8.encode(malformed)], wantsWords: true })
    expect([record.usage, record.model, record.toolCalls]).toEqual([undefined, undefined, undefined])
    expect(logged).toEqual([])
  })

  test.each(['Please tell me', 'x'.repeat(200)])(
    "does not show a model's name that is not one: %p (AU-N2)",
    (model) => {
      expect(
        observe({ chunks: [events({ type: 'message_start', message: { model } } as never)] }).record.model,
      ).toBeUndefined()
    },
  )
})

describe('a whole answer', () => {
  const contentType = 'application/json; charset=utf-8'
  const message = {
    model: 'claude-opus-4-6',
    stop_reason: 'end_turn',
    content: [
      { type: 'text', text: 'One' },
      { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } },
      { type: 'text', text: 'Two' },
    ],
    usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: null, service_tier: 'standard' },
  }
  const whole = json(message)

  test('keeps the tokens that the cache keeps for an hour, also if later figures lack them (OP-C1)', () => {
    const usage = { ...startUsage, cache_creation: { ephemeral_1h_input_tokens: 12 } }
    const begin = { type: 'message_start', message: { model: 'claude-sonnet-4-6', usage, content: [] } }
    const { record } = observe({ chunks: [events(begin, end({ output_tokens: 7 }))] })
    expect(record.usage).toEqual({
      ...startUsage,
      output_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12 },
    })
  })

  test('has its figures, and its words if an observer wants them (AU-N13, AU-U3)', () => {
    const chunks = [whole.subarray(0, 20), whole.subarray(20)]
    const { record, words: found } = observe({ chunks, contentType, request, wantsWords: true })
    expect(record).toMatchObject({
      isStream: false,
      model: 'claude-opus-4-6',
      stopReason: 'end_turn',
      toolCalls: 1,
      usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    })
    const tools = [{ name: 'Bash', input: { command: 'ls' } }]
    expect(found).toEqual({ userText: 'Do it', assistantText: 'One\nTwo', tools })
  })

  test('above 8 MB has no figures, and one note (AU-N11)', () => {
    const part = new Uint8Array(3 * 1024 * 1024).fill(32)
    const { record, logged } = observe({ chunks: [part, part, part, part, whole], contentType })
    expect([record.usage, record.model]).toEqual([undefined, undefined])
    expect(logged).toEqual([
      { level: 'info', event: 'answer.not_read', fields: { requestId: 'req_1', part: 'answer' } },
    ])
  })

  test('of another type is not read (AU-N11)', () => {
    for (const other of ['text/plain', null]) {
      expect(observe({ chunks: [whole], contentType: other }).record.usage).toBeUndefined()
    }
  })

  test('that counts tokens has their number (AU-U7)', () => {
    const { record } = observe({
      chunks: [json({ input_tokens: 42 })],
      contentType,
      operation: 'count',
      wantsClass: true,
      request,
    })
    expect(record).toMatchObject({ operation: 'count', countedTokens: 42 })
    expect([record.usage, record.isStream, record.requestClass]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    [429, 'rate_limit_error', 'rate_limit_error', 'The upstream answered 429 (rate_limit_error).'],
    [400, 'canary', 'invalid_request_error', 'The upstream answered 400.'],
  ])('of %i has the type of its error, without its words (AU-R5)', (status, type, errorType, errorReason) => {
    const failure = json({ type: 'error', error: { type, message: 'canary' } })
    const { record } = observe({ chunks: [failure], contentType, status })
    expect(record).toMatchObject({ status, errorType, errorReason })
    expect(JSON.stringify(record)).not.toContain('canary')
  })
})

describe('a request', () => {
  test.each([
    [{}, undefined],
    [{ system: '' }, 'query_evaluation'],
    [{ system: [{}] }, 'query_evaluation'],
    [{ system: [{}, {}] }, 'inference'],
    [{ system: 'a', messages: [{ role: 'system' }] }, 'inference'],
    [{ messages: [{ role: 'system' }, { role: 'user' }] }, 'query_evaluation'],
    [{ system: [], messages: [null, 7] }, undefined],
    [{ system: 7, messages: {} }, undefined],
  ])('with %j is of the class %p (AU-U2)', (body, requestClass) => {
    const options = { chunks: [bytes], request: JSON.stringify(body) }
    expect(observe({ ...options, wantsClass: true }).record.requestClass).toBe(requestClass as never)
    expect(observe({ ...options, wantsClass: false }).record.requestClass).toBeUndefined()
  })

  test.each([
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['is above 4 MB', `{"system":"","x":"${'x'.repeat(4 * 1024 * 1024)}"}`],
    ['is compressed', Bun.gzipSync('{"system":""}')],
  ])('that %s has no class (AU-U2)', (_, body) => {
    const { record, logged } = observe({ chunks: [bytes], request: body, wantsClass: true, wantsWords: true })
    expect([record.requestClass, record.bodyBytes, logged]).toEqual([undefined, body.length, []])
  })

  test('with one system prompt has no words, also if classes are not counted (AU-S2)', () => {
    const evaluation = JSON.stringify({ system: 'Name it', messages: [{ role: 'user', content: 'Do it' }] })
    const { record, words: found } = observe({ chunks: [bytes], request: evaluation, wantsWords: true })
    expect([found, record.requestClass]).toEqual([undefined, undefined])
  })

  test('keeps 64 KB of words at most (AU-S5)', () => {
    const long = 'x'.repeat(40_000)
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
    const observed = observe({
      chunks: [events(block, text(0, long), text(0, long), toolStart(1, 'Write'), input(1, '{"a":1}'))],
      wantsWords: true,
    })
    expect(observed.words?.assistantText).toHaveLength(64 * 1024)
    expect(observed.words?.tools).toEqual([{ name: 'Write', input: undefined }])
  })
})

test('an error while reading is logged once, and never thrown (AU-N12)', () => {
  const update = (): never => {
    throw new TypeError('canary')
  }
  expect(observe({ chunks: [bytes, bytes], update }).logged).toEqual([
    { level: 'error', event: 'observer.failed', fields: { requestId: 'req_1', error: 'TypeError' } },
  ])
})
