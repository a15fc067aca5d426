import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { GatewayError } from '../../../src/base/errors.ts'
import { createLogger, type Logger, type LogLevel, type LogRecord } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { toJsonLine } from '../../../src/gateway/log/json-line.ts'
import { accessLogObservers, toAccessFields } from '../../../src/gateway/observers/access-log.ts'
import {
  createRequestRecords,
  type RequestRecords,
  type RunningRequest,
} from '../../../src/gateway/running-requests.ts'
import { accessRecords } from '../../support/access-records.ts'
import { type Chain, type ChainOptions, request, startChain } from '../../support/chain.ts'
import { requestRecord, usage as tokens } from '../../support/records.ts'
import { readEvents } from '../../support/sse.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** Each request has one record, at its end, for every kind of end. */

const milliseconds = expect.any(Number) as never
const ourId = expect.stringMatching(/^req_[0-9a-f]{32}$/) as never
const shape = { requestId: ourId, durationMs: milliseconds }

/** The only record, without undefined members; undefined if there is none. */
const onlyRecord = ({ records }: Chain): unknown => {
  const [first, ...others] = accessRecords(records)
  expect(others).toEqual([])
  return first && JSON.parse(JSON.stringify(first))
}
const readAll = async (response: Response | Promise<Response>): Promise<string> => (await response).text()

const answer: ChainOptions['scenario'] = () => ({ content: [{ text: 'x' }], stopReason: 'max_tokens' })
const message = {
  ...shape,
  method: 'POST',
  path: '/v1/messages',
  model: 'claude-sonnet-4-6',
  used: 'claude-sonnet-4.6',
}
const usage = {
  upstreamRequestId: expect.any(String) as never,
  inputTokens: expect.any(Number) as never,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: expect.any(Number) as never,
  firstEventMs: milliseconds,
}

describe('a request for an answer', () => {
  test.each([true, false])('has its figures, by types that a program can sum up (stream: %p)', async (stream) => {
    const chain = startChain({ scenario: answer })
    await readAll(chain.post(request({ stream })))
    const fields = { ...message, ...usage, status: 200, stream, stop: 'max_tokens' }
    expect(onlyRecord(chain)).toEqual({ level: 'info', event: 'request.answered', fields })
  })

  test('that is streamed is logged at the end of the stream', async () => {
    const chain = startChain({
      scenario: () => ({ content: [{ text: 'abc' }], pace: { frameMs: 20, deltaCharacters: 1 } }),
    })
    const response = await chain.post(request({ stream: true }))
    expect(accessRecords(chain.records)).toEqual([])
    await readAll(response)
    expect(onlyRecord(chain)).toMatchObject({ event: 'request.answered', fields: { status: 200, stop: 'end_turn' } })
  })

  test('that fails is a warning, with our own reason', async () => {
    const dead = startChain({ endpointUrl: 'http://127.0.0.1:1' })
    await readAll(dead.post(request()))
    expect(onlyRecord(dead)).toEqual({
      level: 'warn',
      event: 'request.failed',
      fields: {
        ...message,
        status: 502,
        stream: false,
        error: 'api_error',
        reason: expect.stringContaining('refused the connection') as never,
      },
    })
    const throttled = startChain({
      scenario: () => ({ error: { status: 429, type: 'ThrottlingException', message: 'words' } }),
    })
    await readAll(throttled.post(request()))
    const { upstreamRequestId } = usage
    expect(onlyRecord(throttled)).toEqual({
      level: 'warn',
      event: 'request.failed',
      fields: {
        ...message,
        upstreamRequestId,
        status: 429,
        stream: false,
        error: 'rate_limit_error',
        reason: 'AI Nexus answered 429 (ThrottlingException)',
      },
    })
  })

  test.each([
    [400, 'ValidationException', 'info', 'request.refused'],
    [403, 'AccessDeniedException', 'warn', 'request.failed'],
    [404, 'ResourceNotFoundException', 'warn', 'request.failed'],
    [500, 'InternalServerException', 'warn', 'request.failed'],
  ] as const)("an upstream's %i %s: %s %s", async (status, type, level, event) => {
    const chain = startChain({ scenario: () => ({ error: { status, type, message: 'm' } }) })
    await readAll(chain.post(request()))
    expect(onlyRecord(chain)).toMatchObject({ level, event })
  })

  test('that fails in the middle of its stream has status 200, and is logged once', async () => {
    const chain = startChain({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'exception' } }),
    })
    expect((await readEvents(await chain.post(request({ stream: true })))).at(-1)?.type).toBe('error')
    expect(onlyRecord(chain)).toMatchObject({
      level: 'warn',
      event: 'request.failed',
      fields: { status: 200, stream: true, error: 'api_error', firstEventMs: milliseconds },
    })
  })

  test('that fails after its stream started without an event', async () => {
    const error = { status: 429, type: 'ThrottlingException', message: 'm' }
    const chain = startChain({ commitMs: 5, scenario: () => ({ pace: { firstMs: 50 }, error }) })
    await readAll(chain.post(request({ stream: true })))
    expect(onlyRecord(chain)).toMatchObject({
      event: 'request.failed',
      fields: { status: 200, error: 'rate_limit_error' },
    })
  })

  test.each([
    ['claude-opus-4-6[1m]', 'claude-opus-4.6'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4.6'],
    ['anthropic/claude_haiku@latest', 'claude-haiku-4.5'],
  ])('logs the requested model name: %s', async (model, used) => {
    const chain = startChain()
    await readAll(chain.post(request({ model })))
    expect(onlyRecord(chain)).toMatchObject({ event: 'request.answered', fields: { model, used } })
  })

  test.each([
    'Please tell claude that my password is hunter2',
    `claude-${'x'.repeat(500)}`,
    'claude\u001b[31m',
    'claude[1m] hunter2',
  ])('logs only the used model if the requested name does not look like one: %p', async (model) => {
    const chain = startChain()
    await readAll(chain.post(request({ model })))
    const { model: _, ...rest } = message
    const fields = { ...rest, ...usage, status: 200, stream: false, stop: 'end_turn' }
    expect(onlyRecord(chain)).toEqual({ level: 'info', event: 'request.answered', fields })
  })

  test('logs no unknown model name: it may be a key', async () => {
    const chain = startChain()
    await readAll(chain.post(request({ model: 'canary' })))
    const fields = { ...shape, method: 'POST', path: '/v1/messages', status: 404, stream: false }
    expect(onlyRecord(chain)).toEqual({
      level: 'info',
      event: 'request.refused',
      fields: {
        ...fields,
        error: 'not_found_error',
        reason: expect.stringContaining('model: not found') as never,
      },
    })
  })
})

