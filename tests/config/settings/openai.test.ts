import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { UsageError } from '../../../src/base/usage-error.ts'
import { clientTokensOf } from '../../../src/config/client-tokens.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { ConfigInputs } from '../../../src/config/sources.ts'

const load = (environment: Record<string, string>, inputs: Partial<ConfigInputs> = {}) =>
  loadConfig({ flags: {}, files: [], ...inputs, environment: { NEXUS_UPSTREAM: 'openai', ...environment } })
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

describe('settings of the upstream openai', () => {
  test('the variables of the Nebius edition count under this upstream only (N2)', () => {
    const seed = {
      OPENAI_API_KEY: 'sk-1',
      OPENAI_BASE_URL: 'https://api.tokenfactory.nebius.com/v1/',
      BIG_MODEL: 'zai-org/GLM-4.7-FP8',
      MIDDLE_MODEL: 'zai-org/GLM-4.7-FP8',
      SMALL_MODEL: 'zai-org/GLM-4.7-FP8',
      VISION_MODEL: 'Qwen/Qwen2.5-VL-72B-Instruct',
      STRIP_IMAGE_CONTEXT: 'true',
      HOST: '0.0.0.0',
      PORT: '8083',
      LOG_LEVEL: 'WARNING #DEBUG',
      MAX_TOKENS_LIMIT: '4096',
      MIN_TOKENS_LIMIT: '100',
      REQUEST_TIMEOUT: '90',
      MAX_RETRIES: '1',
      DISABLE_TOOLS: 'false',
      AZURE_API_VERSION: '2024-06-01',
      BIG_MODEL_CONTEXT_LIMIT: '128000',
      VISION_ROUTE: 'all',
    }
    const { config } = load(seed)
    expect(config.openai.apiKey?.reveal()).toBe('sk-1')
    expect(config.openai.url).toBe('https://api.tokenfactory.nebius.com/v1')
    expect(config.openai.models).toEqual({
      big: 'zai-org/GLM-4.7-FP8',
      middle: 'zai-org/GLM-4.7-FP8',
      small: 'zai-org/GLM-4.7-FP8',
      vision: 'Qwen/Qwen2.5-VL-72B-Instruct',
    })
    expect(config.openai).toMatchObject({ stripImageContext: true, visionRoute: 'all', azureApiVersion: '2024-06-01' })
    expect(config.openai.contextLimits).toEqual({ big: 128_000, middle: 0, small: 0, vision: 0 })
    expect(config.limits).toEqual({ maxTokens: 4096, minTokens: 100 })
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 8083,
      timeout: 90,
      maxRetries: 1,
      logging: { level: 'warn' },
    })

    const nexus = loadConfig({
      flags: {},
      files: [],
      environment: { ...seed, ANTHROPIC_API_KEY: 'x', GATEWAY_TOKEN: 'y' },
    })
    expect(nexus.config).toMatchObject({ host: '127.0.0.1', port: 4141, timeout: 600, maxRetries: 2 })
    expect(nexus.config.openai).toMatchObject({ apiKey: undefined, url: undefined })
    expect(clientTokensOf(nexus.config)).toEqual([])
  })

  test('the variables file of deploy/ and the examples of the page are valid (N2, N23)', () => {
    const folder = join(import.meta.dir, '..', '..', '..')
    const page = readFileSync(join(folder, 'docs', 'upstreams', 'openai.md'), 'utf8')
    const example = /<<'END'\n([\s\S]*?)\nEND\n/.exec(page)?.[1] ?? ''
    const file = readFileSync(join(folder, 'deploy', 'openai', 'openai.env'), 'utf8')
    // Also those that are commented out.
    const complete = file.replace(/^# ([A-Z_]+=)/gm, '$1')
    for (const text of [example, file, complete]) {
      const { config, sources } = load(parseEnv(text) as Record<string, string>)
      expect([config.port, config.openai.models.big]).toEqual([8083, 'zai-org/GLM-4.7-FP8'])
      const used = new Set(sources.values())
      const unused = Object.keys(parseEnv(text)).filter((name) => !used.has(name) && !name.startsWith('CUSTOM_HEADER_'))
      expect(unused).toEqual([])
    }
  })

  test('a variable of the program wins over the one of the replaced system', () => {
    const { config } = load({
      NEXUS_PORT: '1',
      PORT: '2',
      NEXUS_OPENAI_URL: 'https://a.example',
      OPENAI_BASE_URL: 'https://b.example',
    })
    expect([config.port, config.openai.url]).toEqual([1, 'https://a.example'])
  })

  test('the key: flag, file, OPENAI_API_KEY; never the key of AI Nexus (OU-T3)', () => {
    const files = [file({ apiKey: 'nexus-key', openai: { api_key: 'file-key' } })]
    const environment = { NEXUS_API_KEY: 'nexus', AWS_BEARER_TOKEN_BEDROCK: 'aws', OPENAI_API_KEY: 'variable' }
    const key = (inputs: Partial<ConfigInputs>) => load(environment, inputs).config.openai.apiKey?.reveal()
    expect(key({ files, flags: { 'api-key': 'flag' } })).toBe('flag')
    expect(key({ files })).toBe('file-key')
    expect(key({})).toBe('variable')
    expect(load(environment, { files }).config.apiKey).toBeUndefined()
    expect(load({ NEXUS_API_KEY: 'nexus' }).config.openai.apiKey).toBeUndefined()
    const nexus = loadConfig({ flags: { 'api-key': 'flag' }, files, environment: {} }).config
    expect([nexus.apiKey?.reveal(), nexus.openai.apiKey]).toEqual(['flag', undefined])
  })

  test('--model sets the big and the middle model where they are unset, --small-model the small one', () => {
    const flags = { model: 'glm', 'small-model': 'glm-air' }
    expect(load({}, { flags }).config.openai.models).toMatchObject({ big: 'glm', middle: 'glm', small: 'glm-air' })
    expect(load({ MIDDLE_MODEL: 'other' }, { flags }).config.openai.models).toMatchObject({
      big: 'glm',
      middle: 'other',
    })
    expect(load({}).config.openai.models).toEqual({
      big: undefined,
      middle: undefined,
      small: undefined,
      vision: undefined,
    })
    expect(load({}, { flags }).sources.get('openai.models.big')).toBe('--model')
  })

  test('MODEL_MAP splits at the first colon, and an empty side names its pair (OU-R2)', () => {
    const map = (text: string) => [...load({ MODEL_MAP: text }).config.openai.modelMap]
    expect(map('a:b, c : vendor/d:v1 ,')).toEqual([
      ['a', 'b'],
      ['c', 'vendor/d:v1'],
    ])
    expect(refusal({ MODEL_MAP: 'a:b,claude-x:' })).toBe('MODEL_MAP contains "claude-x:": write NAME:MODEL.')
    expect(refusal({ MODEL_MAP: ':b' })).toContain('":b"')
    expect(refusal({ MODEL_MAP: 'a' })).toContain('"a"')
    const { config } = load({}, { files: [file({ openai: { modelMap: { a: 'b:c' } } })] })
    expect([...config.openai.modelMap]).toEqual([['a', 'b:c']])
    expect(refusal({}, { files: [file({ openai: { modelMap: { a: 1 } } })] })).toContain('openai.modelMap in')
  })

  test('CUSTOM_HEADER_X_Y is the header X-Y, with a secret value (OU-R10, N11)', () => {
    const loaded = load({ CUSTOM_HEADER_X_Trace_Id: 'v 1', CUSTOM_HEADER_AUTHORIZATION: 'Basic abcdefgh' })
    const headers = [...loaded.config.openai.headers].map(([name, value]) => [name, value.reveal()])
    expect(headers).toEqual([
      ['X-Trace-Id', 'v 1'],
      ['AUTHORIZATION', 'Basic abcdefgh'],
    ])
    expect(JSON.stringify([...loaded.config.openai.headers])).not.toContain('abcdefgh')
    const inFile = load({}, { files: [file({ openai: { headers: { 'X-A': 'b' } } })] })
    expect(inFile.config.openai.headers.get('X-A')?.reveal()).toBe('b')
  })

  test.each(['HOST', 'Content_Length', 'TRANSFER_ENCODING', 'connection'])(
    'CUSTOM_HEADER_%s is refused (OU-T3)',
    (name) => {
      expect(refusal({ [`CUSTOM_HEADER_${name}`]: 'x' })).toContain(`sets the header ${name.replaceAll('_', '-')}`)
    },
  )

  test('GATEWAY_TOKEN and ANTHROPIC_API_KEY open the server, next to the client token (OU-R5)', () => {
    const { config } = load({ NEXUS_CLIENT_TOKEN: 'a', GATEWAY_TOKEN: 'b', ANTHROPIC_API_KEY: 'c' })
    expect(clientTokensOf(config).map((token) => token.reveal())).toEqual(['a', 'b', 'c'])
  })

  test('a flag of another upstream is an error', () => {
    const flags = { provider: 'nebius' }
    expect(refusal({ NEXUS_UPSTREAM: 'nexus' }, { flags })).toBe('--provider works only with --upstream openai.')
  })

  test.each([
    [{ MAX_TOKENS_LIMIT: '0' }, 'MAX_TOKENS_LIMIT must be a whole number from 1 to 100000000.'],
    [{ OPENAI_BASE_URL: 'nebius' }, 'OPENAI_BASE_URL must be an http or https URL.'],
    [{ OPENAI_API_KEY: 'Bearer sk-1' }, 'OPENAI_API_KEY begins with "Bearer": give only the part after it.'],
    [{ LOG_LEVEL: 'LOUD' }, 'LOG_LEVEL must be one of'],
    [{ STRIP_IMAGE_CONTEXT: 'maybe' }, 'STRIP_IMAGE_CONTEXT must be 1 or 0, true or false.'],
    [{ NEXUS_OPENAI_REASONING: 'loud' }, 'NEXUS_OPENAI_REASONING must be one of none, openai'],
  ])('an invalid value names its variable: %o', (environment, sentence) => {
    expect(refusal(environment)).toContain(sentence)
  })
})
