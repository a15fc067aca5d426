import { describe, expect, test } from 'bun:test'
import { approvalKeysIn } from '../../../src/config/sign-in-settings.ts'
import {
  checksumOf,
  createManagedSettings,
  type ManagedSettingsOptions,
} from '../../../src/gateway/sign-in/managed-settings.ts'
import { createModelResolver } from '../../../src/models/resolver.ts'
import { nexusModels } from '../../../src/upstreams/nexus/models.ts'

const models = createModelResolver(nexusModels, 'claude-sonnet-4.6')
const options = (changes: Partial<ManagedSettingsOptions> = {}): ManagedSettingsOptions => ({
  models,
  main: models.resolve('claude-sonnet-4.6'),
  small: models.resolve('claude-haiku-4.5'),
  title: 'AI Nexus',
  maxTokens: undefined,
  cachesForAnHour: () => false,
  own: undefined,
  ...changes,
})
const newest = 'claude-code/2.1.332'
const client = (...names: string[]) => ({ name: 'alice', isAdmin: false, models: names, limits: {} })

describe('the settings of those who sign in', () => {
  test('have the models of the server, and no others in the picker (SI-M1)', () => {
    expect(createManagedSettings(options())(undefined, newest)).toEqual({
      model: 'claude-sonnet-4-6',
      availableModels: ['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5'],
      modelPicker: {
        replaceBuiltInOptions: true,
        options: [
          { model: 'claude-sonnet-4-6', label: 'Claude Sonnet 4.6', description: 'AI Nexus' },
          { model: 'claude-opus-4-6', label: 'Claude Opus 4.6', description: 'AI Nexus' },
          { model: 'claude-haiku-4-5', label: 'Claude Haiku 4.5', description: 'AI Nexus' },
        ],
      },
      env: {
        ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-4-6',
        ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-4-6',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
        ANTHROPIC_DEFAULT_FABLE_MODEL: 'claude-opus-4-6',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    })
  })

  test('begin with the configured model, which is the first in the picker (SI-M1)', () => {
    const settings = createManagedSettings(options({ main: models.resolve('claude-opus-4.6[1m]') }))(undefined, newest)
    expect(settings).toMatchObject({
      model: 'claude-opus-4-6[1m]',
      availableModels: ['claude-opus-4-6[1m]', 'claude-opus-4-6', 'claude-sonnet-4-6', 'claude-haiku-4-5'],
      modelPicker: { options: [{ model: 'claude-opus-4-6' }, {}, {}] },
    })
  })

  test('have only the models that the client may use (SI-M1)', () => {
    const settings = createManagedSettings(options())(client('opus'), newest)
    expect(settings).toMatchObject({
      model: 'claude-opus-4-6',
      availableModels: ['claude-opus-4-6'],
      env: { ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-opus-4-6', ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-opus-4-6' },
    })
  })

  test('ask for an hour in the cache where the model has it, as the launch does, and for no approval (SI-M1, SI-M2)', () => {
    const settings = createManagedSettings(
      options({ cachesForAnHour: ({ family }) => family === 'sonnet', maxTokens: 8000 }),
    )(undefined, newest)
    expect(settings).toMatchObject({
      env: {
        ENABLE_PROMPT_CACHING_1H: '1',
        CLAUDE_CODE_PROMPT_CACHE_TTL: '1h',
        CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL: '5m',
        CLAUDE_CODE_MAX_OUTPUT_TOKENS: '8000',
      },
    })
    // Claude Code asks for none of them.
    expect(approvalKeysIn(settings ?? {})).toEqual([])
  })

  test.each([
    ['claude-code/2.1.197', false],
    ['claude-code/2.1.328', false],
    ['claude-code/2.1.329', true],
    ['claude-code/2.2.0 (external)', true],
    ['claude-code/3.0.1', true],
    ['claude-code/1.9.999', false],
    ['curl/8.5.0', false],
    ['', false],
  ])('have for %s the variables about which older versions ask: %p (SI-M2)', (userAgent, isNewer) => {
    const settings = createManagedSettings(options({ cachesForAnHour: () => true }))(undefined, userAgent)
    const env = settings?.['env'] as Record<string, string>
    const newer = ['ANTHROPIC_DEFAULT_MODEL', 'CLAUDE_CODE_PROMPT_CACHE_TTL', 'ENABLE_PROMPT_CACHING_1H']
    expect(newer.map((name) => name in env)).toEqual([isNewer, isNewer, isNewer])
    expect(env['ANTHROPIC_DEFAULT_OPUS_MODEL']).toBe('claude-opus-4-6')
  })

  test("leave the defaults of Claude Code to an upstream that has Anthropic's models (SI-M1)", () => {
    const native = options({ models: { ...models, keepsNames: true, takesAnyName: true } })
    expect(createManagedSettings(native)(undefined, newest)).toBeUndefined()
    expect(createManagedSettings(native)(client('claude-opus-4-6'), newest)).toEqual({
      availableModels: ['claude-opus-4-6'],
    })
    expect(createManagedSettings({ ...native, own: { model: 'opus' } })(undefined, newest)).toEqual({ model: 'opus' })
  })

  test("let the owner's own win: objects by member, null removes, lists replace (SI-M3)", () => {
    const own = {
      skipWebFetchPreflight: true,
      availableModels: ['claude-haiku-4-5'],
      modelPicker: null,
      permissions: { deny: ['WebFetch'] },
      env: { ANTHROPIC_DEFAULT_FABLE_MODEL: null, DISABLE_TELEMETRY: '1' },
    }
    const settings = createManagedSettings(options({ own }))(undefined, newest)
    expect(settings).toEqual({
      model: 'claude-sonnet-4-6',
      availableModels: ['claude-haiku-4-5'],
      skipWebFetchPreflight: true,
      permissions: { deny: ['WebFetch'] },
      env: {
        ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-4-6',
        ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-4-6',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_TELEMETRY: '1',
      },
    })
  })

  test("keep each name of the owner's own, also __proto__ (SI-M3)", () => {
    const own = JSON.parse('{"__proto__":{"a":1},"env":{"__proto__":"b","DISABLE_TELEMETRY":"1"}}')
    const sent = JSON.stringify(createManagedSettings(options({ own }))(undefined, newest))
    expect(sent).toContain('"__proto__":{"a":1}')
    expect(sent).toContain('"__proto__":"b"')
  })
})

test('the checksum does not depend on the order of keys (SI-M4)', () => {
  // sha256 of {"a":[{"b":1,"c":"é"}],"d":null}
  expect(checksumOf({ d: null, a: [{ c: 'é', b: 1 }] })).toBe(checksumOf({ a: [{ b: 1, c: 'é' }], d: null }))
  const text = '{"a":[{"b":1,"c":"é"}],"d":null}'
  expect(checksumOf({ d: null, a: [{ c: 'é', b: 1 }] })).toBe(
    `sha256:${new Bun.CryptoHasher('sha256').update(text).digest('hex')}`,
  )
  expect(checksumOf({ a: [1, 2] })).not.toBe(checksumOf({ a: [2, 1] }))
})
