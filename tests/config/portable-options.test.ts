import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import {
  checkKeyEncryption,
  isAvailable,
  loadPortable,
  type PortableOptions,
  portableOptionsOf,
} from '../../src/config/portable-options.ts'
import { settingKeys } from '../../src/config/settings/setting-names.ts'

const token = 'token-of-all-clients'
const load = (options: object) => loadPortable({ clientToken: token, ...options } as PortableOptions).config
const optionsFrom = (environment: Record<string, unknown>) => portableOptionsOf(environment)

describe('the options', () => {
  test('have the keys and the values of a configuration file (OP-X1)', () => {
    const config = load({
      upstream: 'openai',
      timeout: 5,
      openai: { url: 'https://models.example/v1/', modelMap: { opus: 'gpt-5' }, headers: { 'X-Team': 'a' } },
      rateLimit: { requestsPerMinute: 60, exemptIps: ['10.0.0.0/8'] },
      logging: { format: 'json' },
    })
    expect(config).toMatchObject({
      upstream: 'openai',
      timeout: 5,
      maxRetries: 2,
      openai: { url: 'https://models.example/v1' },
      rateLimit: { requestsPerMinute: 60, burst: 10, exemptIps: ['10.0.0.0/8'] },
      logging: { format: 'json' },
    })
    expect(config.openai.modelMap).toEqual(new Map([['opus', 'gpt-5']]))
    expect(config.openai.headers.get('X-Team')?.equals('a')).toBe(true)
  })

  test.each<[string, object]>([
    ['timeout in the options must be a number from 0.001 to 86400.', { timeout: 'long' }],
    ['rateLimit in the options must be an object.', { rateLimit: 3 }],
    ['the options: unknown key tiemout. Did you mean timeout?', { tiemout: 3 }],
    ['cors.origins: example.com is not an origin.', { cors: { origins: ['example.com'] } }],
    ['costPerMonth has no effect without prices', { quota: { costPerMonth: 5 } }],
    ['apiKey must be a text: this runtime has no keychain.', { apiKey: { keychain: 'apiKey' } }],
  ])('are refused with the name of the key: %s (OP-X1)', (words, options) => {
    expect(() => load(options)).toThrow(words)
  })

  test.each<[string, object]>([
    ['history.enabled cannot be used in this runtime: it writes no files.', { history: { enabled: true } }],
    ['dashboard cannot be used in this runtime: it has no sessions. Use metrics.', { dashboard: true }],
    ['state.url cannot be used in this runtime: it has no client for Redis.', { state: { url: 'redis://localhost' } }],
    ['workers cannot be used in this runtime: the runtime starts the processes.', { workers: 2 }],
    ['tls.cert cannot be used in this runtime: the runtime serves HTTPS.', { tls: { cert: 'cert.pem' } }],
    ['search.provider cannot be used in this runtime: it does not search the web.', { search: { provider: 'brave' } }],
    ['search.command cannot be used in this runtime: it does not search the web.', { search: { command: ['x'] } }],
    [
      'clientsFile cannot be used in this runtime: it reads no files. Use clientTokens.',
      { clientsFile: 'clients.json' },
    ],
    ['logging.file cannot be used in this runtime: it writes no files.', { logging: { file: 'a.log' } }],
    ['apiKeyCommand cannot be used in this runtime: it runs no programs. Use apiKey.', { apiKeyCommand: ['pass'] }],
    ['otel.enabled cannot be used in this runtime: it sends no reports. Use metrics.', { otel: { enabled: true } }],
    ['anthropic.credentialsDir cannot be used', { upstream: 'anthropic', anthropic: { credentialsDir: 'a' } }],
    ['anthropic.oauth.clientId cannot be used', { upstream: 'anthropic', anthropic: { oauth: { clientId: 'a' } } }],
  ])('that need the program are refused, with the reason: %s (OP-X3)', (words, options) => {
    expect(() => load(options)).toThrow(words)
  })

  test('may have settings and groups without a value, as their type says (OP-X1)', () => {
    expect(
      load({ timeout: undefined, rateLimit: undefined, openai: { apiKey: undefined }, prices: undefined }),
    ).toEqual(load({}))
  })

  test.each([[undefined], [null], [[]], ['text'], [7]])('must be an object: %p (OP-X1)', (options) => {
    expect(() => loadPortable(options as never)).toThrow(new UsageError('The options must be an object.'))
    expect(() => portableOptionsOf(options as never)).toThrow(new UsageError('The environment must be an object.'))
  })

  test('that switch such parts off are accepted (OP-X3)', () => {
    const off = { history: { enabled: false }, workers: 1, state: { url: 'memory' }, dashboard: false }
    expect(load(off)).toMatchObject({ workers: 1, dashboard: false })
  })

  test('need a token of clients, unless they allow all clients', () => {
    expect(() => loadPortable({})).toThrow('No token for clients: all who reach this server could use your key.')
    expect(loadPortable({ requireToken: false }).config.host).toBe('0.0.0.0')
    expect(loadPortable({ clientTokens: 'alice:0123456789abcdefghijklmnop' }).config.requireToken).toBe(true)
  })

  test('never send a key unencrypted unless they allow that', () => {
    const loaded = loadPortable({ clientToken: token, endpointUrl: 'http://nexus.example' })
    const check = () => checkKeyEncryption(loaded, 'endpointUrl', loaded.config.endpointUrl)
    expect(check).toThrow('endpointUrl begins with http, so the key would go to nexus.example unencrypted.')
    const allowed = loadPortable({ clientToken: token, endpointUrl: 'http://nexus.example', allowHttp: true })
    expect(() => checkKeyEncryption(allowed, 'endpointUrl', allowed.config.endpointUrl)).not.toThrow()
  })

  test('the table of parts that other runtimes lack names only settings', () => {
    const missing = settingKeys.filter((key) => !isAvailable(key))
    expect(missing).toContain('history.rollupDays')
    expect(missing).not.toContain('logging.format')
  })
})

