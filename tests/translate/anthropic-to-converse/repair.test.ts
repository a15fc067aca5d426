import { describe, expect, test } from 'bun:test'
import { assistant, refusalMessage, tool, toolResult, toolUse, translate, user } from '../../support/translate.ts'

const tools = [tool('Bash')]

const messages = (...list: object[]): object => ({ messages: list, tools })

describe('tool pairs are checked in Anthropic words', () => {
  test('1.2.4 a use without its result', () => {
    expect(
      refusalMessage(() =>
        translate(messages(user('a'), assistant(toolUse('t1'), toolUse('t2')), user(toolResult('t2'), 'b'))),
      ),
    ).toBe(
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    )
  })

  test("1.2.4 the path is the message with the use, and the id is the client's", () => {
    const members = messages(user('a'), assistant('b'), assistant(toolUse('a b c')), user('d'))
    expect(refusalMessage(() => translate(members))).toStartWith(
      'messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: a b c. ',
    )
    expect(refusalMessage(() => translate(messages(user('a'), assistant('b'), user(toolResult('x|y')))))).toContain(
      'blocks: x|y. ',
    )
  })

  test('1.2.4 a result without its use', () => {
    expect(refusalMessage(() => translate(messages(user('a'), assistant('b'), user('c', toolResult('t9')))))).toBe(
      'messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: t9. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
    )
  })

  test('1.2.4 two results for one use, one id for two uses', () => {
    expect(
      refusalMessage(() =>
        translate(messages(user('a'), assistant(toolUse('t1')), user(toolResult('t1'), toolResult('t1')))),
      ),
    ).toContain('each tool_use must have a single result')
    expect(
      refusalMessage(() =>
        translate(messages(user('a'), assistant(toolUse('t1'), toolUse('t1')), user(toolResult('t1')))),
      ),
    ).toBe('messages.1.content.1: `tool_use` ids must be unique')
  })
})
