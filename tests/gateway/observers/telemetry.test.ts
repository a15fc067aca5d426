import { describe, expect, test } from 'bun:test'
import { createPostJson } from '../../../src/gateway/observers/post-json.ts'
import { createTelemetry, toTelemetry } from '../../../src/gateway/observers/telemetry.ts'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { type RecordMembers, requestRecord, usage } from '../../support/records.ts'
import { received, startTelemetrySink } from '../../support/sinks.ts'

const start = (endpoint: string) => {
  const lost: string[] = []
  const telemetry = createTelemetry({
    endpoint,
    post: createPostJson(fetch as Fetch),
    onLost: (reason) => lost.push(reason),
  })
  const observe = (members: RecordMembers = {}): void => telemetry.observe(requestRecord(members), undefined)
  return { observe, end: () => telemetry.end(new AbortController().signal), lost }
}

describe('the figures of a request', () => {
  const sent = (members: RecordMembers): unknown => JSON.parse(JSON.stringify(toTelemetry(requestRecord(members))))

  test('have the form of the replaced system (AU-Y1)', () => {
    expect(sent({ usage, maskedKey: '...0123456789', isStream: true })).toEqual({
      timestamp: '2026-11-29T12:00:00.000Z',
      requestId: 'req_1',
      method: 'POST',
      path: '/v1/messages',
      apiKey: '...0123456789',
      model: 'claude-sonnet-4-6',
      inputTokens: 3210,
      outputTokens: 40,
      duration: 1235,
      status: 200,
    })
  })

  test('of a failure have its own status and its type, not its message (AU-Y1)', () => {
    const failed = { outcome: 'failed', status: 529, errorType: 'overloaded_error', errorReason: 'words' } as const
    expect(sent(failed)).toMatchObject({ status: 529, error: 'overloaded_error', apiKey: 'unknown' })
    expect(JSON.stringify(sent(failed))).not.toContain('words')
    expect(sent({ outcome: 'cancelled', status: 499 })).toMatchObject({ status: 499 })
  })

  test('contain no session, no host and no full key (AU-Y2)', () => {
    const text = JSON.stringify(sent({ session: 'session-1234', domain: 'team.example' }))
    expect(['session', 'team.example', 'domain'].filter((word) => text.includes(word))).toEqual([])
  })
})

describe('telemetry', () => {
  test('is sent for requests to a model, also refused ones, and for no others (AU-Y1)', async () => {
    const sink = startTelemetrySink()
    const { observe, end } = start(sink.url)
    observe({ requestId: 'answered' })
    observe({ requestId: 'count', operation: 'count', path: '/v1/messages/count_tokens' })
    observe({ requestId: 'health', operation: undefined, path: '/health' })
    observe({ requestId: 'refused', operation: undefined, status: 401, errorType: 'authentication_error' })
    await end()
    expect(sink.posts.map(({ body }) => (body as { requestId: string }).requestId).sort()).toEqual([
      'answered',
      'refused',
    ])
  })

  test('is sent four at once, without a second try, and at most 1,000 wait (AU-Y3)', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const sink = startTelemetrySink(() => ({ after: promise, status: 503, headers: { 'retry-after': '0' } }))
    const { observe, end, lost } = start(sink.url)
    for (let index = 0; index < 1006; index += 1) observe()
    expect(lost).toEqual(['queue full', 'queue full'])
    await received(sink, 4)
    await new Promise(setImmediate)
    expect(sink.posts.length).toBe(4)
    resolve()
    await end()
    expect([sink.posts.length, lost.length]).toEqual([1004, 1006])
  })
})
