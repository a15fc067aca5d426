import { describe, expect, test } from 'bun:test'
import { toNativeCatalog } from '../../../../src/server/entrances/openai/native-catalog.ts'

const yes = { supported: true }
const no = { supported: false }

describe("Codex's catalog from Anthropic's list", () => {
  test('has each spelling that users write, once (OE-M2)', () => {
    const slugs = toNativeCatalog([
      { id: 'claude-haiku-4-5-20251001', display_name: 'Claude Haiku 4.5' },
      { id: 'claude-opus-5', display_name: 'Claude Opus 5' },
      { id: 'claude-opus-5', display_name: 'An alias' },
    ])
    expect(slugs.map(({ slug, display_name }) => [slug, display_name])).toEqual([
      ['claude-haiku-4-5-20251001', 'Claude Haiku 4.5'],
      ['claude-haiku-4-5', 'Claude Haiku 4.5'],
      ['claude-haiku-4.5-20251001', 'Claude Haiku 4.5'],
      ['claude-haiku-4.5', 'Claude Haiku 4.5'],
      ['claude-opus-5', 'Claude Opus 5'],
    ])
  })

  test('reads window, levels of effort and images from the entry, and has usual values for absent ones (OE-M2)', () => {
    const capabilities = { effort: { supported: true, low: yes, medium: yes, high: no }, image_input: no }
    expect(
      toNativeCatalog([{ id: 'a', max_input_tokens: 1_000_000, capabilities, description: 'A model' }])[0],
    ).toMatchObject({
      description: 'A model',
      context_window: 1_000_000,
      input_modalities: ['text'],
      supported_reasoning_levels: [{ effort: 'low' }, { effort: 'medium' }],
    })
    const effortsOf = (given: object) =>
      toNativeCatalog([{ id: 'a', capabilities: given }])[0]?.supported_reasoning_levels.map(({ effort }) => effort)
    expect(effortsOf({ effort: { low: no }, thinking: yes })).toEqual(['low', 'medium', 'high'])
    expect(effortsOf({ effort: { low: no }, thinking: no })).toEqual([])
    expect(toNativeCatalog([{ id: 'a' }])[0]).toMatchObject({
      display_name: 'a',
      description: 'a',
      context_window: 200_000,
    })
  })
})
