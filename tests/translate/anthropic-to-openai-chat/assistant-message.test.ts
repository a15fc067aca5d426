import { expect, test } from 'bun:test'
import { parseExact } from '../../../src/base/exact-json.ts'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, toolResult, toolUse, user } from '../../support/translate.ts'

const call = (id: string, name: string, text = '{}'): object => ({
  id,
  type: 'function',
  function: { name, arguments: text },
})

test('texts of one assistant turn are one string, joined without a separator (OU-Q24)', () => {
  expect(chatMessages([user('a'), assistant('b', 'c'), assistant('d'), user('e')])[1]).toEqual({
    role: 'assistant',
    content: 'bcd',
  })
})

test("a turn with only calls has the provider's form of empty content (OU-Q24)", () => {
  const messages = [user('a'), assistant(toolUse('t1')), user(toolResult('t1'))]
  expect(chatMessages(messages)[1]?.content).toBeNull()
  expect(chatMessages(messages, { dialect: { emptyAssistant: '' } })[1]?.content).toBe('')
})

test('texts between calls move before them, with a note (OU-Q25)', () => {
  const translation = translateChat({
    messages: [
      user('a'),
      assistant('1', toolUse('t1'), '2', toolUse('t2', 'Read')),
      user(toolResult('t1'), toolResult('t2')),
    ],
  })
  expect(translation.body.messages[1]).toEqual({
    role: 'assistant',
    content: '12',
    tool_calls: [call('t1', 'Bash'), call('t2', 'Read')],
  } as never)
  expect(notesIn(translation)).toEqual(['debug messages.1.content.2: text between tool calls: moved before them'])
})

test.each([
  [undefined, '{}'],
  [null, '{}'],
  ['', '{}'],
  ['{"a":1}', '{"a":1}'],
  ['words', '{"input":"words"}'],
  [[1], '{"input":[1]}'],
  [{ b: 1, a: 'ü' }, '{"b":1,"a":"ü"}'],
  [{ __unparsedToolInput: { raw: '{"x":' } }, '{"__unparsedToolInput":{"raw":"{\\"x\\":"}}'],
  [{ half: '\ud83d', nul: 'a\0b' }, '{"half":"\\ufffd","nul":"ab"}'],
])('the arguments of input %p are %p (OU-Q28, OU-Q38)', (input, expected) => {
  const [, message] = chatMessages([user('a'), assistant({ ...toolUse('t1'), input }), user(toolResult('t1'))])
  expect(message?.role === 'assistant' && message.tool_calls?.[0]?.function.arguments).toBe(expected)
})

test('arguments keep the digits of numbers (OU-Q38)', () => {
  const input = parseExact('{"id":12345678901234567890,"ratio":1.0}')
  const [, message] = chatMessages([user('a'), assistant(toolUse('t1', 'Bash', input)), user(toolResult('t1'))])
  expect(message?.role === 'assistant' && message.tool_calls?.[0]?.function.arguments).toBe(
    '{"id":12345678901234567890,"ratio":1.0}',
  )
})

test('the work of a tool of Anthropic becomes a paragraph of text (OU-Q42)', () => {
  const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'rain' } }
  expect(chatMessages([user('a'), assistant('Let me see', '.', search, 'Done', '.'), user('b')])[1]?.content).toBe(
    'Let me see.\n\n[web_search: rain]\n\nDone.',
  )
})
