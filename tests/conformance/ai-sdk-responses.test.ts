import { describe, expect, test } from 'bun:test'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import fc from 'fast-check'
import { createResponseWriter } from '../../src/server/entrances/openai/response-writer.ts'
import { sign } from '../../src/simulator/signature.ts'
import { ResponseEvents } from '../../src/translate/openai-responses-entrance/events.ts'
import { messageToResponse } from '../../src/translate/openai-responses-entrance/response.ts'
import type { Message } from '../../src/wire/anthropic/response.ts'
import { defaultConfig, startChain } from '../support/chain.ts'
import { randomMessages, streamOf } from '../support/random-answers.ts'
import { clock, identity, responsesPlan, toolNames } from '../support/responses-answer.ts'

/** The AI SDK's OpenAI provider judges Responses: it checks each event and each item by its own schemas. */

const modelAnsweredBy = (response: () => Response) =>
  createOpenAI({ apiKey: 'dummy', fetch: (async () => response()) as unknown as typeof fetch }).responses('gpt-5')

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]

const textOf = (message: Message, size: number): string =>
  createResponseWriter('req_1', new ResponseEvents(responsesPlan(), identity, clock)).batch(streamOf(message, size))

interface Part {
  readonly type: string
  readonly [member: string]: unknown
}

const partsOf = async (text: string): Promise<Part[]> => {
  const headers = { 'content-type': 'text/event-stream' }
  const { stream } = await modelAnsweredBy(() => new Response(text, { headers })).doStream({ prompt })
  const parts: Part[] = []
  for await (const part of stream) parts.push(part as unknown as Part)
  return parts
}

const cases = fc.record({ message: randomMessages(toolNames), size: fc.integer({ min: 1, max: 30 }) })

const toolInputs = (parts: readonly Part[]): unknown[] =>
  parts.flatMap((part) => (part.type === 'tool-call' ? [[part['toolCallId'], part['input']]] : []))

test('the AI SDK reads whole answers and streams of them to the same content (OE-P2, OE-R33)', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ message, size }) => {
      const whole = messageToResponse(message, responsesPlan(), identity, clock)
      // The SDK rejects a failed answer, and a custom call that was cut: as a completed one, it would run.
      const isCutCustom = whole.output.some((item) => item.type === 'custom_tool_call' && item.status === 'incomplete')
      if (whole.status === 'failed' || isCutCustom) return
      const parts = await partsOf(textOf(message, size))
      expect(parts.filter(({ type }) => type === 'error')).toEqual([])
      const { content } = await modelAnsweredBy(() => Response.json(whole)).doGenerate({ prompt })
      expect(toolInputs(parts)).toEqual(toolInputs(content as unknown as Part[]))
      const texts = (type: string) => parts.flatMap((part) => (part.type === type ? [part['delta']] : [])).join('')
      const wholeTexts = (type: string) =>
        content.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : [])).join('')
      expect(texts('text-delta')).toBe(wholeTexts('text'))
      expect(texts('reasoning-delta')).toBe(wholeTexts('reasoning'))
    }),
  )
})

describe("the AI SDK's tool loop, which expects the server to keep its answers", () => {
  const thinking = { thinking: 'I need the time' }
  const call = { tool: 'clock', input: { zone: 'UTC' }, id: 'toolu_1' }
  const clockTool = tool({
    inputSchema: jsonSchema({ type: 'object', properties: { zone: { type: 'string' } } }),
    execute: async () => '12:00',
  })

  const start = (responseStore: number) => {
    const { openaiEntrance } = defaultConfig
    const { url, simulator } = startChain({
      scenario: ({ body }) =>
        body.messages.length === 1
          ? { content: [thinking, { text: 'Let me look.' }, call] }
          : { content: [{ text: 'It is noon.' }] },
      // The thinking comes from the store, and not from the memory by the call's id.
      config: { openaiEntrance: { ...openaiEntrance, thinkingMemory: false, responseStore } },
    })
    const sent: unknown[] = []
    const model = createOpenAI({
      apiKey: 'dummy',
      baseURL: `${url}/v1`,
      fetch: (async (target: string, init: RequestInit) => {
        sent.push(JSON.parse(String(init.body)))
        return fetch(target, init)
      }) as unknown as typeof fetch,
    })('claude-sonnet-4.6')
    const options = {
      model,
      prompt: 'What time is it?',
      tools: { clock: clockTool },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    }
    return { simulator, sent, options }
  }

  const secondTurn = [
    { role: 'user' },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: thinking.thinking, signature: sign(thinking.thinking) } } },
        { text: 'Let me look.' },
        { toolUse: { toolUseId: 'toolu_1', name: 'clock', input: { zone: 'UTC' } } },
      ],
    },
    { role: 'user', content: [{ toolResult: { toolUseId: 'toolu_1' } }, {}] },
  ]

  test('sends references, and its thinking goes back to the model unchanged (OE-R44, OE-R43, OE-P3, OE-K5, OE-R8)', async () => {
    const { simulator, sent, options } = start(1000)
    expect((await generateText(options)).text).toBe('It is noon.')
    expect(sent[1]).toMatchObject({
      input: expect.arrayContaining([{ type: 'item_reference', id: expect.stringMatching(/^rs_/) }]),
    })
    expect(simulator.journal.map(({ body }) => body)).toMatchObject([{}, { messages: secondTurn }])
  })

  test('works with streams, too (OE-R44)', async () => {
    const { simulator, options } = start(1000)
    const { text } = streamText(options)
    expect(await text).toBe('It is noon.')
    expect(simulator.journal.map(({ body }) => body)).toMatchObject([{}, { messages: secondTurn }])
  })

  test('gets the remedy from a server that keeps no answers (OE-R44)', async () => {
    const { options } = start(0)
    await expect(generateText(options)).rejects.toThrow('`store: false`')
  })
})
