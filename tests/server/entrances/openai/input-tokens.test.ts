import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startChain } from '../../../support/chain.ts'

test('counts the tokens of an input as /v1/messages/count_tokens does (OE-R44)', async () => {
  const { url, post } = startChain()
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy', maxRetries: 0 })
  const model = 'claude-sonnet-4.6'
  const counted = await client.responses.inputTokens.count({ model, input: 'Hello there' })
  const messages = [{ role: 'user', content: 'Hello there' }]
  const native = await post({ model, messages }, { path: '/v1/messages/count_tokens' })
  expect(counted).toMatchObject({ object: 'response.input_tokens', ...((await native.json()) as object) })
})
