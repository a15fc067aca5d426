import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import { loadConfig } from '../../src/config/load.ts'
import { userConfigPath } from '../../src/config/paths.ts'
import type { Setting } from '../../src/config/settings/setting.ts'
import { type SettingKey, settings } from '../../src/config/settings/settings.ts'
import { type ConfigInputs, secretReferences } from '../../src/config/sources.ts'

const load = (inputs: Partial<ConfigInputs>) => loadConfig({ flags: {}, environment: {}, files: [], ...inputs })
const file = (value: unknown, path = '/home/me/config.json') => ({
  path,
  text: typeof value === 'string' ? value : JSON.stringify(value),
})
const refusal = (inputs: Partial<ConfigInputs>): string => {
  try {
    load(inputs)
  } catch (error) {
    if (error instanceof UsageError) return error.message
  }
  throw new Error('loadConfig refused nothing')
}

test('a price that is not valid is refused with the file, the entry and the remedy (OP-C1)', () => {
  expect(refusal({ files: [file({ prices: { opus: { input: 5 } } })] })).toBe(
    'prices in /home/me/config.json (line 1): the entry "opus" has no output. Write prices for a million tokens, such as "sonnet": {"input": 3, "output": 15}.',
  )
  expect(refusal({ environment: { NEXUS_CURRENCY: 'euros' } })).toBe(
    'NEXUS_CURRENCY must be the code of a currency, such as USD.',
  )
})

describe('the source of a value', () => {
  test('is flag, environment, file, default, in this order', () => {
    const files = [file({ port: 3 })]
    expect(load({ files, environment: { NEXUS_PORT: '2' }, flags: { port: '1' } }).config.port).toBe(1)
    expect(load({ files, environment: { NEXUS_PORT: '2' } }).config.port).toBe(2)
    expect(load({ files, environment: { NEXUS_PORT: ' ' } }).config.port).toBe(3)
    expect(load({}).config.port).toBe(4141)
    expect(load({ files }).sources.get('port')).toBe('/home/me/config.json')
    expect(load({}).sources.get('port')).toBe('default')
  })

  test("is, for the key: flag, file, NEXUS_API_KEY, then AWS's own variable", () => {
    const all = {
      flags: { 'api-key': 'flag' },
      files: [file({ apiKey: 'file' })],
      environment: { NEXUS_API_KEY: 'nexus', AWS_BEARER_TOKEN_BEDROCK: 'aws' },
    }
    const key = (inputs: Partial<ConfigInputs>): string | undefined => load(inputs).config.apiKey?.reveal()
    expect(key(all)).toBe('flag')
    expect(key({ ...all, flags: {} })).toBe('file')
    expect(key({ ...all, flags: { 'api-key': '' }, files: [] })).toBe('nexus')
    expect(key({ environment: { NEXUS_API_KEY: '', AWS_BEARER_TOKEN_BEDROCK: 'aws\n' } })).toBe('aws')
    expect(key({})).toBeUndefined()
  })

  test('is the first file that has a value', () => {
    const { config } = load({
      files: [file({ model: 'opus' }, 'a'), file({ model: 'haiku', smallModel: 'sonnet' }, 'b')],
    })
    expect([config.model, config.smallModel]).toEqual(['opus', 'sonnet'])
  })

  test('is a file also if the file only refers to a secret in the keychain', () => {
    const files = [file({ apiKey: { keychain: 'apiKey' }, client_token: { keychain: 'clientToken of /c.json' } })]
    const references = (inputs: Partial<ConfigInputs>) =>
      secretReferences({ flags: {}, environment: {}, files, ...inputs }).inKeychain.map(({ key, entry }) => [
        key,
        entry,
      ])
    const environment = { NEXUS_API_KEY: 'variable', NEXUS_CLIENT_TOKEN: 'variable' }
    expect(references({})).toEqual([
      ['apiKey', 'apiKey'],
      ['clientToken', 'clientToken of /c.json'],
    ])
    expect(references({ environment })).toEqual([['apiKey', 'apiKey']])
    expect(references({ environment, flags: { 'api-key': 'flag' } })).toEqual([])
    const { config, sources } = load({ files, environment, fetched: new Map([['apiKey', 'kept\n']]) })
    expect([config.apiKey?.reveal(), config.clientToken?.reveal()]).toEqual(['kept', 'variable'])
    expect(sources.get('apiKey')).toBe('the keychain (/home/me/config.json)')
    // The keychain was not read: there is no key, and no variable replaces it.
    expect(load({ files, environment }).config.apiKey).toBeUndefined()
  })

  test('can be any source that a setting names', () => {
    const samples = {
      text: 'x',
      host: 'x',
      secret: 'x',
      url: 'https://x.example',
      list: 'x',
      command: 'x',
      map: 'x:y',
      headers: 'unused',
      prices: 'unused',
      currency: 'EUR',
      object: 'unused',
      number: '1',
      switch: 'true',
    } as const
    const typedSamples: Readonly<Record<string, unknown>> = {
      list: ['x'],
      command: ['x'],
      switch: true,
      number: 1,
      map: { x: 'y' },
      headers: { 'X-Y': 'v' },
      prices: { opus: { input: 5, output: 25 } },
      object: { model: 'opus' },
    }
    for (const setting of settings as readonly (Setting & { key: SettingKey })[]) {
      const { key, type, upstream = 'nexus' } = setting
      const loadUnder = (inputs: Partial<ConfigInputs>) =>
        load({ ...inputs, environment: { NEXUS_UPSTREAM: upstream, ...inputs.environment } })
      const other = { 'logging.level': 'warn', upstream: 'openai' }[key as string]
      const value = other ?? (type.kind === 'choice' ? (type.options.at(-1) as string) : samples[type.kind])
      if (setting.flag !== undefined) {
        expect(loadUnder({ flags: { [setting.flag]: value } }).sources.get(key)).toBe(`--${setting.flag}`)
      }
      for (const variable of setting.environment)
        expect(loadUnder({ environment: { [variable]: value } }).sources.get(key)).toBe(variable)
      for (const variable of setting.upstreamEnvironment?.openai ?? []) {
        const environment = { [variable]: value }
        expect(load({ environment }).sources.get(key)).not.toBe(variable)
        expect(load({ environment: { ...environment, NEXUS_UPSTREAM: 'openai' } }).sources.get(key)).toBe(variable)
      }
      const typed = typedSamples[type.kind] ?? value
      const content = key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), typed)
      const environment = key === 'upstream' ? { NEXUS_UPSTREAM: '' } : {}
      const loaded = loadUnder({ files: [file(content, 'f')], environment })
      expect(loaded.sources.get(key)).toBe('f')
      const read = loaded.values.get(key)
      if (read instanceof Map) expect([...read.keys()]).toEqual(Object.keys(typed as object))
      else if (type.kind !== 'secret') expect(read).toEqual(typed as string)
    }
  })
})

