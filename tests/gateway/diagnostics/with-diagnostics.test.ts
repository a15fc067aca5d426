import { describe, expect, test } from 'bun:test'
import { withDiagnostics } from '../../../src/gateway/diagnostics/with-diagnostics.ts'
import { emptyMessage } from '../../../src/messages/empty-message.ts'
import { noUsage } from '../../../src/messages/usage.ts'
import type { CallContext, Upstream } from '../../../src/upstreams/upstream.ts'
import type { Diagnostics } from '../../../src/wire/anthropic/diagnostics.ts'
import type { EventBatch } from '../../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request, startChain } from '../../support/chain.ts'
import { callContext } from '../../support/nexus.ts'
import { readEvents } from '../../support/sse.ts'

const unavailable: Diagnostics = { cache_miss_reason: { type: 'unavailable' } }

/** The answer's `diagnostics`, where a client reads it: whole, or at the start of a stream. */
const diagnosticsIn = async (response: Response, stream: boolean): Promise<unknown> => {
  expect(response.status).toBe(200)
  if (!stream) return ((await response.json()) as { diagnostics: unknown }).diagnostics
  const events = await readEvents(response)
  const [start] = events.filter(({ type }) => type === 'message_start')
  return (start?.['message'] as { diagnostics: unknown } | undefined)?.diagnostics
}

describe.each([false, true])('diagnostics without an audit (stream: %p)', (stream) => {
  const answer = async (members: object) => {
    const chain = startChain()
    const diagnostics = await diagnosticsIn(await chain.post(request({ stream, ...members })), stream)
    return { diagnostics, body: JSON.stringify(chain.simulator.journal[0]?.body), records: chain.records }
  }

  test('of an earlier answer are unavailable (CA-D1, CA-S4)', async () => {
    expect((await answer({ diagnostics: { previous_message_id: 'msg_1' } })).diagnostics).toEqual(unavailable)
  })

  test('of no earlier answer are null (CA-D2)', async () => {
    for (const diagnostics of [{ previous_message_id: null }, {}, { other: 1 }, null])
      expect((await answer({ diagnostics })).diagnostics).toBeNull()
  })

  test('are null in the answer to a request without them (CA-D5)', async () => {
    expect((await answer({})).diagnostics).toBeNull()
  })

  test('never reach the upstream, and need no note (CA-D6)', async () => {
    const plain = await answer({})
    for (const diagnostics of [{ previous_message_id: 'msg_1', more: 2 }, null]) {
      const { body, records } = await answer({ diagnostics })
      expect(body).toBe(plain.body)
      expect(records.filter(({ event }) => event === 'translate.note')).toEqual([])
    }
  })
})

describe('invalid diagnostics', () => {
  test.each([
    [{ previous_message_id: 5 }, 'diagnostics.previous_message_id: Input should be a valid string'],
    [{ previous_message_id: ['msg_1'] }, 'diagnostics.previous_message_id: Input should be a valid string'],
    ['msg_1', 'diagnostics: Input should be an object'],
    [['msg_1'], 'diagnostics: Input should be an object'],
    [true, 'diagnostics: Input should be an object'],
  ])('are refused with their path: %j (CA-D4)', async (diagnostics, message) => {
    const { post, simulator } = startChain()
    const response = await post(request({ diagnostics }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', message } })
    expect(simulator.journal).toEqual([])
  })
})

/** An upstream that answers in two batches, and the requests that it got. */
const startUpstream = () => {
  const requests: MessagesRequest[] = []
  const start = emptyMessage('msg_2', 'm', noUsage)
  const batches: EventBatch[] = [
    [{ type: 'ping' }],
    [{ type: 'message_start', message: start }],
    [{ type: 'message_stop' }],
  ]
  const upstream: Upstream = {
    name: 'two batches',
    address: 'http://upstream.example',
    async message(sent) {
      requests.push(sent)
      return start
    },
    async stream(sent) {
      requests.push(sent)
      return (async function* () {
        yield* batches
      })()
    },
  }
  return { upstream: withDiagnostics(upstream), requests, batches, start }
}

describe('the diagnosis of the audit', () => {
  const found: Diagnostics = { cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: 9 } }
  const auditedBy = (diagnose: (id: string) => Diagnostics | null): CallContext => ({
    ...callContext(new AbortController().signal),
    audit: { translated() {}, answered() {}, diagnose },
  })
  const ask = request({ diagnostics: { previous_message_id: 'msg_1' } }) as MessagesRequest

  test('is in a whole answer (CA-D1)', async () => {
    const { upstream, requests, start } = startUpstream()
    const ids: string[] = []
    const call = auditedBy((id) => {
      ids.push(id)
      // The prompt is sent before.
      expect(requests).toEqual([request()] as never)
      return found
    })
    expect(await upstream.message(ask, call)).toEqual({ ...start, diagnostics: found })
    expect(ids).toEqual(['msg_1'])
    expect(
      await upstream.message(
        ask,
        auditedBy(() => null),
      ),
    ).toEqual(start)
  })

  test('is at the start of a stream, wherever its batch is (CA-D1)', async () => {
    const { upstream, batches, start } = startUpstream()
    const events = await Array.fromAsync(
      await upstream.stream(
        ask,
        auditedBy(() => found),
      ),
    )
    expect(events).toEqual(
      batches.with(1, [{ type: 'message_start', message: { ...start, diagnostics: found } }]) as never,
    )
  })

  test('is not made for a request without diagnostics, whose call stays as it is (CA-D5)', async () => {
    const { upstream, batches, requests, start } = startUpstream()
    const call = auditedBy(() => {
      throw new Error('not requested')
    })
    const plain = request() as MessagesRequest
    expect(await upstream.message(plain, call)).toBe(start)
    expect(await Array.fromAsync(await upstream.stream(plain, call))).toEqual(batches)
    expect(requests.every((sent) => sent === plain)).toBe(true)
  })
})
