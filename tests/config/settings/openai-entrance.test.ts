import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../../../src/config/load.ts'
import { openAiEntranceSettings } from '../../../src/config/settings/openai-entrance.ts'
import type { ConfigInputs } from '../../../src/config/sources.ts'

const load = (inputs: Partial<ConfigInputs> = {}) => loadConfig({ flags: {}, environment: {}, files: [], ...inputs })
const file = (value: unknown) => [{ path: '/home/me/config.json', text: JSON.stringify(value) }]

const defaults = {
  enabled: true,
  modelMap: new Map(),
  unknownModel: 'family',
  defaultMaxTokens: 32_000,
  autoCache: true,
  reasoning: 'both',
  thinkingMemory: true,
  responseStore: 1000,
} as const

describe('settings of the OpenAI API', () => {
  test('all are optional, and the API is on by default (OE-T1)', () => {
    expect(load().config.openaiEntrance).toEqual(defaults)
    expect(load().config.pingInterval).toBe(10)
    expect(openAiEntranceSettings.map(({ key }) => key)).toEqual(
      Object.keys(defaults).map((name) => `openaiEntrance.${name}`) as never,
    )
  })

  test('a flag switches the API or its cache points off, and wins over the variable and the file (OE-T1, OE-C71)', () => {
    const flags = { 'no-openai-api': 'true', 'no-prompt-cache': 'true' }
    const environment = { NEXUS_OPENAI_API: 'true' }
    const { config, sources } = load({ flags, environment, files: file({ openaiEntrance: { autoCache: true } }) })
    expect(config.openaiEntrance).toEqual({ ...defaults, enabled: false, autoCache: false })
    expect(sources.get('openaiEntrance.enabled')).toBe('--no-openai-api')
  })

  test('a variable switches the API off, or back on', () => {
    const files = file({ openaiEntrance: { enabled: false } })
    expect(load({ environment: { NEXUS_OPENAI_API: 'false' } }).config.openaiEntrance.enabled).toBe(false)
    expect(load({ files }).config.openaiEntrance.enabled).toBe(false)
    expect(load({ files, environment: { NEXUS_OPENAI_API: '1' } }).config.openaiEntrance.enabled).toBe(true)
  })

  test('a file sets every key', () => {
    const values = {
      enabled: false,
      unknownModel: 'refuse',
      defaultMaxTokens: 8000,
      autoCache: false,
      reasoning: 'none',
      thinkingMemory: false,
      responseStore: 0,
    } as const
    const files = file({ openaiEntrance: { ...values, modelMap: { 'gpt-*': 'claude-opus-4.6' } }, pingInterval: 5 })
    const { config } = load({ files })
    expect(config.openaiEntrance).toEqual({ ...values, modelMap: new Map([['gpt-*', 'claude-opus-4.6']]) })
    expect(config.pingInterval).toBe(5)
  })

  test.each(['nexus', 'openai', 'anthropic'])(
    'both variables map model names under the upstream %s (OE-M11)',
    (name) => {
      const mapOf = (environment: Record<string, string>) =>
        load({ environment: { NEXUS_UPSTREAM: name, ...environment } }).config.openaiEntrance.modelMap
      expect(mapOf({ MODEL_MAP: 'gpt-5:opus,o3:haiku' })).toEqual(
        new Map([
          ['gpt-5', 'opus'],
          ['o3', 'haiku'],
        ]),
      )
      expect(mapOf({ MODEL_MAP: 'a:b', NEXUS_MODEL_MAP: 'c:d' })).toEqual(new Map([['c', 'd']]))
    },
  )
})
