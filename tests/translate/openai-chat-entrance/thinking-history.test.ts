import { describe, expect, test } from 'bun:test'
import type { OpenAiContext } from '../../../src/translate/openai-entrance/context.ts'
import type { ThinkingContent } from '../../../src/translate/openai-entrance/thinking-content.ts'
import { conversationOf } from '../../support/openai-chat-entrance.ts'
import { notedPaths, openAiContext } from '../../support/openai-context.ts'
import { openAiFixture } from '../../support/openai-fixtures.ts'

const call = { id: 'call_1', type: 'function', function: { name: 'bash', arguments: '{}' } }
const use = { type: 'tool_use', id: 'call_1', name: 'bash', input: {} }
const details = (...entries: object[]): object => ({
  reasoning_details: entries.map((entry) => ({ format: 'anthropic-claude-v1', ...entry })),
})
const textEntry = (text: string, index?: number, signature?: string): object => ({
  type: 'reasoning.text',
  text,
  ...(index !== undefined && { index }),
  ...(signature !== undefined && { signature }),
})
const thinking = (text: string, signature: string): ThinkingContent => ({ type: 'thinking', thinking: text, signature })
const redacted: ThinkingContent = { type: 'redacted_thinking', data: 'YQ==' }

/** The blocks of the assistant's turn, and the paths of notes. */
const turnOf = (
  members: object,
  kept: (id: string) => readonly ThinkingContent[] | undefined = () => undefined,
): [content: unknown, notes: string[]] => {
  const recall: OpenAiContext['recall'] = (id, isOf = () => true) => {
    const remembered = kept(id)
    return remembered !== undefined && isOf(remembered) ? remembered : undefined
  }
  const context = openAiContext({ recall, policy: { autoCache: false } })
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b', tool_calls: [call], ...members },
    { role: 'tool', tool_call_id: 'call_1', content: 'c' },
  ]
  return [conversationOf(messages, context).messages[1]?.content, notedPaths(context)]
}

const said = { type: 'text', text: 'b' }
const without = [said, use]

