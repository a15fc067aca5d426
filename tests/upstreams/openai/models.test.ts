import { describe, expect, test } from 'bun:test'
import { clientNameOf } from '../../../src/models/resolver.ts'
import { createOpenAiModels, type ModelListOptions } from '../../../src/upstreams/openai/models.ts'

const none = {
  modelMap: new Map<string, string>(),
  big: undefined,
  middle: undefined,
  small: undefined,
  vision: undefined,
}
const sized = { ...none, big: 'big/B', middle: 'mid/M', small: 'small/S', vision: 'see/V' }
const modelsFor = (names: ModelListOptions['names'], more: Partial<ModelListOptions> = {}) =>
  createOpenAiModels({ names, contextLimits: new Map(), maximumOutput: undefined, ...more })

describe('the models of an OpenAI-compatible server', () => {
  test('the list has the mapped names of Claude models, and the configured models (OU-R1)', () => {
    const { models } = modelsFor(sized)
    expect(models.map((model) => [clientNameOf(model), model.id])).toEqual([
      ['claude-opus-4-6', 'big/B'],
      ['claude-sonnet-4-6', 'mid/M'],
      ['claude-haiku-4-5', 'small/S'],
      ['big/B', 'big/B'],
      ['mid/M', 'mid/M'],
      ['small/S', 'small/S'],
      ['see/V', 'see/V'],
    ])
    expect(modelsFor(none).models).toEqual([])
  })

  test('names of the exact map are listed, each once', () => {
    const { models } = modelsFor({
      ...none,
      modelMap: new Map([
        ['claude-sonnet-4-6', 'gpt-5'],
        ['fast', 'gpt-5-mini'],
      ]),
    })
    expect(models.map(clientNameOf)).toEqual(['claude-sonnet-4-6', 'fast', 'gpt-5', 'gpt-5-mini'])
  })

  test('short names are the names of their families (OU-R16)', () => {
    const { resolve } = modelsFor(sized)
    const names = [
      'opus',
      'sonnet',
      'haiku',
      'fable',
      'best',
      'default',
      'claude-sonnet-4.6',
      'claude-3-5-haiku-20241022',
    ]
    expect(names.map((name) => clientNameOf(resolve(name).model))).toEqual([
      'claude-opus-4-6',
      'claude-sonnet-4-6',
      'claude-haiku-4-5',
      'claude-opus-4-6',
      'claude-opus-4-6',
      'claude-sonnet-4-6',
      'claude-sonnet-4-6',
      'claude-haiku-4-5',
    ])
    expect(resolve('sonnet[1m]')).toMatchObject({ model: { id: 'mid/M' }, contextSuffix: '[1m]' })
  })

  test('a family that is only in the exact map has the name of the map', () => {
    const { resolve } = modelsFor({ ...none, modelMap: new Map([['claude-sonnet-4-20250514', 'gpt-5']]) })
    expect(resolve('sonnet').model).toMatchObject({ clientName: 'claude-sonnet-4-20250514', id: 'gpt-5' })
    expect(resolve('opus').model).toMatchObject({ clientName: 'claude-opus-4-6', id: 'claude-opus-4-6' })
  })

  test('each name becomes a model', () => {
    const { find } = modelsFor(none)
    expect(find('llama-3')?.model).toMatchObject({ id: 'llama-3', clientName: 'llama-3' })
  })

  test('a configured window and output limit apply to the model', () => {
    const { resolve } = modelsFor(sized, { contextLimits: new Map([['mid/M', 32_000]]), maximumOutput: 8000 })
    expect(resolve('sonnet').model).toMatchObject({
      maxInputTokens: 32_000,
      isWindowLimited: true,
      maxOutputTokens: 8000,
    })
    expect(resolve('opus').model).toMatchObject({ maxInputTokens: 200_000, isWindowLimited: false })
  })
})