describe('variables', () => {
  test('become the options of a central gateway: its tokens, models and limits (OP-X4)', () => {
    expect(
      optionsFrom({
        NEXUS_UPSTREAM: 'openai',
        GATEWAY_TOKEN: 'gateway',
        OPENAI_API_KEY: 'key',
        MODEL_MAP: 'opus:gpt-5,haiku:gpt-5-mini',
        CUSTOM_HEADER_X_TEAM: 'a',
        RATE_LIMIT_RPM: '60',
        NEXUS_CORS_ORIGIN: 'https://app.example.com',
        NEXUS_STRICT_TOOLS: 'send',
      }),
    ).toEqual({
      upstream: 'openai',
      openai: {
        gatewayToken: 'gateway',
        apiKey: 'key',
        modelMap: { opus: 'gpt-5', haiku: 'gpt-5-mini' },
        headers: { 'X-TEAM': 'a' },
      },
      openaiEntrance: { modelMap: { opus: 'gpt-5', haiku: 'gpt-5-mini' } },
      rateLimit: { requestsPerMinute: 60 },
      cors: { origins: ['https://app.example.com'] },
      translation: { strictTools: 'send' },
    })
  })

  test('of another kind than text do not count: a Worker has bindings next to its variables (OP-X4)', () => {
    expect(optionsFrom({ NEXUS_API_KEY: 'key', BUCKET: { get: () => undefined }, NEXUS_TIMEOUT: undefined })).toEqual({
      apiKey: 'key',
    })
  })

  test('give options that the options accept', () => {
    const environment = {
      NEXUS_API_KEY: 'key',
      NEXUS_CLIENT_TOKENS: 'a:0123456789abcdefghijklmn',
      NEXUS_METRICS: 'yes',
    }
    expect(loadPortable(optionsFrom(environment)).config.metrics).toBe('on')
  })

  test.each<[string, Record<string, string>]>([
    ['NEXUS_TIMEOUT must be a number from 0.001 to 86400.', { NEXUS_TIMEOUT: 'long' }],
    ['NEXUS_HISTORY cannot be used in this runtime: it writes no files.', { NEXUS_HISTORY: '1' }],
    ['WORKERS cannot be used in this runtime', { NEXUS_UPSTREAM: 'openai', WORKERS: '4' }],
    [
      'NEXUS_API_KEY_FILE cannot be used in this runtime: it reads no files. Set NEXUS_API_KEY.',
      { NEXUS_API_KEY_FILE: '/run/key' },
    ],
    ['NEXUS_STATE_FILE cannot be used in this runtime', { NEXUS_STATE_FILE: '/run/state' }],
    [
      'NEXUS_API_KEY_COMMAND cannot be used in this runtime: it runs no programs.',
      { NEXUS_API_KEY_COMMAND: 'pass nexus' },
    ],
  ])('that need the program are refused by name: %s (OP-X3)', (words, environment) => {
    expect(() => optionsFrom(environment)).toThrow(words)
  })
})
