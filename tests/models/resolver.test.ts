import { describe, expect, test } from 'bun:test'
import { parseModelName } from '../../src/messages/model-name.ts'
import { clientSpelling, createModelResolver } from '../../src/models/resolver.ts'
import { catalog, modelOf } from '../support/catalog.ts'

describe('model names', () => {
  test.each([
    ['claude-sonnet-4.6', 'sonnet', 4, 6],
    ['claude-opus-4-6[1m]', 'opus', 4, 6],
    ['claude-3-5-haiku-20241022', 'haiku', 3, 5],
    ['claude-3-opus-20240229', 'opus', 3, 0],
    ['claude-sonnet-4-20250514', 'sonnet', 4, 0],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'sonnet', 4, 5],
    ['global.anthropic.claude-fable-5-1', 'fable', 5, 1],
  ] as const)('%s', (name, family, major, minor) => {
    expect(parseModelName(name)).toEqual({ family, version: { major, minor } })
  })

  test('names without a version or a family', () => {
    expect(parseModelName('sonnet')).toEqual({ family: 'sonnet', version: undefined })
    expect(parseModelName('claude-2.1')).toEqual({ family: undefined, version: { major: 2, minor: 1 } })
    expect(parseModelName('gpt-5')).toBeUndefined()
    expect(parseModelName('opusculum')).toBeUndefined()
  })

  test('the spelling that Claude Code knows', () => {
    expect(catalog.models.map(({ id }) => clientSpelling(id))).toEqual([
      'claude-sonnet-4-6',
      'claude-opus-4-6',
      'claude-haiku-4-5',
    ])
    expect(clientSpelling('Claude-Opus-4.6[1M]')).toBe('claude-opus-4-6[1m]')
  })

  test('the suffix is kept for messages', () => {
    const { contextSuffix, model } = createModelResolver(catalog, '').resolve('opus[1m]')
    expect([model.id, contextSuffix]).toEqual(['claude-opus-4.6', '[1m]'])
  })

  test('1.1 model: a name with a served version gets it, any other gets the default of its family, in any order of the list', () => {
    const sonnet = modelOf('sonnet', '4.6')
    const { find } = createModelResolver(
      {
        models: [
          modelOf('opus', '4.1'),
          modelOf('sonnet', '4.5'),
          sonnet,
          modelOf('sonnet', '4'),
          modelOf('sonnet', '4.7'),
        ],
        defaults: { opus: modelOf('opus', '4.1'), sonnet, haiku: sonnet },
      },
      'claude-sonnet-4.5',
    )
    const found = (name: string): string | undefined => find(name)?.model.id
    expect(found('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe('claude-sonnet-4.5')
    expect(found('claude-sonnet-4-20250514')).toBe('claude-sonnet-4')
    expect(found('claude-opus-4-1-20250805[1m]')).toBe('claude-opus-4.1')
    expect(['sonnet', 'claude-sonnet-5', 'claude-3-5-sonnet-latest'].map(found)).toEqual(
      Array.from({ length: 3 }, () => 'claude-sonnet-4.6'),
    )
    expect(found('default')).toBe('claude-sonnet-4.5')
  })
})
