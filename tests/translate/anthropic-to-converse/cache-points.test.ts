import { describe, expect, test } from 'bun:test'
import { sign } from '../../../src/simulator/signature.ts'
import { toConverseRequest } from '../../../src/translate/anthropic-to-converse/request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'
import {
  assistant,
  cachedText,
  cachePoint,
  tool,
  toolResult,
  toolUse,
  user,
  validBody,
} from '../../support/translate.ts'

const hourCachePoint = { cachePoint: { type: 'default', ttl: '1h' } }
const markedBlock = (block: object, ttl?: '1h'): object => ({
  ...block,
  cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
})
const document = (title: string): object => ({
  type: 'document',
  title,
  source: { type: 'text', media_type: 'text/plain', data: 'words' },
})
const contentOf = (...messages: object[]): object[][] =>
  validBody({ messages, tools: [tool('Bash')] }).messages.map(({ content }) => content)
const count = (body: object): number => JSON.stringify(body).match(/"cachePoint"/g)?.length ?? 0

describe('cache points', () => {
  test('K1 N9 1.1 cache_control: the ttl is kept at every position', () => {
    const body = validBody({
      cache_control: { type: 'ephemeral', ttl: '1h' },
      system: [cachedText('s', '1h')],
      tools: [tool('Bash', { cache_control: { type: 'ephemeral', ttl: '1h' } })],
      messages: [
        user('a'),
        assistant(toolUse('t1')),
        user(markedBlock(toolResult('t1'), '1h')),
        assistant('x'),
        user('b'),
      ],
    })
    expect(body.system).toEqual([{ text: 's' }, hourCachePoint] as never)
    expect(body.toolConfig?.tools.at(-1)).toEqual(hourCachePoint as never)
    expect(body.messages[2]?.content.at(-1)).toEqual(hourCachePoint as never)
    expect(body.messages[4]?.content).toEqual([{ text: 'b' }, hourCachePoint] as never)
  })

  test('K1 scope and other members are dropped', () => {
    const [turn] = contentOf(
      user({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global', ttl: '5m' } }),
    )
    expect(turn?.[1]).toEqual({ cachePoint: { type: 'default', ttl: '5m' } })
  })

  test('K2 no ttl for models that do not accept it', () => {
    expect(
      validBody({ messages: [user(cachedText('a', '1h'))] }, { modelId: 'claude-3-7-sonnet' }).messages[0]?.content[1],
    ).toEqual(cachePoint)
  })

  test('K3 a marker inside a tool result moves after the result', () => {
    const [, , turn] = contentOf(
      user('a'),
      assistant(toolUse('t1')),
      user(toolResult('t1', [cachedText('inside', '1h')])),
    )
    expect(turn).toEqual([{ toolResult: { toolUseId: 't1', content: [{ text: 'inside' }] } }, hourCachePoint])
  })

  test('K4 never after reasoning: before it, or dropped', () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: sign('hm') }
    const [, turn] = contentOf(user('a'), assistant('x', thinking, cachedText(' ')), user('b'))
    expect(turn?.map((block) => Object.keys(block)[0])).toEqual(['text', 'cachePoint', 'reasoningContent'])
    const [, only] = contentOf(user('a'), assistant(thinking, cachedText(' ')), user('b'))
    expect(only?.map((block) => Object.keys(block)[0])).toEqual(['reasoningContent'])
  })

  test('K5 never first in a message', () => {
    expect(contentOf(user(cachedText(' '), 'a'))[0]).toEqual([{ text: 'a' }])
  })

  test('K6 never after a text document: before the run of them', () => {
    const [turn] = contentOf(user('a', document('one'), markedBlock(document('two')), 'b'))
    expect(turn?.map((block) => Object.keys(block)[0])).toEqual(['text', 'cachePoint', 'document', 'document', 'text'])
  })

  test('K7 1.2.12 at most four: drops the oldest message points first', () => {
    const body = validBody({
      system: [cachedText('s1'), cachedText('s2')],
      messages: [user(cachedText('a')), assistant(cachedText('b')), user(cachedText('c'))],
    })
    expect(count(body)).toBe(4)
    expect(body.messages.map(({ content }) => content.length)).toEqual([1, 2, 2])
    const crowded = validBody({
      system: [cachedText('s1'), cachedText('s2')],
      tools: [tool('A', { cache_control: { type: 'ephemeral' } }), tool('B', { cache_control: { type: 'ephemeral' } })],
      messages: [user(cachedText('a')), assistant(cachedText('b')), user(cachedText('c'))],
    })
    expect(crowded.system).toEqual([{ text: 's1' }, { text: 's2' }, cachePoint])
    expect(crowded.toolConfig?.tools.map((entry) => Object.keys(entry)[0])).toEqual([
      'toolSpec',
      'toolSpec',
      'cachePoint',
    ])
    expect(count(crowded)).toBe(4)
  })

  test('K3 K10 of markers outside and inside, the longer lifetime counts', () => {
    const result = { ...toolResult('t1', [cachedText('inside', '1h')]), cache_control: { type: 'ephemeral' } }
    const [, , turn] = contentOf(user('a'), assistant(toolUse('t1')), user(result))
    expect(turn?.at(-1)).toEqual(hourCachePoint)
    const search = { type: 'search_result', source: 's', title: 't', content: [cachedText('found')] }
    expect(contentOf(user('a', search))[0]?.at(-1)).toEqual(cachePoint)
  })

  test('K8 moving results to the front keeps lifetimes in order', () => {
    const note = { role: 'system', content: [cachedText('note', '1h')] }
    const [, , turn] = contentOf(user('a'), assistant(toolUse('t1')), note, user(markedBlock(toolResult('t1'))))
    expect(turn?.filter((block) => 'cachePoint' in block)).toEqual([hourCachePoint, hourCachePoint])
  })

  test('K8 1.2.8 moving text before tool uses keeps lifetimes in order', () => {
    const use = { ...toolUse('t1'), cache_control: { type: 'ephemeral', ttl: '1h' } }
    const after = { type: 'text', text: 'after', cache_control: { type: 'ephemeral', ttl: '5m' } }
    const [, turn] = contentOf(user('a'), assistant(use, after), user(toolResult('t1')))
    expect(turn?.filter((block) => 'cachePoint' in block)).toEqual([hourCachePoint, hourCachePoint])
  })

  test('K1 a marker on thinking is checked, and moves before it', () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: sign('hm'), cache_control: { type: 'ephemeral' } }
    const [, turn] = contentOf(user('a'), assistant('x', thinking), user('b'))
    expect(turn?.map((block) => Object.keys(block)[0])).toEqual(['text', 'cachePoint', 'reasoningContent'])
    const odd = { ...thinking, cache_control: { type: 'ephemeral', ttl: '2h' } }
    expect(() => contentOf(user('a'), assistant('x', odd), user('b'))).toThrow()
  })

  test('markers of blocks that are not sent move or get a note', () => {
    const blank = { role: 'system', content: [cachedText(' ')] }
    expect(contentOf(user('a'), blank, user('b'))[0]).toEqual([{ text: 'a' }, cachePoint, { text: 'b' }])
    expect(
      contentOf(user('a'), { role: 'system', content: [{ type: 'text', text: 'x' }, cachedText(' ')] })[0]?.at(-1),
    ).toEqual(cachePoint)
  })

  test('K10 points at the same position become one with the longer lifetime', () => {
    expect(contentOf(user(cachedText('a', '1h'), cachedText(' ')))[0]).toEqual([{ text: 'a' }, hourCachePoint])
    expect(contentOf(user(cachedText('a'), cachedText(' ', '1h')))[0]).toEqual([{ text: 'a' }, hourCachePoint])
    expect(validBody({ system: [cachedText('s'), cachedText(' ', '1h')] }).system).toEqual([
      { text: 's' },
      hourCachePoint,
    ] as never)
  })

  test('K12 a longer conversation begins with the bytes of the shorter one', () => {
    const turns = [
      user('a', document('Same'), document('same')),
      assistant(toolUse('t1', 'a name that is not valid')),
      { role: 'system', content: 'note' },
      user('late', toolResult('t1')),
      assistant('x', ' '),
      user('b'),
    ]
    const bytes = (length: number): string => {
      const members = {
        system: 's',
        tools: [tool('Bash'), tool('a name that is not valid')],
        messages: turns.slice(0, length),
      }
      return JSON.stringify(
        toConverseRequest(request(members) as MessagesRequest, { modelId: 'claude-sonnet-4.6', betas: [] }).body
          .messages,
      )
    }
    const shorter = bytes(4).slice(0, -1)
    expect(bytes(6).startsWith(shorter)).toBe(true)
    expect(bytes(6)).toBe(bytes(6))
  })
})

describe('system prompt', () => {
  test('1.1 system text, 1.1 system blocks: blank blocks and the billing line are dropped, block boundaries stay', () => {
    expect(validBody({ system: ' \n' }).system).toBeUndefined()
    expect(
      validBody({
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2; cch=1;' },
          { type: 'text', text: ' ' },
          cachedText('b'),
          { type: 'text', text: 'c' },
        ],
      }).system,
    ).toEqual([{ text: 'b' }, cachePoint, { text: 'c' }])
    expect(validBody({ system: 'x-anthropic-billing-header: a=1;\nBe good.' }).system).toEqual([{ text: 'Be good.' }])
    expect(validBody({ system: [{ type: 'text', text: 'About x-anthropic-billing-header: lines' }] }).system).toEqual([
      { text: 'About x-anthropic-billing-header: lines' },
    ])
  })
})
