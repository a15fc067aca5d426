import { describe, expect, test } from 'bun:test'
import { rawNumber } from '../../../src/base/raw-number.ts'
import { createAnthropic } from '../../../src/upstreams/anthropic/index.ts'
import type { CallContext, Upstream } from '../../../src/upstreams/upstream.ts'
import type { MessageStreamEvent } from '../../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { clientOptions, credentialsOf, keyCredential, recordingServer } from '../../support/anthropic.ts'
import { request } from '../../support/chain.ts'
import { callContext } from '../../support/nexus.ts'

/** The upstream's interface for clients of other protocols, against real HTTP servers. */

const usage = { input_tokens: 7, output_tokens: 2, cache_read_input_tokens: 5, cache_creation_input_tokens: null }

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-6',
  content: [{ type: 'text', text: 'Grüße 🎉' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
}

const events = [
  {
    type: 'message_start',
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  },
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 🎉' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
]

const encoded = (list: readonly object[]): string =>
  list.map((event) => `event: ${'type' in event ? event.type : ''}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const streamOf = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })

const at = (respond: Parameters<typeof recordingServer>[0], more: Parameters<typeof clientOptions>[1] = {}) => {
  const { url, received } = recordingServer(respond)
  const modelMap = new Map([['claude-opus-4-6', 'claude-opus-4-6-eu']])
  const { options, waits } = clientOptions(url, more)
  const upstream = createAnthropic({ ...options, lane: { modelMap, forwardsUnknownPaths: true, countsTokens: true } })
  return { upstream, received, waits }
}

const context = (more: Partial<CallContext> = {}): CallContext => ({
  ...callContext(new AbortController().signal, 'claude-sonnet-4-6'),
  ...more,
})

const given = (more: object = {}): MessagesRequest => request({ model: 'sonnet', ...more }) as MessagesRequest

const collect = async (upstream: Upstream, more: Partial<CallContext> = {}): Promise<MessageStreamEvent[]> => {
  const batches = await upstream.stream(given(), context(more))
  return (await Array.fromAsync(batches)).flat()
}

const sentBody = (received: readonly { readonly body: Uint8Array }[]): string =>
  new TextDecoder().decode(received[0]?.body)

describe('a request through the interface (AU-N14)', () => {
  test('goes out once serialised, with the model of the resolver, the beta flags and the credential', async () => {
    const { upstream, received } = at(() => Response.json(message))
    const caller = {
      domain: undefined,
      mayForwardKey: false,
      headers: new Headers({ 'user-agent': 'cursor/1', 'x-stainless-lang': 'js', 'x-api-key': 'placeholder' }),
    }
    const tool = {
      name: 'T',
      input_schema: { type: 'object', properties: { id: { const: rawNumber('7300000000000000123') } } },
    }
    const ids: string[] = []
    await upstream.message(
      given({ tools: [tool], later: { kept: true } }),
      context({ betas: ['a-1', 'b-2'], caller, onUpstreamId: (id) => ids.push(id) }),
    )
    const [{ method, path, headers }] = received as [(typeof received)[number]]
    expect([method, path]).toEqual(['POST', '/v1/messages'])
    expect(sentBody(received)).toBe(
      '{"model":"claude-sonnet-4-6","max_tokens":1024,"messages":[{"role":"user","content":"Hello"}],' +
        '"tools":[{"name":"T","input_schema":{"type":"object","properties":{"id":{"const":7300000000000000123}}}}],' +
        '"later":{"kept":true},"stream":false}',
    )
    expect(Object.fromEntries(headers)).toMatchObject({
      accept: 'application/json',
      'anthropic-beta': 'a-1,b-2',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      'user-agent': 'cursor/1',
      'x-api-key': 'sk-ant-api-configured',
    })
    expect([headers.get('x-stainless-lang'), headers.get('authorization')]).toEqual([null, null])
  })

  test('beta flags of the body go out as a header, and settings fit the model (OE-C22, OE-C60)', async () => {
    const { upstream, received } = at(() => Response.json(message))
    await upstream.message(
      given({ betas: ['a-1', 'c-3'], thinking: { type: 'adaptive' }, max_tokens: 8000 }),
      context({ modelId: 'claude-haiku-4-5', betas: ['a-1'] }),
    )
    expect(received[0]?.headers.get('anthropic-beta')).toBe('a-1,c-3')
    const { betas, thinking } = JSON.parse(sentBody(received))
    expect(betas).toBeUndefined()
    expect(thinking).toEqual({ type: 'enabled', budget_tokens: 6000 })
  })

  test('settings fit the model of the model map (OE-C60)', async () => {
    const { upstream, received } = at(() => Response.json(message))
    const thinking = { type: 'adaptive' }
    await upstream.message(given({ thinking, max_tokens: 8000 }), context({ modelId: 'claude-opus-4-6' }))
    expect(JSON.parse(sentBody(received))).toMatchObject({ model: 'claude-opus-4-6-eu', thinking })
  })

  test('gets the name of the model map, and reports it', async () => {
    const { upstream, received } = at(() => Response.json(message))
    const sent: string[] = []
    await upstream.message(
      given(),
      context({ modelId: 'claude-opus-4-6', onSent: (_request, modelId) => sent.push(modelId) }),
    )
    expect(JSON.parse(sentBody(received)).model).toBe('claude-opus-4-6-eu')
    expect(sent).toEqual(['claude-opus-4-6-eu'])
  })

  test('is retried, and gets the next key of its file, before the first byte', async () => {
    const { credentials, judged } = credentialsOf([keyCredential('one'), keyCredential('two')])
    const attempts: string[] = []
    const { upstream, received } = at(
      (_request, count) => (count === 1 ? new Response('{}', { status: 429 }) : streamOf(encoded(events))),
      { credentials },
    )
    await collect(upstream, { onAttempt: () => attempts.push('sent') })
    expect(judged).toEqual([429])
    expect(received.map(({ headers }) => headers.get('x-api-key'))).toEqual(['one', 'two'])
    expect(new Set(received.map(({ body }) => new TextDecoder().decode(body))).size).toBe(1)
    expect(attempts).toHaveLength(2)
  })
})

describe('an answer through the interface (AU-N14)', () => {
  test('is the message, with all members, also those that this program does not know', async () => {
    const block = { type: 'later_result', content: { n: 1 } }
    const { upstream } = at(() => Response.json({ ...message, content: [block], later: true }))
    const answer = await upstream.message(given(), context())
    expect(JSON.parse(JSON.stringify(answer))).toEqual({
      ...message,
      content: [block],
      later: true,
      stop_details: null,
      container: null,
      context_management: null,
      diagnostics: null,
      usage: {
        input_tokens: 7,
        output_tokens: 2,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        service_tier: 'standard',
        output_tokens_details: null,
        server_tool_use: null,
        inference_geo: null,
        speed: null,
        iterations: null,
        fallback_credit: null,
      },
    })
  })

  test("keeps the digits of a tool's numbers", async () => {
    const input = '{"id":7300000000000000123,"n":1.0}'
    const tool = `{"type":"tool_use","id":"t","name":"T","input":${input}}`
    const body = JSON.stringify({ ...message, content: ['TOOL'] }).replace('"TOOL"', tool)
    const { upstream } = at(() => new Response(body, { headers: { 'content-type': 'application/json' } }))
    expect(JSON.stringify((await upstream.message(given(), context())).content)).toBe(`[${tool}]`)
  })

  test('is a stream of events whose last figures replace the first (AU-N13)', async () => {
    const { upstream, received } = at(() => streamOf(encoded(events)))
    const all = await collect(upstream)
    expect(all.map(({ type }) => type)).toEqual(events.map(({ type }) => type) as (typeof all)[number]['type'][])
    expect(all.find(({ type }) => type === 'message_delta')).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
      usage: {
        input_tokens: 7,
        output_tokens: 9,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens_details: null,
        server_tool_use: null,
        iterations: null,
        fallback_credit: null,
      },
      context_management: null,
    })
    expect(JSON.parse(sentBody(received)).stream).toBe(true)
    expect(received[0]?.headers.get('accept')).toBe('text/event-stream')
  })

  test('is a count of tokens', async () => {
    const { upstream, received } = at(() => Response.json({ input_tokens: 17 }))
    expect(await upstream.countTokens?.(given(), context())).toBe(17)
    expect(received[0]?.path).toBe('/v1/messages/count_tokens')
    expect(JSON.parse(sentBody(received))).toEqual({ ...request(), model: 'claude-sonnet-4-6' })
  })

  test('of a server that cannot count is no failure of the request', async () => {
    const { upstream } = at(() => new Response('404 page not found', { status: 404 }))
    await expect(upstream.countTokens?.(given(), context())).rejects.toMatchObject({ type: 'not_supported' })
    const other = at(() =>
      Response.json({ type: 'error', error: { type: 'not_found_error', message: 'model: x' } }, { status: 404 }),
    )
    await expect(other.upstream.countTokens?.(given(), context())).rejects.toMatchObject({
      type: 'not_found_error',
      message: 'model: x',
    })
  })

  test.each([
    ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['an object of another type', () => Response.json({ type: 'completion' })],
    ['an empty body', () => new Response('')],
  ])('that is not one is a failure of the upstream: %s', async (_name, respond) => {
    const { upstream } = at(respond)
    const failure = { type: 'api_error', status: 502, isLoggable: true }
    await expect(upstream.message(given(), context())).rejects.toMatchObject(failure)
    await expect(upstream.stream(given(), context())).rejects.toMatchObject(failure)
    await expect(upstream.countTokens?.(given(), context())).rejects.toMatchObject(failure)
  })
})
