import { describe, expect, test } from 'bun:test'
import { chatMessages, translateChat } from '../../support/chat-request.ts'
import { assistant, refusalMessage, toolResult, toolUse, user } from '../../support/translate.ts'

const system = (text: string): object => ({ role: 'system', content: text })

test('system messages at the start join the system message, later ones stay in place as reminders (OU-Q20)', () => {
  const { body } = translateChat({
    system: 'own',
    messages: [
      system('leading'),
      user('a'),
      assistant(toolUse('t1')),
      user(toolResult('t1')),
      system('later'),
      user('b'),
    ],
  })
  expect(body.messages[0]).toEqual({ role: 'system', content: 'own\n\nleading' })
  expect(body.messages[4]).toEqual({ role: 'user', content: '<system-reminder>\nlater\n</system-reminder>\n\nb' })
})

test("the first turn is the user's (OU-Q26)", () => {
  expect(chatMessages([assistant('hello'), user('a')])[0]).toEqual({ role: 'user', content: '(no content)' })
})

test('an empty assistant turn is dropped, and its neighbours merge (OU-Q26)', () => {
  const thought = { type: 'thinking', thinking: 'hm', signature: '' }
  expect(chatMessages([user('a'), assistant(thought), user('b')])).toEqual([{ role: 'user', content: 'a\n\nb' }])
  expect(chatMessages([user('a'), assistant(thought), user('b')], { dialect: { replay: 'content' } })).toEqual([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: '', reasoning_content: 'hm' },
    { role: 'user', content: 'b' },
  ])
})

test('a summary replaces the turns that it summarizes (OU-Q43)', () => {
  const summary = { type: 'compaction', content: 'so far' }
  expect(chatMessages([user('a'), assistant(summary, 'b'), user('c')])).toEqual([
    { role: 'user', content: '<conversation-summary>\nso far\n</conversation-summary>' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
  ])
})

describe('a conversation that ends with the assistant', () => {
  const messages = [user('Count'), assistant('One, ')]
  const policy = { prefill: true }

  test('is refused in Anthropic words (OU-Q27)', () => {
    const sentence =
      'This model does not support assistant message prefill. The conversation must end with a user message.'
    expect(refusalMessage(() => chatMessages(messages))).toBe(sentence)
    expect(refusalMessage(() => chatMessages(messages, { dialect: { prefill: 'prefix' } }))).toBe(sentence)
    expect(refusalMessage(() => chatMessages(messages, { policy }))).toBe(sentence)
  })

  test("is continued in the provider's form if the configuration allows it (OU-Q27)", () => {
    const last = (prefill: 'prefix' | 'partial') => chatMessages(messages, { policy, dialect: { prefill } })[1]
    expect(last('prefix')).toEqual({ role: 'assistant', content: 'One,', prefix: true })
    expect(last('partial')).toEqual({ role: 'assistant', content: 'One,', partial: true })
    const { body } = translateChat({ messages }, { policy, dialect: { prefill: 'continue' } })
    expect(body.messages[1]).toEqual({ role: 'assistant', content: 'One,' })
    expect(body).toMatchObject({ add_generation_prompt: false, continue_final_message: true })
  })

  test('with a tool of Anthropic is continued after a filler turn of the user (OU-Q27, OU-Q42)', () => {
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'rain' } }
    expect(chatMessages([user('a'), assistant(search)])[2]).toEqual({ role: 'user', content: '(continue)' })
  })
})
