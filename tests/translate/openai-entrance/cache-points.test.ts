import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { innerBlocks } from '../../../src/messages/inner-blocks.ts'
import { withCachePoints } from '../../../src/translate/openai-entrance/cache-points.ts'
import type { CacheControl, ContentBlock } from '../../../src/wire/anthropic/content.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { openAiContext, refusalOf } from '../../support/openai-context.ts'

const short: CacheControl = { type: 'ephemeral' }
const long: CacheControl = { type: 'ephemeral', ttl: '1h' }

const text = (words: string, marker?: CacheControl) =>
  ({ type: 'text', text: words, ...(marker && { cache_control: marker }) }) as const
const tool = (name: string, marker?: CacheControl) => ({
  name,
  input_schema: { type: 'object' },
  ...(marker && { cache_control: marker }),
})
const user = (...content: ContentBlock[]) => ({ role: 'user' as const, content })
const assistant = (...content: ContentBlock[]) => ({ role: 'assistant' as const, content })

const request = (members: Partial<MessagesRequest>): MessagesRequest => ({
  model: 'm',
  max_tokens: 100,
  messages: [user(text('hi'))],
  ...members,
})
const translated = (members: Partial<MessagesRequest>, body = {}, context = openAiContext()) =>
  withCachePoints(request(members), body, context)

const listOf = <T>(content: string | readonly T[] | null | undefined): readonly T[] =>
  Array.isArray(content) ? content : []
const blocksOf = ({ system, messages }: MessagesRequest): ContentBlock[] => [
  ...listOf<ContentBlock>(system),
  ...messages.flatMap(({ content }) => listOf<ContentBlock>(content)),
]
const withInner = (block: ContentBlock): object[] => [block, ...(innerBlocks(block) ?? [])]
const markersOf = (sent: MessagesRequest): (CacheControl | null | undefined)[] =>
  [sent, ...(sent.tools ?? []), ...blocksOf(sent).flatMap(withInner)]
    .map((holder) => (holder as { cache_control?: CacheControl | null }).cache_control)
    .filter((marker) => marker)

describe('automatic cache points', () => {
  const turns = [
    user(text('1')),
    assistant(text('2')),
    user(text('3'), text('4')),
    assistant(text('5')),
    user(text('6')),
  ]

  test('mark the end of the system prompt, of the last two user turns, and of the tools (OE-C71)', () => {
    expect(translated({ tools: [tool('a'), tool('b')], system: [text('s'), text('t')], messages: turns })).toEqual(
      request({
        tools: [tool('a'), tool('b', short)],
        system: [text('s'), text('t', short)],
        messages: [
          ...turns.slice(0, 2),
          user(text('3'), text('4', short)),
          assistant(text('5')),
          user(text('6', short)),
        ],
      }),
    )
  })

  test('a small request gets them, too (OE-C72)', () => {
    expect(translated({ system: [text('s')] })).toEqual(
      request({ system: [text('s', short)], messages: [user(text('hi', short))] }),
    )
  })

  test('fill only the free places, in order (OE-C71)', () => {
    const sent = translated({
      tools: [tool('a')],
      system: [text('s')],
      messages: [user(text('1', short), text('2', short), text('3')), assistant(text('4')), user(text('5'))],
    })
    expect(sent.system).toEqual([text('s', short)])
    expect(sent.messages.at(-1)).toEqual(user(text('5', short)))
    expect(sent.tools).toEqual([tool('a')])
  })

  test('skip a block that the client marked, and keep the place (OE-C70, OE-C71)', () => {
    const sent = translated({ tools: [tool('a')], system: [text('s', long)], messages: [user(text('1', short))] })
    expect(sent).toEqual(
      request({ tools: [tool('a', long)], system: [text('s', long)], messages: [user(text('1', short))] }),
    )
  })

  test("the client's marker at the top is the end of the prompt (OE-C22, OE-C71)", () => {
    const sent = translated({ cache_control: short, tools: [tool('a')], system: [text('s')], messages: turns })
    expect(sent.messages.at(-1)).toEqual(user(text('6')))
    expect(markersOf(sent)).toHaveLength(4)
  })

  test('never mark thinking or empty text (OE-C71)', () => {
    const thought = { type: 'thinking', thinking: 'x', signature: 's' } as const
    const sent = translated({ system: [text('s'), text(' ')], messages: [user(text('1'), text('\n'), thought)] })
    expect(sent.system).toEqual([text('s', short), text(' ')])
    expect(sent.messages).toEqual([user(text('1', short), text('\n'), thought)])
  })

  test('a prefill and a later system message have none (OE-C71)', () => {
    const later = { role: 'system' as const, content: [text('now')] }
    const messages = [user(text('1')), later, assistant(text('2'))]
    expect(translated({ messages }).messages).toEqual([user(text('1', short)), later, assistant(text('2'))])
  })

  test('a deferred tool has none (OE-C71)', () => {
    const deferred = { ...tool('b'), defer_loading: true }
    expect(translated({ tools: [tool('a'), deferred] }).tools).toEqual([tool('a', short), deferred])
  })

  test('a string becomes a block (OE-C71)', () => {
    expect(translated({ system: 's', messages: [{ role: 'user', content: 'hi' }] })).toEqual(
      request({ system: [text('s', short)], messages: [user(text('hi', short))] }),
    )
  })

  test.each([
    ['openaiEntrance.autoCache', {}, openAiContext({ policy: { autoCache: false } })],
    ['prompt_cache_options', { prompt_cache_options: { mode: 'explicit' } }, openAiContext()],
  ])("%s switches them off, and the client's own stay (OE-C20, OE-C71)", (_name, body, context) => {
    const members = { system: [text('s', short)] }
    expect(translated(members, body, context)).toEqual(request(members))
  })

  test('prompt_cache_key and an implicit mode change nothing (OE-C20)', () => {
    const body = { prompt_cache_key: 'k', prompt_cache_options: { mode: 'implicit', ttl: '30m' } }
    expect(translated({}, body)).toEqual(translated({}))
  })

  test.each([
    [{ prompt_cache_options: 'explicit' }, 'prompt_cache_options'],
    [{ prompt_cache_retention: 24 }, 'prompt_cache_retention'],
  ])('%j is refused with its path (OE-C20)', (body, param) => {
    expect(refusalOf(() => translated({}, body)).param).toBe(param)
  })
})

