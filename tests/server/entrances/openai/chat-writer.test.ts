import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import OpenAI from 'openai'
import { GatewayError } from '../../../../src/base/errors.ts'
import { createChatWriter } from '../../../../src/server/entrances/openai/chat-writer.ts'
import type { ChatAnswerPlan } from '../../../../src/translate/openai-chat-entrance/request.ts'
import { messageToCompletion } from '../../../../src/translate/openai-chat-entrance/response.ts'
import type { EventBatch } from '../../../../src/wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../../../src/wire/anthropic/response.ts'
import type { Completion } from '../../../../src/wire/openai-chat/completion.ts'
import type { JsonObject } from '../../../../src/wire/schema.ts'
import { answered, caller, chatPlan, collected, dataOf, identity, toolNames } from '../../../support/chat-answer.ts'
import { batchesOf, randomMessages, streamOf } from '../../../support/random-answers.ts'

const streamed = (batches: readonly EventBatch[], plan: ChatAnswerPlan): string => {
  const writer = createChatWriter(plan, identity, 'req_1')
  return batches.map((events) => writer.batch(events)).join('')
}

const plans: fc.Arbitrary<ChatAnswerPlan> = fc
  .record({
    reasoning: fc.constantFrom('both' as const, 'content' as const, 'details' as const, 'none' as const),
    usesFunctions: fc.boolean(),
    isJsonObject: fc.boolean(),
  })
  .map((plan) => chatPlan({ ...plan, ...(plan.usesFunctions && { tools: new Map() }) }))

/** A stream begins with an empty content, before the answer is known to have none. */
const withContent = ({ choices, ...rest }: Completion): Completion => ({
  ...rest,
  choices: choices.map(({ message, ...choice }) => ({
    ...choice,
    message: { ...message, content: message.content ?? '' },
  })),
})

const cases = fc.record({
  message: randomMessages(toolNames),
  plan: plans,
  deltaSize: fc.integer({ min: 1, max: 12 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
})

/** A client whose requests all get this body, in pieces of any size. */
const clientOf = (text: string, size: number): OpenAI => {
  const bytes = new TextEncoder().encode(text)
  const body = (): ReadableStream<Uint8Array> => {
    let at = 0
    return new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) controller.close()
        else controller.enqueue(bytes.slice(at, at + size))
        at += size
      },
    })
  }
  const headers = { 'content-type': 'text/event-stream; charset=utf-8' }
  return new OpenAI({
    apiKey: 'any',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => new Response(body(), { headers }),
  })
}

const text = (value: string): ResponseBlock => ({ type: 'text', text: value, citations: null })
const thinking = (value: string, signature = 'sig'): ResponseBlock => ({ type: 'thinking', thinking: value, signature })
const call = (id: string, name: string, input: JsonObject): ResponseBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
  caller,
})

interface Chunk {
  readonly choices: readonly { readonly delta: unknown; readonly finish_reason: unknown }[]
  readonly usage?: unknown
}

/** `deltaSize`: characters in one canonical delta. */
const chunksOf = (message: Message, plan = chatPlan(), deltaSize = 100): Chunk[] => {
  const events = dataOf(streamed([streamOf(message, deltaSize)], plan))
  expect(events.pop()).toBe('[DONE]')
  return events.map((event) => JSON.parse(event) as Chunk)
}

const deltasOf = (message: Message, plan = chatPlan(), deltaSize = 100): unknown[] =>
  chunksOf(message, plan, deltaSize).flatMap(({ choices }) => choices.map(({ delta }) => delta))

const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] }