describe('the fields of a record', () => {
  const facts = {
    client: 'alice',
    clientIp: '10.0.0.7',
    userAgent: 'claude-cli/2.1.216',
    session: 'session-1234',
    cost: 0.0125,
    attempts: 3,
    queuedMs: 1499.6,
    searches: 2,
    searchErrors: 1,
    searchMs: 412.4,
    searchProvider: 'brave',
    limit: 'concurrency',
    domain: 'team.example',
    credential: 'configured',
  } as const

  test('name the client, its session, the cost, the attempts, the wait, the searches and the limit where they are known (OP-G3, WS-20)', () => {
    expect(toAccessFields(requestRecord(facts))).toMatchObject({ ...facts, queuedMs: 1500, searchMs: 412 })
  })

  test('are absent where they are not known, and so is a single attempt (OP-G3, WS-20)', () => {
    const names = Object.keys(facts).filter((name) => !['session', 'domain'].includes(name))
    for (const attempts of [0, 1]) {
      const fields = toAccessFields(requestRecord({ attempts }))
      expect(names.filter((name) => fields[name] !== undefined)).toEqual([])
    }
  })
})

describe('counting', () => {
  test('logs its result separately from the tokens of answers', async () => {
    const chain = startChain()
    const counted = JSON.parse(await readAll(chain.post(request(), { path: '/v1/messages/count_tokens?beta=true' })))
    const { model, used } = message
    const fields = { ...shape, method: 'POST', path: '/v1/messages/count_tokens', status: 200, model, used }
    expect(onlyRecord(chain)).toEqual({
      level: 'info',
      event: 'request.answered',
      fields: { ...fields, countedTokens: counted.input_tokens },
    })
  })

  test('in a burst has one record for each request', async () => {
    const { post, records } = startChain()
    await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        readAll(post(request({ system: `s${index}` }), { path: '/v1/messages/count_tokens' })),
      ),
    )
    const ids = accessRecords(records).map(({ fields }) => fields['requestId'])
    expect([ids.length, new Set(ids).size]).toEqual([25, 25])
  })
})

