import { describe, expect, test } from 'bun:test'
import { startChain } from '../../support/chain.ts'
import {
  assistant,
  refusalMessage,
  type TranslateOptions,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
  validBody,
} from '../../support/translate.ts'

const flag = 'interleaved-thinking-2025-05-14'

const budget = { type: 'enabled', budget_tokens: 30_000 }

const tooLarge = 'max_tokens must be greater than thinking.budget_tokens'

describe('F7 1.6 budget: a budget above max_tokens', () => {
  const ask = { messages: [user('a')], max_tokens: 16_000, thinking: budget, tools: [tool('T')] }
  const haiku: TranslateOptions = { modelId: 'claude-haiku-4.5', betas: [flag] }
  const older: TranslateOptions = { modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', betas: [flag] }

  test.each([
    ['haiku 4.5', ask, haiku],
    ['sonnet 4.5', ask, older],
    ['a flag in the body', { ...ask, betas: [flag] }, { ...haiku, betas: [] }],
    ['a flag among others', ask, { ...haiku, betas: [`claude-code-20250219, ${flag}`] }],
    ['a budget that is the same', { ...ask, max_tokens: 30_000 }, haiku],
    ['a native tool', { ...ask, tools: [{ type: 'computer_20250124', name: 'computer' }] }, haiku],
  ] as const)('is sent with the flag, where thinking is interleaved: %s', (_, members, options) => {
    expect(validBody(members, options).additionalModelRequestFields).toMatchObject({
      thinking: budget,
      anthropic_beta: expect.arrayContaining([flag]),
    })
  })

  test.each(['claude-sonnet-4.6', 'claude-opus-4.6'])(
    'becomes adaptive thinking on %s, which interleaves by itself and takes no flag',
    (modelId) => {
      const request = { ...ask, thinking: { ...budget, display: 'summarized' } }
      const { body, notes } = translate(request, { modelId, betas: [flag] })
      expect(body.additionalModelRequestFields).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } })
      expect(notes).toContainEqual({
        level: 'info',
        path: 'thinking.type',
        what: "a budget above max_tokens: became 'adaptive', which interleaves",
      })
    },
  )

  test.each([
    ['without the flag', ask, { ...haiku, betas: [] }],
    ['without the flag on 4.6', ask, { modelId: 'claude-sonnet-4.6' }],
    ['without tools', { ...ask, tools: [] }, haiku],
    ['without tools on 4.6', { ...ask, tools: [] }, { modelId: 'claude-sonnet-4.6', betas: [flag] }],
    ['with only a tool that is removed', { ...ask, tools: [{ type: 'web_search_20250305' }] }, haiku],
    [
      'with stand-ins for tools of the history',
      { ...ask, tools: [], messages: [user('a'), assistant(toolUse('t1')), user(toolResult('t1'))] },
      haiku,
    ],
    ['on a model that does not accept the flag', ask, { modelId: 'claude-3-7-sonnet', betas: [flag] }],
    ['on a model that has refused the flag', ask, { ...haiku, overrides: { refusedBetas: [flag] } }],
    ['on a model that may have refused the flag', ask, { ...haiku, overrides: { suspectedBetas: [flag] } }],
  ] as const)('stays refused %s', (_, members, options) => {
    expect(refusalMessage(() => translate(members, options))).toBe(tooLarge)
  })

  test('passes through the whole chain, flag in the header', async () => {
    const { post, simulator } = startChain()
    const body = { ...ask, model: 'claude-haiku-4-5' }
    const response = await post(body, { headers: { 'anthropic-beta': flag } })
    expect(response.status).toBe(200)
    expect(simulator.journal[0]?.body).toMatchObject({
      inferenceConfig: { maxTokens: 16_000 },
      additionalModelRequestFields: { thinking: budget, anthropic_beta: [flag] },
    })
    expect((await post(body)).status).toBe(400)
  })
})

const haiku: TranslateOptions = { modelId: 'claude-haiku-4.5' }

const newer: TranslateOptions = { modelId: 'us.anthropic.claude-opus-4-8' }

const ask = { messages: [user('a')], max_tokens: 8000 }

const additional = (members: object, options?: TranslateOptions): Record<string, unknown> =>
  validBody({ ...ask, ...members }, options).additionalModelRequestFields ?? {}

describe('thinking', () => {
  test('1.1 thinking is sent unchanged if the model accepts it', () => {
    expect(additional({ thinking: { type: 'adaptive', display: 'summarized' } })).toEqual({
      thinking: { type: 'adaptive', display: 'summarized' },
    })
    expect(additional({ thinking: { type: 'enabled', budget_tokens: 4000 } })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 4000 },
    })
    expect(additional({ thinking: { type: 'disabled' } })).toEqual({ thinking: { type: 'disabled' } })
  })

  test('1.1 thinking is sent without members that are null', () => {
    const thinking = { type: 'adaptive', display: null, block_binding: null }
    expect(additional({ thinking })).toEqual({ thinking: { type: 'adaptive' } })
    const budget = { type: 'enabled', budget_tokens: 2000, display: null }
    expect(additional({ thinking: budget }, { modelId: 'claude-opus-4.7' })).toEqual({ thinking: { type: 'adaptive' } })
  })

  test('1.6 4.5: adaptive becomes a budget, by effort, if only budgets are supported', () => {
    expect(additional({ thinking: { type: 'adaptive' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 6000 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 2000 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, max_tokens: 64_000 }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 31_999 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, max_tokens: 1000 }, haiku)).toEqual({})
  })

  test('1.6 other members than the type are sent too', () => {
    expect(additional({ thinking: { type: 'adaptive', display: 'omitted' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 6000, display: 'omitted' },
    })
  })

  test('1.6 opus 4.7: a budget becomes adaptive if only adaptive is supported', () => {
    expect(additional({ thinking: { type: 'enabled', budget_tokens: 4000, display: 'omitted' } }, newer)).toEqual({
      thinking: { type: 'adaptive', display: 'omitted' },
    })
  })

  test('1.6 budget: a budget that leaves no tokens for the response is refused', () => {
    expect(refusalMessage(() => translate({ ...ask, thinking: { type: 'enabled', budget_tokens: 8000 } }))).toBe(
      'max_tokens must be greater than thinking.budget_tokens',
    )
  })

  test("1.6 fable: models that always think do not get 'disabled'", () => {
    expect(additional({ thinking: { type: 'disabled' } }, { modelId: 'claude-fable-5' })).toEqual({})
  })
})
