import { describe, expect, test } from 'bun:test'
import { toConversationMessage, toErrorMessage } from '../../../src/gateway/observers/slack-message.ts'
import type { ConversationWords } from '../../../src/gateway/request-record.ts'
import { requestRecord, usage } from '../../support/records.ts'

const words = (members: Partial<ConversationWords> = {}): ConversationWords => ({
  userText: 'Fix it',
  assistantText: 'Done',
  tools: [],
  ...members,
})
const tools = [
  { name: 'Read', input: { file_path: '/a/b/c.ts' } },
  { name: 'Bash', input: { command: 'ls' } },
]
const textOf = (members: Partial<ConversationWords>, isNew = true): string | undefined =>
  toConversationMessage(requestRecord(), words(members), () => isNew)?.text

describe('the message about an exchange', () => {
  test('has the words as text, and the request below it (AU-S3)', () => {
    const record = requestRecord({ usage, maskedKey: '...0123456789' })
    expect(toConversationMessage(record, words(), () => true)).toEqual({
      text: '👤 User: Fix it\n\n🤖 Claude: Done',
      attachments: [{ footer: 'team.example | claude-sonnet-4-6 | ...0123456789 | Tokens: 3210/40', ts: '1795953601' }],
    })
  })

  test('names what is not known, and leaves out unknown figures (AU-S3)', () => {
    const record = requestRecord({ domain: undefined, model: undefined, used: 'claude-opus-4.6' })
    expect(toConversationMessage(record, words(), () => true)?.attachments).toEqual([
      { footer: 'unknown | claude-opus-4.6 | unknown', ts: '1795953601' },
    ])
  })

  test.each<[string, Partial<ConversationWords>, boolean, string | undefined]>([
    ['the answer alone, if the user wrote nothing new', {}, false, '🤖 Claude: Done'],
    [
      'the calls of tools after the words',
      { tools },
      false,
      '🤖 Claude: Done\n🔧 Read - b/c.ts\n🔧 Bash - {"command":"ls"}',
    ],
    ['the calls of tools alone', { assistantText: '', tools }, true, '🔧 Read - b/c.ts\n🔧 Bash - {"command":"ls"}'],
    ['nothing, if there are neither words nor calls', { assistantText: ' \n' }, true, undefined],
  ])('has %s (AU-S3)', (_what, members, isNew, text) => {
    expect(textOf(members, isNew)).toBe(text)
  })

  test('does not use up a new text of the user in a message without it', () => {
    const seen: string[] = []
    const isNews = (text: string): boolean => seen.push(text) > 0
    toConversationMessage(requestRecord(), words({ assistantText: '', tools }), isNews)
    expect(seen).toEqual([])
    toConversationMessage(requestRecord(), words(), isNews)
    expect(seen).toEqual(['Fix it'])
  })

  test('keeps the first 20 lines of the answer (AU-S2)', () => {
    const lines = Array.from({ length: 30 }, (_, line) => `line ${line}`)
    expect(textOf({ assistantText: lines.join('\n') }, false)).toBe(
      `🤖 Claude: ${lines.slice(0, 20).join('\n')}\n... (truncated)`,
    )
  })

  test('has at most 3,000 characters, and then a note (AU-S3)', () => {
    const begin = '🤖 Claude: '
    const fitting = 'a'.repeat(3000 - begin.length)
    expect(textOf({ assistantText: fitting }, false)).toBe(begin + fitting)
    expect(textOf({ assistantText: `${fitting}b` }, false)).toBe(`${begin}${fitting}... (truncated)`)
  })

  test('cannot mention a channel or hide a link (AU-S3)', () => {
    expect(textOf({ userText: '<!channel> & <https://a.example|b>', assistantText: '<@U1> &lt;' })).toBe(
      '👤 User: &lt;!channel&gt; &amp; &lt;https://a.example|b&gt;\n\n🤖 Claude: &lt;@U1&gt; &amp;lt;',
    )
    expect(textOf({ assistantText: '', tools: [{ name: '<!here>', input: {} }] })).toBe('🔧 &lt;!here&gt; - {}')
  })

  test.each(['<', '&', '😀'])('is not cut within %s (AU-S3)', (character) => {
    for (let shift = 0; shift < 6; shift += 1) {
      const text = textOf({ assistantText: 'a'.repeat(shift) + character.repeat(4000) }, false) ?? ''
      const kept = text.replace(/\.\.\. \(truncated\)$/, '')
      expect(kept.length).toBeGreaterThan(2990)
      expect(kept.length).toBeLessThanOrEqual(3000)
      expect(kept).toMatch(/^🤖 Claude: a*(?:&lt;|&amp;|😀)+$/u)
    }
  })
})

test('the message about a failure has our own words (AU-S4)', () => {
  const record = requestRecord({
    outcome: 'failed',
    status: 502,
    errorType: 'api_error',
    errorReason: 'Cannot reach <host>.',
  })
  expect(toErrorMessage(record)).toEqual({
    attachments: [
      {
        color: '#ff0000',
        author_name: ':warning: Error',
        title: 'Request req_1',
        text: 'Cannot reach &lt;host&gt;.',
        fields: [
          { title: 'Domain', value: 'team.example', short: true },
          { title: 'Time', value: '2026-11-29T12:00:01.234Z', short: true },
        ],
        footer: 'Claude Code Proxy',
      },
    ],
  })
  const unknown = toErrorMessage({ ...record, errorType: 'overloaded_error', errorReason: undefined })
  expect(unknown.attachments[0]?.['text']).toBe('overloaded_error')
})
