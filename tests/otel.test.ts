import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from '../src/base/logger.ts'
import { composeOtel } from '../src/cli/compose.ts'
import { type Config, loadConfig } from '../src/config/load.ts'
import type { RequestRecord } from '../src/gateway/request-record.ts'
import { createReadTrace } from '../src/gateway/request-trace.ts'
import type { Reply } from '../src/simulator/reply.ts'
import { accessRecords } from './support/access-records.ts'
import { recordingServer } from './support/anthropic.ts'
import { type ChainOptions, defaultConfig, request, startChain } from './support/chain.ts'
import { startCli, temporaryFolder } from './support/cli.ts'
import { attributesOf, type Collector, startCollector } from './support/collector.ts'
import { waitUntil } from './support/wait-until.ts'

/** Traces and metrics of requests through the whole product. */

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const fromClient = `00-${traceId}-${spanId}-01`

const upstreams = [
  ['nexus', 'endpoint-url'],
  ['openai', 'openai-url'],
  ['anthropic', 'anthropic-url'],
] as const

/** The server in front of an upstream that fails each request, so that it gets a retry. */
const start = (upstream: string, urlFlag: string, propagates: boolean) => {
  const failing = recordingServer(() => Response.json({ error: { message: 'busy' } }, { status: 503 }))
  const { config } = loadConfig({
    flags: { upstream, [urlFlag]: failing.url, 'max-retries': '1' },
    environment: {},
    files: [],
  })
  const ended: RequestRecord[] = []
  const { post } = startChain({
    config,
    endpointUrl: failing.url,
    readTrace: createReadTrace({ ratio: 1, isParentBased: true, propagates }),
    observers: [(record) => void ended.push(record)],
  })
  return { post, failing, ended }
}

const answer: Reply = {
  content: [{ text: 'An answer' }],
  usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18, cacheReadInputTokens: 200, cacheWriteInputTokens: 3000 },
}

interface OtelChainOptions extends ChainOptions {
  readonly otel?: Partial<Config['otel']>
  readonly environment?: Record<string, string>
}

/** The server with a collector. Everything is sent at its end. */
const startOtel = async (collector: Pick<Collector, 'url'>, options: OtelChainOptions = {}) => {
  const { otel, environment, ...others } = options
  const config = {
    ...defaultConfig,
    maxRetries: 0,
    ...others.config,
    otel: { ...defaultConfig.otel, enabled: true, ...otel },
  }
  const sent = await composeOtel(config, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment })
  return startChain({ scenario: () => answer, ...others, ...sent, config })
}

