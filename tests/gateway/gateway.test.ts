import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../src/base/errors.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { RequestObserver, RequestRecord } from '../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../src/gateway/running-requests.ts'
import type { CallContext, Upstream } from '../../src/upstreams/upstream.ts'
import type { EventBatch } from '../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { resolver } from '../support/catalog.ts'
import { request } from '../support/chain.ts'
import { requestHead } from '../support/records.ts'

/** The gateway adds its facts to the record of a request, for every kind of end. */

const ask = request() as MessagesRequest

const usage = {
  input_tokens: 3,
  output_tokens: 2,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens_details: null,
  server_tool_use: null,
  iterations: null,
  fallback_credit: null,
}
const stop = { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null } as const
const end: EventBatch = [
  { type: 'message_delta', delta: stop, usage, context_management: null },
  { type: 'message_stop' },
]

/** `refusals`: thrown one after another before the upstream answers. */
const gatewayOver = (
  batches: (context: CallContext) => AsyncIterable<EventBatch>,
  observers: readonly RequestObserver[] = [],
  refusals: GatewayError[] = [],
  more: Partial<Upstream> = {},
) => {
  const records: LogRecord[] = []
  const reported: RequestRecord[] = []
  const learnt: unknown[] = []
  const sent: MessagesRequest[] = []
  const upstream: Upstream = {
    name: 'test',
    address: 'nowhere',
    message: () => Promise.reject(new GatewayError('api_error', 'no')),
    async stream(streamed, context) {
      const { onAttempt, onCredential } = context
      sent.push(streamed)
      onAttempt?.()
      const refusal = refusals.shift()
      if (refusal !== undefined) throw refusal
      onCredential?.('configured', new Secret('sk-ant-api03-canary-0123456789'), false)
      return batches(context)
    },
    ...more,
  }
  let clock = 0
  const log = createLogger('debug', (record) => records.push(record))
  const gateway = createGateway({
    models: resolver,
    upstream,
    tokens: { count: async ({ messages }) => messages.length, calibrate: (...lesson) => learnt.push(lesson) },
    log,
  })
  const all = createRequestRecords({
    observers: [...observers, (record) => reported.push(record)],
    log,
    now: () => {
      clock += 5
      return clock
    },
    date: () => 1000,
  })
  const running = all.begin(requestHead)
  const client = new AbortController()
  const context = { running, betas: [], signal: client.signal, onUpstreamId: () => {} }
  return { gateway, context, client, reported, learnt, sent, records, responded: () => running.responded(200) }
}

describe('the record', () => {
  test('of an answer contains its figures, and only the end of the key (AU-Y2, AU-D2)', async () => {
    const { gateway, context, reported, responded } = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      yield end
    })
    for await (const _ of await gateway.stream({ ...ask, stream: true }, context));
    responded()
    expect(reported).toEqual([
      {
        outcome: 'answered',
        requestId: 'req_1',
        entrance: 'anthropic',
        method: 'POST',
        path: '/v1/messages',
        session: undefined,
        isSubagent: false,
        endpoint: 'messages',
        at: 1000,
        operation: 'message',
        upstream: 'test',
        model: 'claude-sonnet-4-6',
        used: 'claude-sonnet-4.6',
        isStream: true,
        maxTokens: ask.max_tokens,
        credential: 'configured',
        maskedKey: '...0123456789',
        isSubscription: false,
        status: 200,
        attempts: 1,
        firstEventMs: 5,
        durationMs: 10,
        stopReason: 'end_turn',
        toolCalls: 0,
        usage,
        errorType: undefined,
        errorReason: undefined,
      },
    ])
    expect(Object.isFrozen(reported[0])).toBe(true)
  })

  test('is answered if the reader stops after the last event', async () => {
    const { gateway, context, reported, responded } = gatewayOver(async function* () {
      yield end
      yield []
    })
    for await (const _ of await gateway.stream(ask, context)) break
    responded()
    expect(reported.map(({ outcome }) => outcome)).toEqual(['answered'])
  })

  test('is cancelled if the reader stops earlier', async () => {
    const { gateway, context, reported, responded } = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      yield end
    })
    for await (const _ of await gateway.stream(ask, context)) break
    responded()
    expect(reported.map(({ outcome }) => outcome)).toEqual(['cancelled'])
  })

  test('of a failure in the middle is reported once, and the reader gets the failure', async () => {
    const { gateway, context, reported, responded } = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      throw new GatewayError('overloaded_error', 'busy')
    })
    const read = async (): Promise<void> => {
      for await (const _ of await gateway.stream(ask, context));
    }
    await expect(read()).rejects.toMatchObject({ type: 'overloaded_error', message: 'busy' })
    responded()
    expect(reported.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  test('is cancelled for a failure after the client has disconnected', async () => {
    const { gateway, context, client, reported, responded } = gatewayOver(async function* () {})
    client.abort()
    await gateway.message(ask, context).catch(() => {})
    responded()
    expect(reported.map(({ outcome }) => outcome)).toEqual(['cancelled'])
  })

  test('reaches the other observers if one throws, and fails no request', async () => {
    const { gateway, context, reported, records, responded } = gatewayOver(
      async function* () {
        yield end
      },
      [
        () => {
          throw new TypeError('canary')
        },
      ],
    )
    for await (const _ of await gateway.stream(ask, context));
    responded()
    expect(reported.length).toBe(1)
    expect(records.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({
        event: 'observer.failed',
        fields: { requestId: 'req_1', error: 'TypeError', failures: 1 },
      }),
    ])
  })
})

