import { describe, expect, jest, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import { createStreamWriter } from '../../../src/server/entrances/anthropic/entrance.ts'
import { sseResponse } from '../../../src/server/http/sse.ts'
import type { EventBatch } from '../../../src/wire/anthropic/events.ts'
import { request, startChain } from '../../support/chain.ts'
import { inFakeTime } from '../../support/fake-time.ts'
import { readEvents, withoutPings } from '../../support/sse.ts'

const options = {
  writer: createStreamWriter('req_1'),
  pingMs: 1000,
  onCancel: () => {},
  onEnd: () => {},
  onFailure: () => {},
  onOver: () => {},
}
const ping: EventBatch = [{ type: 'ping' }]

/** Batches that arrive when a test sends them. */
const controlled = () => {
  const { readable, writable } = new TransformStream<EventBatch, EventBatch>()
  const writer = writable.getWriter()
  return { batches: readable as AsyncIterable<EventBatch>, writer }
}

describe('a failure', () => {
  test.each([
    ['rate_limit_error', 'rate_limit_error', undefined],
    ['rate_limit_error', 'overloaded_error', 'overloaded_error'],
    ['api_error', 'api_error', undefined],
    ['invalid_request_error', 'invalid_request_error', undefined],
  ] as const)('3.4 after: %s in the middle is sent as %s', async (type, sent, typeInStream) => {
    async function* batches() {
      yield ping
      throw new GatewayError(type, 'words', typeInStream && { typeInStream })
    }
    expect(await readEvents(sseResponse(batches(), options))).toEqual([
      { type: 'ping' },
      { type: 'error', error: { type: sent, message: 'words' }, request_id: 'req_1' },
    ])
  })

  test('of our own is reported, and its message is not sent', async () => {
    const failures: unknown[] = []
    // biome-ignore lint/correctness/useYield: it fails before it yields
    async function* batches(): AsyncGenerator<EventBatch> {
      throw new TypeError('canary')
    }
    const text = await sseResponse(batches(), { ...options, onFailure: (error) => failures.push(error) }).text()
    expect(text).toContain('"type":"api_error"')
    expect(text).not.toContain('canary')
    expect(failures).toMatchObject([{ status: 500, cause: expect.any(TypeError) }])
  })

  test('before the stream exists is sent, too', async () => {
    const late = Promise.reject<AsyncIterable<EventBatch>>(new GatewayError('overloaded_error', 'slow down'))
    expect(await readEvents(sseResponse(late, options))).toMatchObject([
      { type: 'ping' },
      { type: 'error', error: { type: 'overloaded_error', message: 'slow down' } },
    ])
  })

  test('of a throttled request is sent as an overload if the stream has started', async () => {
    const { post } = startChain({
      commitMs: 5,
      scenario: () => ({
        pace: { firstMs: 50 },
        error: { status: 429, type: 'ThrottlingException', message: 'Too many requests' },
      }),
    })
    const response = await post(request({ stream: true }))
    expect(response.status).toBe(200)
    expect(withoutPings(await readEvents(response))).toMatchObject([
      { type: 'error', error: { type: 'overloaded_error', message: 'Too many requests' } },
    ])
  })
})

describe('pings', () => {
  test('are sent after each silence', () =>
    inFakeTime(async () => {
      const { batches, writer } = controlled()
      const reader = sseResponse(batches, options).body?.getReader()
      for (let round = 0; round < 3; round += 1) {
        const next = reader?.read()
        jest.advanceTimersByTime(1000)
        expect(new TextDecoder().decode((await next)?.value)).toBe('event: ping\ndata: {"type":"ping"}\n\n')
      }
      await writer.close()
      expect((await reader?.read())?.done).toBe(true)
      expect(jest.getTimerCount()).toBe(0)
    }))

  test('do not queue for a reader that does not read', () =>
    inFakeTime(async () => {
      const { batches, writer } = controlled()
      const response = sseResponse(batches, options)
      jest.advanceTimersByTime(600_000)
      void writer.close()
      const text = await response.text()
      expect(text.match(/ping\n/g)?.length ?? 0).toBeLessThanOrEqual(1)
    }))

  test('end when the reader disconnects, and the upstream is cancelled', () =>
    inFakeTime(async () => {
      const { batches } = controlled()
      let left = false
      const response = sseResponse(batches, {
        ...options,
        onCancel: () => {
          left = true
        },
      })
      await response.body?.cancel()
      expect([left, jest.getTimerCount()]).toEqual([true, 0])
    }))

  test('end with a failure', () =>
    inFakeTime(async () => {
      const { batches, writer } = controlled()
      const response = sseResponse(batches, options)
      void writer.abort(new GatewayError('api_error', 'm')).catch(() => {})
      expect((await readEvents(response)).at(-1)?.type).toBe('error')
      expect(jest.getTimerCount()).toBe(0)
    }))
})
