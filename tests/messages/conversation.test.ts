import { describe, expect, test } from 'bun:test'
import { sign } from '../../src/simulator/signature.ts'
import {
  assistant,
  cachedText,
  cachePoint,
  image,
  refusalMessage,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
  validBody,
} from '../support/translate.ts'

const tools = [tool('Bash')]

const messages = (...list: object[]): object => ({ messages: list, tools })

const bodyOf = (...list: object[]): { role: string; content: object[] }[] => validBody(messages(...list)).messages

describe('turns', () => {
  test('1.2.5 consecutive messages of one role become one turn, results first', () => {
    expect(
      bodyOf(
        user('go'),
        assistant('I'),
        assistant(toolUse('t1'), toolUse('t2')),
        user('hm', toolResult('t2', 'two')),
        user(toolResult('t1', 'one'), 'end'),
      ),
    ).toEqual([
      { role: 'user', content: [{ text: 'go' }] },
      {
        role: 'assistant',
        content: [
          { text: 'I' },
          { toolUse: { toolUseId: 't1', name: 'Bash', input: {} } },
          { toolUse: { toolUseId: 't2', name: 'Bash', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 't2', content: [{ text: 'two' }] } },
          { toolResult: { toolUseId: 't1', content: [{ text: 'one' }] } },
          { text: 'hm' },
          { text: 'end' },
        ],
      },
    ])
  })

  test('1.2.6 an empty user turn gets a placeholder that is not blank, an empty assistant turn is dropped', () => {
    expect(bodyOf(user('a'), assistant('b'), user(' \n'), assistant('c'), user('d'))[2]).toEqual({
      role: 'user',
      content: [{ text: '(no content)' }],
    })
    expect(bodyOf(user('a'), assistant(' '), user('b'))).toEqual([
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
    ])
  })

  test('1.2.7 a conversation that begins with the assistant gets a user turn first', () => {
    expect(bodyOf(assistant('Hello.'), user('hi'))[0]).toEqual({ role: 'user', content: [{ text: '(no content)' }] })
  })

  test('1.2.8 only tool uses follow the last tool use; otherwise the order stays', () => {
    const [, turn] = bodyOf(
      user('a'),
      assistant('x', toolUse('t1'), 'y', toolUse('t2'), 'z'),
      user(toolResult('t1'), toolResult('t2')),
    )
    expect(turn?.content.map((block) => Object.values(block)[0])).toEqual([
      'x',
      { toolUseId: 't1', name: 'Bash', input: {} },
      'y',
      'z',
      { toolUseId: 't2', name: 'Bash', input: {} },
    ])
  })

  test('1.2.9 prefill: refused where the model refuses it, trimmed where it does not', () => {
    const prefill = { messages: [user('a'), assistant('{"x":\n ')] }
    expect(refusalMessage(() => translate(prefill))).toBe(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
    expect(validBody(prefill, { modelId: 'claude-haiku-4.5' }).messages[1]).toEqual({
      role: 'assistant',
      content: [{ text: '{"x":' }],
    })
  })

  test('1.2.10 F2 of more than 20 images the oldest are omitted in batches, of the newest turn as few as possible', () => {
    const omitted = { text: '[image omitted: Bedrock allows at most 20 images and documents per request]' }
    const kindsOf = (...counts: number[]): string[] =>
      bodyOf(
        ...counts.flatMap((count, index) => [
          ...(index > 0 ? [assistant('b')] : []),
          user('a', ...Array.from({ length: count }, () => image())),
        ]),
      )
        .filter(({ role }) => role === 'user')
        .map(({ content }) =>
          content.map((block) => ('image' in block ? 'i' : Bun.deepEquals(block, omitted) ? '-' : '')),
        )
        .map((kinds) => kinds.join(''))
    expect(kindsOf(22)).toEqual(['-'.repeat(2) + 'i'.repeat(20)])
    expect(kindsOf(12, 12)).toEqual(['-'.repeat(12), 'i'.repeat(12)])
    expect(kindsOf(20, 1)).toEqual(['-'.repeat(11) + 'i'.repeat(9), 'i'])
    expect(kindsOf(20, 1, 10)).toEqual(['-'.repeat(11) + 'i'.repeat(9), 'i', 'i'.repeat(10)])
    expect(kindsOf(20, 1, 11)).toEqual(['-'.repeat(20), '-', 'i'.repeat(11)])
  })

  test('1.2.10 F2 images and documents inside results count, too', () => {
    const many = Array.from({ length: 12 }, () => image())
    const body = validBody(messages(user(...many), assistant(toolUse('t1')), user(toolResult('t1', many))))
    const [first, , last] = body.messages
    expect(JSON.stringify(first)).not.toContain('"image":')
    expect(JSON.stringify(last).match(/"image":/g)?.length).toBe(12)
  })

  test('1.2.10 of more than 5 documents in one message the newest 5 stay', () => {
    const document = (index: number): object => ({
      type: 'document',
      title: `D${index}`,
      source: { type: 'text', media_type: 'text/plain', data: 'x' },
    })
    const [turn] = bodyOf(user('a', ...[0, 1, 2].map(document)), user(...[3, 4, 5].map(document)))
    expect(turn?.content.slice(0, 3).map((block) => Object.values(block)[0])).toMatchObject([
      'a',
      '[document omitted: Bedrock allows at most 5 documents per message]',
      { name: 'D1' },
    ])
  })

  test('1.2.2 system messages that only change settings make no turn', () => {
    expect(
      bodyOf(user('a'), { role: 'system', output_config: { effort: 'low' } }, assistant('b'), user('c')).map(
        ({ role }) => role,
      ),
    ).toEqual(['user', 'assistant', 'user'])
  })

  test('1.2.1 a message without content is refused', () => {
    expect(refusalMessage(() => translate({ messages: [{ role: 'user' }] }))).toBe('messages.0.content: Field required')
  })

  test('blocks in a message of the wrong role are refused', () => {
    expect(refusalMessage(() => translate(messages(user(toolUse('t1')))))).toBe(
      'messages.0.content.0: `tool_use` blocks can only be in `assistant` messages',
    )
    expect(refusalMessage(() => translate(messages(user('a'), assistant(toolResult('t1')))))).toBe(
      'messages.1.content.0: `tool_result` blocks can only be in `user` messages',
    )
  })
})

describe('1.2.2 system messages within the conversation', () => {
  const note = (text: string): object => ({ role: 'system', content: text })
  const newest = { modelId: 'claude-opus-4-8', policy: { systemMessages: 'native' } } as const
  const turnsOf = (messages: object[], options: object = newest): unknown[] =>
    translate({ messages }, options).body.messages.map(({ role, content }) => [role, content])

  test('1.2.2 become text in the user turn, after its tool results', () => {
    const { messages } = validBody({
      messages: [user('a'), assistant(toolUse('t1')), note('Be brief.'), user(toolResult('t1'))],
      tools: [tool('Bash')],
    })
    expect(messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 't1', content: [{ text: 'ok' }] } },
      { text: '<system-reminder>\nBe brief.\n</system-reminder>' },
    ])
  })

  test('1.2.2 before the conversation belong to the system prompt', () => {
    const body = validBody({ system: 's', messages: [note('first'), user('a'), assistant('b'), user('c')] })
    expect(body.system).toEqual([{ text: 's' }, { text: 'first' }])
  })

  test('1.2.2 stay system messages if the model supports them and the setting allows it', () => {
    expect(turnsOf([user('a'), note('Be brief.'), assistant('b'), user('c')])).toEqual([
      ['user', [{ text: 'a' }]],
      ['system', [{ text: 'Be brief.' }]],
      ['assistant', [{ text: 'b' }]],
      ['user', [{ text: 'c' }]],
    ])
    expect(
      turnsOf([user('a'), note('x'), assistant('b'), user('c')], { ...newest, modelId: 'claude-opus-4-7' })[0],
    ).toEqual(['user', [{ text: 'a' }, { text: '<system-reminder>\nx\n</system-reminder>' }]])
  })

  test('1.2.2 that stay are never last, never two in a row, never after the assistant', () => {
    const roles = (...messages: object[]): unknown[] => turnsOf(messages).map((turn) => (turn as unknown[])[0])
    expect(roles(user('a'), note('x'))).toEqual(['user'])
    expect(roles(user('a'), note('x'), note('y'), assistant('b'), user('c'))).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ])
    expect(roles(user('a'), assistant('b'), note('x'), user('c'))).toEqual(['user', 'assistant', 'user'])
    expect(roles(user('a'), note('x'), assistant(' '), user('c'))).toEqual(['user'])
    expect(roles(user('a'), note('x'), user('b'), assistant('c'), user('d'))).toEqual(['user', 'assistant', 'user'])
    const unsigned = { type: 'thinking', thinking: 'x', signature: sign('x') }
    expect(roles(user('a'), note('x'), assistant(unsigned, 'b'), user('c'))).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ])
  })

  test('1.2.2 without text end the turn of the assistant, now and one turn later', () => {
    const change = {
      role: 'system',
      content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'Read' } }],
    }
    const shorter = validBody({ messages: [user('a'), assistant('b'), change] }).messages
    expect(shorter.at(-1)).toEqual({ role: 'user', content: [{ text: '(no content)' }] })
    const longer = validBody({ messages: [user('a'), assistant('b'), change, assistant('c'), user('d')] }).messages
    expect(longer.slice(0, 3)).toEqual(shorter)
    const sent = validBody({ messages: [user('a'), assistant('b'), change, user('c')] }).messages
    expect(sent.at(-1)).toEqual({ role: 'user', content: [{ text: 'c' }] })
  })

  test('1.2.2 K1 keep their cache marker', () => {
    const { messages } = validBody({ messages: [user('a'), { role: 'system', content: [cachedText('x')] }] })
    expect(messages[0]?.content.at(-1)).toEqual(cachePoint)
  })
})