describe('every other request', () => {
  const json = { 'content-type': 'application/json' }
  const post = { method: 'POST', headers: json }

  test.each<[string, RequestInit, object]>([
    ['/', {}, { method: 'GET', path: '/', status: 200 }],
    ['/?token=secret#x', {}, { method: 'GET', path: '/', status: 200 }],
    ['/health', { method: 'HEAD' }, { method: 'HEAD', path: '/health', status: 200 }],
    ['/v1/models?limit=1', {}, { method: 'GET', path: '/v1/models', status: 200 }],
    ['/v1/models?limit=0', {}, { method: 'GET', path: '/v1/models', status: 400, error: 'invalid_request_error' }],
    ['/v1/models/none', {}, { method: 'GET', path: '/v1/models/none', status: 404, error: 'not_found_error' }],
    [
      '/v1/models/none',
      { method: 'HEAD' },
      { method: 'HEAD', path: '/v1/models/none', status: 404, error: 'not_found_error' },
    ],
    ['/nowhere?q=secret', {}, { method: 'GET', path: '/nowhere', status: 404, error: 'not_found_error' }],
    ['/v1/messages', {}, { method: 'GET', path: '/v1/messages', status: 405, error: 'invalid_request_error' }],
    [
      '/v1/messages',
      { method: 'HEAD' },
      { method: 'HEAD', path: '/v1/messages', status: 405, error: 'invalid_request_error' },
    ],
    [
      '/v1/messages',
      { method: 'POST', body: 'x' },
      { method: 'POST', path: '/v1/messages', status: 415, error: 'invalid_request_error' },
    ],
    [
      '/v1/messages',
      { ...post, body: '{' },
      { method: 'POST', path: '/v1/messages', status: 400, error: 'invalid_request_error' },
    ],
    [
      '/v1/messages',
      { ...post, body: '{}' },
      { method: 'POST', path: '/v1/messages', status: 400, error: 'invalid_request_error' },
    ],
    [
      '/v1/messages',
      { ...post, body: 'x', headers: { ...json, 'content-encoding': 'gzip' } },
      { method: 'POST', path: '/v1/messages', status: 400, error: 'invalid_request_error' },
    ],
    [
      '/api/event_logging/batch',
      { ...post, body: '{}' },
      { method: 'POST', path: '/api/event_logging/batch', status: 200 },
    ],
    ['/', { headers: { host: 'evil.example' } }, { method: 'GET', path: '/', status: 403, error: 'permission_error' }],
    [
      '/',
      { headers: { origin: 'https://evil.example' } },
      { method: 'GET', path: '/', status: 403, error: 'permission_error' },
    ],
  ])('%s, %#', async (path, init, fields) => {
    const chain = startChain()
    await readAll(fetch(chain.url + path, init))
    const isFine = (fields as { status: number }).status === 200
    const event = isFine ? 'request.answered' : 'request.refused'
    const reason = isFine ? {} : { reason: expect.any(String) as never }
    expect(onlyRecord(chain)).toEqual({ level: 'info', event, fields: { ...shape, ...fields, ...reason } })
  })

  test('a body that is too large', async () => {
    const chain = startChain()
    await readAll(fetch(`${chain.url}/v1/messages`, { ...post, body: ' '.repeat(33 * 1024 * 1024) }))
    expect(onlyRecord(chain)).toMatchObject({
      level: 'info',
      event: 'request.refused',
      fields: { status: 413, error: 'request_too_large' },
    })
  })

  test('a wrong token', async () => {
    const chain = startChain({ config: { clientToken: new Secret('right') } })
    await readAll(chain.post(request(), { headers: { 'x-api-key': 'wrong' } }))
    expect(onlyRecord(chain)).toMatchObject({
      event: 'request.refused',
      fields: { status: 401, error: 'authentication_error' },
    })
  })

  test('a request after the start of the shutdown', async () => {
    const chain = startChain()
    chain.shutdown.begin()
    await readAll(chain.post(request()))
    expect(onlyRecord(chain)).toMatchObject({ level: 'warn', fields: { status: 529, error: 'overloaded_error' } })
  })

  test.each([
    ['GET //a//b?c HTTP/1.1\r\nHost: localhost', 'GET', '//a//b'],
    ['GET http://localhost/x?y HTTP/1.1\r\nHost: localhost', 'GET', '/x'],
    ['GET /old HTTP/1.0', 'GET', '/old'],
    [`GET /${'x'.repeat(300)} HTTP/1.1\r\nHost: localhost`, 'GET', `/${'x'.repeat(99)}`],
    ['DELETE /%1b%00%zz HTTP/1.1\r\nHost: localhost', 'DELETE', '/%1b%00%zz'],
  ])('an unusual request line: %p', async (head, method, path) => {
    const chain = startChain()
    const socket = connect(Number(new URL(chain.url).port), '127.0.0.1', () => socket.write(`${head}\r\n\r\n`))
    await waitUntil(() => accessRecords(chain.records).length > 0)
    socket.destroy()
    expect(onlyRecord(chain)).toMatchObject({ event: 'request.refused', fields: { method, path, status: 404 } })
  })
})

