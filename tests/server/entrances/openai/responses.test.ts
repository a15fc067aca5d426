import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { queriesOf } from '../../../../scripts/support/search-server.ts'
import type { Reply } from '../../../../src/simulator/reply.ts'
import { type ChainOptions, startChain } from '../../../support/chain.ts'
import { finalResponseOf, responseStreamFault } from '../../../support/response-grammar.ts'
import { firstResult, query, startSearchingChain } from '../../../support/searching-chain.ts'
import { readEvents } from '../../../support/sse.ts'

const body = { model: 'claude-sonnet-4.6', input: 'Hello' }

const start = (reply?: Reply, options: ChainOptions = {}) => {
  const chain = startChain({ ...options, ...(reply && { scenario: () => reply }) })
  return {
    ...chain,
    client: new OpenAI({ baseURL: `${chain.url}/v1`, apiKey: 'dummy', maxRetries: 0 }),
    stream: async () => readEvents(await chain.post({ ...body, stream: true }, { path: '/v1/responses' })),
  }
}

describe('Responses', () => {
  test("OpenAI's own SDK reads a whole answer and a stream (OE-R9, OE-P2)", async () => {
    const { client } = start({ content: [{ text: 'Grüße, 世界 🎉' }] })
    const whole = await client.responses.create(body)
    const streamed = await client.responses.stream(body).finalResponse()
    expect(whole.output_text).toBe('Grüße, 世界 🎉')
    expect(streamed.output_text).toBe(whole.output_text)
    // The second request reads the prompt from the cache.
    expect(streamed.usage?.total_tokens).toBe(whole.usage?.total_tokens)
  })

  test('a stream is valid, from the first byte to the last (OE-P4, OE-R34)', async () => {
    const events = await start({ content: [{ thinking: 'hm' }, { text: 'Hi' }, { text: 'there' }] }).stream()
    expect(responseStreamFault(events)).toBeUndefined()
    expect(finalResponseOf(events)).toMatchObject({ status: 'completed', model: 'claude-sonnet-4.6' })
  })

  test('a silent stream gets numbered events of its own, also before the answer and within an item (OE-T5, OE-R42)', async () => {
    const reply = { content: [{ text: 'slow' }], pace: { firstMs: 60, frameMs: 40, deltaCharacters: 2 } }
    const events = await start(reply, { pingMs: 10, commitMs: 10 }).stream()
    expect(responseStreamFault(events)).toBeUndefined()
    const types = events.map(({ type }) => type)
    const first = types.indexOf('keepalive')
    expect(types.slice(0, first)).toEqual(['response.created', 'response.in_progress'])
    expect(types.indexOf('keepalive', types.indexOf('response.content_part.added'))).toBeLessThan(
      types.indexOf('response.output_text.done'),
    )
  })

  test('a failure in the middle ends the stream with response.failed, which the SDK reads (OE-R39, OE-E12)', async () => {
    const { stream, client } = start({
      content: [{ text: 'Hello there' }],
      fault: { kind: 'exception', type: 'throttlingException', message: 'slow', afterFrames: 3 },
    })
    const events = await stream()
    expect(responseStreamFault(events)).toBeUndefined()
    expect(finalResponseOf(events)).toMatchObject({
      status: 'failed',
      error: { code: 'rate_limit_exceeded', message: expect.stringContaining('request id: req_') },
    })
    const read = await client.responses.stream(body).finalResponse()
    expect(read.status).toBe('failed')
  })

  test('a WebSocket is refused with the status after which Codex uses POST at once (OE-R46)', async () => {
    const { url } = start()
    for (const path of ['/v1/responses', '/responses', '/openai/v1/responses']) {
      const headers = { connection: 'Upgrade', upgrade: 'websocket', 'openai-beta': 'responses_websockets=2026-02-06' }
      const refused = await fetch(url + path, { headers })
      expect(refused.status).toBe(426)
      expect(await refused.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
      const plain = await fetch(url + path)
      expect([plain.status, plain.headers.get('allow')]).toEqual([405, 'POST'])
    }
  })
})

describe('a web search of the server', () => {
  const asking = {
    ...body,
    tools: [{ type: 'web_search' as const }],
    include: ['web_search_call.action.sources' as const],
  }

  const startSearching = () => {
    const chain = startSearchingChain()
    return { ...chain, client: new OpenAI({ baseURL: `${chain.url}/v1`, apiKey: 'dummy', maxRetries: 0 }) }
  }

  /** What the prompt cache compares. */
  const messagesOf = (entry: { readonly body: unknown }): string[] => {
    const { messages } = entry.body as { messages: { content: object[] }[] }
    return messages.map(({ content, ...rest }) =>
      JSON.stringify({ ...rest, content: content.filter((block) => !('cachePoint' in block)) }),
    )
  }

  test("is read by OpenAI's own SDK, whole and streamed (OE-R26, OE-P2, WS-21, WS-24)", async () => {
    const { client, search } = startSearching()
    const whole = await client.responses.create(asking)
    const streamed = await client.responses.stream(asking).finalResponse()
    for (const { status, output, output_text, tool_usage } of [whole, streamed]) {
      expect(status).toBe('completed')
      expect(output.map(({ type }) => type)).toEqual(['message', 'web_search_call', 'reasoning', 'message'])
      expect(output[1]).toMatchObject({ status: 'completed', action: { type: 'search', queries: [query] } })
      expect(output[1]).toMatchObject({
        action: { sources: expect.arrayContaining([{ type: 'url', url: firstResult }]) },
      })
      expect(output_text).toBe('Searching. Found: It leaves at noon.')
      expect(tool_usage).toMatchObject({ web_search: { num_requests: 1 } })
    }
    expect(queriesOf(search)).toEqual([query, query])
  })

  test('has a valid stream, in which the search is shown while it runs (OE-P4)', async () => {
    const { post } = startSearching()
    const events = await readEvents(await post({ ...asking, stream: true }, { path: '/v1/responses' }))
    expect(responseStreamFault(events)).toBeUndefined()
    const steps = events.map(({ type }) => type).filter((type) => type.includes('web_search_call'))
    expect(steps).toEqual(['in_progress', 'searching', 'completed'].map((step) => `response.web_search_call.${step}`))
  })

  test('is cited by annotations (OE-C85, WS-27)', async () => {
    const { output } = await startSearching().client.responses.create(asking)
    const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
    const annotations = parts.flatMap((part) => (part.type === 'output_text' ? part.annotations : []))
    expect(annotations).toMatchObject([{ type: 'url_citation', url: firstResult }])
  })

  test('keeps its results in the next turn, by its items and by its id: nothing before them changes (OE-R44, WS-31)', async () => {
    const { client, simulator } = startSearching()
    const first = await client.responses.create(asking)
    const question = { role: 'user' as const, content: 'Are you sure?' }
    const input = [{ role: 'user' as const, content: body.input }, ...first.output, question] as never
    await client.responses.create({ ...asking, store: false, input })
    await client.responses.create({ ...asking, previous_response_id: first.id, input: [question] })
    const [, last, second, third] = simulator.journal.filter(({ method }) => method === 'POST').map(messagesOf)
    expect(last).toHaveLength(3)
    expect(second?.slice(0, 3)).toEqual(last as never)
    expect(third).toEqual(second as never)
  })
})
