import { describe, expect, test } from 'bun:test'
import { firstLines, isPersonalDomain, selectUserText } from '../../src/gateway/words.ts'

const user = (content: unknown) => ({ role: 'user', content })
const text = (value: string) => ({ type: 'text', text: value })
const reminder = text('<system-reminder>\nToday is Monday.\n</system-reminder>')

describe('selectUserText (AU-S2)', () => {
  test.each<[string, unknown[], string]>([
    ['the last user message that has text', [user('First'), user('Second')], 'Second'],
    ['text blocks, joined', [user([text('One'), { type: 'image' }, text('Two')])], 'One\nTwo'],
    [
      'the message before results of tools',
      [user('Fix it'), { role: 'assistant', content: 'Yes' }, user([{ type: 'tool_result', content: 'text' }])],
      'Fix it',
    ],
    ['a message without the blocks that begin with a reminder', [user([reminder, text('Fix it'), reminder])], 'Fix it'],
    ['an earlier message, if the last one has only reminders', [user('Fix it'), user([reminder])], 'Fix it'],
    ['an earlier message, if the last one quotes a reminder', [user('A'), user('B <system-reminder> C')], 'A'],
    ['an earlier message, if the last one is blank', [user('A'), user(' \n'), user([text('')])], 'A'],
    [
      'nothing of other roles',
      [
        { role: 'system', content: 'A' },
        { role: 'assistant', content: 'B' },
      ],
      '',
    ],
    ['nothing of messages of an unknown form', [null, 3, user(3), user([null, { type: 'text', text: 3 }]), {}], ''],
    ['nothing without messages', [], ''],
  ])('selects %s', (_what, messages, expected) => {
    expect(selectUserText(messages)).toBe(expected)
  })

  test.each([undefined, null, 'messages', { length: 1 }])('selects nothing of %p', (messages) => {
    expect(selectUserText(messages)).toBe('')
  })

  test('keeps the first 20 lines', () => {
    const lines = Array.from({ length: 21 }, (_, line) => `line ${line + 1}`)
    const twenty = lines.slice(0, 20).join('\n')
    expect(selectUserText([user(twenty)])).toBe(twenty)
    expect(selectUserText([user(lines.join('\n'))])).toBe(`${twenty}\n... (truncated)`)
  })

  test('keeps more than Slack shows of a long line, and not all of it', () => {
    expect(firstLines('a'.repeat(100_000)).length).toBe(8000)
    expect(firstLines(`${'a'.repeat(100_000)}\n`.repeat(30))).toBe(`${'a'.repeat(8000)}\n... (truncated)`)
  })
})

test('a domain with personal in its name is private, in any case (AU-S2)', () => {
  const hosts = ['team.example', 'personal.example', 'my-PERSONAL.example:3000', 'person.example']
  expect(hosts.filter(isPersonalDomain)).toEqual(['personal.example', 'my-PERSONAL.example:3000'])
})
