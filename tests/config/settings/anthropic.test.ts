import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Secret } from '../../../src/base/secret.ts'
import { UsageError } from '../../../src/base/usage-error.ts'
import { clientTokensOf } from '../../../src/config/client-tokens.ts'
import { editConfigFile, holdsSecret } from '../../../src/config/edit.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { settings } from '../../../src/config/settings/settings.ts'
import type { ConfigInputs } from '../../../src/config/sources.ts'

const load = (environment: Record<string, string>, inputs: Partial<ConfigInputs> = {}) =>
  loadConfig({ flags: {}, files: [], ...inputs, environment: { NEXUS_UPSTREAM: 'anthropic', ...environment } })
const file = (value: unknown) => ({ path: '/home/me/config.json', text: JSON.stringify(value) })
const refusal = (environment: Record<string, string>, inputs?: Partial<ConfigInputs>): string => {
  try {
    load(environment, inputs)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

/** The variables of the replaced system (M3), and those that Anthropic's own programs read. */
const seed = {
  CLAUDE_API_KEY: 'sk-ant-api03-seed',
  CREDENTIALS_DIR: '/app/credentials',
  CLIENT_SETUP_DIR: '/app/client-setup',
  CLAUDE_OAUTH_TOKEN_URL: 'https://token.example/v1/oauth/token',
  CLAUDE_OAUTH_AUTHORIZE_URL: 'https://login.example/authorize',
  CLAUDE_OAUTH_CLIENT_ID: 'client-1',
  TELEMETRY_ENDPOINT: 'https://telemetry.example/in?team=a',
  TOKEN_STATS_INTERVAL: '10',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T/B/X',
  SLACK_CHANNEL: '#ai',
  SLACK_USERNAME: 'Proxy',
  SLACK_ICON_EMOJI: ':wave:',
  SLACK_ENABLED: 'false',
  DEBUG: 'true',
  PORT: '3000',
  HOST: '0.0.0.0',
}

describe('settings of the upstream anthropic', () => {
  test('the variables of the replaced system set each of its settings (AU-0, AU-D5, M3)', () => {
    const { config, sources } = load(seed)
    expect(config.anthropic).toMatchObject({
      url: 'https://api.anthropic.com',
      apiKey: new Secret('sk-ant-api03-seed'),
      credentialsDir: '/app/credentials',
      clientSetupDir: '/app/client-setup',
      clientKeys: 'auto',
      allowOauth: false,
      claudeCodeLogin: false,
      unknownPaths: 'forward',
      classify: 'auto',
      oauth: {
        tokenUrl: 'https://token.example/v1/oauth/token',
        authorizeUrl: 'https://login.example/authorize',
        clientId: 'client-1',
      },
    })
    expect(config.slack).toEqual({
      webhookUrl: new Secret('https://hooks.slack.example/services/T/B/X'),
      channel: '#ai',
      username: 'Proxy',
      iconEmoji: ':wave:',
      enabled: false,
    })
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      statsInterval: 10,
      telemetry: { endpoint: 'https://telemetry.example/in?team=a' },
      logging: { level: 'debug' },
    })
    const used = new Set(sources.values())
    expect(Object.keys(seed).filter((name) => !used.has(name))).toEqual([])
  })

  test.each(['nexus', 'openai'] as const)('common names of variables change nothing under %s (AU-0a)', (upstream) => {
    const { HOST: _host, PORT: _port, DEBUG: _debug, ...others } = seed
    const { values } = load({ ...others, NEXUS_UPSTREAM: upstream })
    expect(values).toEqual(load({ NEXUS_UPSTREAM: upstream }).values)
  })

  test('under nexus the own variables of Slack and telemetry count (AU-0a)', () => {
    const { config } = load({
      NEXUS_UPSTREAM: 'nexus',
      NEXUS_SLACK_WEBHOOK_URL: 'https://hooks.slack.example/a',
      NEXUS_TELEMETRY_ENDPOINT: 'https://telemetry.example',
      NEXUS_STATS_INTERVAL: '60',
    })
    expect(config.slack.webhookUrl?.reveal()).toBe('https://hooks.slack.example/a')
    expect([config.telemetry.endpoint, config.statsInterval]).toEqual(['https://telemetry.example', 60])
  })

  test('the defaults of address and port are the same for each upstream (OP-S1, AU-D5)', () => {
    const { config } = load({})
    expect([config.host, config.port]).toEqual(['127.0.0.1', 4141])
    expect(load({ PORT: '3000', NEXUS_UPSTREAM: 'nexus' }).config.port).toBe(4141)
  })

  test('a flag wins over our variable, that over the one of the replaced system, that over the file (AU-0b)', () => {
    const files = [file({ anthropic: { credentialsDir: 'file' } })]
    const both = { NEXUS_CREDENTIALS_DIR: 'own', CREDENTIALS_DIR: 'seed' }
    const folder = (environment: Record<string, string>, flags: Record<string, string> = {}) =>
      load(environment, { files, flags }).config.anthropic.credentialsDir
    expect(folder(both, { 'credentials-dir': 'flag' })).toBe('flag')
    expect(folder(both)).toBe('own')
    expect(folder({ CREDENTIALS_DIR: 'seed' })).toBe('seed')
    expect(folder({})).toBe('file')
    expect(load({}).config.anthropic.credentialsDir).toBeUndefined()
  })

  test('the key: flag, file, CLAUDE_API_KEY, ANTHROPIC_API_KEY; never the key of another upstream (AU-0b, AU-0)', () => {
    const files = [file({ apiKey: 'nexus-key', openai: { apiKey: 'openai-key' }, anthropic: { api_key: 'file-key' } })]
    const environment = { NEXUS_API_KEY: 'nexus', OPENAI_API_KEY: 'openai', ANTHROPIC_API_KEY: 'second' }
    const key = (more: Record<string, string>, inputs: Partial<ConfigInputs> = {}) =>
      load({ ...environment, ...more }, inputs).config.anthropic.apiKey?.reveal()
    expect(key({ CLAUDE_API_KEY: 'first' }, { files, flags: { 'api-key': 'flag' } })).toBe('flag')
    expect(key({ CLAUDE_API_KEY: 'first' }, { files })).toBe('file-key')
    expect(key({ CLAUDE_API_KEY: 'first' })).toBe('first')
    expect(key({})).toBe('second')
    expect(load({ NEXUS_API_KEY: 'nexus', OPENAI_API_KEY: 'openai' }).config.anthropic.apiKey).toBeUndefined()
    const own = load(environment, { files }).config
    expect([own.apiKey, own.openai.apiKey, clientTokensOf(own)]).toEqual([undefined, undefined, []])
  })

  test('ANTHROPIC_BASE_URL is never read, under any upstream (AU-0)', () => {
    for (const NEXUS_UPSTREAM of ['anthropic', 'nexus', 'openai'])
      expect(load({ NEXUS_UPSTREAM, ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141' }).values).toEqual(
        load({ NEXUS_UPSTREAM }).values,
      )
  })

  test('the address may have a path, and no query (AU-0)', () => {
    const { config } = load({ NEXUS_ANTHROPIC_URL: 'https://gateway.example/anthropic/' })
    expect(config.anthropic.url).toBe('https://gateway.example/anthropic')
    expect(refusal({ NEXUS_ANTHROPIC_URL: 'https://x.example/?a=1' })).toBe(
      'NEXUS_ANTHROPIC_URL must not contain a query or a fragment.',
    )
  })

  test('a group in a group is an object in an object of the file (AU-0, OP-S4)', () => {
    const files = [file({ anthropic: { oauth: { token_url: 'https://a.example', clientId: 'x' } } })]
    expect(load({}, { files }).config.anthropic.oauth).toMatchObject({ tokenUrl: 'https://a.example', clientId: 'x' })
    expect(refusal({}, { files: [file({ anthropic: { oauth: 'x' } })] })).toBe(
      'anthropic.oauth in /home/me/config.json (line 1) must be an object.',
    )
    const edited = editConfigFile({ path: 'c.json', text: '{}' }, 'anthropic.oauth.tokenUrl', 'https://b.example')
    expect(JSON.parse(edited)).toEqual({ anthropic: { oauth: { tokenUrl: 'https://b.example' } } })
    expect(editConfigFile({ path: 'c.json', text: edited }, 'anthropic.oauth.tokenUrl', undefined).trim()).toBe('{\n}')
  })

  test('the model map has pairs, as text or as an object (AU-N7, AU-0)', () => {
    const map = [['claude-a', 'claude-b:1']] as const
    expect(load({ NEXUS_MODEL_MAP: 'claude-a:claude-b:1' }).config.anthropic.modelMap).toEqual(new Map(map))
    const files = [file({ anthropic: { modelMap: Object.fromEntries(map) } })]
    expect(load({}, { files }).config.anthropic.modelMap).toEqual(new Map(map))
  })

  test('each secret of a file counts as one, also in headers (OP-S4)', () => {
    const holds = (value: unknown): boolean => holdsSecret(file(value))
    expect(holds({ anthropic: { headers: { 'X-Team': 'a' } } })).toBe(true)
    expect(holds({ anthropic: { apiKey: 'a' } })).toBe(true)
    expect(holds({ slack: { webhookUrl: 'https://hooks.slack.example/a' } })).toBe(true)
    expect(holds({ anthropic: { url: 'https://a.example' }, slack: { channel: 'a' } })).toBe(false)
  })

  test('each setting has a key in the file, and a flag or a variable or both (OP-S4)', () => {
    const own = settings.filter(({ key }) => /^(?:anthropic|slack|telemetry|statsInterval)\b/.test(key))
    expect(own.length).toBeGreaterThan(18)
    const isFileOnly = ({ environment, ...setting }: (typeof own)[number]): boolean =>
      environment.length === 0 && !('flag' in setting)
    expect(own.filter(isFileOnly).map(({ key }) => key)).toEqual(['anthropic.headers'])
  })

  test('a flag of this upstream is refused under another one', () => {
    expect(refusal({ NEXUS_UPSTREAM: 'nexus' }, { flags: { 'credentials-dir': 'x' } })).toBe(
      '--credentials-dir works only with --upstream anthropic.',
    )
    expect(refusal({ NEXUS_UPSTREAM: 'nexus' }, { flags: { 'model-map': 'a:b' } })).toBe(
      '--model-map works only with --upstream openai or anthropic.',
    )
  })
})

describe('the files of deploy/ and the examples of the page', () => {
  const folder = join(import.meta.dir, '..', '..', '..')
  const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8')

  test('each variable is one of a setting, also those that are commented out (AU-0, OP-S4)', () => {
    const example = /<<'END'\n([\s\S]*?)\nEND\n/.exec(read('docs', 'upstreams', 'anthropic.md'))?.[1] ?? ''
    const file = read('deploy', 'anthropic', 'anthropic.env')
    const complete = file.replace(/^# ([A-Z_]+=)/gm, '$1')
    for (const text of [example, file, complete]) {
      const { config, sources } = load(parseEnv(text) as Record<string, string>)
      expect([config.upstream, config.port, config.host]).toEqual(['anthropic', 3000, '127.0.0.1'])
      const used = new Set(sources.values())
      expect(Object.keys(parseEnv(text)).filter((name) => !used.has(name))).toEqual([])
    }
  })

  test('the compose file mounts the credentials read-only, requires a token and checks the health (AU-D5, M29)', () => {
    const text = read('deploy', 'anthropic', 'compose.yaml')
    const { services } = Bun.YAML.parse(text) as { services: Record<string, Record<string, unknown>> }
    const service = services['nexus-claude-api'] ?? {}
    expect(service).toMatchObject({
      env_file: 'anthropic.env',
      ports: ['127.0.0.1:3000:3000'],
      volumes: ['./credentials:/app/credentials:ro'],
      healthcheck: { test: ['CMD', '/usr/local/bin/nexus-claude-api', 'health'], interval: '30s' },
      read_only: true,
      restart: 'unless-stopped',
    })
    const given = Object.entries(service['environment'] as Record<string, string | number>)
    const variables = Object.fromEntries(
      given.map(([name, value]) => [name, String(value).replace(/^\$\{.*\}$/, 'gate')]),
    )
    // Compose refuses to start without it.
    expect(text).toContain('NEXUS_CLIENT_TOKEN: ${NEXUS_CLIENT_TOKEN:?')
    const { config, sources } = load({
      ...(parseEnv(read('deploy', 'anthropic', 'anthropic.env')) as object),
      ...variables,
    })
    expect(config).toMatchObject({ host: '0.0.0.0', port: 3000, anthropic: { credentialsDir: '/app/credentials' } })
    const used = new Set(sources.values())
    expect(Object.keys(variables).filter((name) => !used.has(name))).toEqual([])
  })
})
