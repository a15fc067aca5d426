import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { judge } from '../../src/simulator/judge.ts'
import { simulatedModels } from '../../src/simulator/models.ts'
import { sign } from '../../src/simulator/signature.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { toMessageEvents } from '../../src/translate/converse-to-anthropic/events.ts'
import { toMessage } from '../../src/translate/converse-to-anthropic/response.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { ConverseStreamEvent } from '../../src/wire/converse/events.ts'
import type { OutputBlock } from '../../src/wire/converse/response.ts'
import { findFault } from '../../src/wire/fault.ts'
import { countingIds, replyContext } from '../support/reply.ts'
import { grammarFault, type SseEvent } from '../support/sse.ts'
import { png } from '../support/translate.ts'

// Random, and the same every time.
fc.configureGlobal({ seed: 20261121 })

/** Random lawful conversations, with everything in them that real clients were seen to send. */

let serial = 0
/** A word that is found again on the other side. */
const word = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => {
  serial += 1
  return `w${serial}·${text}`
})
const text = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n\t ') })
const marker = fc.option(fc.record({ type: fc.constant('ephemeral'), ttl: fc.constantFrom('5m', '1h', undefined) }), {
  nil: undefined,
  freq: 4,
})
const withMarker = (block: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(block, marker)
    .map(([made, cache_control]) => (cache_control === undefined ? made : { ...made, cache_control }))

const textBlock = withMarker(text.map((value) => ({ type: 'text', text: value })))
const image = withMarker(fc.constant({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }))
const document = withMarker(
  fc.record({
    type: fc.constant('document'),
    title: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
    source: word.map((data) => ({ type: 'text', media_type: 'text/plain', data })),
  }),
)
const userBlock = fc.oneof({ weight: 5, arbitrary: textBlock }, image, document)
const resultContent = fc.oneof(
  text,
  fc.constant(undefined),
  fc.array(
    fc.oneof(
      textBlock,
      image,
      document,
      fc.constantFrom('Bash', 'Read').map((tool_name) => ({ type: 'tool_reference', tool_name })),
    ),
    { maxLength: 3 },
  ),
)

const toolName = fc.oneof(fc.constantFrom('Bash', 'Read'), fc.string({ minLength: 1, maxLength: 100 }))
const thinkingBlock = fc.oneof(
  fc.string({ maxLength: 20 }).map((thinking) => ({ type: 'thinking', thinking, signature: sign(thinking) })),
  fc.string({ maxLength: 20 }).map((thinking) => ({ type: 'thinking', thinking, signature: '' })),
)
const input = fc.oneof(fc.object({ maxDepth: 2 }), fc.constantFrom(undefined, null, '', '{"a":1}', 'bare', [1]))

interface Exchange {
  readonly user: object[]
  readonly thinking: object[]
  readonly said: object[]
  readonly uses: {
    name: string
    input: unknown
    content: unknown
    is_error: boolean
    cache_control: object | undefined
  }[]
  readonly splitAt: number
  readonly system: string | undefined
  readonly late: object[]
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  user: fc.array(userBlock, { maxLength: 3 }),
  thinking: fc.array(thinkingBlock, { maxLength: 2 }),
  said: fc.array(textBlock, { maxLength: 2 }),
  uses: fc.array(
    fc.record({ name: toolName, input, content: resultContent, is_error: fc.boolean(), cache_control: marker }),
    { maxLength: 3 },
  ),
  splitAt: fc.nat(3),
  system: fc.option(text, { nil: undefined, freq: 3 }),
  late: fc.array(textBlock, { maxLength: 2 }),
})

/** One exchange as messages: results split over two messages, in reversed order, with words among them. */
const toMessages = ({ user, thinking, said, uses, splitAt, system, late }: Exchange, round: number): object[] => {
  const id = (index: number): string => `toolu|${round}.${index}`
  const results = uses
    .map(({ content, is_error, cache_control }, index) => ({
      type: 'tool_result',
      tool_use_id: id(index),
      content,
      is_error,
      cache_control,
    }))
    .reverse()
  return [
    { role: 'user', content: user },
    { role: 'assistant', content: [...thinking, ...said] },
    {
      role: 'assistant',
      content: uses.map(({ name, input: given }, index) => ({ type: 'tool_use', id: id(index), name, input: given })),
    },
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: [...late, ...results.slice(0, splitAt)] },
    { role: 'user', content: results.slice(splitAt) },
  ]
}

const conversation = fc
  .array(exchange, { minLength: 1, maxLength: 4 })
  .map((exchanges) => exchanges.flatMap(toMessages))
const lawful = (messages: object[], more: object = {}): MessagesRequest => {
  const request = JSON.parse(JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 4000, messages, ...more }))
  expect(findFault(MessagesRequest, request)).toBeUndefined()
  return request
}
const translate = (request: MessagesRequest) => toConverseRequest(request, { modelId: 'claude-sonnet-4.6', betas: [] })

/** Beyond Bedrock's limit the oldest pictures and documents give way, words and all. */
const maximumMedia = 20
const mediaIn = (value: unknown): number => JSON.stringify(value).match(/"type":"(?:image|document)"/g)?.length ?? 0

/** Every word of the conversation, wherever it stands. */
const wordsIn = (value: unknown): string[] => JSON.stringify(value)?.match(/w\d+·/g) ?? []

