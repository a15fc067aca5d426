import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capabilitiesOf, type ModelCapabilities } from '../../../src/translate/capabilities/table.ts'
import { assistant, refusalMessage, tool, translate, user } from '../../support/translate.ts'

/** The matrix of what models accept, typed again from the specification, and its effect on a request. */

type Row = Pick<
  ModelCapabilities,
  | 'thinking'
  | 'thinksByDefault'
  | 'disabledThinking'
  | 'sampling'
  | 'prefill'
  | 'forcedTool'
  | 'systemMessages'
  | 'cacheTtl'
> & { readonly hasEffort: boolean }

const row = (
  thinking: Row['thinking'],
  thinksByDefault: boolean,
  disabledThinking: boolean,
  sampling: Row['sampling'],
  hasEffort: boolean,
  prefill: boolean,
  forcedTool: Row['forcedTool'],
  systemMessages: boolean,
  cacheTtl: boolean,
): Row => ({
  thinking,
  thinksByDefault,
  disabledThinking,
  sampling,
  hasEffort,
  prefill,
  forcedTool,
  systemMessages,
  cacheTtl,
})

const withoutThinking = 'without thinking'

const enabledAndAdaptive = ['enabled', 'adaptive'] as const

const matrix: readonly (readonly [rule: string, ids: readonly string[], expected: Row])[] = [
  // thinking, by default, disabled ok, sampling, effort, prefill, forced tool, system messages, ttl of an hour
  [
    'up to 3.5',
    ['claude-3-haiku-20240307', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-2.1'],
    row([], false, false, 'both', false, true, 'always', false, false),
  ],
  [
    '3.7 to 4.1',
    ['claude-3-7-sonnet', 'claude-sonnet-4', 'us.anthropic.claude-opus-4-20250514-v1:0'],
    row(['enabled'], false, true, 'both', false, true, withoutThinking, false, false),
  ],
  ['3.7 to 4.1', ['claude-opus-4-1'], row(['enabled'], false, true, 'one', false, true, withoutThinking, false, false)],
  [
    '4.5',
    ['claude-sonnet-4.5', 'claude-haiku-4-5-20251001'],
    row(['enabled'], false, true, 'one', false, true, withoutThinking, false, true),
  ],
  ['opus 4.5', ['claude-opus-4-5'], row(['enabled'], false, true, 'one', true, true, withoutThinking, false, true)],
  [
    '4.6',
    ['claude-opus-4.6', 'claude-sonnet-4-6', 'eu.anthropic.claude-opus-4-6-v1'],
    row(enabledAndAdaptive, false, true, 'one', true, false, withoutThinking, false, true),
  ],
  ['opus 4.7', ['claude-opus-4-7'], row(['adaptive'], false, true, 'none', true, false, withoutThinking, false, true)],
  ['opus 4.8', ['claude-opus-4-8'], row(['adaptive'], false, true, 'none', true, false, withoutThinking, true, true)],
  [
    'version 5',
    ['claude-sonnet-5', 'claude-opus-5'],
    row(['adaptive'], true, true, 'none', true, false, withoutThinking, true, true),
  ],
  [
    'fable',
    ['claude-fable-5', 'claude-fable-5-2', 'claude-mythos'],
    row(['adaptive'], true, false, 'none', true, false, withoutThinking, true, true),
  ],
  [
    '5.5',
    ['claude-opus-5-5', 'claude-opus-5-9', 'claude-haiku-5-5'],
    row(['adaptive'], true, false, 'none', true, false, 'never', true, true),
  ],
  [
    '5.5',
    ['claude-sonnet-5-5', 'claude-sonnet-7'],
    row(['adaptive', 'between_tools'], true, false, 'none', true, false, 'never', true, true),
  ],
  [
    'unknown',
    ['claude-newfamily-9', 'something-else'],
    row(['adaptive'], true, false, 'none', true, false, 'never', true, true),
  ],
]

describe('1.6 the matrix', () => {
  for (const [rule, ids, { hasEffort, ...expected }] of matrix) {
    test.each(ids as string[])(`1.6 ${rule}: %s`, (id) => {
      const found = capabilitiesOf(id)
      expect(found).toMatchObject(expected)
      expect(found.effort.length > 0).toBe(hasEffort)
      expect(found.isClaude).toBe(true)
    })
  }

  const ask = { messages: [user('a')], max_tokens: 4000 }
  const fields = (members: object, modelId: string): Record<string, unknown> =>
    translate({ ...ask, ...members }, { modelId }).body.additionalModelRequestFields ?? {}

  test('1.6 up to 3.5: a model without thinking gets no request for it', () => {
    expect(fields({ thinking: { type: 'adaptive' } }, 'claude-3-5-sonnet')).toEqual({})
    expect(fields({ thinking: { type: 'disabled' } }, 'claude-3-5-sonnet')).toEqual({})
  })

  test('1.7 effort flag: only for Opus 4.5, and automatically', () => {
    const effort = { output_config: { effort: 'low' } }
    expect(fields(effort, 'claude-opus-4-5')).toEqual({ ...effort, anthropic_beta: ['effort-2025-11-24'] })
    expect(fields(effort, 'claude-opus-4-6')).toEqual(effort)
    expect(fields({ ...effort, betas: ['effort-2025-11-24'] }, 'claude-sonnet-4-6')).toEqual(effort)
    expect(fields(effort, 'claude-sonnet-4-5')).toEqual({})
  })

  test('1.5 newest models: a choice that forces a tool becomes a free one', () => {
    const forced = {
      ...ask,
      tools: [tool('A')],
      tool_choice: { type: 'tool', name: 'A' },
      thinking: { type: 'disabled' },
    }
    const choiceOf = (modelId: string): unknown => translate(forced, { modelId }).body.toolConfig?.toolChoice
    expect(choiceOf('claude-opus-5')).toEqual({ tool: { name: 'A' } })
    expect(choiceOf('claude-opus-5-5')).toBeUndefined()
  })

  test('1.6 4.6: this and later models do not accept prefill', () => {
    const prefill = { messages: [user('a'), assistant('So')] }
    for (const modelId of ['claude-opus-4-6', 'claude-sonnet-5', 'claude-fable-5', 'something-else']) {
      expect(refusalMessage(() => translate(prefill, { modelId }))).toStartWith(
        'This model does not support assistant message',
      )
    }
  })

  test('K2 a lifetime is sent only to models that accept one', () => {
    const marked = { system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }] }
    const point = (modelId: string): unknown => translate({ ...ask, ...marked }, { modelId }).body.system?.[1]
    expect(point('claude-opus-4-1')).toEqual({ cachePoint: { type: 'default' } })
    expect(point('claude-sonnet-4-5')).toEqual({ cachePoint: { type: 'default', ttl: '1h' } })
  })
})