describe('a client that disconnects', () => {
  test('in the middle of its request', async () => {
    const chain = startChain()
    const head =
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100'
    const socket = connect(Number(new URL(chain.url).port), '127.0.0.1', () =>
      socket.write(`${head}\r\n\r\n{"a"`, () => socket.destroy()),
    )
    await waitUntil(() => accessRecords(chain.records).length > 0)
    const fields = { ...shape, method: 'POST', path: '/v1/messages', status: 499 }
    expect(onlyRecord(chain)).toEqual({ level: 'info', event: 'request.cancelled', fields })
  })

  test('in the middle of a stream is logged as 499, with the known facts', async () => {
    const chain = startChain({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } }),
    })
    const client = new AbortController()
    const response = await chain.post(request({ stream: true }), { signal: client.signal })
    await response.body?.getReader().read()
    client.abort()
    await waitUntil(() => accessRecords(chain.records).length > 0)
    const { upstreamRequestId, firstEventMs } = usage
    const fields = { ...message, upstreamRequestId, status: 499, stream: true, firstEventMs }
    expect(onlyRecord(chain)).toEqual({ level: 'info', event: 'request.cancelled', fields })
  })

  test('at any moment has one record for each request that was read', async () => {
    const chain = startChain({
      commitMs: 6,
      scenario: () => ({ content: [{ text: 'abcdef' }], pace: { firstMs: 4, frameMs: 2, deltaCharacters: 1 } }),
    })
    const leaveAfter = async (milliseconds: number, body: object, path: string): Promise<void> => {
      const client = new AbortController()
      setTimeout(() => client.abort(), milliseconds)
      await chain
        .post(body, { path, signal: client.signal })
        .then(readAll)
        .catch(() => '')
    }
    const rounds = Array.from({ length: 120 }, (_, index) => {
      const path = index % 3 === 2 ? '/v1/messages/count_tokens' : '/v1/messages'
      return leaveAfter(index / 4, request({ stream: index % 3 === 0 }), path)
    })
    await Promise.all(rounds)
    const idsOf = (records: readonly { fields: object }[]): unknown[] =>
      records.map(({ fields }) => (fields as { requestId: string }).requestId).sort()
    const read = (): unknown[] => idsOf(chain.records.filter(({ event }) => event === 'request.shape'))
    const events = (): unknown[] =>
      idsOf(accessRecords(chain.records).filter(({ fields }) => fields['model'] !== undefined))
    await waitUntil(() => chain.shutdown.running() === 0 && events().length >= read().length)
    expect(events()).toEqual(read())
    expect(new Set(accessRecords(chain.records).map(({ event }) => event)).has('request.cancelled')).toBe(true)
    expect(chain.records.filter(({ level }) => level === 'error')).toEqual([])
  }, 20_000)

  test('after the last event of a stream counts as answered', async () => {
    const chain = startChain({ scenario: answer })
    const client = new AbortController()
    const response = await chain.post(request({ stream: true }), { signal: client.signal })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk)
      if (text.includes('message_stop')) break
    }
    client.abort()
    await waitUntil(() => accessRecords(chain.records).length > 0)
    expect(onlyRecord(chain)).toMatchObject({ event: 'request.answered', fields: { status: 200 } })
  })
})

const recordsOf = (log: Logger): RequestRecords =>
  createRequestRecords({ observers: accessLogObservers(log), log, now: () => 0, date: () => 0 })
const startRequest = (records: RequestRecords, requestId: string): RunningRequest =>
  records.begin({ requestId, entrance: 'anthropic', method: 'GET', path: '/x', session: undefined, isSubagent: false })

describe('records that no observer needs', () => {
  const fetchOf = (status: number) => async (): Promise<Response> => new Response(null, { status })
  const eventsAt = async (level: LogLevel): Promise<string[]> => {
    const events: string[] = []
    const log = createLogger(level, ({ event }) => events.push(event))
    const records = recordsOf(log)
    for (const error of [undefined, new GatewayError('not_found_error', 'm'), new GatewayError('api_error', 'm')]) {
      const request = new Request('http://localhost/x')
      const running = startRequest(records, 'req_1')
      if (error !== undefined) running.failed(error)
      await records.watch(fetchOf(error?.status ?? 200), () => running)(request)
    }
    return events
  }

  test.each([
    ['info', ['request.answered', 'request.refused', 'request.failed']],
    ['warn', ['request.failed']],
    ['error', []],
  ] as const)('at level %s the log contains %p', async (level, events) => {
    expect(await eventsAt(level)).toEqual([...events])
  })

  test('are not collected without observers', () => {
    const log = createLogger('error', () => {})
    const fetch = fetchOf(200)
    const records = recordsOf(log)
    expect(records.watch(fetch, () => startRequest(records, 'req_1'))).toBe(fetch)
  })

  test('a handler that throws is logged, and its error is rethrown', async () => {
    const records: LogRecord[] = []
    const log = createLogger('info', (record) => records.push(record))
    const all = recordsOf(log)
    const request = new Request('http://localhost/x?secret')
    const running = startRequest(all, 'req_1')
    const broken = all.watch(
      () => {
        throw new TypeError('canary')
      },
      () => running,
    )
    await expect(broken(request) as Promise<Response>).rejects.toThrow(TypeError)
    expect(records).toMatchObject([
      { level: 'warn', event: 'request.failed', fields: { path: '/x', status: 500, error: 'api_error' } },
    ])
    expect(JSON.stringify(records)).not.toContain('canary')
  })
})

