import fc from 'fast-check'
import { refusalDetails } from '../../src/messages/refusal.ts'
import { noUsage, toFinalUsage } from '../../src/messages/usage.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
import type { BlockDelta, EventBatch, MessageStreamEvent } from '../../src/wire/anthropic/events.ts'
import type { Message, ResponseBlock, TextCitation } from '../../src/wire/anthropic/response.ts'
import { anyCharacter } from './any-character.ts'

/** Random canonical answers, whole and as streams. */

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  fc.string({ unit: anyCharacter, maxLength: 8 }),
)

const citation: fc.Arbitrary<TextCitation> = fc.oneof(
  text.map((title) => ({
    type: 'web_search_result_location' as const,
    cited_text: 'words',
    url: 'https://page.example/',
    title,
    encrypted_index: 'x',
  })),
  fc.constantFrom('https://found.example/', 'a document').map((source) => ({
    type: 'search_result_location' as const,
    cited_text: 'words',
    search_result_index: 0,
    source,
    title: null,
    start_block_index: 0,
    end_block_index: 1,
  })),
)

const input = fc.oneof(
  fc.record({ input: text }),
  fc.record({ path: fc.string(), lines: fc.array(text, { maxLength: 3 }) }),
  fc.record({ commands: fc.array(text, { maxLength: 2 }), timeout_ms: fc.nat() }),
  fc.constant({}),
  fc.object({ maxDepth: 2, values: [text, fc.integer(), fc.boolean(), fc.constant(null)] }),
)

const caller = { type: 'direct' } as const

/** `toolNames` are the canonical names of the request's tools. */
const blockOf = (toolNames: readonly string[]): fc.Arbitrary<ResponseBlock> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('text' as const), text, citations: fc.constant(null) }) },
    fc.record({
      type: fc.constant('text' as const),
      text,
      citations: fc.array(citation, { minLength: 1, maxLength: 2 }),
    }),
    text.map((thinking) => ({ type: 'thinking' as const, thinking, signature: sign(thinking) })),
    text.map((thought) => ({ type: 'redacted_thinking' as const, data: redact(thought) })),
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('tool_use' as const),
        id: fc.uuid().map((id) => `toolu_${id}`),
        name: fc.constantFrom(...toolNames),
        input,
        caller: fc.constant(caller),
      }),
    },
    fc.constant({
      type: 'server_tool_use' as const,
      id: 'srvtoolu_1',
      name: 'web_search',
      input: { query: 'x' },
      caller,
    }),
  ) as fc.Arbitrary<ResponseBlock>

const search = fc.record({
  id: fc.uuid().map((id) => `srvtoolu_${id}`),
  query: text,
  found: fc.option(fc.array(fc.webUrl(), { maxLength: 2 }), { nil: undefined }),
})

/** All uses of one call, a call of the client among them, and then the results. */
const searchesOf = (toolNames: readonly string[]): fc.Arbitrary<readonly ResponseBlock[]> =>
  fc
    .record({
      searches: fc.array(search, { minLength: 1, maxLength: 2 }),
      between: fc.array(blockOf(toolNames), { maxLength: 1 }),
    })
    .map(({ searches, between }) => [
      ...searches.flatMap(({ id, query }, index): ResponseBlock[] => [
        { type: 'server_tool_use', id, name: 'web_search', input: { query }, caller },
        ...(index === 0 ? between : []),
      ]),
      ...searches.map(({ id, found }): ResponseBlock => {
        const content =
          found === undefined
            ? ({ type: 'web_search_tool_result_error', error_code: 'unavailable' } as const)
            : found.map(
                (url) =>
                  ({
                    type: 'web_search_result',
                    url,
                    title: 'T',
                    page_age: null,
                    encrypted_content: 'nca1_x',
                  }) as const,
              )
        return { type: 'web_search_tool_result', tool_use_id: id, caller, content }
      }),
    ])

