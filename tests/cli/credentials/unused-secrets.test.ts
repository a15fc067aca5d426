import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CliOptions, type CliResult, cli, temporaryFolder } from '../../support/cli.ts'
import { memoryKeychain } from '../../support/keychain.ts'

/** A6: names a secret that is set but not used, so that users know which key is used. */

const inFile = 'FILEKEY-0123456789'
const inVariable = 'VARIABLEKEY-0123456789'

const withFile = (value: object): { folder: string; path: string } => {
  const folder = temporaryFolder()
  const path = join(folder, 'c.json')
  writeFileSync(path, JSON.stringify(value), { mode: 0o600 })
  return { folder, path }
}

const run = (
  args: readonly string[],
  file: object,
  environment: Record<string, string>,
  world: CliOptions = {},
): Promise<CliResult & { path: string }> => {
  const { folder, path } = withFile(file)
  return cli([...args, '--config', path], environment, folder, world).then((result) => ({ ...result, path }))
}

const sentence = (path: string): string => `NEXUS_API_KEY is set but not used: apiKey from ${path} wins.`

describe('A6 a key in the environment that the file overrides', () => {
  const file = { apiKey: inFile }
  const environment = { NEXUS_API_KEY: inVariable }

  test('start prints one line about it', async () => {
    const { code, err, path } = await run(['start', '--dry-run'], file, environment)
    expect(code).toBe(0)
    expect(err).toContain(`warning: ${sentence(path)} To use it: nexus-claude-api config unset apiKey\n`)
  })

  test('doctor warns, and explains how to use it', async () => {
    const { out, path } = await run(['doctor', '--offline', '--json'], file, environment)
    const check = JSON.parse(out).checks.find(({ id }: { id: string }) => id === 'key.present')
    expect(check).toMatchObject({
      status: 'warn',
      detail: `FILE…(18 characters) (${path})\n${sentence(path)}`,
      remedy: 'To use it: nexus-claude-api config unset apiKey',
      data: { unused: 'NEXUS_API_KEY' },
    })
  })

  test('config get and config show name it', async () => {
    const got = await run(['config', 'get', 'apiKey'], file, environment)
    expect([got.out, got.err]).toEqual(['FILE…(18 characters)\n', 'not used: NEXUS_API_KEY\n'])
    const { out, path } = await run(['config', 'show'], file, environment)
    expect(out).toContain(`${path} (not used: NEXUS_API_KEY)`)
    const { settings } = JSON.parse((await run(['config', 'show', '--json'], file, environment)).out)
    expect(settings.apiKey.unused).toEqual(['NEXUS_API_KEY'])
  })

  test('config set names it at once', async () => {
    const piped = { pipedIn: async () => inFile }
    const { err, path } = await run(['config', 'set', 'apiKey', '--store', 'file'], {}, environment, piped)
    expect(err).toEndWith(`warning: ${sentence(path)}\n`)
  })

  test.each<[string, object, Record<string, string>, readonly string[]]>([
    ['the same key', { apiKey: inFile }, { NEXUS_API_KEY: ` ${inFile}\n` }, []],
    ['a flag, which the user has just typed', file, environment, ['--api-key', 'flagkey-0123456789']],
    ["AWS's own variable, which is for other programs", file, { AWS_BEARER_TOKEN_BEDROCK: inVariable }, []],
    ['an empty variable', file, { NEXUS_API_KEY: '' }, []],
    ['a simulation', file, environment, ['--simulate']],
  ])('%s causes no warning', async (_, config, variables, flags) => {
    const { code, err } = await run(['start', '--dry-run', ...flags], config, variables)
    expect([code, err]).toEqual([0, expect.not.stringContaining('is set but not used') as never])
  })
})

describe('A6 any other secret that is not used', () => {
  test('the keychain wins over the variable', async () => {
    const world = { keychain: memoryKeychain({ apiKey: inFile }) }
    const { err, path } = await run(
      ['start', '--dry-run'],
      { apiKey: { keychain: 'apiKey' } },
      { NEXUS_API_KEY: inVariable },
      world,
    )
    expect(err).toContain(sentence(`the keychain (${path})`))
  })

  test.each<[object, Record<string, string>, string]>([
    [
      { clientToken: 'file-token-0123456789' },
      { NEXUS_CLIENT_TOKEN: 'variable-token-0123456789' },
      'is set but not used: NEXUS_CLIENT_TOKEN wins. To use it, unset NEXUS_CLIENT_TOKEN.',
    ],
    [
      {},
      { NEXUS_API_KEY: inVariable, NEXUS_API_KEY_FILE: '/nowhere/key' },
      'NEXUS_API_KEY_FILE is set but not used: NEXUS_API_KEY wins. To use it, unset NEXUS_API_KEY.',
    ],
    [
      {},
      { NEXUS_API_KEY: inVariable, NEXUS_API_KEY_COMMAND: 'pass show nexus' },
      'NEXUS_API_KEY_COMMAND is set but not used: NEXUS_API_KEY wins.',
    ],
    [{ apiKey: inFile, apiKeyCommand: ['pass', 'show', 'nexus'] }, {}, 'warning: apiKeyCommand ('],
  ])('%p, %p', async (file, environment, words) => {
    const { err } = await run(['start', '--dry-run', '--simulate'], file, environment)
    const { err: real } = await run(['start', '--dry-run', '--api-key', inFile], file, environment)
    const { err: plain } = await run(['start', '--dry-run'], { apiKey: undefined, ...file }, environment)
    expect(err + real + plain).toContain(words)
  })

  test('only config show names a setting that is not a secret: the environment always wins there', async () => {
    const file = { port: 5000, apiKey: inFile }
    expect((await run(['start', '--dry-run'], file, { NEXUS_PORT: '5001' })).err).not.toContain('warning')
    const { out, path } = await run(['config', 'show'], file, { NEXUS_PORT: '5001' })
    expect(out).toContain(`NEXUS_PORT (not used: ${path})`)
  })
})
