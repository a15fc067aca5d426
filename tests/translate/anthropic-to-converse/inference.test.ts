import { describe, expect, test } from 'bun:test'
import { refusalMessage, type TranslateOptions, translate, user, validBody } from '../../support/translate.ts'

const haiku: TranslateOptions = { modelId: 'claude-haiku-4.5' }

const newer: TranslateOptions = { modelId: 'us.anthropic.claude-opus-4-8' }

const ask = { messages: [user('a')], max_tokens: 8000 }

const additional = (members: object, options?: TranslateOptions): Record<string, unknown> =>
  validBody({ ...ask, ...members }, options).additionalModelRequestFields ?? {}

const inference = (members: object, options?: TranslateOptions): object | undefined =>
  validBody({ ...ask, ...members }, options).inferenceConfig

describe('sampling', () => {
  test('1.1 temperature, 1.1 top_p: zero survives', () => {
    expect(inference({ temperature: 0 })).toEqual({ maxTokens: 8000, temperature: 0 })
    expect(inference({ top_p: 0.5 })).toEqual({ maxTokens: 8000, topP: 0.5 })
  })

  test('1.1 top_p is dropped if there is a temperature as well', () => {
    expect(inference({ temperature: 0.3, top_p: 0.5 })).toEqual({ maxTokens: 8000, temperature: 0.3 })
  })

  test('1.1 temperature, 1.1 top_p, 1.1 top_k: none while thinking, except a temperature of 1', () => {
    const thinking = { type: 'adaptive' }
    expect(inference({ temperature: 0.3, top_p: 0.5, thinking })).toEqual({ maxTokens: 8000 })
    expect(inference({ temperature: 1, thinking })).toEqual({ maxTokens: 8000, temperature: 1 })
    expect(additional({ top_k: 5, thinking })).toEqual({ thinking })
    expect(additional({ top_k: 5 })).toEqual({ top_k: 5 })
  })

  test('1.6 opus 4.7: no sampling on models that refuse it', () => {
    expect(inference({ temperature: 1, top_p: 1, top_k: 3 }, newer)).toEqual({ maxTokens: 8000 })
  })

  test('1.1 stop_sequences, 1.1 stop sequence paths: the sequences, and the paths of the report', () => {
    const body = validBody({ ...ask, stop_sequences: ['END'] })
    expect(body.inferenceConfig).toEqual({ maxTokens: 8000, stopSequences: ['END'] })
    expect(body.additionalModelResponseFieldPaths).toEqual(['/stop_sequence', '/delta/stop_sequence'])
    expect(validBody({ ...ask, stop_sequences: [] }).additionalModelResponseFieldPaths).toBeUndefined()
    expect(refusalMessage(() => translate({ ...ask, stop_sequences: ['x', ' \n'] }))).toBe(
      'stop_sequences: each stop sequence must contain non-whitespace',
    )
  })
})

describe('effort', () => {
  test.each([
    ['high', undefined, { output_config: { effort: 'high' } }],
    ['max', undefined, { output_config: { effort: 'max' } }],
    ['xhigh', undefined, { output_config: { effort: 'high' } }],
    ['high', haiku, {}],
    ['xhigh', newer, { output_config: { effort: 'xhigh' } }],
    [
      'max',
      { modelId: 'claude-opus-4-5' },
      { output_config: { effort: 'high' }, anthropic_beta: ['effort-2025-11-24'] },
    ],
  ] as const)('1.1 effort: %s on %p', (effort, options, expected) => {
    expect(additional({ output_config: { effort } }, options)).toEqual(expected)
  })
})
