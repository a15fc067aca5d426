import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { Reply } from '../../../../src/simulator/reply.ts'
import { type ChainOptions, startChain } from '../../../support/chain.ts'
import { finalResponseOf, responseStreamFault } from '../../../support/response-grammar.ts'
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
