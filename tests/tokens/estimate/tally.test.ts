import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { estimateTokens, toCount } from '../../../src/tokens/estimate/estimate.ts'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'
import { assistant, image, tool, toolResult, user } from '../../support/translate.ts'

const model = 'claude-sonnet-4.6'
const estimate = (members: object) =>
  estimateTokens({ model, messages: [user('foo')], ...members } as CountTokensRequest, model)
const count = (members: object, factor = 1): number => toCount(estimate(members), factor)

const thinking = (words: string): object => ({ type: 'thinking', thinking: words, signature: 'c2ln' })
const factors = fc.double({ min: 0.7, max: 1.6, noNaN: true })
const words = fc.string({ maxLength: 300, unit: 'grapheme' })

describe('1.9 sum is exact', () => {
  test('1.9 sum: a tool costs the same in any request', () => {
    fc.assert(
      fc.property(words, words, words, words, factors, (system, said, other, description, factor) => {
        const rest = { system, messages: [user(said, image()), assistant(other), user('baz')] }
        const [some, one] = [tool('Some', { description: other }), tool('Another', { description })]
        const added = count({ ...rest, tools: [some, one] }, factor) - count({ ...rest, tools: [some] }, factor)
        expect(added).toBe(count({ tools: [some, one] }, factor) - count({ tools: [some] }, factor))
        // The first one brings Anthropic's prompt for tools with it.
        const first = count({ ...rest, tools: [one] }, factor) - count(rest, factor)
        expect(first).toBe(count({ tools: [one] }, factor) - count({}, factor))
      }),
    )
  })

  test('1.9 sum: a message and the system prompt cost the same in any request', () => {
    fc.assert(
      fc.property(words, words, words, factors, (system, said, more, factor) => {
        const rest = { system, tools: [tool('Bash', { description: said })] }
        const added =
          count({ ...rest, messages: [user(said), user(more)] }, factor) -
          count({ ...rest, messages: [user(said)] }, factor)
        expect(added).toBe(count({ messages: [user('foo'), user(more)] }, factor) - count({}, factor))
        const prompt =
          count({ ...rest, messages: [user(said)] }, factor) -
          count({ ...rest, system: '', messages: [user(said)] }, factor)
        expect(prompt).toBe(count({ system }, factor) - count({ system: '' }, factor))
      }),
    )
  })

  test('1.9 sum: a count is a whole number, 1 or more', () => {
    expect(toCount({ parts: [] })).toBe(1)
    expect(toCount({ parts: [{ text: 0.1, thinking: 0, media: 0 }] })).toBe(1)
    fc.assert(fc.property(words, factors, (system, factor) => Number.isSafeInteger(count({ system }, factor))))
  })
})

describe('1.9 sum: of what is sent', () => {
  const long = 'word '.repeat(20_000)
  const summary = (content: string | null) => ({ type: 'compaction', content })

  test('1.9 sum: messages that a summary replaces do not count, the summary does', () => {
    const reply = [summary('What was said.'), { type: 'text', text: 'And on.' }]
    const after = [assistant(...reply), user('go')]
    const compacted = count({ messages: [user(long, image()), assistant(thinking(long)), ...after] })
    expect(compacted).toBe(count({ messages: after }))
    expect(compacted).toBeLessThan(60)
    expect(count({ messages: [user(long), assistant(long, ...reply), user('go')] })).toBe(compacted)
    const longer = [assistant(summary(long)), user('go')]
    expect(count({ messages: [user('foo'), ...longer] })).toBeGreaterThan(20_000)
    expect(count({ messages: [user(long), ...longer, assistant(summary('Short.')), user('go')] })).toBeLessThan(60)
  })

  test('1.9 sum: a failed compaction replaces nothing', () => {
    for (const failed of [null, '', ' \n'])
      expect(count({ messages: [user(long), assistant(summary(failed)), user('go')] })).toBeGreaterThan(20_000)
  })

  test('1.9 sum: tools that a compacted conversation named are sent, and count', () => {
    const late = tool('Late', { defer_loading: true })
    const found = user(toolResult('t', [{ type: 'tool_reference', tool_name: 'Late' }]))
    const conversation = { messages: [found, assistant(summary('Short.')), user('go')] }
    expect(count({ ...conversation, tools: [late] })).toBe(count({ ...conversation, tools: [tool('Late')] }))
  })

  test('1.9 sum: a change of the tools is not text, and its definition counts once', () => {
    const definition = tool('Late', { description: long })
    const added = {
      role: 'system',
      content: [{ type: 'tool_addition', tool: { type: 'tool_definition', name: 'Late', definition } }],
    }
    const removed = {
      role: 'system',
      content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'Bash' } }],
    }
    const once = count({ tools: [tool('Bash'), definition] })
    expect(count({ tools: [tool('Bash')], messages: [user('foo'), added] }) - once).toBeLessThan(10)
    expect(count({ messages: [user('foo'), removed] }) - count({})).toBeLessThan(10)
  })

  test('1.9 sum: thinking counts separately from text', () => {
    const {
      text,
      thinking: thought,
      media,
    } = estimate({ messages: [user('foo'), assistant(thinking(long), { type: 'text', text: 'Well.' }), user('bar')] })
    expect(thought).toBeGreaterThan(20_000)
    expect(text).toBeLessThan(60)
    expect(media).toBe(0)
  })
})