test('logs requests that still run at the end as cancelled, once, also if they end later', async () => {
  const records: LogRecord[] = []
  const log = createLogger('info', (record) => records.push(record))
  const all = recordsOf(log)
  const heads = ['plain', 'stream', 'late', 'done'].map((id) => {
    const request = new Request(`http://localhost/${id}`)
    const running = startRequest(all, id)
    let answer = (_: Response): void => {}
    const answered = new Promise<Response>((resolve) => {
      answer = resolve
    })
    return {
      running,
      head: all.watch(
        () => answered,
        () => running,
      )(request),
      answer: () => answer(new Response()),
    }
  })
  heads[2]?.running.failed(new GatewayError('api_error', 'm'))
  const end = heads[1]?.running.streams()
  for (const place of [1, 3]) heads[place]?.answer()
  await Promise.all([heads[1]?.head, heads[3]?.head])
  all.close()
  all.close()
  end?.('whole')
  for (const { head, answer } of heads) {
    answer()
    await head
  }
  const events = records.map(({ event, fields: { requestId, status, error } }) => [event, requestId, status, error])
  expect(events).toEqual([
    ['request.answered', 'done', 200, undefined],
    ['request.cancelled', 'plain', 499, undefined],
    ['request.cancelled', 'stream', 499, undefined],
    ['request.cancelled', 'late', 499, undefined],
  ])
})

test('a log that fails does not fail a request', async () => {
  const { post } = startChain({
    scenario: answer,
    sink: () => {
      throw new Error('disk full')
    },
  })
  for (const stream of [true, false]) expect(await readAll(post(request({ stream })))).toContain('max_tokens')
  expect((await post({})).status).toBe(400)
})

describe('the fields of the prompt cache', () => {
  const audited = {
    cacheClass: 'tools_changed',
    cacheExpectedTokens: 22_000,
    cacheMissedTokens: 21_400,
    cacheReachUnits: 3,
  } as const

  test('are the class, the figures and the cost, and nothing else (CA-L2, CA-C8)', () => {
    const fields = toAccessFields(requestRecord({ ...audited, cacheCost: 0.25 }))
    expect(fields).toMatchObject({ ...audited, cacheCost: 0.25 })
    expect(
      Object.keys(fields)
        .filter((name) => name.startsWith('cache'))
        .sort(),
    ).toEqual([
      'cacheClass',
      'cacheCost',
      'cacheExpectedTokens',
      'cacheMissedTokens',
      'cacheReachUnits',
      'cacheReadTokens',
      'cacheWriteTokens',
    ])
  })

  test('have names in snake case, too (CA-L2)', () => {
    const record: LogRecord = {
      level: 'info',
      event: 'request.answered',
      fields: toAccessFields(requestRecord(audited)),
    }
    expect(JSON.parse(toJsonLine('json-snake', record, new Date(0)))).toMatchObject({
      cache_class: 'tools_changed',
      cache_expected_tokens: 22_000,
      cache_missed_tokens: 21_400,
      cache_reach_units: 3,
    })
  })

  test('have a cost only with prices (CA-C8)', () => {
    const costs: unknown[] = []
    for (const costOf of [undefined, () => undefined, () => 0.5]) {
      const log = createLogger('silent', () => {})
      const records = createRequestRecords({
        observers: [({ cacheCost }) => void costs.push(cacheCost)],
        costOf,
        log,
        now: () => 0,
        date: () => 0,
      })
      const { at: _, ...head } = requestRecord()
      const running = records.begin(head)
      running.update({ ...audited, used: 'claude-sonnet-4.6', usage: { ...tokens } })
      running.responded(200)
    }
    expect(costs).toEqual([undefined, undefined, 0.5])
  })
})
