import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { type ChainOptions, defaultConfig, startChain } from '../../../support/chain.ts'

const body = { model: 'claude-sonnet-4.6', input: 'Hello' }

const clientOf = (url: string, apiKey = 'dummy'): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })

const start = (options: ChainOptions = {}) => {
  const chain = startChain(options)
  return { ...chain, client: clientOf(chain.url) }
}

const statusOf = async (call: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await call
  } catch (error) {
    return error instanceof OpenAI.APIError ? error.status : error
  }
  return 200
}

describe('a kept response (OE-R44)', () => {
  test('is read and deleted by its client alone', async () => {
    const { client, url } = start()
    const made = await client.responses.create(body)
    expect(made).toMatchObject({ store: true })
    const { output_text, ...rest } = await client.responses.retrieve(made.id)
    expect(rest).toMatchObject({ id: made.id, output: made.output })
    const other = clientOf(url, 'another')
    expect(await statusOf(other.responses.retrieve(made.id))).toBe(404)
    expect(await statusOf(other.responses.delete(made.id))).toBe(404)
    expect(await statusOf(client.responses.delete(made.id))).toBe(200)
    expect(await statusOf(client.responses.retrieve(made.id))).toBe(404)
  })

  test('comes from a stream, too', async () => {
    const { client } = start()
    const made = await client.responses.stream(body).finalResponse()
    expect(await client.responses.retrieve(made.id)).toMatchObject({
      id: made.id,
      status: 'completed',
      output_text: made.output_text,
    })
  })

  test('lists the items of its input', async () => {
    const { client } = start()
    const { id } = await client.responses.create(body)
    const page = await client.responses.inputItems.list(id)
    const content = [{ type: 'input_text', text: 'Hello' }]
    expect(page.data).toMatchObject([{ type: 'message', role: 'user', content, id: expect.any(String) }])
    expect(page.has_more).toBe(false)
  })

  test('is not cancelled, and not streamed again', async () => {
    const { client } = start()
    const { id } = await client.responses.create(body)
    expect(await statusOf(client.responses.cancel(id))).toBe(400)
    expect(await statusOf(client.responses.retrieve(id, { stream: true }))).toBe(400)
  })

  test('did not fail: an answer that failed is not kept, whole or streamed', async () => {
    const scenario = () => ({ content: [{ text: 'x' }], stopReason: 'model_context_window_exceeded' }) as const
    const { client } = start({ scenario })
    const whole = await client.responses.create(body)
    const streamed = await client.responses.stream(body).finalResponse()
    for (const failed of [whole, streamed]) {
      expect(failed).toMatchObject({ status: 'failed', store: false })
      expect(await statusOf(client.responses.retrieve(failed.id))).toBe(404)
    }
  })

  test('does not exist for a client that wants none, and on a server that keeps none', async () => {
    const { client } = start()
    const unwanted = await client.responses.create({ ...body, store: false })
    expect(unwanted).toMatchObject({ store: false })
    expect(await statusOf(client.responses.retrieve(unwanted.id))).toBe(404)
    const { openaiEntrance } = defaultConfig
    const off = start({ config: { openaiEntrance: { ...openaiEntrance, responseStore: 0 } } })
    const unkept = await off.client.responses.create(body)
    expect(unkept).toMatchObject({ store: false })
    expect(await statusOf(off.client.responses.retrieve(unkept.id))).toBe(404)
    expect(await statusOf(off.client.responses.create({ ...body, previous_response_id: unkept.id }))).toBe(400)
  })

  test('has only its own methods', async () => {
    const { url } = start()
    const refused = await fetch(`${url}/v1/responses/resp_0a`, { method: 'PUT' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, DELETE'])
  })
})
