import { describe, expect, test } from 'bun:test'
import type { Json } from '../../src/base/json.ts'
import { approvalKeysIn, checkSignInSettings, signInSettingsWarnings } from '../../src/config/sign-in-settings.ts'
import { defaultConfig } from '../support/chain.ts'

const config = (settings: Json, others: object = {}) => ({
  signIn: { ...defaultConfig.signIn, enabled: true, settings, ...others },
})

describe('signIn.settings with a secret (SI-M3)', () => {
  test.each([
    [{ env: { ANTHROPIC_API_KEY: 'sk-ant-1' } }, 'signIn.settings.env.ANTHROPIC_API_KEY'],
    [{ env: { my_Token: 'abc' } }, 'signIn.settings.env.my_Token'],
    [{ deep: [{ 'db-password': 'abc' }] }, 'signIn.settings.deep.db-password'],
    [{ ApiKey: { prod: 'abc' } }, 'signIn.settings.ApiKey.prod'],
    [{ 'token sk-ant-2': 'abc' }, 'signIn.settings.*'],
  ])('is refused: %j', (settings, path) => {
    let message = ''
    try {
      checkSignInSettings(config(settings))
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toBe(`${path} has the name of a secret. Each client that signs in would get it: remove it.`)
  })

  test.each([
    { env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '8000', MAX_THINKING_TOKENS: '1' } },
    { env: { CLAUDE_CODE_API_KEY_HELPER_TTL_MS: '1000' }, tokens: true, apiKey: null },
    {},
  ])('lets counts and switches pass: %j', (settings) => {
    expect(() => checkSignInSettings(config(settings))).not.toThrow()
  })
})

describe('the keys for which Claude Code asks (SI-M3)', () => {
  test('are programs, an open sandbox, and variables that it does not know as harmless', () => {
    const settings = {
      hooks: { PreToolUse: [{}] },
      statusLine: { type: 'command', command: 'x' },
      apiKeyHelper: '',
      sandbox: { enabled: true, network: { allowUnixSockets: ['x'] } },
      env: { NO_PROXY: 'x', CLAUDE_CODE_ATTRIBUTION_HEADER: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', EMPTY: '' },
    }
    expect(approvalKeysIn(settings)).toEqual([
      'hooks',
      'statusLine',
      'sandbox.network',
      'env.NO_PROXY',
      'env.CLAUDE_CODE_ATTRIBUTION_HEADER',
      'env.OTEL_EXPORTER_OTLP_ENDPOINT',
    ])
  })

  test('are none for models, permissions and telemetry', () => {
    const settings = {
      model: 'x',
      availableModels: ['x'],
      permissions: { deny: ['WebFetch'] },
      skipWebFetchPreflight: true,
      env: {
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'x',
        ANTHROPIC_SMALL_FAST_MODEL: 'x',
        ANTHROPIC_DEFAULT_MODEL: 'x',
        ENABLE_PROMPT_CACHING_1H: '1',
        CLAUDE_CODE_PROMPT_CACHE_TTL: '1h',
        CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL: '5m',
        ENABLE_TOOL_SEARCH: 'true',
        DISABLE_TELEMETRY: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_ENABLE_TELEMETRY: '1',
        CLAUDE_CODE_MAX_OUTPUT_TOKENS: '1',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
      },
    }
    expect(approvalKeysIn(settings)).toEqual([])
  })

  test('are in a warning, if the server sends settings', () => {
    const settings = { hooks: { Stop: [{}] } }
    expect(signInSettingsWarnings(config(settings))).toEqual([
      'signIn.settings: Claude Code asks each user to approve hooks, and quits if the user refuses. Leave out what is not needed.',
    ])
    expect(signInSettingsWarnings(config(settings, { serveSettings: false }))).toEqual([])
    expect(signInSettingsWarnings(config(settings, { enabled: false }))).toEqual([])
    expect(signInSettingsWarnings(config({ model: 'x' }))).toEqual([])
  })
})