describe('random conversations', () => {
  test('T3 T4 come out as requests that Bedrock accepts, with every word in them', () => {
    const model = simulatedModels[0]
    if (model === undefined) throw new Error('no simulated model')
    fc.assert(
      fc.property(conversation, fc.array(textBlock, { maxLength: 3 }), (messages, system) => {
        fc.pre(mediaIn(messages) <= maximumMedia)
        const { body } = translate(lawful(messages, { system }))
        expect(judgeHours(judge(body, model))).toBeUndefined()
        expect(new Set(wordsIn(body))).toEqual(new Set(wordsIn({ messages, system })))
      }),
      { numRuns: 300 },
    )
  })

  test('K12 grow at their end only, apart from the cache points', () => {
    fc.assert(
      fc.property(conversation, exchange, (messages, next) => {
        fc.pre(mediaIn([messages, next]) <= maximumMedia)
        const bytes = (list: object[]): string =>
          JSON.stringify(withoutPoints(translate(lawful(list)).body.messages)).slice(0, -1)
        const answered = [...messages, { role: 'assistant', content: 'An answer.' }, ...toMessages(next, 99)]
        expect(bytes(answered).startsWith(bytes(messages))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

/** The order of cache lifetimes is the client's own affair: the refusal is handed on (K8). */
const judgeHours = (refusal: string | undefined): string | undefined =>
  refusal?.includes("ttl='1h'") === true ? undefined : refusal

const withoutPoints = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.filter((item) => !(typeof item === 'object' && item !== null && 'cachePoint' in item)).map(withoutPoints)
    : dive(value)
const dive = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPoints(inner)]))
    : value

const spoken = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })
const outputBlock: fc.Arbitrary<OutputBlock> = fc.oneof(
  spoken.map((value) => ({ text: value })),
  fc
    .tuple(fc.string(), spoken)
    .map(([thought, signature]) => ({ reasoningContent: { reasoningText: { text: thought, signature } } })),
  fc.base64String({ minLength: 4 }).map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  fc
    .tuple(fc.uuid(), fc.object({ maxDepth: 2 }))
    .map(([toolUseId, value]) => ({ toolUse: { toolUseId, name: 'Bash', input: JSON.parse(JSON.stringify(value)) } })),
)

/** Cuts a text in pieces, at any place. */
const pieces = (value: string, size: number): string[] => value.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []

const blockEvents = (block: OutputBlock, contentBlockIndex: number, size: number): ConverseStreamEvent[] => {
  const delta = (value: object): ConverseStreamEvent => ({ type: 'contentBlockDelta', contentBlockIndex, delta: value })
  const { reasoningText, redactedContent } = block.reasoningContent ?? {}
  return [
    ...(block.toolUse === undefined
      ? []
      : [{ type: 'contentBlockStart' as const, contentBlockIndex, start: { toolUse: block.toolUse } }]),
    ...pieces(block.text ?? '', size).map((value) => delta({ text: value })),
    ...pieces(reasoningText?.text ?? '', size).map((value) => delta({ reasoningContent: { text: value } })),
    ...pieces(reasoningText?.signature ?? '', size).map((signature) => delta({ reasoningContent: { signature } })),
    ...(redactedContent === undefined ? [] : [delta({ reasoningContent: { redactedContent } })]),
    ...(block.toolUse === undefined
      ? []
      : pieces(JSON.stringify(block.toolUse.input), size).map((value) => delta({ toolUse: { input: value } }))),
    { type: 'contentBlockStop', contentBlockIndex },
  ]
}

/** What a client puts together from a stream. */
const accumulate = (events: readonly SseEvent[]): unknown[] => {
  const blocks: Record<string, unknown>[] = []
  const inputs = new Map<number, string>()
  for (const event of events) {
    const index = Number(event['index'])
    if (event.type === 'content_block_start') blocks.push({ ...(event['content_block'] as object) })
    if (event.type !== 'content_block_delta') continue
    const delta = event['delta'] as Record<string, string>
    const block = blocks[index] as Record<string, unknown>
    if (delta['type'] === 'text_delta') block['text'] = `${block['text']}${delta['text']}`
    if (delta['type'] === 'thinking_delta') block['thinking'] = `${block['thinking']}${delta['thinking']}`
    if (delta['type'] === 'signature_delta') block['signature'] = delta['signature']
    if (delta['type'] === 'input_json_delta') inputs.set(index, (inputs.get(index) ?? '') + delta['partial_json'])
  }
  return blocks.map((block, index) =>
    inputs.has(index) ? { ...block, input: JSON.parse(inputs.get(index) ?? '') } : block,
  )
}

describe('random answers', () => {
  test('3.2 indices, 2 text, 2 reasoning, 2 redacted, 2 tool use: come back whole and equal, streamed or not, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outputBlock, { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (content, size, metadataFirst) => {
          const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
          const whole = toMessage(
            { output: { message: { content } }, stopReason: 'end_turn', usage },
            replyContext(),
            countingIds(),
          )
          const end: ConverseStreamEvent[] = [
            { type: 'messageStop', stopReason: 'end_turn' },
            { type: 'metadata', usage },
          ]
          const events: ConverseStreamEvent[] = [
            { type: 'messageStart' },
            ...content.flatMap((block, index) => blockEvents(block, index * 2, size)),
            ...(metadataFirst ? end.toReversed() : end),
          ]
          const streamed: SseEvent[] = []
          async function* batches() {
            for (let start = 0; start < events.length; start += size) yield events.slice(start, start + size)
          }
          for await (const batch of toMessageEvents(batches(), replyContext(), countingIds()))
            streamed.push(...(batch as unknown as SseEvent[]))
          expect(grammarFault(streamed)).toBeUndefined()
          expect(accumulate(streamed)).toEqual(whole.content as unknown[])
          expect(streamed.find(({ type }) => type === 'message_delta')?.['delta']).toEqual({
            stop_reason: whole.stop_reason,
            stop_sequence: null,
          })
        },
      ),
      { numRuns: 300 },
    )
  })
})
