import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../src/config/load.ts'
import type { RequestRecord } from '../src/gateway/request-record.ts'
import { createReadTrace } from '../src/gateway/request-trace.ts'
import { recordingServer } from './support/anthropic.ts'
import { request, startChain } from './support/chain.ts'
import { waitUntil } from './support/wait-until.ts'

/** Traces of requests through the whole product. */

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
