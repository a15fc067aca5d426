import { describe, expect, test } from 'bun:test'
import assert from 'node:assert/strict'
import { toErrorLine } from '../../scripts/matrix/error-line.ts'

describe('the error of a cell (MX-R9)', () => {
  test('is one line of at most 300 characters', () => {
    expect(toErrorLine(new Error('first\nsecond'))).toBe('first')
    const long = toErrorLine('word '.repeat(200))
    expect([...long].length).toBe(300)
    expect(long.endsWith('…')).toBe(true)
  })

  test.each([
    ['no file /home/user1/project/a.txt here', 'no file <path> here'],
    ['in ~/secret/notes.md', 'in <path>'],
    ['in C:\\Users\\user1\\a.txt', 'in <path>'],
    ['cannot reach http://127.0.0.1:41413/v1/messages', 'cannot reach <local URL>'],
    ['with authorization: Bearer abc.def', 'with authorization: <token>'],
    ['key sk-ant-api03-abcdef', 'key <token>'],
    ['session 0190a1b2-0000-4000-8000-00000000abcd', 'session <id>'],
    [`token ${'a1'.repeat(20)}`, 'token <token>'],
    [`says "${'a private sentence of a prompt '.repeat(3)}" again`, 'says <text> again'],
  ])('has no path, token, id or prompt: %s', (given, line) => {
    expect(toErrorLine(given)).toBe(line)
  })

  test('names the host that the client tried to connect to (MX-R2)', () => {
    const words = 'the client tried to connect to another machine: CONNECT api.example.com:443 HTTP/1.1'
    expect(toErrorLine(words)).toBe(words)
  })

  test('does not quote the text that an assertion compares', () => {
    const prompt = 'You are a program that must not be quoted. '.repeat(20)
    const errors = [
      () => assert.match(prompt, /absent/),
      () => assert.deepEqual([prompt], ['other']),
      () => assert.equal(prompt, 'other'),
    ].map((fail) => {
      try {
        fail()
      } catch (error) {
        return toErrorLine(error)
      }
      return ''
    })
    for (const line of errors) {
      expect(line).not.toBe('')
      expect(line).not.toContain('must not be quoted')
    }
  })

  test('keeps the words of Bedrock and short names', () => {
    const refusal =
      "This model doesn't support the messages.2.content.0.toolResult.content.0.image field. Remove it and retry."
    expect(toErrorLine(refusal)).toBe(refusal)
    const words = "no case says 'tool_use': 2/3 of text/event-stream"
    expect(toErrorLine(words)).toBe(words)
  })
})
