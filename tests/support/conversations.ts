import fc from 'fast-check'
import { redact, sign } from '../../src/simulator/signature.ts'
import { anyCharacter } from './any-character.ts'
import { png } from './translate.ts'

/** Random valid conversations, with everything that real clients send, and more. */

let serial = 0
/** A word that a test can find in the output, among any characters, also halves of surrogate pairs. */
const word = fc
  .oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    fc.string({ unit: anyCharacter, maxLength: 6 }),
  )
  .map((text) => {
    serial += 1
    return `w${serial}·${text}`
  })
const text = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n\t ') })

/** Five minutes everywhere, or an hour everywhere: the client decides on their order (K8). */
const markerOf = (ttl: '5m' | '1h' | undefined): fc.Arbitrary<object | undefined> =>
  fc.option(fc.constant({ type: 'ephemeral', ...(ttl && { ttl }) }), { nil: undefined, freq: 3 })

const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQKJSVFT0YK' }
const toolName = fc.oneof(
  fc.constantFrom('Bash', 'Read', 'Late'),
  fc.string({ minLength: 1, maxLength: 100 }),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 5 }),
)
const input = fc.oneof(fc.object({ maxDepth: 2 }), fc.constantFrom(undefined, null, '', '{"a":1}', 'bare', [1], 7))

/** The blocks of one conversation, whose markers all have one lifetime. */
const blocksWith = (marker: fc.Arbitrary<object | undefined>) => {
  const marked = (block: fc.Arbitrary<object>): fc.Arbitrary<object> =>
    fc
      .tuple(block, marker)
      .map(([made, cache_control]) => (cache_control === undefined ? made : { ...made, cache_control }))
  const textBlock = marked(text.map((value) => ({ type: 'text', text: value })))
  const image = marked(
    fc.constantFrom('image/png', 'image/jpeg').map((media_type) => ({
      type: 'image',
      source: { type: 'base64', media_type, data: png },
    })),
  )
  const source = fc.oneof(
    { weight: 3, arbitrary: word.map((data) => ({ type: 'text', media_type: 'text/plain', data })) },
    fc.constant(pdf),
    word.map((content) => ({ type: 'content', content })),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => ({
      type: 'content',
      content: texts.map((value) => ({ type: 'text', text: value })),
    })),
  )
  const document = marked(
    fc.record(
      { type: fc.constant('document'), title: fc.string({ maxLength: 20 }), context: text, source },
      { requiredKeys: ['type', 'source'] },
    ),
  )
  const searchResult = marked(
    fc.record({
      type: fc.constant('search_result'),
      source: fc.constant('https://s.example'),
      title: fc.string({ minLength: 1, maxLength: 10 }),
      content: fc.array(textBlock, { minLength: 1, maxLength: 2 }),
    }),
  )
  const serverTool = fc.oneof(
    word.map((query) => ({ type: 'server_tool_use', id: 's', name: 'web_search', input: { query } })),
    word.map((title) => ({
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', title, url: 'https://u.example', encrypted_content: 'c2VhbA==' }],
    })),
  )
  const thinking = fc.oneof(
    fc.string({ maxLength: 20 }).map((thought) => ({ type: 'thinking', thinking: thought, signature: sign(thought) })),
    fc.string({ maxLength: 20 }).map((thought) => ({ type: 'thinking', thinking: thought, signature: '' })),
    fc.string({ maxLength: 20 }).map((thought) => ({ type: 'redacted_thinking', data: redact(thought) })),
  )
  const resultPart = fc.oneof(
    textBlock,
    image,
    document,
    searchResult,
    fc.constantFrom('Bash', 'Late').map((tool_name) => ({ type: 'tool_reference', tool_name })),
  )
  return {
    system: fc.oneof(text, fc.array(textBlock, { maxLength: 2 })),
    user: fc.oneof({ weight: 5, arbitrary: textBlock }, image, document, searchResult),
    said: fc.oneof({ weight: 4, arbitrary: textBlock }, marked(serverTool)),
    late: textBlock,
    thinking,
    use: fc.record({
      name: toolName,
      input,
      content: fc.oneof(text, fc.constant(undefined), fc.array(resultPart, { maxLength: 3 })),
      is_error: fc.boolean(),
      cache_control: marker,
      useMarker: marker,
    }),
  }
}

