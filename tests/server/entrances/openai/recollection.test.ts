import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../../../src/base/json.ts'
import { startAnthropicSimulator } from '../../../../src/simulator/anthropic/server.ts'
import type { Reply } from '../../../../src/simulator/reply.ts'
import { redact, sign } from '../../../../src/simulator/signature.ts'
import type { CompletionMessage, ReasoningDetail } from '../../../../src/wire/openai-chat/completion.ts'
import { startNativeAt } from '../../../support/anthropic.ts'
import { anyCharacter } from '../../../support/any-character.ts'
import { type Chain, type ChainOptions, defaultConfig, startChain } from '../../../support/chain.ts'
import { collected } from '../../../support/chat-answer.ts'
import { afterTest } from '../../../support/cleanup.ts'

/** Thinking through several turns of tool use, over each way that a client may send it back. */

interface Thought {
  readonly thinking: string
  readonly isRedacted: boolean
}

const thoughts = fc
  .record({
    thinking: fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 30 }),
      fc.constant('a "\\u2028"\n\u2028'),
    ),
    isRedacted: fc.boolean(),
  })
  // The simulated model does not think blanks alone.
  .filter(({ thinking }) => thinking.trim() !== '')

const blockOf = ({ thinking, isRedacted }: Thought) => (isRedacted ? { redacted: thinking } : { thinking })

/** What the model gets back, in the form of Converse. */
const converseBlock = ({ thinking, isRedacted }: Thought): object =>
  isRedacted ? { redactedContent: redact(thinking) } : { reasoningText: { text: thinking, signature: sign(thinking) } }

const callIds = (turn: number): string[] => [`toolu_${turn}_a`, `toolu_${turn}_b`]

const replyOf = (turn: readonly Thought[], number: number): Reply => ({
  content: [...turn.map(blockOf), ...callIds(number).map((id) => ({ tool: 'look', input: { at: id }, id }))],
  stopReason: 'tool_use',
  pace: { deltaCharacters: 5 },
})

const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }]