describe('thinking that a client sends back', () => {
  test.each([
    [
      details(textEntry('h', 0), textEntry('m', 0), textEntry('', 0, 's'), textEntry('so', 1, 't')),
      [thinking('hm', 's'), thinking('so', 't')],
    ],
    [details(textEntry('', 0, 's'), textEntry('', 1, 't')), [thinking('', 's'), thinking('', 't')]],
    [
      details(textEntry('h'), textEntry('m'), textEntry('', undefined, 's'), textEntry('so', undefined, 't')),
      [thinking('hm', 's'), thinking('so', 't')],
    ],
    [
      details(
        textEntry('hm', 0, 's'),
        { type: 'reasoning.encrypted', data: 'YQ==', index: 1 },
        textEntry('so', 2, 't'),
      ),
      [thinking('hm', 's'), redacted, thinking('so', 't')],
    ],
    [
      { reasoning_details: [textEntry('hm', 0, 's'), { type: 'reasoning.summary', summary: 'x' }] },
      [thinking('hm', 's')],
    ],
    [
      { thinking_blocks: [{ ...thinking('hm', 's'), cache_control: null }, redacted], reasoning_content: 'hm' },
      [thinking('hm', 's'), redacted],
    ],
  ])('with signatures is in front of its turn, byte for byte: %j (OE-C43, OE-C63)', (members, blocks) => {
    expect(turnOf(members)).toEqual([[...blocks, said, use], []])
  })

  test("in Anthropic's own blocks stays at its position (OE-C43, OE-C63)", () => {
    const content = [thinking('hm', 's'), said]
    expect(turnOf({ content }, () => [redacted])).toEqual([[...content, use], []])
  })

  test('without all of its signatures is left out as a whole, with a note (OE-C63)', () => {
    expect(turnOf(details(textEntry('hm', 0, 's'), textEntry('so', 1)))).toEqual([
      without,
      ['messages.1.reasoning_details'],
    ])
    expect(turnOf({ thinking_blocks: [thinking('hm', 's'), { type: 'thinking', thinking: 'so' }] })).toEqual([
      without,
      ['messages.1.thinking_blocks'],
    ])
    expect(turnOf({ reasoning_content: 'hm' })).toEqual([without, ['messages.1.reasoning_content']])
    expect(turnOf({ reasoning: 'hm', reasoning_content: '', reasoning_details: [] })).toEqual([
      without,
      ['messages.1.reasoning'],
    ])
  })

  test("with another model's signatures is left out (OE-C63)", () => {
    const foreign = { ...textEntry('hm', 0, 's'), format: 'google-gemini-v1' }
    expect(turnOf({ reasoning_details: [foreign] })).toEqual([without, ['messages.1.reasoning_details']])
  })

  test('without a signature is replaced by the memory of its first call (OE-C63, OE-C64)', () => {
    const ids: string[] = []
    const recall = (id: string): ThinkingContent[] => {
      ids.push(id)
      return [thinking('hm', 's')]
    }
    expect(turnOf({ reasoning_content: 'hm', tool_calls: [call, { ...call, id: 'call_2' }] }, recall)[0]).toMatchObject(
      [thinking('hm', 's'), said, use, { id: 'call_2' }],
    )
    expect(ids).toEqual(['call_1'])
  })

  test.each([
    [details(textEntry('', 0, 's'))],
    [details(textEntry('', 1, 't'))],
    [details({ type: 'reasoning.encrypted', data: 'YQ==', index: 1 })],
  ])('of which the client kept the last part is completed from the memory: %j (OE-C63, OE-C64)', (members) => {
    const blocks = [thinking('hm', 's'), redacted, thinking('so', 't')]
    expect(turnOf({ ...members, reasoning_content: 'so' }, () => blocks)).toEqual([[...blocks, said, use], []])
  })

  test('of which the client kept a signature gets its text from `reasoning_content` (OE-C63)', () => {
    const members = { ...details(textEntry('', 0, 's')), reasoning_content: 'hm' }
    expect(turnOf(members)).toEqual([[thinking('hm', 's'), said, use], []])
  })

  test('whose first block the client has lost is left out as a whole, with a note (OE-C63)', () => {
    const members = { ...details(textEntry('so', 1, 't')), reasoning_content: 'so' }
    expect(turnOf(members)).toEqual([without, ['messages.1.reasoning_details']])
  })

  test('without a text stays if the memory has other signatures (OE-C63)', () => {
    expect(turnOf(details(textEntry('', 0, 's')), () => [thinking('so', 't')])).toEqual([
      [thinking('', 's'), said, use],
      [],
    ])
  })

  test('that the memory has for a call of the same id in another conversation is not used (OE-C64)', () => {
    expect(turnOf({ reasoning_content: 'hm' }, () => [thinking('so', 't')])).toEqual([
      without,
      ['messages.1.reasoning_content'],
    ])
    const kept = [thinking('hm\n', 's'), thinking('so', 't')]
    expect(turnOf({ reasoning_content: 'hm\nso ' }, () => kept)).toEqual([[...kept, said, use], []])
    expect(turnOf({ reasoning: 'm' }, () => kept)).toEqual([[...kept, said, use], []])
  })

  test('at the end of a turn is left out: nothing came of it', () => {
    const context = openAiContext({ policy: { autoCache: false } })
    const members = details(textEntry('hm', 0, 's'))
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: '', ...members },
      { role: 'user', content: 'b' },
    ]
    expect(conversationOf(messages, context).messages).toHaveLength(1)
    expect(notedPaths(context)).toEqual(['messages.1'])
  })

  test.each(['litellm-history', 'openrouter-history'])('comes back from %s (OE-C43, OE-P6)', (name) => {
    const { messages } = conversationOf(openAiFixture(name).body['messages'] as object[])
    expect(messages[1]?.content).toMatchObject([
      thinking('The user wants the weather. I call the tool.', 'c2lnbmF0dXJl'),
      { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
      { type: 'text', text: 'I look it up.' },
      { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Graz' } },
    ])
  })
})
