import { describe, expect, test } from 'bun:test'
import type { ChatOutput, ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  answer,
  briefly,
  type ContextMembers,
  callPiece,
  chatContext,
  chunk,
  contentOf,
  finish,
  readText,
  streamed,
  toStream,
  whole,
} from '../../support/chat-response.ts'

/** Thoughts: which member they are read from, and how they travel back. */

const details: ContextMembers = { dialect: { id: 'openrouter', replay: 'details' } }
const tokens: ContextMembers = { dialect: { id: 'gemini', replay: 'token' } }

const ofWhole = (message: ChatOutput, members?: ContextMembers) =>
  contentOf(whole(answer(message), chatContext(members)))
const ofStream = (chunks: readonly ChatResponse[], members?: ContextMembers) =>
  contentOf(streamed([...chunks, finish('stop')], chatContext(members)))

const detail = (text: string, more: object = {}) => ({ type: 'reasoning.text', text, index: 0, ...more })
const encrypted = (data: string, index = 1) => ({ type: 'reasoning.encrypted', data, index })
const carried = (p: string, d: unknown[], t: object = {}) => ({ p, d, t })

describe('reasoning', () => {
  test.each<[string, ChatOutput]>([
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['reasoning', { reasoning: 'Hm.' }],
    ['reasoning_text', { reasoning_text: 'Hm.' }],
    ['an object', { reasoning: { text: 'Hm.' } }],
    ['a list', { reasoning: [{ text: 'H' }, 'm', { text: '.' }, { text: ['x'] }, [['x']], null] }],
    ['the texts of details', { reasoning_details: [detail('H'), { type: 'reasoning.summary', summary: 'm.' }] }],
    ['the first of several', { reasoning_content: '', reasoning: 'Hm.', reasoning_details: [detail('Hm.')] }],
    ['the first of two', { reasoning_content: 'Hm.', reasoning: 'Other.' }],
  ])('is read from %s (OU-A5)', (_, output) => {
    expect(ofWhole({ ...output, content: 'So.' })).toEqual([{ thinking: 'Hm.' }, 'So.'])
    expect(ofStream([chunk(output), chunk({ content: 'So.' })])).toEqual([{ thinking: 'Hm.' }, 'So.'])
  })

  test.each<[unknown]>([[null], [7], [{}], [[]], [{ summary: 'Hm.' }], [true]])(
    'is not read from %j (OU-A5)',
    (reasoning) => {
      expect(ofWhole({ reasoning, content: 'So.' })).toEqual(['So.'])
    },
  )

  test('that comes again in another member is used once and reported (OU-A5)', () => {
    const oddities: string[] = []
    const copy = [chunk({ reasoning: 'Hm.' }), chunk({ reasoning_details: [detail('Hm.')] }), chunk({ content: 'So.' })]
    expect(ofStream(copy, { onOddity: (what) => oddities.push(what) })).toEqual([{ thinking: 'Hm.' }, 'So.'])
    expect(oddities).toContain('reasoning in a second member')
  })

  test('of only white space is ignored (OU-A5)', () => {
    expect(ofStream([chunk({ reasoning: '\n' }), chunk({ reasoning: ' ' }), chunk({ content: 'So.' })])).toEqual([
      'So.',
    ])
    expect(ofStream([chunk({ reasoning: '\n' }), chunk({ reasoning: 'Hm.' })])).toEqual([{ thinking: '\nHm.' }])
  })

  test('is a separate block at any position, and begins without a signature (OU-S6)', () => {
    const chunks = [chunk({ content: 'One.' }), chunk({ reasoning: 'Hm.' }), chunk({ content: 'Two.' })]
    expect(ofStream(chunks)).toEqual(['One.', { thinking: 'Hm.' }, 'Two.'])
    const { events } = readText(toStream([...chunks, finish('stop')]))
    expect(events).toContainEqual({
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    })
    expect(JSON.stringify(events)).not.toContain('signature_delta')
  })

  test('comes before content, content before a refusal, and that before calls in one chunk (OU-S5)', () => {
    const tool_calls = [{ index: 0, id: 'a', function: { name: 'Read', arguments: '{"a":1}' } }]
    expect(ofStream([chunk({ tool_calls, refusal: 'No.', content: 'So.', reasoning: 'Hm.' })])).toEqual([
      { thinking: 'Hm.' },
      'So.',
      'No.',
      { Read: { a: 1 }, id: 'a' },
    ])
  })
})