/** Sends a conversation, and returns the message of the answer as the client keeps it. */
const ask = async ({ post }: Chain, messages: readonly object[], rest: object = {}, key = 'any'): Promise<Json> => {
  const body = { model: 'claude-sonnet-4.6', max_tokens: 4000, messages, tools, ...rest }
  const response = await post(body, { path: '/v1/chat/completions', headers: { authorization: `Bearer ${key}` } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text}`)
  const { choices } = 'stream' in rest ? collected(text) : (JSON.parse(text) as ReturnType<typeof collected>)
  return choices[0]?.message as object as Json
}

const detailsOf = (message: Json): readonly ReasoningDetail[] =>
  (message as object as CompletionMessage).reasoning_details ?? []

const without = (message: Json, ...members: string[]): Json =>
  Object.fromEntries(Object.entries(message).filter(([name]) => !members.includes(name)))

/** How a client sends a message back. */
const carriers: Record<string, (message: Json) => Json> = {
  reasoning_details: (message) => without(message, 'reasoning_content'),
  thinking_blocks: (message) => ({
    ...without(message, 'reasoning_details', 'reasoning_content'),
    thinking_blocks: detailsOf(message).map((detail) =>
      detail.type === 'reasoning.encrypted'
        ? { type: 'redacted_thinking', data: detail.data }
        : { type: 'thinking', thinking: detail.text, signature: detail.signature },
    ),
  }),
  'no member at all': (message) => without(message, 'reasoning_details', 'reasoning_content'),
}

/** What the model got back, by message of the assistant. */
const sentThinking = ({ simulator }: Chain): object[][] => {
  const body = simulator.journal.at(-1)?.body as { messages: { role: string; content: Json[] }[] } | undefined
  return (body?.messages ?? [])
    .filter(({ role }) => role === 'assistant')
    .map(({ content }) => content.flatMap(({ reasoningContent }) => (reasoningContent ? [reasoningContent] : [])))
}

const results = (turn: number): object[] =>
  callIds(turn).map((tool_call_id) => ({ role: 'tool', tool_call_id, content: `seen by ${tool_call_id}` }))

const question = { role: 'user', content: 'Look.' }
const lastReply: Reply = { content: [{ text: 'Done.' }] }

const start = (turns: readonly (readonly Thought[])[], options: ChainOptions = {}): Chain => {
  const replies = [...turns.map(replyOf), lastReply]
  return startChain({ scenario: () => replies.shift(), ...options })
}

describe.each(Object.keys(carriers))('thinking that a client sends back with %s', (name) => {
  test('reaches the model byte for byte through several turns of tool use (OE-C62, OE-C63, OE-C64, OE-P3)', async () => {
    const turns = fc.array(fc.array(thoughts, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(turns, fc.boolean(), async (all, isStreamed) => {
        const chain = start(all)
        const messages: object[] = [question]
        for (const turn of all.keys()) {
          const answer = await ask(chain, messages, isStreamed ? { stream: true } : {})
          messages.push(carriers[name]?.(answer) ?? {}, ...results(turn))
        }
        await ask(chain, messages)
        expect(sentThinking(chain)).toEqual(all.map((turn) => turn.map(converseBlock)))
        expect(chain.simulator.journal.map(({ refusal }) => refusal)).toEqual(
          chain.simulator.journal.map(() => undefined),
        )
      }),
      { numRuns: 15 },
    )
  })
})

describe('the thinking memory', () => {
  const turn: Thought[] = [{ thinking: 'I look.', isRedacted: false }]
  const first = async (chain: Chain, key?: string): Promise<object[]> => {
    const answer = await ask(chain, [question], {}, key)
    return [question, carriers['no member at all']?.(answer) ?? {}, ...results(0)]
  }

  test('gives nothing to another client, or to another model (OE-C64)', async () => {
    const chain = start([turn], { scenario: () => replyOf(turn, 0) })
    const messages = await first(chain, 'one')
    await ask(chain, messages, {}, 'two')
    expect(sentThinking(chain)).toEqual([[]])
    await ask(chain, messages, { model: 'claude-opus-4.6' }, 'one')
    expect(sentThinking(chain)).toEqual([[]])
    await ask(chain, messages, {}, 'one')
    expect(sentThinking(chain)).toEqual([[converseBlock({ thinking: 'I look.', isRedacted: false })]])
  })

  test('keeps nothing if it is switched off (OE-C64)', async () => {
    const { openaiEntrance } = defaultConfig
    const chain = start([turn], { config: { openaiEntrance: { ...openaiEntrance, thinkingMemory: false } } })
    await ask(chain, await first(chain))
    expect(sentThinking(chain)).toEqual([[]])
  })

  test('is not in the log (OE-C64)', async () => {
    const chain = start([turn])
    await ask(chain, await first(chain))
    expect(JSON.stringify(chain.records)).not.toContain('I look.')
  })
})

describe('thinking that the model refuses', () => {
  const forged = { type: 'reasoning.text', text: 'forged', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 }
  const history = [
    question,
    {
      role: 'assistant',
      content: null,
      reasoning_details: [forged],
      tool_calls: [{ id: 'toolu_0_a', type: 'function', function: { name: 'look', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'toolu_0_a', content: 'seen' },
  ]

  test.each([{}, { stream: true }])('is left out of one more request, which is answered: %o (OE-C53)', async (rest) => {
    const chain = startChain({ scenario: () => lastReply })
    const { content } = (await ask(chain, history, rest)) as { content: unknown }
    expect(content).toBe('Done.')
    expect(chain.simulator.journal.map(({ status }) => status)).toEqual([400, 200])
    expect(sentThinking(chain)).toEqual([[]])
    expect(chain.records.filter(({ event }) => /^request\.(?:answered|failed|refused)$/.test(event))).toMatchObject([
      { event: 'request.answered', fields: { status: 200 } },
    ])
  })

  test('is not replaced by new thinking of a model that requires the old one (OE-C53, OE-C65)', async () => {
    const chain = startChain({ scenario: () => lastReply })
    await ask(chain, history, { model: 'claude-haiku-4.5', reasoning_effort: 'high' })
    const bodies = chain.simulator.journal.map(({ body }) => body as { additionalModelRequestFields?: Json })
    expect(bodies.map((body) => body.additionalModelRequestFields?.['thinking'] !== undefined)).toEqual([true, false])
  })

  test("is left out in front of Anthropic's own API, too (OE-C53)", async () => {
    const statuses: number[] = []
    const simulator = startAnthropicSimulator({ onRequest: ({ status }) => statuses.push(status) })
    afterTest(() => simulator.stop())
    const chain = startNativeAt(simulator.url)
    expect((await ask(chain, history, { stream: true }))['content']).toContain('seen')
    expect(statuses).toEqual([400, 200])
  })

  test('is named in the header of notes (OE-C53, OE-T3)', async () => {
    const chain = startChain({ scenario: () => lastReply })
    const body = { model: 'claude-sonnet-4.6', max_tokens: 4000, messages: history, tools }
    const response = await chain.post(body, { path: '/v1/chat/completions' })
    expect(response.headers.get('x-nexus-notes')).toContain('messages')
  })
})
