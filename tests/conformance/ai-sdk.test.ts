import { describe, expect, test } from 'bun:test'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, type LanguageModel, stepCountIs, streamText, tool } from 'ai'
import type { Reply, Scenario } from '../../src/simulator/reply.ts'
import { type Chain, defaultConfig, startChain } from '../support/chain.ts'

/** Vercel's AI SDK, which opencode and many programs use, reads the answers of the real server. */

const start = (scenario: Scenario): { chain: Chain; model: LanguageModel } => {
  // The simulator counts what it writes to the cache.
  const openaiEntrance = { ...defaultConfig.openaiEntrance, autoCache: false }
  const chain = startChain({ scenario, config: { openaiEntrance } })
  const provider = createOpenAICompatible({
    name: 'server',
    baseURL: `${chain.url}/v1`,
    apiKey: 'any',
    includeUsage: true,
  })
  return { chain, model: provider('claude-sonnet-4.6') }
}

/** Answers one request after another. */
const replies = (...all: Reply[]): Scenario => {
  const left = [...all]
  return () => left.shift()
}

const look = tool({
  description: 'Looks at a place.',
  inputSchema: jsonSchema<{ at: string }>({
    type: 'object',
    properties: { at: { type: 'string' } },
    required: ['at'],
  }),
  execute: async ({ at }) => `seen: ${at}`,
})

const usage = { inputTokens: 100, outputTokens: 40, totalTokens: 140, cacheReadInputTokens: 3000 }

const thought: Reply = { content: [{ thinking: 'Let me think.' }, { text: 'Grüße, 世界 🎉' }], usage }
const called: Reply = {
  content: [{ thinking: 'I look.' }, { tool: 'look', input: { at: 'Köln "\\\n' }, id: 'toolu_1' }],
  stopReason: 'tool_use',
}

describe('the AI SDK', () => {
  test('reads a whole answer with its thinking and its usage (OE-K5, OE-P2, OE-C84)', async () => {
    const { model } = start(replies(thought))
    const answer = await generateText({ model, prompt: 'x', maxRetries: 0 })
    expect(answer.text).toBe('Grüße, 世界 🎉')
    expect(answer.reasoningText).toBe('Let me think.')
    expect(answer.finishReason).toBe('stop')
    expect(answer.usage).toMatchObject({ inputTokens: 3100, outputTokens: 40 })
    expect(answer.usage.inputTokenDetails.cacheReadTokens).toBe(3000)
  })

  test('reads a streamed answer in the order of its parts (OE-K5, OE-P2, OE-C92, OE-C96)', async () => {
    const { model } = start(replies({ ...thought, pace: { deltaCharacters: 3 } }))
    const stream = streamText({ model, prompt: 'x', maxRetries: 0 })
    const kinds: string[] = []
    for await (const { type } of stream.fullStream) if (kinds.at(-1) !== type) kinds.push(type)
    expect(kinds).toEqual([
      'start',
      'start-step',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ])
    expect(await stream.text).toBe('Grüße, 世界 🎉')
    expect(await stream.usage).toMatchObject({ inputTokens: 3100, outputTokens: 40 })
  })

  test.each([
    ['whole', generateText],
    [
      'streamed',
      async (options: Parameters<typeof streamText>[0]) => {
        const stream = streamText(options)
        await stream.consumeStream()
        return { text: await stream.text, steps: await stream.steps }
      },
    ],
  ])('runs a tool and answers with its result: %s (OE-P2, OE-C93)', async (_, run) => {
    const { chain, model } = start(replies(called, { content: [{ text: 'Done.' }] }))
    const { text, steps } = await run({ model, prompt: 'x', tools: { look }, stopWhen: stepCountIs(3), maxRetries: 0 })
    expect(text).toBe('Done.')
    expect(steps[0]?.toolCalls.map(({ toolCallId, input }) => ({ toolCallId, input }))).toEqual([
      { toolCallId: 'toolu_1', input: { at: 'Köln "\\\n' } },
    ])
    expect(JSON.stringify(chain.simulator.journal[1]?.body)).toContain(JSON.stringify('seen: Köln "\\\n').slice(1, -1))
    expect(chain.simulator.journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
  })

  test('reports a failure in the middle of a stream (OE-P2, OE-C97)', async () => {
    const fault = { kind: 'exception', type: 'throttlingException', message: 'Too many', afterFrames: 4 } as const
    const { model } = start(replies({ content: [{ text: 'one two three four' }], pace: { deltaCharacters: 3 }, fault }))
    const stream = streamText({ model, prompt: 'x', maxRetries: 0, onError: () => undefined })
    const kinds: string[] = []
    for await (const { type } of stream.fullStream) kinds.push(type)
    expect(kinds).toContain('text-delta')
    expect(kinds).toContain('error')
    expect(await stream.finishReason).not.toBe('stop')
  })
})