describe('reasoning that must be sent back', () => {
  test('is in the signature if the provider requires its details back (OU-A5, OU-Q90)', () => {
    const reasoning_details = [detail('Hm.', { signature: 'sig', format: 'f' }), encrypted('abc')]
    expect(ofWhole({ reasoning: 'Hm.', reasoning_details, content: 'So.' }, details)).toEqual([
      { thinking: 'Hm.', carried: carried('openrouter', reasoning_details) },
      'So.',
    ])
  })

  test('is not in the signature for other providers (OU-A5)', () => {
    expect(ofWhole({ reasoning: 'Hm.', reasoning_details: [detail('Hm.')], content: 'So.' })).toEqual([
      { thinking: 'Hm.' },
      'So.',
    ])
  })

  test('becomes thinking without text if it is encrypted (OU-A5)', () => {
    const reasoning_details = [encrypted('abc', 0)]
    const thinking = { thinking: '', carried: carried('openrouter', reasoning_details) }
    expect(ofWhole({ reasoning_details, content: 'So.' }, details)).toEqual([thinking, 'So.'])
    expect(ofStream([chunk({ reasoning_details }), chunk({ content: 'So.' })], details)).toEqual([thinking, 'So.'])
  })

  test('becomes separate thinking if it arrives late (OU-A5)', () => {
    const late = chunk({ reasoning_details: [encrypted('abc')] })
    const chunks = [chunk({ reasoning: 'Hm.', reasoning_details: [detail('Hm.')] }), chunk({ content: 'So.' }), late]
    const first = { thinking: 'Hm.', carried: carried('openrouter', [detail('Hm.')]) }
    const second = { thinking: '', carried: carried('openrouter', [encrypted('abc')]) }
    expect(ofStream(chunks, details)).toEqual([first, 'So.', second])
    const call = callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 })
    expect(ofStream([...chunks, call], details)).toEqual([first, 'So.', second, { Read: {}, id: 'a' }])
  })

  test('is joined from its pieces: texts are appended, other members kept (OU-A5)', () => {
    const pieces = [
      detail('Let ', { format: 'f', id: null }),
      detail('me ', { id: 'r1', format: 'g' }),
      { type: 'reasoning.text', index: 0, signature: 'sig' },
      detail('Next.', { index: 1 }),
      { type: 'reasoning.summary', index: 1, summary: 'In ' },
      { type: 'reasoning.summary', index: 1, summary: 'short.' },
      encrypted('a'),
      encrypted('b'),
      { type: 'reasoning.later', text: 'x' },
      { type: 'reasoning.later', text: 'y' },
    ]
    const chunks = pieces.map((piece) =>
      chunk({ reasoning: 'text' in piece ? piece.text : '', reasoning_details: [piece] }),
    )
    const [thinking] = ofStream([...chunks, chunk({ content: 'So.' })], details)
    expect(thinking).toMatchObject({
      carried: carried('openrouter', [
        { type: 'reasoning.text', text: 'Let me ', index: 0, format: 'f', id: 'r1', signature: 'sig' },
        detail('Next.', { index: 1 }),
        { type: 'reasoning.summary', index: 1, summary: 'In short.' },
        encrypted('a'),
        encrypted('b'),
        { type: 'reasoning.later', text: 'x' },
        { type: 'reasoning.later', text: 'y' },
      ]),
    })
  })

  test('of a whole response stays unchanged, piece by piece (OU-A5, OU-Q99)', () => {
    const reasoning_details = [detail('Let '), detail('me.')]
    expect(ofWhole({ reasoning_details }, details)).toEqual([
      { thinking: 'Let me.', carried: carried('openrouter', reasoning_details) },
    ])
  })

  test('is dropped if it is too large, and reported (OU-Q90)', () => {
    const oddities: string[] = []
    const reasoning_details = [detail('Hm.'), encrypted('x'.repeat(64 * 1024))]
    const members = { ...details, onOddity: (what: string) => void oddities.push(what) }
    expect(ofWhole({ reasoning_details, content: 'So.' }, members)).toEqual([{ thinking: 'Hm.' }, 'So.'])
    expect(oddities).toEqual(['reasoning too large to send back'])
  })

  test("of a call comes before it, under the client's id of the call (OU-Q101)", () => {
    const token = (thought_signature: string) => ({ extra_content: { google: { thought_signature } } })
    const called = { function: { name: 'Read', arguments: '{}' } }
    const first = { ...called, ...token('t1'), id: 'functions.Read' }
    const second = { ...called, ...token('t2') }
    const expected = [
      { thinking: '', carried: carried('gemini', [], { 'functions.Read': 't1' }) },
      { Read: {}, id: 'functions.Read' },
      { thinking: '', carried: carried('gemini', [], { tooluse: 't2' }) },
      { Read: {}, id: 'tooluse' },
    ]
    expect(ofWhole({ tool_calls: [first, second] }, tokens)).toEqual(expected)
    expect(ofStream([chunk({ tool_calls: [first] }), chunk({ tool_calls: [second] })], tokens)).toEqual(expected)
    expect(ofWhole({ tool_calls: [first] })).toEqual([{ Read: {}, id: 'functions.Read' }])
  })

  test('of an open call comes after it (OU-Q101)', () => {
    const late = chunk({ tool_calls: [{ index: 0, extra_content: { google: { thought_signature: 't' } } }] })
    expect(ofStream([callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 }), late], tokens)).toEqual([
      { Read: {}, id: 'a' },
      { thinking: '', carried: carried('gemini', [], { a: 't' }) },
    ])
  })
})

describe('the start of a thinking block', () => {
  test('is empty: text and signature come as deltas (OU-S6)', () => {
    const { events } = readText(
      toStream([chunk({ reasoning: 'Hm.', reasoning_details: [detail('Hm.')] }), chunk({ content: 'So.' })]),
      chatContext(details),
    )
    const blocks = events.flatMap((event) =>
      event.type === 'content_block_start' ? [briefly(event.content_block)] : [],
    )
    expect(blocks).toEqual([{ thinking: '' }, ''])
    const deltas = events.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta.type as string] : []))
    expect(deltas).toEqual(['thinking_delta', 'signature_delta', 'text_delta'])
  })
})
