import { describe, expect, test } from 'bun:test'
import type { Keychain } from '../../../src/cli/credentials/keychain.ts'
import { readStoredSecret } from '../../../src/cli/credentials/stored-secrets.ts'
import { clientToken, key, secretsIn } from '../../support/canary.ts'
import { type CliResult, cli, testIo } from '../../support/cli.ts'
import { configPath, homeWithConfig } from '../../support/files.ts'
import { failingKeychain, memoryKeychain } from '../../support/keychain.ts'

const withFile = (value: unknown): string => homeWithConfig(value).folder

const reference = { keychain: 'apiKey' }

/** Runs the command, and checks that it prints no part of a secret. */
const runWithoutSecrets = async (...run: Parameters<typeof cli>): Promise<CliResult> => {
  const result = await cli(...run)
  expect(secretsIn(result.out + result.err)).toEqual([])
  return result
}

describe('a key in the keychain', () => {
  const kept = { apiKey: reference, clientToken: { keychain: 'clientToken' } }
  /** Records the requested entries. */
  const recordingKeychain = (): { keychain: Keychain; requested: string[] } => {
    const requested: string[] = []
    const held = memoryKeychain({ apiKey: key, clientToken })
    const get = async (name: string): Promise<string | undefined> => {
      requested.push(name)
      return held.get(name)
    }
    return { keychain: { ...held, get }, requested }
  }
  const dryRun = (folder: string, keychain: Keychain, args: string[] = [], variables = {}): Promise<CliResult> =>
    runWithoutSecrets(['--dry-run', ...args], variables, folder, { keychain })

  test('has the priority of the file that refers to it', async () => {
    const { keychain, requested } = recordingKeychain()
    const folder = withFile(kept)
    const { code, err } = await dryRun(folder, keychain, [], { NEXUS_API_KEY: 'other' })
    expect(code).toBe(0)
    expect(err).toMatch(/apiKey +CANA…\(25 characters\) +the keychain \(\S*config\.json\)/)
    expect(requested).toEqual(['apiKey', 'clientToken'])
  })

  test.each([
    ['no entry is configured', {}, [], {}, []],
    ['a flag was given', kept, ['--api-key', 'x'], {}, ['clientToken']],
    ['a variable wins over the file', kept, [], { NEXUS_CLIENT_TOKEN: 'x' }, ['apiKey']],
    ['no key is needed', kept, ['--simulate'], {}, ['clientToken']],
  ])('is not read if %s', async (_case, value, args, variables, wanted) => {
    const { keychain, requested } = recordingKeychain()
    await dryRun(withFile(value), keychain, args, variables)
    expect(requested).toEqual(wanted)
  })

  test('is read only by config get and show, each for the values that it shows', async () => {
    const { keychain, requested } = recordingKeychain()
    const folder = withFile(kept)
    await runWithoutSecrets(['config', 'get', 'model'], {}, folder, { keychain })
    await runWithoutSecrets(['config', 'path'], {}, folder, { keychain })
    await runWithoutSecrets(['config', 'set', 'port', '1'], {}, folder, { keychain })
    expect(requested).toEqual([])
    expect((await runWithoutSecrets(['config', 'get', 'apiKey'], {}, folder, { keychain })).out).toBe(
      'CANA…(25 characters)\n',
    )
    expect(requested).toEqual(['apiKey'])
  })

  test.each([
    [memoryKeychain(), 'it is not found there'],
    [failingKeychain('ERR_SECRETS_PLATFORM_ERROR', 'libsecret not available'), 'libsecret is not installed'],
    [failingKeychain('ERR_SECRETS_ACCESS_DENIED', ''), 'it refuses this program'],
  ])('is an error with a remedy if it cannot be read (%#)', async (keychain, why) => {
    const folder = withFile({ apiKey: reference })
    const { code, out, err } = await dryRun(folder, keychain)
    expect([code, out, err]).toEqual([
      2,
      '',
      `error: ${configPath(folder)} says that apiKey is in the keychain (entry 'apiKey'), but ${why}. Unlock the keychain if it is locked, or set it again: nexus-claude-api config set apiKey\n`,
    ])
    const shown = await runWithoutSecrets(['config', 'show'], {}, folder, { keychain })
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining(`but ${why}.`) as never])
    expect(shown.out).toMatch(/apiKey +not read +the keychain \(/)
  })

  test.each([
    ['linux', "--config '/a b/it'\\''s.json'"],
    ['win32', '--config "C:\\a b\\c.json"'],
  ])('has a remedy that quotes a path with blanks for the shell: %s', async (platform, wanted) => {
    const path = platform === 'win32' ? 'C:\\a b\\c.json' : "/a b/it's.json"
    const machine = { platform, home: '/home/me', currentDirectory: '/', environment: {} }
    const io = { ...testIo(machine), keychain: memoryKeychain() }
    const pending = readStoredSecret({ key: 'apiKey', entry: 'apiKey', path }, io)
    const faults = [await pending.catch(({ message }: Error) => message)]
    expect(faults).toEqual([expect.stringContaining(`nexus-claude-api config set apiKey ${wanted}`)])
  })

  test('is an error without its text if it is not a key', async () => {
    const { code, err } = await dryRun(withFile({ apiKey: reference }), memoryKeychain({ apiKey: `Bearer ${key}` }))
    expect([code, err]).toEqual([2, expect.stringContaining('apiKey in the keychain (') as never])
  })

  test('has the wrong type if its reference is invalid', async () => {
    for (const apiKey of [{ keychain: 5 }, { keychain: '' }, {}, { file: 'x' }])
      expect((await dryRun(withFile({ apiKey }), memoryKeychain())).err).toContain('must be a non-empty string.')
    expect((await dryRun(withFile({ model: reference }), memoryKeychain())).err).toContain('must be a non-empty string')
  })

  test("cannot be used as another secret: the launch command never contains AI Nexus's key", async () => {
    for (const entryName of ['apiKey', 'apiKey of /c.json', 'clientTokens']) {
      const folder = withFile({ apiKey: reference, clientToken: { keychain: entryName } })
      const keychain = memoryKeychain({ apiKey: key, [entryName]: key })
      const { code, out } = await dryRun(folder, keychain, ['-c', '--shell', 'bash'])
      expect([code, out]).toEqual([2, ''])
    }
  })
})
