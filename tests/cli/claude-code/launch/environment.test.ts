import { describe, expect, test } from 'bun:test'
import { dirname, join } from 'node:path'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { doctor } from '../../../support/doctor.ts'
import { writeFile, writeNpmClaude } from '../../../support/files.ts'

const environmentOf = async (
  args: readonly string[],
  environment: Record<string, string> = {},
  home = temporaryFolder(),
): Promise<Record<string, string>> => {
  const { out } = await cli(['env', '--shell', 'json', ...args], environment, home)
  return JSON.parse(out)
}

const withSettings = (settings: object): { home: string; path: string } => {
  const home = temporaryFolder()
  return { home, path: writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(settings)) }
}

test('A3 pins every tier of the picker to a model that Nexus has', async () => {
  const environment = await environmentOf(['--small-model', 'sonnet'])
  const tiers = ['FABLE', 'OPUS', 'SONNET', 'HAIKU'].map((tier) => environment[`ANTHROPIC_DEFAULT_${tier}_MODEL`])
  expect(tiers).toEqual(['claude-opus-4-6', 'claude-opus-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'])
})

describe('A4 the main model is a default that a choice with /model replaces', () => {
  const models = ({ ANTHROPIC_MODEL, ANTHROPIC_DEFAULT_MODEL }: Record<string, string>) => ({
    ANTHROPIC_MODEL,
    ANTHROPIC_DEFAULT_MODEL,
  })

  test('by default and from the configuration file', async () => {
    expect(models(await environmentOf([]))).toEqual({ ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6' } as never)
    const path = writeFile(join(temporaryFolder(), 'c.json'), '{"model":"opus[1m]"}')
    expect(models(await environmentOf(['--config', path]))).toEqual({
      ANTHROPIC_DEFAULT_MODEL: 'claude-opus-4-6[1m]',
    } as never)
  })

  test('except for --model and NEXUS_MODEL, which apply to the run', async () => {
    const both = { ANTHROPIC_MODEL: 'claude-opus-4-6', ANTHROPIC_DEFAULT_MODEL: 'claude-opus-4-6' }
    expect(models(await environmentOf(['--model', 'opus']))).toEqual(both)
    expect(models(await environmentOf([], { NEXUS_MODEL: 'opus' }))).toEqual(both)
  })

  test('and removes an ANTHROPIC_MODEL of another setup', async () => {
    expect(models(await environmentOf([], { ANTHROPIC_MODEL: 'arn:aws:bedrock:x' }))).toEqual({
      ANTHROPIC_MODEL: '',
      ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
    })
  })

  test('but is fixed for a client older than ANTHROPIC_DEFAULT_MODEL, until its user chooses one', async () => {
    const at = (version: string) => ({ PATH: dirname(writeNpmClaude(version)) })
    expect(models(await environmentOf([], at('2.1.197')))).toEqual({
      ANTHROPIC_MODEL: 'claude-sonnet-4-6',
      ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
    })
    const { home } = withSettings({ model: 'opus' })
    expect(models(await environmentOf([], at('2.1.197'), home)).ANTHROPIC_MODEL).toBeUndefined()
    expect(models(await environmentOf([], at('2.1.329'))).ANTHROPIC_MODEL).toBeUndefined()
  })
})

describe('A4 doctor shows the model that applies', () => {
  const detail = async (home: string, ...args: string[]) =>
    (await doctor(['--offline', ...args], {}, home)).of('claude.model').detail

  test('the configured one, if nothing else names one', async () => {
    expect(await detail(temporaryFolder())).toBe('claude-sonnet-4-6, until you choose another with /model')
  })

  test('the one in the settings, or that it is ignored', async () => {
    const { home, path } = withSettings({ model: 'opus' })
    expect(await detail(home)).toBe(`claude-opus-4-6: model in ${path} applies (saved by /model)`)
    expect(await detail(home, '--model', 'haiku')).toBe(
      `claude-haiku-4-5: --model applies, and a choice with /model does not last; model in ${path} is ignored`,
    )
  })

  test('a variable in the settings, without a text that is not a model name', async () => {
    const { home, path } = withSettings({ env: { ANTHROPIC_MODEL: 'canary' }, model: 'opus' })
    expect(await detail(home)).toBe(`another name: env.ANTHROPIC_MODEL in ${path} applies`)
  })
})

describe('the launch command with --upstream openai (OU-R16)', () => {
  const openai = (args: readonly string[], variables: Record<string, string> = {}) =>
    environmentOf(['--upstream', 'openai', ...args], { OPENAI_API_KEY: 'canary-key-0123456789', ...variables })

  test('has the names of Claude models, whatever the server calls its models', async () => {
    const environment = await openai(['--model', 'glm', '--small-model', 'glm-air'])
    expect(environment).toMatchObject({
      ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-4-6',
      ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-4-6',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_AUTH_TOKEN: 'dummy',
    })
    expect(Object.keys(environment)).not.toContain('ANTHROPIC_MODEL')
    expect(Object.keys(environment)).not.toContain('CLAUDE_CODE_MAX_OUTPUT_TOKENS')
    expect(JSON.stringify(environment)).not.toContain('canary')
  })

  test('has the limits that Claude Code would not know', async () => {
    const environment = await openai([], {
      BIG_MODEL: 'B',
      BIG_MODEL_CONTEXT_LIMIT: '64000',
      MAX_TOKENS_LIMIT: '4096',
      GATEWAY_TOKEN: 'gate',
    })
    expect(environment).toMatchObject({
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: '4096',
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: '64000',
      ANTHROPIC_AUTH_TOKEN: 'gate',
    })
  })

  test('has the names of the exact map, where nothing else names a model', async () => {
    const environment = await openai([], { MODEL_MAP: 'claude-sonnet-4-6:gpt-5,claude-3-5-haiku-20241022:gpt-5-mini' })
    expect(environment).toMatchObject({
      ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-3-5-haiku-20241022',
    })
  })
})

describe('the launch command with --upstream anthropic (AU-0f)', () => {
  const key = { CLAUDE_API_KEY: 'canary-key-0123456789' }
  const anthropic = (args: readonly string[], variables: Record<string, string> = key) =>
    environmentOf(['--upstream', 'anthropic', ...args], variables)
  const connection = {
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
    NO_PROXY: '127.0.0.1,localhost,::1',
    no_proxy: '127.0.0.1,localhost,::1',
  }

  test('sets address, token and NO_PROXY only: models, tools and headers stay as they are', async () => {
    expect(await anthropic([])).toEqual({ ...connection, ANTHROPIC_AUTH_TOKEN: 'dummy', ANTHROPIC_API_KEY: '' })
    expect(await anthropic(['--client-token', 'gate'])).toMatchObject({ ANTHROPIC_AUTH_TOKEN: 'gate' })
  })

  test("sets no token without a credential of the server, and keeps the user's own key", async () => {
    const forwarding: [string[], Record<string, string>][] = [
      [[], {}],
      [['--client-keys', 'forward'], { ANTHROPIC_BASE_URL: 'http://other' }],
      // The user's own key: the server has another environment.
      [[], { ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789' }],
    ]
    for (const [args, variables] of forwarding) expect(await anthropic(args, variables)).toEqual(connection)
    expect(await anthropic(['--client-keys', 'forward', '--client-token', 'gate'], {})).toEqual({
      ...connection,
      ANTHROPIC_AUTH_TOKEN: 'gate',
    })
  })

  test.each([
    [['--credentials-dir', 'x'], {}],
    [['--client-keys', 'ignore'], {}],
    [[], { NEXUS_ALLOW_OAUTH: '1', NEXUS_CLAUDE_CODE_LOGIN: '1' }],
  ])('sets a token if the server has a credential, or forwards none: %j %j', async (args, variables) => {
    expect(await anthropic(args, variables as Record<string, string>)).toEqual({
      ...connection,
      ANTHROPIC_AUTH_TOKEN: 'dummy',
      ANTHROPIC_API_KEY: '',
    })
  })

  test('sets models only if the user chooses them', async () => {
    expect(await anthropic(['--model', 'opus'])).toMatchObject({ ANTHROPIC_MODEL: 'opus' })
    expect(await anthropic(['--model', 'my-model'])).toMatchObject({ ANTHROPIC_MODEL: 'my-model' })
    const small = await anthropic(['--small-model', 'claude-haiku-4.5'])
    expect(small).toMatchObject({
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5',
    })
    expect(Object.keys(small)).not.toContain('ANTHROPIC_MODEL')
    const path = writeFile(join(temporaryFolder(), 'c.json'), '{"model":"opus"}')
    const stored = await anthropic(['--config', path])
    expect(stored).toMatchObject({ ANTHROPIC_DEFAULT_MODEL: 'claude-opus-4-6' })
    expect(Object.keys(stored)).not.toContain('ANTHROPIC_MODEL')
  })

  test("keeps the user's ANTHROPIC_MODEL, and removes the switches of other services", async () => {
    const environment = await anthropic([], { ...key, ANTHROPIC_MODEL: 'opus', CLAUDE_CODE_USE_BEDROCK: '1' })
    expect(environment).toMatchObject({ CLAUDE_CODE_USE_BEDROCK: '' })
    expect(Object.keys(environment)).not.toContain('ANTHROPIC_MODEL')
  })

  test('uses gateway mode if Claude Code is signed in to a gateway (AU-0f)', async () => {
    expect(await anthropic(['--gateway-mode', 'on'])).toMatchObject({ CLAUDE_CODE_USE_GATEWAY: '1' })
  })

  test('never contains the key, and is a command without a token in the shell', async () => {
    expect(JSON.stringify(await anthropic([]))).not.toContain('canary')
    const { out } = await cli(['env', '--shell', 'sh', '--upstream', 'anthropic'], {}, temporaryFolder())
    expect(out).not.toContain('ANTHROPIC_AUTH_TOKEN')
    expect(out).not.toContain('unset')
  })
})
