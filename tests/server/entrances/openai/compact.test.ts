import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { Reply } from '../../../../src/simulator/reply.ts'
import { decodeSummary } from '../../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import { startChain } from '../../../support/chain.ts'
import { readEvents } from '../../../support/sse.ts'

const start = (reply: Reply = { content: [{ text: 'They said hello.' }] }) => {
  const chain = startChain({ scenario: () => reply })
  return { ...chain, client: new OpenAI({ baseURL: `${chain.url}/v1`, apiKey: 'dummy', maxRetries: 0 }) }
}

const input = [
  { role: 'user' as const, content: 'Hello' },
  { role: 'assistant' as const, content: 'Hi!' },
]
const model = 'claude-sonnet-4.6'

describe('a compaction (OE-R45)', () => {
  test('answers with the messages of the user and one summary, which the next request reads', async () => {
    const { client, simulator } = start()
    const { object, output, usage } = await client.responses.compact({ model, input })
    expect(object).toBe('response.compaction')
    expect(usage.output_tokens).toBeGreaterThan(0)
    const [message, summary, ...rest] = output
    expect(rest).toEqual([])
    expect(message as unknown).toEqual({
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'Hello' }],
    })
    expect(summary?.type === 'compaction' && decodeSummary(summary.encrypted_content)).toBe('They said hello.')
    await client.responses.create({ model, input: [...output, { role: 'user', content: 'Go on' }] as never })
    expect(JSON.stringify(simulator.journal.at(-1)?.body)).toContain('They said hello.')
  })

  test('that the client requests by an item is a stream with one item', async () => {
    const { post } = start()
    const body = { model, input: [...input, { type: 'compaction_trigger' }], stream: true }
    const events = await readEvents(await post(body, { path: '/v1/responses' }))
    const done = events.filter(({ type }) => type === 'response.output_item.done')
    expect(done).toMatchObject([{ item: { type: 'compaction', encrypted_content: expect.stringMatching(/^nxc1\./) } }])
    expect(events.at(-1)).toMatchObject({ type: 'response.completed' })
  })

  test('that fails is an error with the code that clients know', async () => {
    const { client } = start({ content: [{ text: 'x' }], stopReason: 'model_context_window_exceeded' })
    const failed = await client.responses.compact({ model, input }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ status: 400, code: 'context_length_exceeded' })
    const refusing = start({ content: [{ text: 'No.' }], stopReason: 'content_filtered' })
    const refused = await refusing.client.responses.compact({ model, input }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 400, code: 'invalid_prompt' })
    const cutting = start({ content: [{ text: 'They sa' }], stopReason: 'max_tokens' })
    const cut = await cutting.client.responses.compact({ model, input }).catch((error: unknown) => error)
    expect(cut).toMatchObject({ status: 400, code: 'max_output_tokens' })
    const silent = await start({ content: [] })
      .client.responses.compact({ model, input })
      .catch((error: unknown) => error)
    expect(silent).toMatchObject({ status: 500, type: 'internal_server_error' })
  })
})
