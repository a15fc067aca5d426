import { describe, expect, test } from 'bun:test'
import type { Json } from '../../../src/base/json.ts'
import type { ChatDialectChange, ReasoningReplay } from '../../../src/translate/capabilities/chat-dialect.ts'
import { encodeReasoningCarrier } from '../../../src/translate/reasoning-carrier.ts'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, toolResult, toolUse, user } from '../../support/translate.ts'

const thought = (thinking: string, signature = ''): object => ({ type: 'thinking', thinking, signature })

const carried = (p: string, d: readonly Json[], t: Readonly<Record<string, string>> = {}): string =>
  encodeReasoningCarrier({ p, d, t }) ?? ''

const details = [
  { type: 'reasoning.text', text: 'hm', signature: 'sig', index: 0 },
  { type: 'reasoning.encrypted', data: 'x', index: 1 },
]

/** Two calls of tools in a row, the first with thinking. */
const loop = (...thinking: object[]): object[] => [
  user('go'),
  assistant(...thinking, toolUse('t1')),
  user(toolResult('t1')),
  assistant(toolUse('t2')),
  user(toolResult('t2')),
]

/** The assistant messages of a conversation, without their calls. */
const replayed = (messages: readonly object[], dialect: ChatDialectChange, more: object = {}): object[] => {
  const { body } = translateChat({ messages, ...more }, { dialect, id: 'row' })
  return body.messages.flatMap((message) => {
    if (message.role !== 'assistant') return []
    const { role: _role, tool_calls: _calls, content: _content, ...reasoning } = message
    return [reasoning]
  })
}

const replay = (value: ReasoningReplay, messages: readonly object[], more: object = {}): object[] =>
  replayed(messages, { replay: value }, more)

describe('reasoning is sent back', () => {
  test.each([
    ['none', [{}, {}], 'OU-Q94'],
    ['content', [{ reasoning_content: 'hm' }, {}], 'OU-Q95'],
    ['content-always', [{ reasoning_content: 'hm' }, { reasoning_content: '' }], 'OU-Q96'],
    ['content-calls', [{ reasoning_content: 'hm' }, { reasoning_content: 'hm' }], 'OU-Q97'],
    ['reasoning', [{ reasoning: 'hm' }, {}], 'OU-Q98'],
    ['both', [{ reasoning_content: 'hm', reasoning: 'hm' }, {}], 'OU-Q98'],
    ['details', [{ reasoning: 'hm' }, {}], 'OU-Q99'],
    ['details-text', [{ reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }, {}], 'OU-Q99'],
    ['token', [{}, {}], 'OU-Q101'],
  ] as const)('in a row with replay %p as %p (%s)', (value, expected) => {
    expect(replay(value, loop(thought('hm')))).toEqual([...expected])
  })

  test('with all thinking of a turn as one value, without blank blocks (OU-Q93)', () => {
    const messages = [
      user('a'),
      assistant(thought('one'), thought(' \n'), 'b'),
      assistant(thought('two'), 'c'),
      user('d'),
    ]
    expect(replay('content', messages)).toEqual([{ reasoning_content: 'one\n\ntwo' }])
  })

  test('only as text if the signature is of another provider (OU-Q91)', () => {
    for (const signature of ['EqQBCgIYAhIM', carried('other', details)]) {
      expect(replay('details', loop(thought('hm', signature)))[0]).toEqual({ reasoning: 'hm' })
    }
    expect(replay('content', loop(thought('hm', carried('other', details))))[0]).toEqual({ reasoning_content: 'hm' })
  })

  test('with its details unchanged and in order (OU-Q99)', () => {
    const messages = loop(thought('hm', carried('row', details)), thought('', carried('row', [{ type: 'x' }])))
    for (const value of ['details', 'details-text'] as const) {
      expect(replay(value, messages)[0]).toEqual({ reasoning_details: [...details, { type: 'x' }] })
    }
  })

  test('with every call if the provider requires it (OU-Q97)', () => {
    expect(replay('content-calls', loop())).toEqual([
      { reasoning_content: '[reasoning unavailable]' },
      { reasoning_content: '[reasoning unavailable]' },
    ])
    expect(replay('content-calls', [user('a'), assistant('b'), user('c')])).toEqual([{}])
  })

  test('without made-up text while reasoning is off (OU-Q96, OU-Q97)', () => {
    const off = { thinking: { type: 'disabled' } }
    for (const value of ['content-always', 'content-calls'] as const) {
      const dialect = { replay: value, reasoning: 'deepseek' } as const
      expect(replayed(loop(thought('hm')), dialect, off)).toEqual([{ reasoning_content: 'hm' }, {}])
    }
  })

  test('only of the current turn if the model refuses earlier reasoning (OU-Q96)', () => {
    const earlier = [user('a'), assistant(thought('old'), 'b')]
    expect(replay('content-current', [...earlier, ...loop(thought('hm'))])).toEqual([
      {},
      { reasoning_content: 'hm' },
      {},
    ])
  })

  test('as a part of the content (OU-Q100)', () => {
    const [, message, , other] = chatMessages(loop(thought('hm'), { type: 'text', text: 'b' }), {
      dialect: { replay: 'parts' },
    })
    expect(message?.content).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'b' },
    ])
    expect(other?.content).toBeNull()
  })

  test('as tokens on the calls (OU-Q101)', () => {
    const messages = chatMessages(loop(thought('', carried('row', [], { t1: 'token' }))), {
      dialect: { replay: 'token' },
      id: 'row',
    })
    const calls = messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
    expect(calls.map((call) => call.extra_content)).toEqual([{ google: { thought_signature: 'token' } }, undefined])
  })
})

test('a note without its text reports thinking that is not sent back (OU-Q37)', () => {
  const messages = [
    user('a'),
    assistant(thought('secret'), { type: 'redacted_thinking', data: 'eA==' }, 'b'),
    user('c'),
  ]
  const translation = translateChat({ messages })
  expect(notesIn(translation)).toEqual([
    'debug messages.1.content.0: thinking that the provider does not accept in the history',
    'debug messages.1.content.1: thinking that only Claude can read',
  ])
  expect(JSON.stringify(translation.body)).not.toContain('secret')
})

test('a turn with only dropped thinking is not sent (OU-Q26, OU-Q91)', () => {
  const foreign = thought('', carried('other', details, { t1: 'token' }))
  for (const value of ['content', 'details', 'token'] as const) {
    expect(chatMessages([user('a'), assistant(foreign), user('b')], { dialect: { replay: value }, id: 'row' })).toEqual(
      [{ role: 'user', content: 'a\n\nb' }],
    )
  }
})
