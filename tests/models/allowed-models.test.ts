import { describe, expect, test } from 'bun:test'
import { isAllowedModel } from '../../src/models/allowed-models.ts'
import type { ModelResolver } from '../../src/models/resolver.ts'
import { createAnthropicModels } from '../../src/upstreams/anthropic/models.ts'
import { createOpenAiModels } from '../../src/upstreams/openai/models.ts'
import { resolver } from '../support/catalog.ts'

const isAllowed = (models: ModelResolver, allowed: readonly string[], name: string): boolean => {
  const { id, clientName } = models.resolve(name).model
  return isAllowedModel(allowed, {
    requested: [name],
    served: [id, ...(clientName === undefined ? [] : [clientName])],
  })
}

describe('the models of a client', () => {
  test.each([
    [['sonnet'], ['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-5', 'sonnet', 'claude-sonnet-9', 'default']],
    [
      ['claude-sonnet-latest', 'HAIKU'],
      ['sonnet', 'claude-haiku-4-5-20251001', 'haiku'],
    ],
    [['claude-opus-4-6'], ['claude-opus-4.6', 'Claude-Opus-4-6[1m]', 'claude-opus-4-6-20260201', 'opus']],
    [['us.anthropic.claude-opus-4-6'], ['claude-opus-4.6']],
    // The name that the client sends, whatever model serves it.
    [['claude-opus-9-9'], ['claude-opus-9-9']],
  ])('%j allows %j (OP-A6)', (allowed, names) => {
    expect(names.filter((name) => !isAllowed(resolver, allowed, name))).toEqual([])
  })

  test.each([
    [['sonnet'], ['opus', 'claude-opus-4-6', 'haiku', 'best', 'claude-fable-5']],
    [['claude-sonnet-4-5'], ['claude-sonnet-4-6', 'sonnet']],
    // Not a family, but a name with its word.
    [
      ['team-sonnet', 'sonnet-of-the-team'],
      ['claude-sonnet-4-6', 'sonnet'],
    ],
    [['typo'], ['claude-sonnet-4-6', 'default']],
  ])('%j refuses %j (OP-A6)', (allowed, names) => {
    expect(names.filter((name) => isAllowed(resolver, allowed, name))).toEqual([])
  })

  test('a mapped model counts, not a word in the name of the client (OP-A6)', () => {
    const modelMap = new Map([
      ['claude-haiku-4-5', 'acme/large'],
      ['cheap', 'acme/small'],
    ])
    const models = createOpenAiModels({
      names: {
        big: 'acme/large',
        middle: 'anthropic/claude-opus-4.6',
        small: 'acme/small',
        vision: undefined,
        modelMap,
      },
      contextLimits: new Map(),
      maximumOutput: undefined,
    })
    expect(isAllowed(models, ['acme/small'], 'cheap')).toBe(true)
    expect(isAllowed(models, ['cheap'], 'cheap')).toBe(true)
    expect(isAllowed(models, ['acme/small'], 'unknown')).toBe(false)
    expect(isAllowed(models, ['unknown-other'], 'unknown')).toBe(false)
    // The small model of another name of its family.
    expect(isAllowed(models, ['haiku'], 'claude-3-haiku')).toBe(true)
    // What serves the family sonnet is an opus.
    expect(isAllowed(models, ['sonnet'], 'claude-sonnet-4-6')).toBe(false)
    expect(isAllowed(models, ['opus'], 'claude-sonnet-4-6')).toBe(true)
  })

  test('a name that only the upstream knows has no family by default (OP-A6)', () => {
    const models = createAnthropicModels(new Map())
    expect(isAllowed(models, ['sonnet'], 'claude-sonnet-9-9')).toBe(true)
    expect(isAllowed(models, ['sonnet', 'opus'], 'claude-fable-5')).toBe(false)
    expect(isAllowed(models, ['sonnet'], 'claude-2.1')).toBe(false)
    expect(isAllowed(models, ['sonnet'], 'other')).toBe(false)
  })
})
