import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../../src/base/json.ts'
import type { ThinkingContent } from '../../../src/translate/openai-entrance/thinking-content.ts'
import { encodeThinking } from '../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import type { OpenAiContextOptions } from '../../support/openai-context.ts'
import { conversationOf, translateResponses } from '../../support/responses-request.ts'

const modelId = 'claude-sonnet-4.6'
const thought = (words: string): ThinkingContent => ({ type: 'thinking', thinking: words, signature: `s-${words}` })
const unsigned = (words: string): ThinkingContent => ({ ...thought(words), signature: '' }) as ThinkingContent
const redacted: ThinkingContent = { type: 'redacted_thinking', data: 'cmVk' }
const reasoning = (content: readonly ThinkingContent[], id = modelId): Json => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text: 'cut' }],
  content: null,
  encrypted_content: encodeThinking({ modelId: id, content }),
})
const lost: Json = {
  type: 'reasoning',
  id: 'rs_2',
  summary: [{ type: 'summary_text', text: 'I look.' }],
  encrypted_content: null,
}
const user: Json = { type: 'message', role: 'user', content: 'hello' }
const said: Json = { type: 'message', role: 'assistant', content: 'Running.' }
const call = (call_id: string): Json => ({ type: 'function_call', call_id, name: 'add', arguments: '{}' })
const output = (call_id: string): Json => ({ type: 'function_call_output', call_id, output: 'ok' })

const hello = ['user', { type: 'text', text: 'hello' }]
const text = { type: 'text', text: 'Running.' }
const use = (id: string) => ({ type: 'tool_use', id, name: 'add', input: {} })
const results = (...ids: string[]) => [
  'user',
  ...ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' })),
]

const turnsOf = (input: readonly Json[], options: OpenAiContextOptions = {}): unknown =>
  (conversationOf(input, {}, { modelId, ...options }) as { messages: unknown }).messages

const notesOf = (input: readonly Json[], options: OpenAiContextOptions = {}): readonly string[] =>
  translateResponses({ input }, { modelId, ...options }).notes

const remembering = (memory: Readonly<Record<string, readonly ThinkingContent[]>>): OpenAiContextOptions => ({
  recall: (id) => memory[id],
})

describe('reasoning in the history', () => {
  test('opens the turn that it precedes, with every block unchanged (OE-R19, OE-R43)', () => {
    const input = [user, reasoning([thought('a'), redacted]), said, call('c1'), output('c1')]
    expect(turnsOf(input)).toEqual([hello, ['assistant', thought('a'), redacted, text, use('c1')], results('c1')])
    expect(notesOf(input)).toEqual([])
  })

  test('comes back without a signature, too: not every upstream signs (OE-R43)', () => {
    const input = [user, reasoning([unsigned('a')]), call('c1'), output('c1')]
    expect(turnsOf(input)).toEqual([hello, ['assistant', unsigned('a'), use('c1')], results('c1')])
    expect(notesOf(input)).toEqual([])
  })

  test('keeps its place between the calls of one turn (OE-R19)', () => {
    const input = [
      user,
      reasoning([thought('a')]),
      call('c1'),
      reasoning([thought('b')]),
      call('c2'),
      output('c1'),
      output('c2'),
    ]
    expect(turnsOf(input)).toEqual([
      hello,
      ['assistant', thought('a'), use('c1'), thought('b'), use('c2')],
      results('c1', 'c2'),
    ])
  })

  test('is dropped if only the user follows, or nothing (OE-R19)', () => {
    expect(turnsOf([user, reasoning([thought('a')]), user])).toEqual([[...hello, hello[1]]])
    expect(turnsOf([user, reasoning([thought('a')])])).toEqual([hello])
  })

  test('of OpenAI, of another model or without its content is dropped with a note (OE-R43)', () => {
    const openai = { ...lost, encrypted_content: 'gAAAAABp' }
    const other = reasoning([thought('a')], 'claude-opus-4.6')
    for (const [item, what] of [
      [lost, 'reasoning that this server did not write'],
      [openai, 'reasoning that this server did not write'],
      [other, 'reasoning of another model'],
    ] as const) {
      expect(turnsOf([user, item, said, user])).toEqual([hello, ['assistant', text], hello])
      expect(notesOf([user, item, said, user])).toEqual([`input.1: ${what}`])
    }
  })

  test('summaries alone are never turned into thinking or text (OE-R43)', () => {
    expect(JSON.stringify(turnsOf([user, lost, said, user]))).not.toContain('I look.')
  })

  test('all of a turn or none: one lost part drops the others, of this turn only (OE-C64)', () => {
    const input = [
      user,
      reasoning([thought('a')]),
      said,
      lost,
      call('c1'),
      output('c1'),
      reasoning([thought('b')]),
      call('c2'),
      output('c2'),
    ]
    expect(turnsOf(input)).toEqual([
      hello,
      ['assistant', text, use('c1')],
      results('c1'),
      ['assistant', thought('b'), use('c2')],
      results('c2'),
    ])
  })
})

