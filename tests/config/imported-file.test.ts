import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import { editConfigFile } from '../../src/config/edit.ts'
import { parseConfigFile } from '../../src/config/files.ts'
import { loadConfig } from '../../src/config/load.ts'

const path = '/srv/config.json'
const load = (text: string) => loadConfig({ flags: {}, environment: {}, files: [{ path, text }] })
const refusal = (text: string): string => {
  try {
    load(text)
  } catch (error) {
    if (error instanceof UsageError) return error.message
  }
  throw new Error('loadConfig refused nothing')
}

/** As its documentation has it. */
const example = `{
  "server": {
    "host": "0.0.0.0",
    "port": 8000
  },
  "claude": {
    "default_model": "claude-3-sonnet-20240229",
    "max_tokens": 4096,
    "timeout": 30
  },
  "logging": {
    "level": "INFO",
    "format": "json",
    "file": "proxy.log"
  },
  "rate_limiting": {
    "requests_per_minute": 60,
    "burst_size": 12,
    "enabled": true,
    "exempt_ips": ["10.0.0.0/8"]
  },
  "cors": {
    "enabled": true,
    "allow_origins": ["https://app.example.com"],
    "allow_credentials": true,
    "max_age": 300
  }
}`

describe("a file of claude-code-proxy-api's", () => {
  test('sets the settings that its members stand for (OP-S2, C12)', () => {
    const { config, warnings, sources } = load(example)
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 8000,
      model: 'claude-3-sonnet-20240229',
      timeout: 30,
      openaiEntrance: { defaultMaxTokens: 4096 },
      logging: { level: 'info', format: 'json-snake', file: 'proxy.log' },
      rateLimit: { requestsPerMinute: 60, burst: 12, enabled: true, exemptIps: ['10.0.0.0/8'] },
      cors: { origins: ['https://app.example.com'], allowCredentials: true, maxAge: 300 },
    })
    expect(sources.get('port')).toBe(path)
  })

  test('loses to flags and variables (OP-S2, C12)', () => {
    const files = [{ path, text: example }]
    const { config } = loadConfig({ flags: { port: '1' }, environment: { NEXUS_HOST: '127.0.0.1' }, files })
    expect([config.port, config.host]).toEqual([1, '127.0.0.1'])
  })

  test('sets the number of workers (OP-S2, OP-K7)', () => {
    const { config, warnings } = load('{"server": {"workers": 4}}')
    expect([config.workers, warnings]).toEqual([4, []])
    const variables = { WORKERS: '3', UPSTREAM: 'openai', NEXUS_UPSTREAM: 'openai' }
    expect(loadConfig({ flags: {}, environment: variables, files: [] }).config.workers).toBe(3)
    expect(loadConfig({ flags: {}, environment: { WORKERS: '3' }, files: [] }).config.workers).toBe(1)
  })

  test('allows no origins if its switch for CORS is off (OP-S2)', () => {
    const { config, warnings } = load('{"server": {}, "cors": {"enabled": false, "allow_origins": ["*"]}}')
    expect([config.cors.origins, warnings]).toEqual([[], []])
    expect(load('{"server": {}, "cors": {"enabled": true}}').warnings).toEqual([])
  })

  test('causes a warning for each member that has no setting (OP-S2)', () => {
    const file = {
      server: { port: 1, reload: true },
      cors: { allow_headers: ['*'], allow_methods: ['*'] },
      x: 1,
    }
    expect(load(JSON.stringify(file)).warnings).toEqual([
      `${path}: unknown key server.reload.`,
      `${path}: cors.allow_headers has no effect.`,
      `${path}: cors.allow_methods has no effect.`,
      `${path}: unknown key x.`,
    ])
  })

  test.each([
    [example.replace('8000', '80000'), `server.port in ${path} (line 4) must be a whole number from 0 to 65535.`],
    [example.replace('"INFO"', '"LOUD"'), `logging.level in ${path} (line 12) must be one of`],
    [example.replace('30', '"30"'), `claude.timeout in ${path} (line 9) must be a number`],
    [example.replace('"port": 8000', '"port": 8000,,'), `${path}:4:18 is not valid JSON`],
    ['{\n"server": {},\n"claude": 7}', `claude in ${path} (line 3) must be an object.`],
  ])('causes an error with the file, the line and its own key (OP-S2): %#', (text, words) => {
    expect(refusal(text)).toStartWith(words)
  })

  test('keeps its JSON log apart from ours: only its own groups make it such a file (OP-S2, OP-G1)', () => {
    expect(load('{"logging": {"format": "json"}}').config.logging.format).toBe('json')
    expect(load('{"claude": {}, "logging": {"format": "text"}}').config.logging.format).toBe('text')
    expect(parseConfigFile({ path, text: '{"server": "x"}' }).warnings).toEqual([`${path}: unknown key server.`])
  })

  test('is not changed: its members have other names (OP-S2)', () => {
    expect(() => editConfigFile({ path, text: example }, 'port', 1)).toThrow(
      `${path} is a file of claude-code-proxy-api, which is read but not changed. Set port in another file: --config.`,
    )
  })
})