describe('a stream of Chat Completions', () => {
  test('collected by a client equals the whole answer, whatever the events and their batches (OE-P3, OE-C84)', () => {
    fc.assert(
      fc.property(cases, ({ message, plan, deltaSize, batchSize }) => {
        const text = streamed(batchesOf(streamOf(message, deltaSize), batchSize), plan)
        expect(collected(text)).toEqual(withContent(messageToCompletion(message, plan, identity)))
      }),
      { numRuns: 300 },
    )
  })

  test("is read by OpenAI's own SDK without a fault, and gives the whole answer (OE-P2, OE-C93)", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 400 }), async ({ message, plan, deltaSize }, size) => {
        const text = streamed(batchesOf(streamOf(message, deltaSize), 3), plan)
        const final = await clientOf(text, size).chat.completions.stream(ask).finalChatCompletion()
        const whole = withContent(messageToCompletion(message, plan, identity))
        const [choice] = whole.choices
        expect(final.choices[0]).toMatchObject({
          finish_reason: choice?.finish_reason,
          message: {
            content: choice?.message.content,
            refusal: choice?.message.refusal,
            ...(choice?.message.tool_calls && { tool_calls: choice.message.tool_calls }),
            ...(choice?.message.function_call && { function_call: choice.message.function_call }),
          },
        })
        expect(final.usage).toEqual(whole.usage)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the chunks', () => {
  const head = {
    ...identity,
    object: 'chat.completion.chunk',
    model: 'claude-sonnet-4.6',
    service_tier: 'default',
  }
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  })

  test('have the same head, and end with the reason, the usage and [DONE] (OE-C90, OE-C91, OE-C95, OE-C96)', () => {
    const whole = messageToCompletion(answered([text('Hello')]), chatPlan(), identity)
    expect(chunksOf(answered([text('Hello')]), chatPlan(), 3)).toEqual([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      { ...head, choices: [], usage: whole.usage },
    ])
  })

  test('have no member for the usage unless the client asks for it (OE-C90, OE-C96)', () => {
    const chunks = chunksOf(answered([text('Hello')]), chatPlan({ includesUsage: false }))
    expect(chunks.filter((part) => 'usage' in part || part.choices.length === 0)).toEqual([])
  })

  test('are data lines alone (OE-C90)', () => {
    const all = streamed([streamOf(answered([text('a\n\nb\r\u2028')]), 1)], chatPlan())
    expect(all.split('\n').filter((line) => line !== '' && !line.startsWith('data: {"id"'))).toEqual(['data: [DONE]'])
  })

  test('begin with the first event and not before (OE-C91)', () => {
    const writer = createChatWriter(chatPlan(), identity, 'req_1')
    expect(writer.opening()).toBe(': ping\n')
    expect(writer.batch([{ type: 'ping' }])).toBe('')
    const [start] = streamOf(answered([]), 1)
    expect(start && writer.batch([start])).toContain('"delta":{"role":"assistant","content":""}')
  })

  test('show thinking twice, and its signature with an empty text (OE-C62, OE-C92)', () => {
    const details = { format: 'anthropic-claude-v1', index: 0 } as const
    const content = [
      thinking('hm, ok', 'c2ln'),
      { type: 'redacted_thinking', data: 'ZGF0YQ==' } as const,
      thinking('b'),
    ]
    expect(deltasOf(answered(content), chatPlan(), 4).slice(1, -1)).toEqual([
      { reasoning_content: 'hm, ', reasoning_details: [{ type: 'reasoning.text', text: 'hm, ', ...details }] },
      { reasoning_content: 'ok', reasoning_details: [{ type: 'reasoning.text', text: 'ok', ...details }] },
      { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'c2ln', ...details }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'ZGF0YQ==', ...details, index: 1 }] },
      { reasoning_content: 'b', reasoning_details: [{ type: 'reasoning.text', text: 'b', ...details, index: 2 }] },
      { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'sig', ...details, index: 2 }] },
    ])
  })

  test.each([
    ['content', [{ reasoning_content: 'hm' }]],
    [
      'details',
      [
        { reasoning_details: [{ type: 'reasoning.text', text: 'hm', format: 'anthropic-claude-v1', index: 0 }] },
        {
          reasoning_details: [
            { type: 'reasoning.text', text: '', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
          ],
        },
      ],
    ],
    ['none', []],
  ] as const)('show thinking as the setting says: %s (OE-C62, OE-C61)', (reasoning, deltas) => {
    expect(deltasOf(answered([thinking('hm')]), chatPlan({ reasoning })).slice(1, -1)).toEqual([...deltas])
  })

  test('keep tags of thinking in a text as text (OE-C66)', () => {
    const tagged = '<think>no</think>yes'
    expect(deltasOf(answered([text(tagged)]))[1]).toEqual({ content: tagged })
    expect(messageToCompletion(answered([text(tagged)]), chatPlan(), identity).choices[0]?.message.content).toBe(tagged)
  })

  test('name a call once, count calls from 0, and pass arguments on at once (OE-C93)', () => {
    const content = [text('Looking.'), call('toolu_1', 'look', { at: 'x' }), call('toolu_2', 'renamed', {})]
    const name = 'a name that Claude does not accept'
    expect(deltasOf(answered(content, { stop_reason: 'tool_use' }), chatPlan(), 6).slice(-7)).toEqual([
      { content: 'g.' },
      { tool_calls: [{ index: 0, id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"at":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] },
      { tool_calls: [{ index: 1, id: 'toolu_2', type: 'function', function: { name, arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
    ])
  })

  test('write the text of a custom tool as it arrives (OE-C94)', () => {
    const content = [call('toolu_1', 'apply_patch', { input: '*** "Begin"\n' })]
    expect(deltasOf(answered(content, { stop_reason: 'tool_use' }), chatPlan(), 14).slice(1, -1)).toEqual([
      { tool_calls: [{ index: 0, id: 'toolu_1', type: 'custom', custom: { name: 'apply_patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: '*** ' } }] },
      { tool_calls: [{ index: 0, custom: { input: '"Begin"\n' } }] },
    ])
  })

  test('have one call of a function in the form before tools (OE-C82)', () => {
    const content = [call('toolu_1', 'look', { at: 1 }), call('toolu_2', 'look', { at: 2 })]
    const chunks = chunksOf(answered(content, { stop_reason: 'tool_use' }), chatPlan({ usesFunctions: true }))
    expect(chunks.slice(1, -1).map(({ choices }) => choices[0])).toMatchObject([
      { delta: { function_call: { name: 'look', arguments: '' } }, finish_reason: null },
      { delta: { function_call: { arguments: '{"at":1}' } }, finish_reason: null },
      { delta: {}, finish_reason: 'function_call' },
    ])
  })

  test('have all citations in one delta, behind the text (OE-C85)', () => {
    const citation = {
      type: 'web_search_result_location',
      cited_text: 'words',
      url: 'https://page.example/',
      title: 'Page',
      encrypted_index: 'x',
    } as const
    const content: ResponseBlock[] = [text('One. '), { type: 'text', text: 'Two.', citations: [citation] }]
    expect(deltasOf(answered(content)).slice(-2)).toEqual([
      {
        annotations: [
          {
            type: 'url_citation',
            url_citation: { start_index: 5, end_index: 9, title: 'Page', url: 'https://page.example/' },
          },
        ],
      },
      {},
    ])
  })

  test('refuse with a delta of their own and the reason content_filter (OE-C99)', () => {
    const chunks = chunksOf(answered([], { stop_reason: 'refusal' }))
    expect(chunks.slice(1, -1).map(({ choices }) => choices[0])).toMatchObject([
      { delta: { refusal: expect.stringMatching(/^The model refused/) }, finish_reason: null },
      { delta: {}, finish_reason: 'content_filter' },
    ])
  })

  test('have no call for a tool that the upstream runs (OE-C86)', () => {
    const server: ResponseBlock = {
      type: 'server_tool_use',
      id: 's',
      name: 'web_search',
      input: { query: 'x' },
      caller,
    }
    const chunks = chunksOf(answered([server, text('Found.')], { stop_reason: 'tool_use' }))
    expect(chunks.slice(1, -1).map(({ choices }) => choices[0])).toMatchObject([
      { delta: { content: 'Found.' }, finish_reason: null },
      { delta: {}, finish_reason: 'stop' },
    ])
  })

  test('have no fence around a JSON object (OE-C56)', () => {
    const fenced = answered([text('```json\n{"a": 1}\n```\n')])
    const plan = chatPlan({ isJsonObject: true })
    expect(collected(streamed([streamOf(fenced, 2)], plan)).choices[0]?.message.content).toBe('{"a": 1}')
    expect(messageToCompletion(fenced, plan, identity).choices[0]?.message.content).toBe('{"a": 1}')
  })
})

describe('a failure in the middle of a stream', () => {
  const failed = (): string => {
    const writer = createChatWriter(chatPlan(), identity, 'req_1')
    const events = streamOf(answered([text('Hello')]), 2).slice(0, 4)
    return writer.batch(events) + writer.error(new GatewayError('overloaded_error', 'Overloaded'))
  }

  test('is one event without choices, and the end; no chunk has a reason (OE-C97)', () => {
    const [failure, done] = dataOf(failed()).slice(-2)
    expect(Object.keys(JSON.parse(failure ?? ''))).toEqual(['error'])
    expect(Object.keys(JSON.parse(failure ?? '').error).sort()).toEqual(['code', 'message', 'param', 'type'])
    expect(done).toBe('[DONE]')
    expect(failed()).not.toMatch(/"finish_reason":"/)
  })

  test("makes OpenAI's SDK throw (OE-C97, OE-P2)", async () => {
    const stream = clientOf(failed(), 50).chat.completions.stream(ask)
    await expect(stream.finalChatCompletion()).rejects.toThrow(/Overloaded/)
  })
})

test('a stream with pings between its events reads the same (OE-T5, OE-C98)', async () => {
  const writer = createChatWriter(chatPlan(), identity, 'req_1')
  const batches = batchesOf(streamOf(answered([text('Hello there')]), 2), 1)
  const all = writer.opening() + batches.map((events) => writer.batch(events) + writer.ping()).join('')
  expect(writer.ping()).toBe(': ping\n')
  const final = await clientOf(all, 7).chat.completions.stream(ask).finalChatCompletion()
  expect(final.choices[0]?.message.content).toBe('Hello there')
})
