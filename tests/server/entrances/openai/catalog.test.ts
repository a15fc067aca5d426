import { describe, expect, test } from 'bun:test'
import { type CatalogModel, toCatalog } from '../../../../src/server/entrances/openai/catalog.ts'

const model = (members: Partial<CatalogModel> = {}): CatalogModel => ({
  slug: 'claude-opus-4-6',
  displayName: 'Claude Opus 4.6',
  description: 'The strongest',
  contextWindow: 200_000,
  efforts: ['low', 'medium', 'high', 'max'],
  readsImages: true,
  ...members,
})

describe("Codex's catalog", () => {
  test('has every member that Codex requires, and the tool for patches (OE-M2, OE-M3)', () => {
    const [entry] = toCatalog([model()])
    expect(entry).toMatchObject({
      slug: 'claude-opus-4-6',
      display_name: 'Claude Opus 4.6',
      description: 'The strongest',
      default_reasoning_level: 'medium',
      shell_type: 'unified_exec',
      visibility: 'list',
      supported_in_api: true,
      priority: 0,
      support_verbosity: false,
      apply_patch_tool_type: 'freeform',
      truncation_policy: { mode: 'tokens', limit: 10_000 },
      context_window: 200_000,
      max_context_window: 200_000,
      input_modalities: ['text', 'image'],
      supports_parallel_tool_calls: true,
      supports_reasoning_summaries: true,
      experimental_supported_tools: [],
    })
    expect(entry?.supported_reasoning_levels.map(({ effort }) => effort)).toEqual(['low', 'medium', 'high', 'max'])
    expect(entry?.base_instructions).toContain('apply_patch')
    for (const absent of ['supports_search_tool', 'use_responses_lite', 'tool_mode'])
      expect(entry).not.toHaveProperty(absent)
  })

  test('says what a model cannot do, and keeps the order (OE-M2)', () => {
    const [first, second] = toCatalog([model(), model({ slug: 'other', efforts: [], readsImages: false })])
    expect([first?.priority, second?.priority]).toEqual([0, 1])
    expect(second).toMatchObject({
      default_reasoning_level: null,
      supported_reasoning_levels: [],
      supports_reasoning_summaries: false,
      input_modalities: ['text'],
    })
    expect(toCatalog([model({ efforts: ['high'] })])[0]?.default_reasoning_level).toBe('high')
  })
})
