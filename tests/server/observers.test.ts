import { describe, expect, test } from 'bun:test'
import type { RequestObserver, RequestRecord } from '../../src/gateway/request-record.ts'
import { accessRecords } from '../support/access-records.ts'
import { startNative } from '../support/anthropic.ts'
import type { Chain } from '../support/chain.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Observers get one record of each forwarded request, and change nothing of its answer. */

const usage = { input_tokens: 1, cache_creation_input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 1 }
const eventText = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
const stream = [
  { type: 'message_start', message: { model: 'claude-sonnet-4-6', usage } },
  { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'Bash', input: {} } },
  { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4000 } },
  { type: 'message_stop' },
].map(eventText)

/** One write for each event. */
const streamed = (events: readonly string[] = stream): Response => {
  const waiting = events.map((text) => new TextEncoder().encode(text))
  const body = new ReadableStream({
    async pull(controller) {
      await Bun.sleep(0)
      const next = waiting.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const message = {
  type: 'message',
  model: 'claude-opus-4-6',
  stop_reason: 'end_turn',
  content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }],
  usage: { ...usage, output_tokens: 4000 },
}

const request = {
  model: 'x',
  system: [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ],
}
const text = async (response: Response | Promise<Response>): Promise<string> => (await response).text()
const statsOf = async ({ url }: Chain): Promise<unknown> =>
  ((await (await fetch(`${url}/token-stats`)).json()) as { stats: unknown }).stats

describe('an observer changes no byte of the answer', () => {
  test.each<[string, RequestObserver]>([
    [
      'that throws',
      () => {
        throw new TypeError('canary')
      },
    ],
    ['that rejects', () => Promise.reject(new TypeError('canary')) as never],
    ['that never ends', () => new Promise(() => {}) as never],
    ['that is slow', () => Bun.sleepSync(20)],
  ])('%s (AU-N12)', async (_, observer) => {
    const chain = startNative(({ path }) => (path === '/v1/messages' ? streamed() : Response.json(message)), {}, [
      observer,
    ])
    expect(await text(chain.post(request))).toBe(stream.join(''))
    expect(await text(chain.post(request, { path: '/v1/messages?beta=true' }))).toBe(JSON.stringify(message))
    await waitUntil(() => accessRecords(chain.records).length === 2)
  })
})

describe('a forwarded request', () => {
  test('has one record at the end of its stream, with the figures of its events (AU-N13, AU-U4)', async () => {
    const got: RequestRecord[] = []
    const chain = startNative(() => streamed(), { anthropic: { classify: 'on' } }, [(record) => got.push(record)])
    await text(chain.post(request))
    await waitUntil(() => got.length > 0)
    const facts = {
      operation: 'message',
      isStream: true,
      model: 'claude-sonnet-4-6',
      stopReason: 'tool_use',
      toolCalls: 1,
      requestClass: 'inference',
      usage: { ...usage, output_tokens: 4000 },
      outcome: 'answered',
    }
    expect(got).toMatchObject([facts])
    const { host } = new URL(chain.url)
    expect(accessRecords(chain.records)).toMatchObject([
      {
        event: 'request.answered',
        fields: {
          domain: host,
          credential: 'configured',
          model: 'claude-sonnet-4-6',
          class: 'inference',
          toolCalls: 1,
          inputTokens: 1,
          cacheReadTokens: 300,
          cacheWriteTokens: 20,
          outputTokens: 4000,
        },
      },
    ])
    const counted = { requestCount: 1, inferenceCount: 1, toolCallCount: 1, inputTokens: 321, outputTokens: 4000 }
    expect(await statsOf(chain)).toMatchObject({ [host]: counted })
  })

  test('that is answered whole has the same figures, and no class if it is off (AU-N13, AU-U2)', async () => {
    const chain = startNative(() => Response.json(message))
    await text(chain.post(request))
    await waitUntil(() => accessRecords(chain.records).length > 0)
    const counted = { requestCount: 1, inferenceCount: 0, toolCallCount: 1, inputTokens: 321, outputTokens: 4000 }
    expect(await statsOf(chain)).toMatchObject({ [new URL(chain.url).host]: counted })
  })

  test('that is refused counts as an error, with the type that the upstream gives (AU-U4)', async () => {
    const refusal = { type: 'error', error: { type: 'billing_error', message: 'canary' } }
    const chain = startNative(() => Response.json(refusal, { status: 403 }))
    expect(await text(chain.post(request))).toBe(JSON.stringify(refusal))
    await waitUntil(() => accessRecords(chain.records).length > 0)
    expect(accessRecords(chain.records)).toMatchObject([
      { event: 'request.failed', fields: { error: 'billing_error' } },
    ])
    expect(await statsOf(chain)).toMatchObject({ [new URL(chain.url).host]: { requestCount: 1, errorCount: 1 } })
    expect(JSON.stringify(chain.records)).not.toContain('canary')
  })

  test("has both ids in the log: the server's and the upstream's (AU-H5)", async () => {
    const chain = startNative(() => Response.json(message, { headers: { 'request-id': 'req_theirs' } }))
    expect((await chain.post(request)).headers.get('request-id')).toBe('req_theirs')
    await waitUntil(() => accessRecords(chain.records).length > 0)
    expect(accessRecords(chain.records)).toMatchObject([
      { fields: { requestId: expect.stringMatching(/^req_[0-9a-f]{32}$/) as never, upstreamRequestId: 'req_theirs' } },
    ])
  })

  test('that the client leaves counts with the figures so far (AU-U4)', async () => {
    const chain = startNative(() => {
      const [first = ''] = stream
      const hanging = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
      })
      return new Response(hanging, { headers: { 'content-type': 'text/event-stream' } })
    })
    const client = new AbortController()
    const response = await chain.post(request, { signal: client.signal })
    await response.body?.getReader().read()
    client.abort()
    await waitUntil(() => accessRecords(chain.records).length > 0)
    expect(accessRecords(chain.records)).toMatchObject([{ event: 'request.cancelled', fields: { outputTokens: 1 } }])
    expect(await statsOf(chain)).toMatchObject({ [new URL(chain.url).host]: { requestCount: 1, errorCount: 0 } })
  })

  test('that counts tokens, or lists models or files, is not in the statistics (AU-U7)', async () => {
    const chain = startNative(() => Response.json({ input_tokens: 42, data: [] }))
    await text(chain.post(request, { path: '/v1/messages/count_tokens' }))
    const headers = { 'anthropic-version': '2023-06-01' }
    for (const path of ['/v1/models', '/v1/files', '/v1/messages/batches'])
      await text(fetch(chain.url + path, { headers }))
    await waitUntil(() => accessRecords(chain.records).length === 4)
    expect(accessRecords(chain.records)[0]).toMatchObject({ fields: { countedTokens: 42 } })
    expect(await statsOf(chain)).toEqual({})
  })
})
