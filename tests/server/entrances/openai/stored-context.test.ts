import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startChain } from '../../../support/chain.ts'

const model = 'claude-sonnet-4.6'

const start = () => {
  const chain = startChain()
  return { ...chain, client: new OpenAI({ baseURL: `${chain.url}/v1`, apiKey: 'dummy', maxRetries: 0 }) }
}

test('a conversation goes on from the previous response, again and again (OE-R8, OE-R44)', async () => {
  const { client, simulator } = start()
  const first = await client.responses.create({ model, input: 'one', instructions: 'Be short.' })
  const second = await client.responses.create({ model, input: 'two', previous_response_id: first.id })
  await client.responses.create({ model, input: 'three', previous_response_id: second.id })
  expect(second.previous_response_id).toBe(first.id)
  expect(simulator.journal.at(-1)?.body).toMatchObject({
    messages: [
      { role: 'user', content: [{ text: 'one' }] },
      { role: 'assistant', content: [{ text: first.output_text }] },
      { role: 'user', content: [{ text: 'two' }, {}] },
      { role: 'assistant', content: [{ text: second.output_text }] },
      { role: 'user', content: [{ text: 'three' }, {}] },
    ],
  })
  // Instructions count for one request.
  expect(JSON.stringify(simulator.journal.at(-1)?.body)).not.toContain('Be short.')
})

test('an unknown previous response has the code that clients know (OE-R44)', async () => {
  const { client } = start()
  const failed = await client.responses
    .create({ model, input: 'two', previous_response_id: 'resp_0a' })
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' })
})

test('an unknown item is a 404, and unknown thinking is left out (OE-R44)', async () => {
  const { client, simulator } = start()
  const ask = (id: string) =>
    client.responses.create({
      model,
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'item_reference', id },
      ],
    })
  const failed = await ask('msg_0a_0').catch((error: unknown) => error)
  expect(failed).toMatchObject({ status: 404, message: expect.stringContaining("Item with id 'msg_0a_0' not found.") })
  expect((await ask('rs_0a_0')).status).toBe('completed')
  expect(simulator.journal).toHaveLength(1)
})

test('a body of Chat Completions gets an answer of Responses, which is not kept (OE-T8)', async () => {
  const { post } = start()
  const body = { model, messages: [{ role: 'user', content: 'Hello' }] }
  const answered = await post(body, { path: '/v1/responses' })
  expect(await answered.json()).toMatchObject({
    object: 'response',
    store: false,
    output: [{ type: 'message', content: [{ text: 'You said: Hello' }] }],
  })
})