test('a failed answer has the figures of the calls that had ended (WS-19)', async () => {
  const { gateway, context, reported, responded } = gatewayOver(async function* ({ onUsage }) {
    yield [{ type: 'ping' }]
    onUsage?.(usage)
    throw new GatewayError('overloaded_error', 'busy')
  })
  const read = async (): Promise<void> => {
    for await (const _ of await gateway.stream(ask, context));
  }
  await expect(read()).rejects.toThrow('busy')
  responded()
  expect(reported).toMatchObject([{ outcome: 'failed', usage: { input_tokens: 3, output_tokens: 2 } }])
})

describe('1.9 the token counts of an answer', () => {
  test('1.9 calibrate the counter once, after the last batch', async () => {
    const { gateway, context, learnt } = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      yield end
    })
    for await (const _ of await gateway.stream(ask, context)) expect(learnt).toEqual([])
    expect(learnt).toEqual([[ask, 'claude-sonnet-4.6', usage]])
  })

  test('do not calibrate it after a search, because they are sums (WS-19)', async () => {
    const facts = { searches: 1, searchErrors: 0, searchMs: 5, searchProvider: 'brave' }
    const { gateway, context, learnt, reported, responded } = gatewayOver(async function* ({ onSearches }) {
      yield [{ type: 'ping' }]
      onSearches?.(facts)
      yield end
    })
    for await (const _ of await gateway.stream(ask, context));
    responded()
    expect([learnt, reported]).toEqual([[], [expect.objectContaining(facts)]])
  })

  test('1.9 do not calibrate it if the answer failed or was cancelled', async () => {
    const failing = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      throw new GatewayError('overloaded_error', 'busy')
    })
    const read = async (): Promise<void> => {
      for await (const _ of await failing.gateway.stream(ask, failing.context));
    }
    await read().catch(() => {})
    await failing.gateway.message(ask, failing.context).catch(() => {})
    const left = gatewayOver(async function* () {
      yield [{ type: 'ping' }]
      yield end
    })
    for await (const _ of await left.gateway.stream(ask, left.context)) break
    expect([...failing.learnt, ...left.learnt]).toEqual([])
  })
})

describe('a refused request', () => {
  const refusal = new GatewayError('invalid_request_error', 'Invalid signature in thinking block')
  const other: MessagesRequest = { ...ask, messages: [{ role: 'user', content: 'other' }] }
  const answer = async function* () {
    yield end
  }

  test('is replaced once before the first event, and its record is that of the answer (OE-C53)', async () => {
    const { gateway, context, sent, reported, responded } = gatewayOver(answer, [], [refusal])
    const refused: unknown[] = []
    const afterRefusal = (error: GatewayError): MessagesRequest => {
      refused.push(error)
      return other
    }
    for await (const _ of await gateway.stream(ask, { ...context, afterRefusal }));
    responded()
    expect(sent).toEqual([ask, other])
    expect(refused).toEqual([refusal])
    expect(reported.map(({ outcome, attempts, errorType }) => ({ outcome, attempts, errorType }))).toEqual([
      { outcome: 'answered', attempts: 2, errorType: undefined },
    ])
  })

  test('fails with the second refusal, or with the first if nothing replaces it (OE-C53)', async () => {
    const second = new GatewayError('invalid_request_error', 'still refused')
    const twice = gatewayOver(answer, [], [refusal, second])
    await expect(twice.gateway.stream(ask, { ...twice.context, afterRefusal: () => other })).rejects.toBe(second)
    const once = gatewayOver(answer, [], [refusal])
    await expect(once.gateway.stream(ask, { ...once.context, afterRefusal: () => undefined })).rejects.toBe(refusal)
    expect(once.sent).toEqual([ask])
  })
})

describe('counts', () => {
  const never = async function* (): AsyncGenerator<EventBatch> {}

  test('are of the request as the upstream sends it (WS-36)', async () => {
    const plain = gatewayOver(never)
    expect(await plain.gateway.countTokens(ask, plain.context)).toBe(1)
    const messages = [...ask.messages, ...ask.messages]
    const changed = gatewayOver(never, [], [], { toCounted: async (given) => ({ ...given, messages }) })
    expect(await changed.gateway.countTokens(ask, changed.context)).toBe(2)
  })
})