describe('a request to a model', () => {
  test.each([false, true])(
    'becomes a span below its client with its real times, streamed: %p (OP-O1, OP-O2)',
    async (stream) => {
      const collector = startCollector()
      const { post, close, records } = await startOtel(collector)
      // Nanoseconds since 1970 are no exact number.
      const before = Date.now() - 1
      const headers = { traceparent: fromClient, 'x-claude-code-session-id': 'session-0123456789' }
      const text = await (await post(request({ stream }), { headers })).text()
      await waitUntil(() => accessRecords(records).length === 1)
      const after = Date.now()
      expect(collector.exports).toEqual([])
      await close()
      const [span] = collector.spans()
      const [logged] = accessRecords(records).map(({ fields }) => fields)
      expect(span).toMatchObject({
        traceId,
        parentSpanId: spanId,
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as never,
        name: `chat ${logged?.['used']}`,
        // CLIENT in OTLP.
        kind: 3,
        status: { code: 0 },
        // Sampled, and the parent is remote.
        flags: 0x301,
      })
      const [start, end] = [Number(span?.startTimeUnixNano) / 1e6, Number(span?.endTimeUnixNano) / 1e6]
      expect(start).toBeGreaterThanOrEqual(before)
      expect(end).toBeGreaterThan(start)
      expect(end).toBeLessThanOrEqual(after + 1)
      const attributes = attributesOf(span?.attributes)
      expect(attributes).toEqual({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.request.model': 'claude-sonnet-4-6',
        'gen_ai.response.model': logged?.['used'] as never,
        ...(stream && {
          'gen_ai.request.stream': true,
          'gen_ai.response.time_to_first_chunk': expect.any(Number) as never,
        }),
        'gen_ai.request.max_tokens': 1024,
        'gen_ai.response.id': /"id":"(msg_\w+)"/.exec(text)?.[1] as never,
        'gen_ai.response.finish_reasons': ['end_turn'],
        'gen_ai.usage.input_tokens': 3211,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.usage.cache_read.input_tokens': 200,
        'gen_ai.usage.cache_write.input_tokens': 3000,
        'gen_ai.conversation.id': 'session-0123456789',
        'server.address': '127.0.0.1',
        'server.port': expect.any(Number) as never,
        'http.response.status_code': 200,
        'nexus_claude_api.request_id': logged?.['requestId'] as never,
        'nexus_claude_api.attempts': 1,
      })
    },
  )

  test('that fails has the status of an error and its type (OP-O1)', async () => {
    const collector = startCollector()
    const { post, close } = await startOtel(collector, {
      scenario: () => ({ error: { status: 500, type: 'InternalServerException', message: 'CANARYWORD' } }),
    })
    await (await post(request())).text()
    await close()
    const [span] = collector.spans()
    expect(span?.status).toEqual({ code: 2 })
    expect(attributesOf(span?.attributes)).toMatchObject({
      'error.type': 'api_error',
      'gen_ai.response.finish_reasons': ['error'],
    })
    expect(
      collector.points().find(({ name }) => name === 'gen_ai.client.inference.duration')?.attributes,
    ).toMatchObject({
      'error.type': 'api_error',
    })
    expect(JSON.stringify(collector.exports)).not.toContain('CANARYWORD')
  })

  test('begins a trace without a valid traceparent (OP-O1)', async () => {
    const collector = startCollector()
    const { post, close } = await startOtel(collector)
    await (await post(request(), { headers: { traceparent: `00-${'0'.repeat(32)}-${spanId}-01` } })).text()
    await (await post(request())).text()
    await close()
    const spans = collector.spans()
    expect(spans.map(({ parentSpanId, flags }) => [parentSpanId, flags])).toEqual([
      [undefined, 0x101],
      [undefined, 0x101],
    ])
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(2)
  })

  test('has no span if its client does not sample it, but counts in the metrics (OP-O1, OP-O3)', async () => {
    const collector = startCollector()
    const { post, close } = await startOtel(collector)
    await (await post(request(), { headers: { traceparent: `00-${traceId}-${spanId}-00` } })).text()
    await close()
    expect(collector.spans()).toEqual([])
    expect(collector.points().find(({ name }) => name === 'gen_ai.client.inference.duration')?.count).toBe(1)
  })

  test('has the older names if the configuration wants them (OP-O4)', async () => {
    const collector = startCollector()
    const { post, close } = await startOtel(collector, { otel: { names: '1.36' } })
    await (await post(request())).text()
    await close()
    const names = new Set(collector.points().map(({ name }) => name))
    expect([...names].sort()).toEqual(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage'])
    expect(attributesOf(collector.spans()[0]?.attributes)).toMatchObject({ 'gen_ai.system': 'aws.bedrock' })
  })
})

test('a request that is forwarded unread has what its answer tells (OP-O2)', async () => {
  const upstream = recordingServer(() =>
    Response.json({
      id: 'msg_1',
      type: 'message',
      model: 'claude-opus-4-6',
      content: [{ type: 'text', text: 'CANARYWORD' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 2, cache_creation_input_tokens: 0 },
    }),
  )
  const collector = startCollector()
  const { post, close, records } = await startOtel(collector, {
    config: { upstream: 'anthropic' },
    endpointUrl: upstream.url,
  })
  await (await post(request({ model: 'opus' }))).text()
  await waitUntil(() => accessRecords(records).length === 1)
  await close()
  const [span] = collector.spans()
  expect(span?.name).toBe('chat claude-opus-4-6')
  expect(attributesOf(span?.attributes)).toMatchObject({
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.response.model': 'claude-opus-4-6',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.response.finish_reasons': ['end_turn'],
    'gen_ai.usage.input_tokens': 5,
    'gen_ai.usage.cache_read.input_tokens': 2,
  })
  expect(JSON.stringify(collector.exports)).not.toContain('CANARYWORD')
})

test('counts, lists, and requests that this server refuses have no span and no metric (OP-O1)', async () => {
  const collector = startCollector()
  const { post, close, url } = await startOtel(collector)
  await post(request(), { path: '/v1/messages/count_tokens' })
  await post({ messages: [] })
  await post(request({ model: 'unknown' }))
  for (const path of ['/v1/models', '/health', '/nothing']) await fetch(url + path)
  await close()
  expect([collector.spans(), collector.points()]).toEqual([[], []])
})

test('the sums of spans, metrics and the log are the same (OP-O2, OP-O3)', async () => {
  const collector = startCollector()
  const replies = Array.from({ length: 60 }, (_, index): Reply => {
    if (index % 5 === 4) return { error: { status: 500, type: 'InternalServerException', message: 'words' } }
    const figures = { inputTokens: index * 7, outputTokens: index, cacheReadInputTokens: index * 3 }
    return { content: [{ text: 'words' }], usage: { ...figures, totalTokens: index * 8 } }
  })
  let count = 0
  const { post, close, records } = await startOtel(collector, { scenario: () => replies[count++ % replies.length]! })
  await Promise.all(replies.map(async (_, index) => (await post(request({ stream: index % 2 === 0 }))).text()))
  await waitUntil(() => accessRecords(records).length === replies.length)
  await close()
  const logged = accessRecords(records).map(({ fields }) => fields)
  const sumOf = (...fields: string[]): number =>
    logged.reduce((sum, record) => sum + fields.reduce((part, field) => part + Number(record[field] ?? 0), 0), 0)
  const attributes = collector.spans().map((span) => attributesOf(span.attributes))
  const spanSum = (name: string): number => attributes.reduce((sum, one) => sum + Number(one[name] ?? 0), 0)
  const pointSum = (name: string): number =>
    collector
      .points()
      .reduce((sum, point) => sum + (point.name === `gen_ai.client.inference.${name}` ? point.sum : 0), 0)
  const input = sumOf('inputTokens', 'cacheReadTokens', 'cacheWriteTokens')
  expect([spanSum('gen_ai.usage.input_tokens'), pointSum('usage.input_tokens')]).toEqual([input, input])
  const output = sumOf('outputTokens')
  expect([spanSum('gen_ai.usage.output_tokens'), pointSum('usage.output_tokens')]).toEqual([output, output])
  expect(pointSum('usage.cache_read.input_tokens')).toBe(sumOf('cacheReadTokens'))
  expect(attributes.length).toBe(60)
  const durations = collector.points().filter(({ name }) => name === 'gen_ai.client.inference.duration')
  expect(durations.map((point) => [point.attributes['error.type'], point.count]).sort()).toEqual([
    [undefined, 48],
    ['api_error', 12],
  ])
})

describe('what is sent', () => {
  test('has no words and no secrets, also not in the log (OP-O5)', async () => {
    const collector = startCollector()
    const scenario = (): Reply => ({
      content: [{ text: 'CANARYWORD' }, { tool: 'Read', input: { path: 'CANARYWORD' } }],
    })
    const { post, close, records } = await startOtel(collector, {
      scenario,
      apiKey: 'CANARYKEY-0123456789',
      environment: { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=CANARYKEY' },
      otel: { propagate: true },
    })
    const words = {
      system: 'CANARYWORD',
      messages: [{ role: 'user', content: 'CANARYWORD' }],
      metadata: { user_id: 'CANARYWORD' },
    }
    for (const stream of [true, false])
      await (
        await post(request({ ...words, stream }), {
          headers: {
            'x-api-key': 'CANARYKEY',
            traceparent: 'CANARYWORD',
            tracestate: 'a=CANARYWORD',
            baggage: 'CANARYWORD=1',
          },
        })
      ).text()
    await close()
    expect(collector.spans().length).toBe(2)
    expect(collector.exports.map(({ text }) => text).join() + JSON.stringify(records)).not.toMatch(/CANARY/)
    expect(collector.exports.map(({ headers }) => headers.get('x-key'))).toEqual(['CANARYKEY', 'CANARYKEY'])
  })

  test('names the service, its version and this process, and nothing about the machine (OP-O1)', async () => {
    const ids = []
    for (const environment of [
      {},
      { OTEL_SERVICE_NAME: 'gate', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' },
    ]) {
      const collector = startCollector()
      const { post, close } = await startOtel(collector, { environment })
      await (await post(request())).text()
      await close()
      const [traces, metrics] = collector.resources()
      expect(traces).toEqual(metrics!)
      const { 'service.instance.id': id, ...others } = traces!
      expect(others).toEqual({
        'service.name': 'nexus-claude-api',
        'service.version': expect.any(String) as never,
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.name': 'opentelemetry',
        'telemetry.sdk.version': expect.any(String) as never,
        ...(Object.keys(environment).length > 0 && { 'service.name': 'gate', 'deployment.environment.name': 'test' }),
      })
      ids.push(id)
    }
    expect(new Set(ids).size).toBe(2)
  })

  test.each([
    ['cumulative', 2],
    ['delta', 1],
  ])('has %s figures if a variable says so (OP-O3)', async (preference, temporality) => {
    const collector = startCollector()
    const environment = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference }
    const { post, close } = await startOtel(collector, { environment })
    await (await post(request())).text()
    await close()
    expect(new Set(collector.points().map((point) => point.temporality))).toEqual(new Set([temporality]))
  })

  test('has no words that a client sends as the name of a model (OP-O5)', async () => {
    const collector = startCollector()
    const openai = { ...defaultConfig.openai, modelMap: new Map<string, string>() }
    const failing = recordingServer(() => Response.json({ error: { message: 'none' } }, { status: 400 }))
    const { post, close } = await startOtel(collector, {
      config: { upstream: 'openai', openai },
      endpointUrl: failing.url,
    })
    await (await post(request({ model: 'CANARYWORD in a sentence' }))).text()
    await close()
    expect(failing.received.length).toBeGreaterThan(0)
    expect(collector.spans().map(({ name }) => name)).toEqual(['chat'])
    expect(JSON.stringify(collector.exports)).not.toContain('CANARYWORD')
  })

  test('names only models that clients cannot invent in its metrics (OP-O3)', async () => {
    const collector = startCollector()
    const openai = { ...defaultConfig.openai, url: 'http://127.0.0.1:1' }
    const failing = recordingServer(() => Response.json({ error: { message: 'none' } }, { status: 400 }))
    const { post, close } = await startOtel(collector, {
      config: { upstream: 'openai', openai },
      endpointUrl: failing.url,
    })
    await Promise.all(Array.from({ length: 50 }, (_, index) => post(request({ model: `invented-${index}` }))))
    await close()
    const series = collector.points().filter(({ name }) => name === 'gen_ai.client.inference.duration')
    expect(new Set(series.map(({ attributes }) => attributes['gen_ai.request.model']))).toEqual(new Set(['unknown']))
  })
})

describe('a collector', () => {
  const dropped = (records: readonly LogRecord[]) =>
    records.flatMap(({ level, event, fields }) => (event === 'observer.dropped' ? [{ level, ...fields }] : []))

  test.each([
    ['is away', 'http://127.0.0.1:1', undefined, /^(?:metrics: )?ECONNREFUSED$/],
    ['fails', undefined, () => new Response('words', { status: 500 }), /^(?:metrics: )?HTTP 500$/],
    ['hangs', undefined, () => new Promise<Response>(() => {}), /^(?:shutdown|metrics: )/],
  ] as const)('that %s costs no request anything, and is logged (OP-O6, OP-E4)', async (_, url, respond, reason) => {
    const collector = url === undefined ? startCollector(respond) : { url }
    const { post, close, records } = await startOtel(collector)
    expect((await post(request())).status).toBe(200)
    await waitUntil(() => accessRecords(records).length === 1)
    const startedAt = performance.now()
    await close()
    // Two seconds, and time for a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(6000)
    const warnings = dropped(records)
    expect(warnings[0]).toMatchObject({
      level: 'warn',
      observer: 'otel',
      reason: expect.stringMatching(reason) as never,
    })
    // At once, and what came after it at the end.
    expect(warnings.length).toBeLessThanOrEqual(2)
  })

  test('that rejects some spans is logged with their number (OP-O6)', async () => {
    const collector = startCollector((_, path) =>
      path === '/v1/traces'
        ? Response.json({ partialSuccess: { rejectedSpans: '2', errorMessage: 'CANARYWORD' } })
        : undefined,
    )
    const { post, close, records } = await startOtel(collector)
    for (const _ of [1, 2, 3]) await (await post(request())).text()
    await close()
    expect(dropped(records)).toMatchObject([{ observer: 'otel', dropped: 2, reason: 'rejected' }])
    expect(JSON.stringify(records)).not.toContain('CANARYWORD')
  })

  test('gets only the signal that the variables leave on (OP-O1, OP-O3)', async () => {
    const collector = startCollector()
    const { post, close } = await startOtel(collector, { environment: { OTEL_METRICS_EXPORTER: 'none' } })
    await (await post(request())).text()
    await close()
    expect(collector.exports.map(({ path }) => path)).toEqual(['/v1/traces'])
  })
})

describe('the program', () => {
  test('sends what waits when it is stopped, to the collector of --env-file (OP-O1, OP-E4)', async () => {
    const collector = startCollector()
    const file = join(temporaryFolder(), 'variables')
    writeFileSync(file, `OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}\nOTEL_SERVICE_NAME=by-file\n`)
    const program = startCli(['start', '--simulate', '--otel', '-p', '0', '--env-file', file])
    const [, url] = await program.says(/(http:\/\/127\.0\.0\.1:\d+)/)
    const headers = { 'content-type': 'application/json' }
    await (await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(request()) })).text()
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
    expect(collector.spans().length).toBe(1)
    expect(collector.resources().map((resource) => resource['service.name'])).toEqual(['by-file', 'by-file'])
  })

  test('sends each request once, from the worker that served it (OP-O1, OP-K7)', async () => {
    const collector = startCollector()
    const program = startCli(['start', '--simulate', '--otel', '--workers', '2', '-p', '0'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    })
    const [, url] = await program.says(/(http:\/\/127\.0\.0\.1:\d+)/)
    const headers = { 'content-type': 'application/json', connection: 'close' }
    const body = JSON.stringify(request())
    for (let count = 0; count < 20; count += 1)
      await (await fetch(`${url}/v1/messages`, { method: 'POST', headers, body })).text()
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
    expect(new Set(collector.spans().map((span) => span.spanId)).size).toBe(20)
    expect(collector.spans().length).toBe(20)
    const ids = new Set(collector.resources().map((resource) => resource['service.instance.id']))
    expect(ids.size).toBe(2)
  })

  test.each(['-p 0', '--dry-run'])(
    'does not start with a protocol that it does not have: start --otel %s (OP-O1)',
    async (flags) => {
      const words = ['start', '--simulate', '--otel', ...flags.split(' ')]
      const { code, err } = await startCli(words, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).ended
      expect([code, err]).toEqual([2, expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL is grpc') as never])
    },
  )

  test('warns of variables with another effect (OP-O1)', async () => {
    const { code, err } = await startCli(['start', '--simulate', '--otel', '--dry-run'], {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    }).ended
    expect([code, err]).toEqual([0, expect.stringContaining('is http/protobuf, which is not supported: JSON') as never])
  })
})

test('without the switch, OTEL_ variables have no effect (OP-O1)', async () => {
  expect(await composeOtel(defaultConfig, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toEqual({})
})

describe.each(upstreams)('the upstream %s', (upstream, urlFlag) => {
  test.each([true, false])('gets the span of a request with each attempt, streamed: %p (OP-O7)', async (stream) => {
    const { post, failing, ended } = start(upstream, urlFlag, true)
    await (await post(request({ stream }), { headers: { traceparent: fromClient } })).text()
    await waitUntil(() => ended.length === 1)
    const { trace } = ended[0]!
    expect(trace).toMatchObject({ traceId, parentId: spanId })
    const sent = `00-${traceId}-${trace?.spanId}-01`
    expect(failing.received.map(({ headers }) => headers.get('traceparent'))).toEqual([sent, sent])
  })

  test('gets no traceparent without the switch, also not that of the client (OP-O7)', async () => {
    const { post, failing, ended } = start(upstream, urlFlag, false)
    await (await post(request(), { headers: { traceparent: fromClient, tracestate: 'a=b' } })).text()
    await waitUntil(() => ended.length === 1)
    const names = failing.received.flatMap(({ headers }) => [...headers.keys()])
    expect(names.filter((name) => name.startsWith('trace'))).toEqual([])
    expect(failing.received.length).toBeGreaterThan(0)
  })
})
