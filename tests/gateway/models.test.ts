import { describe, expect, test } from 'bun:test'
import { clientSpelling, createModelResolver, nexusModels } from '../../src/gateway/models.ts'
import { parseModelName } from '../../src/translate/model-name.ts'

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
    expect(nexusModels.map(({ id }) => clientSpelling(id))).toEqual([
      'claude-sonnet-4-6',
      'claude-opus-4-6',
      'claude-haiku-4-5',
    ])
    expect(clientSpelling('Claude-Opus-4.6[1M]')).toBe('claude-opus-4-6[1m]')
  })

  test('the suffix is kept for those who print it', () => {
    const { contextSuffix, model } = createModelResolver(nexusModels, '').resolve('opus[1m]')
    expect([model.id, contextSuffix]).toEqual(['claude-opus-4.6', '[1m]'])
  })
})
