import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startChain } from '../../../support/chain.ts'

const clientOf = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy', maxRetries: 0 })

const body = { model: 'claude-sonnet-4.6', messages: [{ role: 'user' as const, content: 'hello' }] }

test("OpenAI's own SDK reads a whole answer and a stream of Chat Completions (OE-T1, OE-P2)", async () => {
  const client = clientOf(startChain().url)
  const whole = await client.chat.completions.create(body)
  const streamed = await client.chat.completions.stream(body).finalChatCompletion()
  expect(whole.choices[0]?.message.content).toBeTruthy()
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content ?? '')
})