describe('the thinking memory', () => {
  test('a reference to reasoning that is not stored is replaced by the id of the first call (OE-C64, OE-R44)', () => {
    const input = [
      user,
      { type: 'item_reference', id: 'rs_1' },
      said,
      call('c1'),
      call('c2'),
      output('c1'),
      output('c2'),
    ]
    const memory = remembering({ c1: [thought('a')], c2: [thought('a')] })
    expect(turnsOf(input, memory)).toEqual([
      hello,
      ['assistant', thought('a'), text, use('c1'), use('c2')],
      results('c1', 'c2'),
    ])
    expect(turnsOf(input)).toEqual([hello, ['assistant', text, use('c1'), use('c2')], results('c1', 'c2')])
    expect(notesOf(input)).toEqual(['input.1: a reference to reasoning that is not stored'])
  })

  test('it helps a turn with a lost part, and one whose client sends no reasoning at all (OE-C64)', () => {
    const memory = remembering({ c1: [thought('a'), redacted] })
    const expected = [hello, ['assistant', thought('a'), redacted, use('c1')], results('c1')]
    expect(turnsOf([user, lost, call('c1'), output('c1')], memory)).toEqual(expected)
    expect(turnsOf([user, call('c1'), output('c1')], memory)).toEqual(expected)
  })

  test('it helps every turn, also without signatures (OE-C64)', () => {
    const memory = remembering({ c1: [unsigned('a')], c2: [unsigned('b')] })
    expect(turnsOf([user, call('c1'), output('c1'), call('c2'), output('c2')], memory)).toEqual([
      hello,
      ['assistant', unsigned('a'), use('c1')],
      results('c1'),
      ['assistant', unsigned('b'), use('c2')],
      results('c2'),
    ])
  })

  test('reasoning in the history goes first (OE-C63)', () => {
    const memory = remembering({ c1: [thought('b')] })
    expect(turnsOf([user, reasoning([thought('a')]), call('c1'), output('c1')], memory)).toEqual([
      hello,
      ['assistant', thought('a'), use('c1')],
      results('c1'),
    ])
  })

  test('results between the calls of one answer: its thinking comes once (OE-C64)', () => {
    const memory = remembering({ c1: [thought('a')], c2: [thought('a')] })
    const calls = [call('c1'), output('c1'), call('c2'), output('c2')]
    const expected = [
      hello,
      ['assistant', thought('a'), use('c1')],
      results('c1'),
      ['assistant', use('c2')],
      results('c2'),
    ]
    expect(turnsOf([user, ...calls], memory)).toEqual(expected)
    expect(turnsOf([user, reasoning([thought('a')]), ...calls], memory)).toEqual(expected)
  })
})

test('random turns have all of their thinking or none (OE-R43, OE-C64)', () => {
  const part = fc.constantFrom('said', 'known', 'lost', 'other')
  fc.assert(
    fc.property(fc.array(fc.array(part, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (turns) => {
      const items = { said, lost, other: reasoning([thought('x')], 'claude-opus-4.6') }
      const input = turns.flatMap((parts, turn) => [
        ...parts.map((kind, index) => (kind === 'known' ? reasoning([thought(`${turn}-${index}`)]) : items[kind])),
        call(`c${turn}`),
        output(`c${turn}`),
      ])
      const found = (turnsOf([user, ...input]) as unknown[][]).filter(([role]) => role === 'assistant')
      const expected = turns.map((parts, turn) => {
        const isWhole = !parts.includes('lost') && !parts.includes('other')
        return parts.flatMap((kind, index) => (kind === 'known' && isWhole ? [thought(`${turn}-${index}`)] : []))
      })
      const isThinking = (block: unknown): boolean => (block as ThinkingContent).type === 'thinking'
      expect(found.map((turn) => turn.filter(isThinking))).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})