test.each([
  ['1', true],
  [' True ', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['no', false],
])('accepts %p for a switch', (text, expected) => {
  expect(load({ environment: { NEXUS_ALLOW_HTTP: text } }).config.allowHttp).toBe(expected)
})

test('refuses other text for a switch', () => {
  for (const text of ['2', 'constructor', 'maybe'])
    expect(refusal({ environment: { NEXUS_ALLOW_HTTP: text } })).toBe('NEXUS_ALLOW_HTTP must be 1 or 0, true or false.')
  expect(refusal({ files: [file({ allowHttp: 'yes' })] })).toBe(
    'allowHttp in /home/me/config.json (line 1) must be true or false.',
  )
})

describe('files', () => {
  test('may have snake_case keys, a byte order mark, and null for not set', () => {
    const { config, warnings } = load({
      files: [
        file(
          `\uFEFF${JSON.stringify({ endpoint_url: 'https://x.example/', small_model: 'opus', logging: { level: 'warn' }, port: null })}`,
        ),
      ],
    })
    expect([config.endpointUrl, config.smallModel, config.logging.level, config.port, warnings]).toEqual([
      'https://x.example',
      'opus',
      'warn',
      4141,
      [],
    ])
  })

  test('cause a warning for an unknown key, with the nearest known key', () => {
    const { warnings } = load({ files: [file({ prot: 1, logging: { levle: 'x' }, apiKey: 'a', api_key: 'b' })] })
    expect(warnings).toEqual([
      '/home/me/config.json: unknown key prot. Did you mean port?',
      '/home/me/config.json: unknown key logging.levle. Did you mean logging.level?',
      '/home/me/config.json: apiKey is set twice. The first one is used.',
    ])
  })

  test('A10 may contain comments and a trailing comma, or nothing', () => {
    const text = '\uFEFF// mine\n{ "port": 1, /* no more */ "logging": { "level": "warn", }, }'
    expect(load({ files: [file(text)] }).config).toMatchObject({ port: 1, logging: { level: 'warn' } })
    for (const empty of ['', '\n', '// later\n']) expect(load({ files: [file(empty)] }).config.port).toBe(4141)
  })

  test.each([
    ['{\n  "port": 1,\n  "model" "opus"\n}', ':3:11 is not valid JSON (colon expected).'],
    ['{\n  "port": 1\n', ':3:1 is not valid JSON (close brace expected).'],
    ['{"port": 1} {}', ':1:13 is not valid JSON (end of file expected).'],
    ['{ port: 1 }', ':1:3 is not valid JSON (invalid symbol).'],
    ['nothing', ':1:1 is not valid JSON (invalid symbol).'],
  ])('A10 cause an error with line and column if they are not valid JSON: %p', (text, words) => {
    expect(refusal({ files: [file(text)] })).toBe(`/home/me/config.json${words} Correct it, or move the file away.`)
  })

  test('cause errors that name the file and the key, never a value', () => {
    expect(refusal({ files: [file({ port: '4141' })] })).toBe(
      'port in /home/me/config.json (line 1) must be a whole number from 0 to 65535.',
    )
    expect(refusal({ files: [file({ model: 7 })] })).toBe(
      'model in /home/me/config.json (line 1) must be a non-empty string.',
    )
    expect(refusal({ files: [file({ metrics: 7 })] })).toBe(
      'metrics in /home/me/config.json (line 1) must be one of off, on, open.',
    )
    expect(refusal({ files: [file({ logging: 'x' })] })).toBe(
      'logging in /home/me/config.json (line 1) must be an object.',
    )
    expect(refusal({ files: [file('{"apiKey": "canary')] })).toBe(
      '/home/me/config.json:1:12 is not valid JSON (unexpected end of string). Correct it, or move the file away.',
    )
    expect(refusal({ files: [file('[]')] })).toBe('/home/me/config.json must contain a JSON object.')
  })
})

test('a file turns metrics on with true, as a variable does (OP-M1)', () => {
  const metricsOf = (inputs: Partial<ConfigInputs>) => load(inputs).config.metrics
  expect([true, false, 'open'].map((metrics) => metricsOf({ files: [file({ metrics })] }))).toEqual([
    'on',
    'off',
    'open',
  ])
  expect(metricsOf({ environment: { NEXUS_METRICS: 'true' } })).toBe('on')
})

describe('values', () => {
  test.each([
    [{ port: '65536' }, '--port must be a whole number from 0 to 65535.'],
    [{ port: '1.5' }, '--port must be a whole number from 0 to 65535.'],
    [{ port: '' }, '--port must be a whole number from 0 to 65535.'],
    [{ timeout: '0' }, '--timeout must be a number from 0.001 to 86400.'],
    [{ 'max-retries': '-1' }, '--max-retries must be a whole number from 0 to 10.'],
    [{ 'endpoint-url': 'genai.example' }, '--endpoint-url must be an http or https URL.'],
    [{ 'endpoint-url': 'https://me:pw@x.example' }, '--endpoint-url must not contain a user name or a password.'],
    [{ 'endpoint-url': 'https://x.example/?a=1' }, '--endpoint-url must not contain a query or a fragment.'],
    [{ 'log-format': 'xml' }, '--log-format must be one of text, json, json-snake.'],
    [{ upstream: 'bedrock' }, '--upstream must be one of nexus, openai, anthropic.'],
    [{ 'api-key': 'Bearer abc' }, '--api-key begins with "Bearer": give only the part after it.'],
    [
      { 'api-key': 'ab\ncd' },
      '--api-key contains a space or a character that is not valid in a header: a key or a token is one word.',
    ],
  ])('%p', (flags, message) => {
    expect(refusal({ flags: flags as Record<string, string> })).toBe(message)
  })

  test.each([
    ['127.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['[::1]', '::1'],
    [' localhost ', 'localhost'],
    ['0', '0.0.0.0'],
    ['*', '0.0.0.0'],
    ['[::]', '::'],
    ['::ffff:127.0.0.1', '::ffff:7f00:1'],
  ])('the host %s is %s', (host, expected) => {
    expect(load({ flags: { host } }).config.host).toBe(expected)
  })

  test('a URL keeps its path and loses its trailing slashes', () => {
    expect(load({ flags: { 'endpoint-url': 'https://x.example/bedrock//' } }).config.endpointUrl).toBe(
      'https://x.example/bedrock',
    )
  })
})

test.each([
  ['linux', {}, '/home/me/.config/nexus-claude-api/config.json'],
  ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/nexus-claude-api/config.json'],
  ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/me/.config/nexus-claude-api/config.json'],
  ['darwin', {}, '/home/me/.config/nexus-claude-api/config.json'],
  [
    'win32',
    { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' },
    'C:\\Users\\me\\AppData\\Roaming\\nexus-claude-api\\config.json',
  ],
])('finds the file of the user on %s with %p', (platform, environment, expected) => {
  expect(userConfigPath({ platform, home: '/home/me', currentDirectory: '/', environment })).toBe(expected)
})

describe('the variables of other programs', () => {
  const levelOf = (upstream: string, environment: Record<string, string>) =>
    loadConfig({ flags: { upstream }, environment, files: [] }).config.logging.level

  test.each([
    ['anthropic', 'true', 'debug'],
    ['anthropic', 'express:*', 'debug'],
    ['openai', '1', 'debug'],
    ['anthropic', 'false', 'info'],
    ['anthropic', '0', 'info'],
    ['anthropic', '', 'info'],
    ['nexus', 'true', 'info'],
  ])('under %s, DEBUG=%s is the level %s (AU-D2, AU-0a)', (upstream, DEBUG, level) => {
    expect(levelOf(upstream, { DEBUG })).toBe(level as never)
  })

  test('DEBUG wins over LOG_LEVEL, and loses to our own variable (AU-0b)', () => {
    expect(levelOf('anthropic', { DEBUG: 'true', LOG_LEVEL: 'ERROR' })).toBe('debug')
    expect(levelOf('anthropic', { DEBUG: 'false', LOG_LEVEL: 'ERROR #x' })).toBe('error')
    expect(levelOf('anthropic', { DEBUG: 'true', NEXUS_LOG_LEVEL: 'warn' })).toBe('warn')
  })
})
