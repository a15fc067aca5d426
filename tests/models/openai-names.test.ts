import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../src/base/errors.ts'
import { createOpenAiNames, type OpenAiNameOptions } from '../../src/models/openai-names.ts'
import type { ModelResolver } from '../../src/models/resolver.ts'
import { createAnthropicModels } from '../../src/upstreams/anthropic/models.ts'
import { createOpenAiModels } from '../../src/upstreams/openai/models.ts'
import { resolver } from '../support/catalog.ts'

const providers = ['nexus', 'openai', 'anthropic', 'claude']

const namesOf = (options: Partial<OpenAiNameOptions> = {}) =>
  createOpenAiNames({
    models: resolver,
    modelMap: new Map(),
    refusesUnknown: false,
    defaultModel: 'claude-sonnet-4.6',
    providers,
    ...options,
  })

/** The upstream's id of the model behind a name, and whether it is the main model for an unknown name. */
const idOf = (name: string, options: Partial<OpenAiNameOptions> = {}): string => {
  const { model, isGuessed } = namesOf(options).resolve(name)
  return isGuessed ? `${model.id} (guessed)` : model.id
}

const errorOf = (work: () => unknown): GatewayError => {
  try {
    work()
  } catch (error) {
    if (error instanceof GatewayError) return error
  }
  throw new Error('no GatewayError')
}

const haiku = 'claude-haiku-4.5'
const sonnet = 'claude-sonnet-4.6'
const opus = 'claude-opus-4.6'

test('each character of a configured name but * stands for itself', () => {
  const name = '^a.b$c+d?(e)[f]{g}|h/i\\j-k'
  const options = { modelMap: new Map([[`${name}*`, 'haiku']]) }
  expect([idOf(`${name}-2026`, options), idOf(name.replace('.', 'x'), options)]).toEqual([haiku, `${sonnet} (guessed)`])
})

describe("OpenAI's names of small models are haiku (OE-M10)", () => {
  test.each([
    'gpt-3.5-turbo',
    'gpt-4o-mini',
    'gpt-4o-mini-2024-07-18',
    'gpt-4.1-mini',
    'gpt-4.1-nano',
    'gpt-5-mini',
    'gpt-5.1-codex-mini',
    'gpt-5-nano-2025-08-07',
    'gpt-6-luna',
    'codex-auto-review',
    'GPT-4o-Mini',
  ])('%s', (name) => expect(idOf(name)).toBe(haiku))
})

describe("OpenAI's other names are sonnet (OE-M11)", () => {
  test.each([
    'gpt-4',
    'gpt-4o',
    'gpt-4.1',
    'gpt-4-turbo',
    'gpt-5',
    'gpt-5.2-codex',
    'gpt-6-sol',
    'gpt-6-terra',
    'gpt-oss-120b',
    'chatgpt-4o-latest',
    'codex-mini-latest',
    'gpt-5-codex[1m]',
    'o1-mini',
    'o3-mini',
    'o3-mini-2025-01-31',
    'o4-mini',
    'o4-mini-deep-research',
  ])('%s', (name) => expect(idOf(name)).toBe(sonnet))
})

describe("OpenAI's names of strong models are opus (OE-M12)", () => {
  test.each([
    'o1',
    'o1-2024-12-17',
    'o1-preview',
    'o1-pro',
    'o3',
    'o3-pro',
    'o3-2025-04-16',
    'o3-deep-research',
    'gpt-5-pro',
    'gpt-5.2-pro',
    'gpt-6-astra',
    'gpt-5.1-codex-max',
  ])('%s', (name) => expect(idOf(name)).toBe(opus))
})

describe('names of our own come before the table, in any spelling (OE-M14, OE-C1)', () => {
  test.each([
    ['claude-opus-4-6', opus],
    ['claude-opus-4.6', opus],
    ['claude-opus-4-6-20260205', opus],
    ['claude-sonnet-4-6[1m]', sonnet],
    ['anthropic/claude-opus-4.6', opus],
    ['anthropic:claude-opus-4-6', opus],
    ['openai/gpt-4o-mini', haiku],
    ['claude:haiku', haiku],
    ['nexus/claude-haiku-4.5', haiku],
    ['Anthropic/Claude-Haiku-4.5', haiku],
    ['haiku', haiku],
    ['best', opus],
    // Claude's family words.
    ['claude-3-5-haiku-latest', haiku],
    ['some-opus-model', opus],
  ])('%s is %s', (name, id) => expect(idOf(name)).toBe(id))

  test('the canonical request has a name that the gateway resolves to the same model', () => {
    for (const name of ['gpt-4o-mini', 'anthropic/claude-opus-4.6[1m]', 'o3', 'unknown-model', ' claude-haiku-4.5 ']) {
      const { name: canonical, model } = namesOf().resolve(name)
      expect(resolver.resolve(canonical).model).toBe(model)
    }
    expect(namesOf().resolve('anthropic/claude-opus-4.6[1m]').name).toBe('claude-opus-4.6[1m]')
  })
})