const endOf = (explanation: string | null) =>
  fc
    .constantFrom(
      'end_turn' as const,
      'max_tokens' as const,
      'stop_sequence' as const,
      'tool_use' as const,
      'pause_turn' as const,
      'refusal' as const,
      'model_context_window_exceeded' as const,
    )
    .map((stop_reason) => ({
      stop_reason,
      stop_details: stop_reason === 'refusal' ? refusalDetails(explanation ?? '') : null,
    }))

const count = fc.nat(5000)

export const randomMessages = (toolNames: readonly string[]): fc.Arbitrary<Message> =>
  fc
    .record({
      id: fc.constant('msg_1'),
      type: fc.constant('message' as const),
      role: fc.constant('assistant' as const),
      model: fc.constant('claude-sonnet-4-6'),
      content: fc
        .array(
          fc.oneof(
            { weight: 6, arbitrary: blockOf(toolNames).map((block) => [block]) },
            { weight: 1, arbitrary: searchesOf(toolNames) },
          ),
          { maxLength: 6 },
        )
        .map((groups) => groups.flat()),
      end: fc.option(text, { nil: null }).chain(endOf),
      usage: fc
        .record({
          input_tokens: count,
          output_tokens: count,
          cache_read_input_tokens: count,
          cache_creation_input_tokens: count,
        })
        .map((figures) => ({ ...noUsage, ...figures })),
    })
    .map(({ end, ...message }) => ({
      ...message,
      ...end,
      stop_sequence: null,
      container: null,
      context_management: null,
      diagnostics: null,
    }))

/** Cuts a text at any position, also within a surrogate pair; `[]` for an empty text. */
const pieces = (value: string, size: number): string[] => value.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []

const emptied = (block: ResponseBlock): ResponseBlock => {
  switch (block.type) {
    case 'text':
      return { ...block, text: '', citations: null }
    case 'thinking':
      return { ...block, thinking: '', signature: '' }
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return block
    default:
      return { ...block, input: {} }
  }
}

const deltasOf = (block: ResponseBlock, size: number): BlockDelta[] => {
  switch (block.type) {
    case 'text':
      return [
        ...(block.citations ?? []).map((cited) => ({ type: 'citations_delta' as const, citation: cited })),
        ...pieces(block.text, size).map((piece) => ({ type: 'text_delta' as const, text: piece })),
      ]
    case 'thinking':
      return [
        ...pieces(block.thinking, size).map((thinking) => ({ type: 'thinking_delta' as const, thinking })),
        { type: 'signature_delta', signature: block.signature },
      ]
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return []
    default: {
      const json = Object.keys(block.input).length === 0 ? '' : JSON.stringify(block.input)
      return pieces(json, size).map((partial_json) => ({ type: 'input_json_delta' as const, partial_json }))
    }
  }
}

/** A stream of the message, whose deltas have at most `size` characters. */
export const streamOf = (message: Message, size: number): MessageStreamEvent[] => [
  { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_details: null } },
  { type: 'ping' },
  ...message.content.flatMap((block, index): MessageStreamEvent[] => [
    { type: 'content_block_start', index, content_block: emptied(block) },
    ...deltasOf(block, size).map((delta) => ({ type: 'content_block_delta' as const, index, delta })),
    { type: 'content_block_stop', index },
  ]),
  {
    type: 'message_delta',
    delta: {
      stop_reason: message.stop_reason ?? 'end_turn',
      stop_sequence: null,
      stop_details: message.stop_details,
      container: null,
    },
    usage: toFinalUsage(message.usage),
    context_management: null,
  },
  { type: 'message_stop' },
]

/** The events in batches of at most `size`. */
export const batchesOf = (events: readonly MessageStreamEvent[], size: number): EventBatch[] => {
  const batches: EventBatch[] = []
  for (let at = 0; at < events.length; at += size) batches.push(events.slice(at, at + size))
  return batches
}
