import { describe, expect, test } from 'bun:test'
import { toChatReasoning, toResponsesReasoning } from '../../../src/translate/openai-entrance/reasoning-request.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const adaptive = { type: 'adaptive', display: 'summarized' }
const disabled = { type: 'disabled' }
const chat = (body: Record<string, unknown>) => {
  const context = openAiContext()
  return { ...toChatReasoning(body, context), noted: notedPaths(context) }
}

describe('reasoning_effort', () => {
  test.each([
    [undefined, {}],
    [null, {}],
    ['none', { thinking: disabled }],
    ['minimal', { thinking: disabled, effort: 'low' }],
    ['low', { thinking: adaptive, effort: 'low' }],
    ['medium', { thinking: adaptive, effort: 'medium' }],
    ['high', { thinking: adaptive, effort: 'high' }],
    ['xhigh', { thinking: adaptive, effort: 'xhigh' }],
    ['max', { thinking: adaptive, effort: 'max' }],
    ['ultra', { thinking: adaptive, effort: 'max' }],
  ])('%j becomes %j (OE-C12, OE-C60)', (effort, expected) => {
    expect<unknown>(chat({ reasoning_effort: effort })).toEqual({ ...expected, isHidden: false, noted: [] })
  })

  test('an unknown word is noted (OE-C60)', () => {
    expect<unknown>(chat({ reasoning_effort: 'some' })).toEqual({ isHidden: false, noted: ['reasoning_effort'] })
  })

  test('another type is refused (OE-C60)', () => {
    expect(refusalOf(() => chat({ reasoning_effort: 3 })).param).toBe('reasoning_effort')
  })
})

describe("OpenRouter's reasoning", () => {
  const budget = (budgetTokens: number) => ({ type: 'enabled', budget_tokens: budgetTokens, display: 'summarized' })
  test.each([
    [{ effort: 'high' }, { thinking: adaptive, effort: 'high' }, []],
    [{ effort: 'none', max_tokens: 2000 }, { thinking: disabled }, []],
    [{ enabled: false, effort: 'high' }, { thinking: disabled }, []],
    [{ enabled: true }, { thinking: adaptive }, []],
    [{ max_tokens: 2000 }, { thinking: budget(2000) }, []],
    [{ max_tokens: 100 }, { thinking: budget(1024) }, ['reasoning.max_tokens']],
    [{ exclude: false }, {}, []],
  ])('%j becomes %j (OE-C21, OE-C61)', (reasoning, expected, noted) => {
    expect<unknown>(chat({ reasoning })).toEqual({ ...expected, isHidden: false, noted })
  })

  test.each([
    [{ reasoning: { exclude: true, effort: 'low' } }],
    [{ include_reasoning: false, reasoning_effort: 'low' }],
  ])('%j thinks, and sends no reasoning (OE-C21, OE-C61)', (body) => {
    expect<unknown>(chat(body)).toEqual({ thinking: adaptive, effort: 'low', isHidden: true, noted: [] })
  })

  test('wins over reasoning_effort if it says anything (OE-C61)', () => {
    expect<unknown>(chat({ reasoning: { effort: 'low' }, reasoning_effort: 'high' })).toMatchObject({ effort: 'low' })
    expect<unknown>(chat({ reasoning: { exclude: true }, reasoning_effort: 'high' })).toMatchObject({ effort: 'high' })
  })
})

describe("Anthropic's thinking", () => {
  test.each([
    [{ type: 'enabled', budget_tokens: 2048 }],
    [{ type: 'adaptive', display: 'omitted', block_binding: { prefix_mismatch_behavior: 'error' } }],
    [{ type: 'disabled' }],
  ])('%j is verbatim and wins (OE-C21, OE-C61)', (thinking) => {
    const { thinking: sent } = chat({ thinking, reasoning: { enabled: false }, reasoning_effort: 'high' })
    expect<unknown>(sent).toBe(thinking)
  })

  test.each([
    ['on', 'thinking'],
    [{ type: 'enabled' }, 'thinking.budget_tokens'],
    [{ type: 'enabled', budget_tokens: 5 }, 'thinking.budget_tokens'],
    [{ type: 'deep' }, 'thinking'],
  ])('%j is refused with its path (OE-C61)', (thinking, param) => {
    expect(refusalOf(() => chat({ thinking })).param).toBe(param)
  })
})

describe('reasoning of Responses', () => {
  const responses = (reasoning: unknown) => {
    const context = openAiContext()
    return { ...toResponsesReasoning({ reasoning }, context), noted: notedPaths(context) }
  }

  test.each([
    [undefined, { isHidden: true }],
    [null, { isHidden: true }],
    [{}, { thinking: adaptive, isHidden: true }],
    [{ summary: 'auto' }, { thinking: adaptive, isHidden: false }],
    [
      { effort: 'low', summary: null },
      { thinking: adaptive, effort: 'low', isHidden: true },
    ],
    [
      { effort: 'high', generate_summary: 'concise' },
      { thinking: adaptive, effort: 'high', isHidden: false },
    ],
    [{ effort: 'none' }, { thinking: disabled, isHidden: true }],
  ])('%j becomes %j (OE-R5)', (reasoning, expected) => {
    expect<unknown>(responses(reasoning)).toEqual({ ...expected, noted: [] })
  })

  test('context and mode are noted (OE-R5)', () => {
    expect(responses({ effort: 'low', context: 'all_turns', mode: 'pro' }).noted).toEqual([
      'reasoning.context',
      'reasoning.mode',
    ])
  })
})
