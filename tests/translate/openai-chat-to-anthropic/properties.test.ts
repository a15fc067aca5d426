import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { collectMessage } from '../../../src/translate/openai-chat-to-anthropic/response.ts'
import type { Message } from '../../../src/wire/anthropic/response.ts'
import type { ChatOutput, ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  type ContextMembers,
  chatContext,
  chunk,
  readBytes,
  toStream,
  usage,
  whole,
} from '../../support/chat-response.ts'
import { grammarFault } from '../../support/sse.ts'

/** Laws: a stream has the same result as the whole response, however it is cut. */

fc.configureGlobal({ seed: 20261129 })

const any = fc.string({ unit: 'binary', maxLength: 60 })
const text = fc.oneof(
  { weight: 3, arbitrary: any },
  fc.constantFrom('', ' ', '\n\n', 'END', 'one EN', 'two END three', '`<think>`', '</think>'),
  any.map((thought) => `<think>${thought}</think>\nSo.`),
  any.map((words) => `${words}\n<tool_call>{"name":"Read","arguments":{"path":"a"}}</tool_call>`),
)
/** No input continues after its end: between pieces of another call, that would break a stream (OU-S9). */
const input = fc.oneof(
  { weight: 3, arbitrary: fc.object({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
  fc.constantFrom('', '{}', ' {"a":1}\n', '{"a":', '[1]', 'null', '"{\\"a\\":1}"', 'words'),
)
const call = fc.record({
  id: fc.oneof(fc.constantFrom('', 'call_0', 'functions.Read:0', 'earlier'), fc.uuid()),
  name: fc.constantFrom('Read', 'Bash', 'mcp__docs__find', 'Read<|channel|>commentary'),
  arguments: input,
})

/** What a response says: reasoning, text, refusal and calls. */
interface Said {
  readonly reasoning: string
  readonly details: readonly string[]
  readonly content: string
  readonly refusal: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly finish_reason: string
}

const said: fc.Arbitrary<Said> = fc.record({
  reasoning: fc.oneof(fc.constant(''), any),
  details: fc.array(fc.string(), { maxLength: 2 }),
  content: text,
  refusal: fc.oneof({ weight: 4, arbitrary: fc.constant('') }, any),
  calls: fc.array(call, { maxLength: 3 }),
  finish_reason: fc.constantFrom('stop', 'tool_calls', 'length', 'content_filter', 'a_later_word'),
})

const contexts: readonly ContextMembers[] = [
  {},
  { dialect: { id: 'openrouter', replay: 'details' } },
  { watchedStops: ['END', 'three'], stopSequences: ['END', 'three'] },
  { dialect: { thinkPrefilled: true } },
  { dialect: { textToolCalls: true } },
  { isOneCallAllowed: true, usedToolCallIds: () => new Set(['earlier', 'call_0']) },
  { isPrewarm: true },
]

/** Encrypted reasoning: texts of details would be a second copy. */
const toDetails = (texts: readonly string[]) =>
  texts.map((data, index) => ({ type: 'reasoning.encrypted', data, index }))

const toWhole = ({ reasoning, details, content, refusal, calls, finish_reason }: Said): ChatResponse => ({
  choices: [
    {
      message: {
        reasoning_content: reasoning,
        reasoning_details: toDetails(details),
        content,
        refusal,
        tool_calls: calls.map(({ id, ...called }) => ({ id, type: 'function', function: called })),
      },
      finish_reason,
    },
  ],
  usage,
})

/** Cuts a text where the sizes say. */
const pieces = (value: string, sizes: Iterator<number>): string[] => {
  const cut: string[] = []
  for (let at = 0; at < value.length; ) {
    const size = Math.max(1, sizes.next().value as number)
    cut.push(value.slice(at, at + size))
    at += size
  }
  return cut
}

/** The pieces of one call: its name comes first, or with the first arguments. */
const callPieces = ({ id, name, arguments: all }: Said['calls'][number], index: number, sizes: Iterator<number>) => {
  const [first = '', ...rest] = pieces(all, sizes)
  const isApart = (sizes.next().value as number) % 2 === 0
  const head = { index, id, function: { name, arguments: isApart ? '' : first } }
  return [head, ...(isApart ? [first, ...rest] : rest).map((piece) => ({ index, function: { arguments: piece } }))]
}

/** Takes one of each list in turn, as long as there are any. */
const interleaved = <T>(lists: readonly (readonly T[])[]): T[] =>
  Array.from({ length: Math.max(0, ...lists.map(({ length }) => length)) }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat()

const toDeltas = ({ reasoning, details, content, refusal, calls }: Said, sizes: Iterator<number>): ChatOutput[] => {
  const lists = calls.map((one, index) => callPieces(one, index, sizes))
  const isMixed = (sizes.next().value as number) % 2 === 0
  return [
    ...pieces(reasoning, sizes).map((piece) => ({ reasoning_content: piece, content: '' })),
    ...toDetails(details).map((detail) => ({ reasoning_details: [detail] })),
    ...pieces(content, sizes).map((piece) => ({ content: piece, reasoning_content: null })),
    ...pieces(refusal, sizes).map((piece) => ({ refusal: piece })),
    ...(isMixed ? interleaved(lists) : lists.flat()).map((piece) => ({ tool_calls: [piece] })),
  ]
}

/** A delta without its empty members. */
const saying = (delta: ChatOutput): ChatOutput => Object.fromEntries(Object.entries(delta).filter(([, value]) => value))

/** Neighbouring deltas that have no member in common, in one chunk. */
const together = (deltas: readonly ChatOutput[]): ChatOutput[] => {
  const joined: ChatOutput[] = []
  const order = ['reasoning_content', 'reasoning_details', 'content', 'refusal', 'tool_calls'] as const
  const last = (output: ChatOutput | undefined): number => order.findLastIndex((member) => output?.[member])
  for (const delta of deltas) {
    const previous = joined.at(-1)
    const first = order.findIndex((member) => delta[member])
    if (previous !== undefined && last(previous) < first) joined[joined.length - 1] = { ...previous, ...saying(delta) }
    else joined.push(delta)
  }
  return joined
}

const utf8 = new TextEncoder()

const bytesOf = (chunks: readonly ChatResponse[], sizes: Iterator<number>): Uint8Array[] => {
  const bytes = utf8.encode(toStream(chunks))
  const cut: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + 40 * (sizes.next().value as number)
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

const comparable = ({ id: _id, ...message }: Message): unknown => JSON.parse(JSON.stringify(message))

describe('a stream has the same result as the whole response', () => {
  for (const [at, members] of contexts.entries()) {
    const context = chatContext({ onOddity: () => {}, ...members })

    test(`in content, end and usage, for any cut: context ${at} (OU-S19, OU-S5)`, () => {
      const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 12 }))
      fc.assert(
        fc.property(said, sizes, fc.boolean(), (response, sizesOf, isTogether) => {
          const deltas = toDeltas(response, sizesOf)
          const chunks = [
            chunk({ content: '' }),
            ...(isTogether ? together(deltas) : deltas).map((delta) => chunk(delta)),
            chunk({}, { finish_reason: response.finish_reason }),
            { choices: [], usage },
          ]
          const { events, error } = readBytes(bytesOf(chunks, sizesOf), context)
          expect(error).toBeUndefined()
          expect(grammarFault(events as never)).toBeUndefined()
          const { usage: counted, ...message } = collectMessage(events)
          const { usage: expectedUsage, ...expected } = whole(toWhole(response), context)
          expect(comparable(message as Message)).toEqual(comparable(expected as Message))
          // A watched stop sequence ends the stream in front of its usage.
          if (message.stop_reason !== 'stop_sequence') expect(counted).toEqual(expectedUsage)
        }),
        { numRuns: 300 },
      )
    })
  }

  test('and is broken, not ended, at every chunk before its finish reason (OU-S14)', () => {
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 12 }))
    fc.assert(
      fc.property(said, sizes, fc.nat(), (response, sizesOf, nth) => {
        const chunks = toDeltas(response, sizesOf).map((delta) => chunk(delta))
        const prefix = chunks.slice(0, nth % (chunks.length + 1))
        const { events, error } = readBytes([utf8.encode(toStream(prefix, ''))], chatContext())
        expect(error).toMatchObject({ type: 'api_error' })
        expect(events.some(({ type }) => type === 'message_delta' || type === 'message_stop')).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})