describe('lifetimes of cache points', () => {
  test("in front of a client's hour ours take an hour (OE-C71)", () => {
    const messages = [user(text('1', long)), assistant(text('2')), user(text('3'))]
    expect(translated({ tools: [tool('a')], system: [text('s')], messages })).toEqual(
      request({
        tools: [tool('a', long)],
        system: [text('s', long)],
        messages: [user(text('1', long)), assistant(text('2')), user(text('3', short))],
      }),
    )
  })

  test('a retention of 24 hours becomes an hour, for all that have no lifetime (OE-C20, OE-C70)', () => {
    const members = { system: [text('s', short)], messages: [user(text('1'))] }
    expect(translated(members, { prompt_cache_retention: '24h' })).toEqual(
      request({ system: [text('s', long)], messages: [user(text('1', long))] }),
    )
  })

  test('no hour comes after five minutes (OE-C70, OE-C71)', () => {
    const fiveMinutes: CacheControl = { type: 'ephemeral', ttl: '5m' }
    const members = { system: [text('s', fiveMinutes)], messages: [user(text('1'))] }
    expect(translated(members, { prompt_cache_retention: '24h' })).toEqual(
      request({ system: [text('s', fiveMinutes)], messages: [user(text('1', short))] }),
    )
  })
})

describe('laws of cache points', () => {
  const marker = fc.option(fc.constantFrom<CacheControl>(short, long), { nil: undefined, freq: 4 })
  const textBlocks = fc.tuple(fc.constantFrom('a', 'b', ' '), marker).map(([words, own]) => text(words, own))
  const userBlocks = fc.oneof(
    textBlocks,
    fc.tuple(textBlocks, marker).map(
      ([inner, own]) =>
        ({
          type: 'tool_result' as const,
          tool_use_id: 't',
          content: [inner],
          ...(own && { cache_control: own }),
        }) satisfies ContentBlock,
    ),
  )
  const assistantBlocks = fc.oneof(
    textBlocks,
    fc.constant({ type: 'thinking', thinking: 'x', signature: 's' } as const),
  )
  const messages = fc.array(
    fc.oneof(
      fc.array(userBlocks, { minLength: 1, maxLength: 4 }).map((blocks) => user(...blocks)),
      fc.array(assistantBlocks, { minLength: 1, maxLength: 4 }).map((blocks) => assistant(...blocks)),
    ),
    { minLength: 1, maxLength: 8 },
  )
  const requests = fc
    .record({
      tools: fc.array(marker, { maxLength: 3 }).map((markers) => markers.map((own, index) => tool(`t${index}`, own))),
      system: fc.array(textBlocks, { maxLength: 3 }),
      messages,
    })
    .map(request)

  const withoutMarkers = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (name, inner) => (name === 'cache_control' ? undefined : inner)))

  test('there are at most four, and only markers are added (OE-C71, OE-C73)', () => {
    fc.assert(
      fc.property(requests, (given) => {
        const sent = withCachePoints(given, {}, openAiContext())
        const before = markersOf(given).length
        expect(markersOf(sent).length).toBeLessThanOrEqual(Math.max(4, before))
        expect(withoutMarkers(sent)).toEqual(withoutMarkers(given))
      }),
    )
  })

  test("the client's markers are kept (OE-C70)", () => {
    fc.assert(
      fc.property(requests, (given) => {
        const sent = withCachePoints(given, {}, openAiContext())
        const own = [...(given.tools ?? []), ...blocksOf(given)]
        const ours = [...(sent.tools ?? []), ...blocksOf(sent)]
        own.forEach((holder, index) => {
          if ('cache_control' in holder) expect(ours[index]).toEqual(holder)
        })
      }),
    )
  })

  test('ours mark no thinking, no empty text and no block with a marker inside (OE-C71)', () => {
    fc.assert(
      fc.property(requests, (given) => {
        const before = blocksOf(given)
        blocksOf(withCachePoints(given, {}, openAiContext())).forEach((block, index) => {
          const isOurs = 'cache_control' in block && !('cache_control' in (before[index] ?? {}))
          if (!isOurs) return
          expect(block.type).not.toBe('thinking')
          if (block.type === 'text') expect(block.text.trim()).not.toBe('')
          for (const inner of innerBlocks(block) ?? []) expect(inner).not.toHaveProperty('cache_control')
        })
      }),
    )
  })

  test('a longer conversation has the shorter one as its prefix (OE-C73)', () => {
    fc.assert(
      fc.property(requests, messages, (given, added) => {
        const longer = { ...given, messages: [...given.messages, ...added] }
        const sent = withCachePoints(longer, {}, openAiContext())
        const prefix = { ...sent, messages: sent.messages.slice(0, given.messages.length) }
        expect(withoutMarkers(prefix)).toEqual(withoutMarkers(withCachePoints(given, {}, openAiContext())))
      }),
    )
  })
})