describe('the configured map comes first (OE-M10, OE-M14)', () => {
  const modelMap = new Map([
    ['gpt-4o', 'opus'],
    ['gpt-*', 'claude-haiku-4.5'],
    ['claude-opus-4-6', 'sonnet'],
    ['my*model*', 'opus'],
    ['dead', 'no-such-model'],
    ['whisper-1', 'haiku'],
  ])

  test.each([
    ['gpt-4o', opus],
    ['gpt-5', haiku],
    ['gpt-4o[1m]', opus],
    ['claude-opus-4-6', sonnet],
    ['My-Own.Model-2', opus],
    ['whisper-1', haiku],
    ['o3', opus],
  ])('%s is %s', (name, id) => expect(idOf(name, { modelMap })).toBe(id))

  test('an entry for a model that does not exist is a 404 that names it, and not another model (OE-E6)', () => {
    expect(errorOf(() => namesOf({ modelMap }).resolve('dead'))).toMatchObject({
      type: 'not_found_error',
      code: 'model_not_found',
      message: expect.stringContaining('model: no-such-model not found.'),
    })
  })
})

describe('an unknown name (OE-M14)', () => {
  test('is the main model, and says that it is a guess', () => {
    expect(idOf('mistral-large')).toBe(`${sonnet} (guessed)`)
    expect(idOf('')).toBe(`${sonnet} (guessed)`)
    expect(idOf('x'.repeat(100_000))).toBe(`${sonnet} (guessed)`)
    expect(idOf('llama', { defaultModel: 'claude-opus-4.6' })).toBe(`${opus} (guessed)`)
  })

  test('is refused where the administrator wants that', () => {
    const error = errorOf(() => namesOf({ refusesUnknown: true }).resolve('mistral-large'))
    expect(error).toMatchObject({ type: 'not_found_error', status: 404, code: 'model_not_found', shouldRetry: false })
    expect(error.reason).not.toContain('mistral')
    expect(idOf('gpt-4o', { refusesUnknown: true })).toBe(sonnet)
  })

  test('is not found in the list of models', () => {
    expect(namesOf().find('mistral-large')).toBeUndefined()
    expect(namesOf().find('gpt-4o')?.model.id).toBe(sonnet)
  })

  test.each([
    'text-embedding-3-small',
    'dall-e-3',
    'gpt-image-1',
    'whisper-1',
    'tts-1-hd',
    'gpt-4o-mini-tts',
    'gpt-4o-transcribe',
    'gpt-4o-audio-preview',
    'gpt-realtime',
    'gpt-4o-realtime-preview',
    'openai/text-embedding-3-large',
  ])('%s is always a 404: it writes no messages', (name) => {
    const error = errorOf(() => namesOf().resolve(name))
    expect(error).toMatchObject({ type: 'not_found_error', code: 'model_not_found' })
    expect(error.message).toContain(name)
    expect(error.reason).not.toContain(name)
    expect(namesOf().find(name)).toBeUndefined()
  })
})

describe('in front of an OpenAI-compatible server', () => {
  const models = (modelMap: [string, string][] = []): ModelResolver =>
    createOpenAiModels({
      names: {
        modelMap: new Map(modelMap),
        big: 'big-model',
        middle: 'middle-model',
        small: 'small-model',
        vision: undefined,
      },
      contextLimits: new Map(),
      maximumOutput: undefined,
    })

  test.each([
    ['gpt-4o', 'gpt-4o'],
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['claude-haiku-4-5', 'small-model'],
    ['claude-sonnet-4.6', 'middle-model'],
    ['o3', 'big-model'],
    ['anthropic/claude-opus-4', 'big-model'],
    ['gpt-4o-audio-preview', 'gpt-4o-audio-preview'],
  ])("the server's own rules decide: %s is %s (OE-M11, OU-R1)", (name, id) =>
    expect(idOf(name, { models: models(), refusesUnknown: true })).toBe(id),
  )

  test('no other model answers for a name that writes no messages (OE-M14)', () => {
    expect(errorOf(() => namesOf({ models: models() }).resolve('text-embedding-3-small')).status).toBe(404)
  })

  test('the map of this API comes before them, and one that fills both maps is used once (OE-M10, OU-R1)', () => {
    const modelMap = new Map([
      ['gpt-4o', 'claude-haiku-4-5'],
      ['a', 'b'],
    ])
    const both = {
      modelMap,
      models: models([
        ['a', 'b'],
        ['b', 'c'],
      ]),
    }
    expect(idOf('gpt-4o', both)).toBe('small-model')
    expect(idOf('a', both)).toBe('b')
  })
})

describe('in front of Anthropic, which judges the names itself', () => {
  const models = createAnthropicModels(new Map([['gpt-team', 'claude-opus-4-6']]))

  test.each([
    ['claude-opus-9-9', 'claude-opus-9-9'],
    ['claude-sonnet-4.6', 'claude-sonnet-4-6'],
    ['anthropic/claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001'],
    ['some-new-model', 'some-new-model'],
    ['gpt-4o', 'claude-sonnet-4-6'],
    ['gpt-4o-mini', 'claude-haiku-4-5'],
    ['o3', 'claude-opus-4-6'],
    // The upstream maps it.
    ['gpt-team', 'gpt-team'],
  ])('%s is %s (OE-M11, AU-N7)', (name, id) => expect(idOf(name, { models })).toBe(id))

  test('names of models that write no messages are refused (OE-M14)', () => {
    expect(errorOf(() => namesOf({ models }).resolve('text-embedding-3-small')).status).toBe(404)
  })
})
