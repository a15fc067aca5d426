import { describe, expect, test } from 'bun:test'
import Anthropic, { BadRequestError } from '@anthropic-ai/sdk'
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool'
import { textOf, toolResults } from '../../src/simulator/read-request.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { startChain } from '../support/chain.ts'

/** The newest SDK stores conversations on the server unless the server refuses. */

const start = (scenario?: Scenario) => {
  const chain = startChain(scenario && { scenario })
  const sdk = new Anthropic({ baseURL: chain.url, apiKey: 'client-key', maxRetries: 0 })
  return { messages: sdk.beta.messages, chain }
}

const ask = { model: 'claude-sonnet-4-6', max_tokens: 1000 }

const weather: BetaRunnableTool<{ city: string }> = {
  type: 'custom',
  name: 'weather',
  description: 'Says what the weather is.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  parse: (input) => input as { city: string },
  run: ({ city }) => `rain in ${city}`,
}

/** One call, then its result. */
const oneCall: Scenario = (request) => {
  const [result] = toolResults(request)
  return result === undefined
    ? { content: [{ text: 'I look.' }, { tool: 'weather', input: { city: 'Ulm' } }] }
    : { content: [{ text: `It says: ${textOf(result.content)}` }] }
}

const messageCounts = ({ simulator }: ReturnType<typeof startChain>): number[] =>
  simulator.journal.map(({ body }) => (body as { messages: unknown[] }).messages.length)

describe('A2 the SDK falls back to whole conversations', () => {
  const run = {
    ...ask,
    tools: [weather],
    messages: [{ role: 'user' as const, content: 'What is the weather in Ulm?' }],
  }

  test('in a tool runner with one tool and one call', async () => {
    const { messages, chain } = start(oneCall)
    const final = await messages.toolRunner(run)
    expect(final.content as unknown[]).toMatchObject([{ type: 'text', text: 'It says: rain in Ulm' }])
    expect(final.stop_reason).toBe('end_turn')
    expect(messageCounts(chain)).toEqual([1, 3])
  })

  test('in a tool runner that streams', async () => {
    const { messages, chain } = start(oneCall)
    const texts: string[] = []
    for await (const stream of messages.toolRunner({ ...run, stream: true })) {
      const { content } = await stream.finalMessage()
      for (const block of content) if (block.type === 'text') texts.push(block.text)
    }
    expect(texts).toEqual(['I look.', 'It says: rain in Ulm'])
    expect(messageCounts(chain)).toEqual([1, 3])
  })

  test('in a thread that may continue unthreaded, streamed or not', async () => {
    const { messages, chain } = start()
    const thread = messages.thread({ ...ask, unsupportedRequestBehavior: 'continue_unthreaded' })
    await thread.send({ role: 'user', content: 'My name is Ada.' })
    await thread.stream({ role: 'user', content: 'What is my name?' }).finalMessage()
    expect(messageCounts(chain)).toEqual([1, 3])
  })

  test('and not in a thread that requires errors, which is the default', async () => {
    const { messages, chain } = start()
    const sent = messages.thread(ask).send({ role: 'user', content: 'My name is Ada.' })
    const error = await sent.then(undefined, (thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ name: 'ThreadUnsupportedRequestError', details: { unsupported: ['thread'] } })
    expect(chain.simulator.journal).toEqual([])
  })
})