describe('docs/translation.md', () => {
  const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'translation.md'), 'utf8')
  const cellsOf = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const yes = (value: boolean): string => (value ? 'yes' : 'no')

  test('1.6 shows the table as it is', () => {
    const rows = page
      .split('\n')
      .filter((line) => /^\| `claude-/.test(line))
      .map(cellsOf)
    expect(rows.length).toBeGreaterThan(10)
    for (const [ids = '', ...cells] of rows) {
      // The last cell is the version since which the row is handled.
      const capabilities = cells.slice(0, -1)
      for (const id of ids.match(/(?<=`)claude-[a-z0-9.-]+(?=`)/g) ?? []) {
        const model = capabilitiesOf(id)
        expect([id, ...capabilities]).toEqual([
          id,
          model.thinking.join(', ') || 'no',
          yes(model.thinksByDefault),
          model.sampling,
          model.effort.at(-1) === undefined ? 'no' : `to ${model.effort.at(-1)}`,
          yes(model.structuredOutput),
          yes(model.prefill),
          model.forcedTool,
          yes(model.cacheTtl),
        ])
      }
    }
  })
})

describe('models of other vendors', () => {
  const marked = { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }
  const members = {
    messages: [user(marked), assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, 'b'), user('c')],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 4000,
    top_k: 5,
    temperature: 0,
    stop_sequences: ['x'],
    output_config: { effort: 'high' },
    tools: [tool('A')],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  }

  test("1.6 other vendors: get none of Anthropic's own fields", () => {
    const { body } = translate(members, { modelId: 'meta.llama4-x-v1:0', betas: ['context-1m-2025-08-07'] })
    expect(Object.keys(body)).toEqual(['messages', 'inferenceConfig', 'toolConfig'])
    expect(body.inferenceConfig).toEqual({ maxTokens: 4000, temperature: 0, stopSequences: ['x'] })
    expect(body.toolConfig?.toolChoice).toEqual({ any: {} })
    expect(JSON.stringify(body)).not.toMatch(/reasoningContent|cachePoint/)
  })

  test('1.6 other vendors, 1.6 unknown: Nova caches prompts, an unknown name counts as the newest Claude', () => {
    expect(translate(members, { modelId: 'us.amazon.nova-pro-v1:0' }).body.messages[0]?.content[1]).toEqual({
      cachePoint: { type: 'default' },
    })
    expect(capabilitiesOf('something-new').isClaude).toBe(true)
    expect(capabilitiesOf('mistral.large-v1:0').isClaude).toBe(false)
  })
})