type Blocks = ReturnType<typeof blocksWith>
type Made<T> = T extends fc.Arbitrary<infer Value> ? Value : never

interface Exchange {
  readonly before: Made<Blocks['system']>[]
  readonly user: object[]
  readonly thinking: object[]
  readonly said: object[]
  readonly uses: Made<Blocks['use']>[]
  /** Number of results in the first of their two messages. */
  readonly splitAt: number
  readonly between: Made<Blocks['system']>[]
  readonly late: object[]
}

const exchangeOf = (blocks: Blocks): fc.Arbitrary<Exchange> =>
  fc.record({
    before: fc.array(blocks.system, { maxLength: 2 }),
    user: fc.array(blocks.user, { maxLength: 3 }),
    thinking: fc.array(blocks.thinking, { maxLength: 2 }),
    said: fc.array(blocks.said, { maxLength: 2 }),
    uses: fc.array(blocks.use, { maxLength: 3 }),
    splitAt: fc.nat(3),
    between: fc.array(blocks.system, { maxLength: 1 }),
    late: fc.array(blocks.late, { maxLength: 2 }),
  })

const systemMessages = (contents: readonly unknown[]): object[] =>
  contents.map((content) => ({ role: 'system', content }))

/** One exchange as messages: results split over two, in reversed order, with words and system messages among them. */
const toMessages = (
  { before, user, thinking, said, uses, splitAt, between, late }: Exchange,
  round: number,
): object[] => {
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
    ...systemMessages(before),
    { role: 'user', content: user },
    { role: 'assistant', content: [...thinking, ...said] },
    {
      role: 'assistant',
      content: uses.map(({ name, input: given, useMarker }, index) => ({
        type: 'tool_use',
        id: id(index),
        name,
        input: given,
        cache_control: useMarker,
      })),
    },
    ...systemMessages(between),
    { role: 'user', content: [...late, ...results.slice(0, splitAt)] },
    { role: 'user', content: results.slice(splitAt) },
  ]
}

export interface RandomConversation {
  readonly system: unknown
  readonly messages: object[]
  /** The messages after it. */
  readonly next: object[]
  readonly more: object
}

const toolOf = (marker: fc.Arbitrary<object | undefined>): fc.Arbitrary<{ name: string }> =>
  fc.record({
    name: toolName,
    description: text,
    input_schema: fc.constant({ $schema: 'x', type: 'object', properties: { a: { oneOf: [{ type: 'string' }] } } }),
    defer_loading: fc.boolean(),
    cache_control: marker,
  })

const distinct = (tools: { name: string }[]): object[] => [...new Map(tools.map((tool) => [tool.name, tool])).values()]

const conversationOf = (ttl: '5m' | '1h' | undefined): fc.Arbitrary<RandomConversation> => {
  const marker = markerOf(ttl)
  const blocks = blocksWith(marker)
  const exchange = exchangeOf(blocks)
  return fc.record({
    system: fc.option(blocks.system, { nil: undefined }),
    messages: fc.array(exchange, { minLength: 1, maxLength: 4 }).map((all) => all.flatMap(toMessages)),
    next: exchange.map((last) => [{ role: 'assistant', content: 'An answer.' }, ...toMessages(last, 99)]),
    more: fc.record({ cache_control: marker, tools: fc.array(toolOf(marker), { maxLength: 3 }).map(distinct) }),
  })
}

/** Ends with the user; `next` continues it. */
export const conversations: fc.Arbitrary<RandomConversation> = fc
  .constantFrom(conversationOf('5m'), conversationOf('1h'), conversationOf(undefined))
  .chain((conversation) => conversation)
