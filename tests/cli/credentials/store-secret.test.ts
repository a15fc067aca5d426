import { describe, expect, test } from 'bun:test'
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Keychain } from '../../../src/cli/credentials/keychain.ts'
import type { Prompts } from '../../../src/cli/terminal/prompts.ts'
import { key, secretsIn } from '../../support/canary.ts'
import { afterTest } from '../../support/cleanup.ts'
import { type CliOptions, type CliResult, cli, entry, startCli, temporaryFolder } from '../../support/cli.ts'
import { configPath, homeWithConfig, readJson } from '../../support/files.ts'
import {
  absentKeychain,
  failingKeychain,
  lockedKeychain,
  memoryKeychain,
  silentKeychain,
} from '../../support/keychain.ts'

const contents = (folder: string): unknown => readJson(configPath(folder))

const withFile = (value: unknown): string => homeWithConfig(value).folder

const pipedInput = (text: string): CliOptions => ({ pipedIn: async () => text })

/** A user at a terminal who gives this answer, and the questions. */
const promptAnswering = (answer: string | undefined): { prompts: Prompts; questions: string[] } => {
  const questions: string[] = []
  const prompts: Prompts = {
    secret: async (question) => {
      questions.push(question)
      return answer
    },
    choose: async () => undefined,
  }
  return { prompts, questions }
}

/** As on Linux, where only the text identifies the error. */
const keychainError = (words: string): Keychain => failingKeychain('ERR_SECRETS_PLATFORM_ERROR', words)

const reference = { keychain: 'apiKey' }

/** Runs the command, and checks that it prints no part of a secret. */
const runWithoutSecrets = async (...run: Parameters<typeof cli>): Promise<CliResult> => {
  const result = await cli(...run)
  expect(secretsIn(result.out + result.err)).toEqual([])
  return result
}

const set = (folder: string, world: CliOptions, ...more: string[]): Promise<CliResult> =>
  runWithoutSecrets(['config', 'set', 'apiKey', ...more], {}, folder, world)

describe('config set of a secret', () => {
  test('stores it in the keychain if there is one, and the file refers to it', async () => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    expect(await set(folder, { ...pipedInput(`${key}\r\nmore\n`), keychain })).toEqual({
      code: 0,
      out: '',
      err: `Reading apiKey from standard input.\napiKey is stored in the keychain (entry 'apiKey' of nexus-claude-api).\n${configPath(folder)} refers to it, and does not contain it.\n`,
    })
    expect([contents(folder), [...keychain.held]]).toEqual([{ apiKey: reference }, [['apiKey', key]]])
  })

  test('stores the key of a search provider in the same way (WS-41)', async () => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    const world = { ...pipedInput(key), keychain }
    expect((await runWithoutSecrets(['config', 'set', 'search.apiKey'], {}, folder, world)).code).toBe(0)
    expect([contents(folder), [...keychain.held]]).toEqual([
      { search: { apiKey: { keychain: 'search.apiKey' } } },
      [['search.apiKey', key]],
    ])
    const { out } = await runWithoutSecrets(['config', 'get', 'search.apiKey'], {}, folder, { keychain })
    expect(out).toMatch(/^\S{0,4}…\(\d+ characters\)\n$/)
    const start = ['start', '--dry-run', '--simulate', '--search', 'exa']
    const { code, err } = await runWithoutSecrets(start, {}, folder, { keychain })
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/search\.apiKey +\S*…\(\d+ characters\) +the keychain/) as never,
    ])
    const file = join(folder, 'key-of-search')
    writeFileSync(file, `${key}\n`, { mode: 0o600 })
    const fromFile = await runWithoutSecrets(start, { NEXUS_SEARCH_API_KEY_FILE: file }, folder, { keychain })
    expect([fromFile.code, fromFile.err]).toEqual([0, expect.stringContaining('NEXUS_SEARCH_API_KEY_FILE') as never])
    expect(await runWithoutSecrets(start)).toMatchObject({
      code: 2,
      err: expect.stringContaining('search.apiKey is not set: the search provider exa needs it.') as never,
    })
  })

  test('stores it in a file that only its owner can read if there is none, and prints that', async () => {
    const folder = withFile({ model: 'opus', api_key: 'old' })
    chmodSync(configPath(folder), 0o644)
    expect(await set(folder, pipedInput(key))).toMatchObject({
      code: 0,
      err: expect.stringContaining(
        `No keychain is available: libsecret is not installed.\napiKey is stored in ${configPath(folder)}, which only you can read (mode 0600).\n`,
      ) as never,
    })
    expect(contents(folder)).toEqual({ model: 'opus', api_key: key })
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600)
  })

  test('reads only the first line of a pipe that stays open', async () => {
    const folder = temporaryFolder()
    const child = Bun.spawn([process.execPath, entry, 'config', 'set', 'apiKey', '--store', 'file'], {
      cwd: folder,
      env: { HOME: folder },
      stdin: 'pipe',
      stderr: 'ignore',
    })
    afterTest(() => child.kill('SIGKILL'))
    child.stdin.write(`\n \r\n${key.slice(0, 9)}`)
    await child.stdin.flush()
    child.stdin.write(`${key.slice(9)}\r\n`)
    await child.stdin.flush()
    expect(await child.exited).toBe(0)
    expect(contents(folder)).toEqual({ apiKey: key })
  })

  test('prompts a user, and does not read standard input', async () => {
    const { prompts, questions } = promptAnswering(` ${key}\n`)
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    expect((await set(folder, { prompts, keychain })).code).toBe(0)
    expect([questions, keychain.held.get('apiKey')]).toEqual([['Enter apiKey (hidden)'], key])
  })

  test('changes nothing if the user cancels, and exits with 130', async () => {
    const folder = temporaryFolder()
    expect(await set(folder, promptAnswering(undefined))).toEqual({ code: 130, out: '', err: 'Cancelled.\n' })
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['nothing typed', promptAnswering(''), 'No apiKey was given'],
    ['nothing piped in', pipedInput(''), 'No apiKey was given'],
    ['blank lines', pipedInput('\n\n \n'), 'No apiKey was given'],
    ['Bearer in front', pipedInput(`Bearer ${key}`), 'begins with "Bearer"'],
    [
      'two lines pasted',
      promptAnswering(`${key}\n${key}`),
      'contains a space or a character that is not valid in a header',
    ],
    ['no user to prompt', {}, 'Cannot prompt for apiKey'],
  ])('changes nothing with %s', async (_case, world, message) => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    const { code, err } = await set(folder, { ...world, keychain })
    expect([code, err]).toEqual([2, expect.stringContaining(message) as never])
    expect([readdirSync(folder), keychain.held.size]).toEqual([[], 0])
  })

  test('explains in Git Bash, whose window is a pipe, how to hide the input', async () => {
    const outputOf = async (variables: Record<string, string>, world: CliOptions = {}): Promise<string> =>
      (
        await cli(['config', 'set', 'apiKey'], variables, temporaryFolder(), {
          ...pipedInput(''),
          platform: 'win32',
          ...world,
        })
      ).err
    const word = 'winpty nexus-claude-api config set apiKey'
    const variables = { MSYSTEM: 'MINGW64' }
    expect(await outputOf(variables)).toContain(word)
    expect(await outputOf(variables, { hasTerminal: true })).not.toContain(word)
    expect(await outputOf({})).not.toContain(word)
  })

  test('refuses a secret in the arguments', async () => {
    const folder = temporaryFolder()
    const { code, err } = await set(folder, pipedInput('other'), key)
    expect([code, err]).toEqual([2, expect.stringContaining('is not accepted on the command line') as never])
    expect(readdirSync(folder)).toEqual([])
  })

  test('creates a temporary file that only its owner can read', async () => {
    // Large enough to observe its writing.
    const folder = withFile({ apiKey: key, filling: 'x'.repeat(8_000_000) })
    const place = dirname(configPath(folder))
    chmodSync(configPath(folder), 0o644)
    const program = startCli(['config', 'set', 'port', '1', '--config', configPath(folder)])
    const modes = new Set<number>()
    let isOver = false
    void program.ended.finally(() => {
      isOver = true
    })
    while (!isOver) {
      for (const name of readdirSync(place).filter((one) => one.endsWith('.tmp'))) {
        const stat = statSync(join(place, name), { throwIfNoEntry: false })
        if (stat !== undefined) modes.add(stat.mode & 0o777)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect([(await program.ended).code, [...modes].filter((mode) => mode !== 0o600)]).toEqual([0, []])
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600)
  }, 20_000)

  test.each([
    [lockedKeychain, 'it is locked'],
    [failingKeychain('ERR_SECRETS_USER_CANCELED', ''), 'its prompt was not answered'],
    [failingKeychain('ERR_SECRETS_INTERACTION_NOT_ALLOWED', ''), 'it is locked'],
    [{ ...memoryKeychain(), get: async () => 'another' } as Keychain, 'it did not store the secret'],
    [keychainError('Timeout was reached (code: 24)'), 'it does not answer'],
    [
      keychainError('Error calling StartServiceByName for org.freedesktop.secrets: Timeout was reached'),
      'it does not answer',
    ],
    [keychainError('GDBus.Error:org.freedesktop.Secret.Error.IsLocked: x'), 'it is locked'],
    [keychainError('GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: x'), 'it refuses this program'],
    [keychainError('GDBus.Error:org.freedesktop.DBus.Error.NoReply: x'), 'it does not answer'],
    [keychainError('something new'), 'it failed (ERR_SECRETS_PLATFORM_ERROR)'],
  ])('uses no file if a keychain exists but refuses (%#)', async (keychain, why) => {
    const folder = temporaryFolder()
    const { code, err } = await set(folder, { ...pipedInput(key), keychain })
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(
        `The keychain did not store it: ${why}. Try again, or store it in a file: --store file.`,
      ) as never,
    ])
    expect(readdirSync(folder)).toEqual([])
    expect((await set(folder, { ...pipedInput(key), keychain }, '--store', 'file')).code).toBe(0)
  })

  test.each([
    ['libsecret not available', 'libsecret is not installed'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no keyring is running'],
    ['Could not connect: No such file or directory', 'no keyring is running'],
    ['Could not connect: Connection refused (code: 39)', 'no keyring is running'],
    [
      'GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files',
      'no keyring is running',
    ],
    [
      'Error calling StartServiceByName for org.freedesktop.secrets: GDBus.Error:org.freedesktop.DBus.Error.Spawn.ChildExited: x',
      'no keyring is running',
    ],
  ])('uses a file without a keychain: %s', async (words, why) => {
    const keychain = keychainError(words)
    const folder = temporaryFolder()
    expect((await set(folder, { ...pipedInput(key), keychain })).err).toContain(`No keychain is available: ${why}.`)
    const refused = await set(folder, { ...pipedInput(key), keychain }, '--store', 'keychain')
    expect([refused.code, contents(folder)]).toEqual([2, { apiKey: key }])
    expect(refused.err).toEndWith(`The keychain did not store it: ${why}. To store it in a file: --store file.\n`)
  })

  test('waits for a keychain with a notice, but not forever', async () => {
    const times = { keychainNoticeMs: 1, keychainMs: 20 }
    const { code, err } = await set(temporaryFolder(), { ...pipedInput(key), keychain: silentKeychain, times })
    expect(code).toBe(2)
    expect(err).toContain('Waiting for the keychain. It may be asking you to unlock it.\n')
    expect(err).toContain('The keychain did not store it: it does not answer.')
  })

  test('removes the entry from the keychain if the file cannot be written', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const keychain = memoryKeychain()
    const { code } = await set(folder, { ...pipedInput(key), keychain }, '--config', 'file/c.json')
    expect([code, keychain.held.size]).toEqual([2, 0])
  })

  test('uses an own entry for each other file', async () => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain({ apiKey: 'of my own file' })
    await set(folder, { ...pipedInput(key), keychain }, '--config', 'c.json')
    await set(folder, { ...pipedInput(key), keychain }, '--dev')
    await runWithoutSecrets(['config', 'set', 'apiKey'], { XDG_CONFIG_HOME: `${folder}/x` }, folder, {
      ...pipedInput(key),
      keychain,
    })
    expect(Object.fromEntries(keychain.held)).toEqual({
      apiKey: 'of my own file',
      [`apiKey of ${folder}/c.json`]: key,
      [`apiKey of ${folder}/nexus-claude-api.local.json`]: key,
      [`apiKey of ${folder}/x/nexus-claude-api/config.json`]: key,
    })
  })
})

describe('a key moves', () => {
  test.each([
    ['nothing piped in', pipedInput('')],
    ['Enter alone', promptAnswering('')],
  ])('from the file into the keychain and back, with %s', async (_case, world) => {
    const folder = withFile({ model: 'opus', api_key: key })
    const keychain = memoryKeychain()
    expect((await set(folder, { ...world, keychain }, '--store', 'keychain')).code).toBe(0)
    expect([contents(folder), [...keychain.held]]).toEqual([{ model: 'opus', api_key: reference }, [['apiKey', key]]])
    expect((await set(folder, { ...world, keychain }, '--store', 'file')).code).toBe(0)
    expect([contents(folder), keychain.held.size]).toEqual([{ model: 'opus', api_key: key }, 0])
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600)
  })

  test('but a new one replaces the old one in every place', async () => {
    const folder = withFile({ apiKey: reference })
    const keychain = memoryKeychain({ apiKey: 'old' })
    await set(folder, { ...pipedInput(key), keychain }, '--store', 'file')
    expect([contents(folder), keychain.held.size]).toEqual([{ apiKey: key }, 0])
    await set(folder, { ...pipedInput('newer'), keychain })
    expect([contents(folder), [...keychain.held]]).toEqual([{ apiKey: reference }, [['apiKey', 'newer']]])
  })

  test('and the prompt explains what Enter does', async () => {
    const { prompts, questions } = promptAnswering('')
    await set(withFile({ apiKey: key }), { prompts, keychain: memoryKeychain() }, '--store', 'keychain')
    expect(questions).toEqual(['Enter apiKey (hidden), or press Enter to move the stored one to the keychain'])
  })

  test('but not if it cannot be read or the new place refuses it', async () => {
    const kept = withFile({ apiKey: reference })
    expect(await set(kept, { ...pipedInput(''), keychain: lockedKeychain }, '--store', 'file')).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is not found there') as never,
    })
    expect(contents(kept)).toEqual({ apiKey: reference })
    const plain = withFile({ apiKey: key })
    expect((await set(plain, { ...pipedInput(''), keychain: lockedKeychain }, '--store', 'keychain')).code).toBe(2)
    expect(contents(plain)).toEqual({ apiKey: key })
  })

  test("but another file's entry stays", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'copy.json'), JSON.stringify({ apiKey: reference }))
    const keychain = memoryKeychain({ apiKey: key })
    const { err } = await set(folder, { ...pipedInput('other'), keychain }, '--store', 'file', '--config', 'copy.json')
    expect(err).toContain("warning: The entry 'apiKey' of nexus-claude-api may still be in the keychain: it was made")
    expect([...keychain.held]).toEqual([['apiKey', key]])
  })
})

describe('config unset of a secret', () => {
  const unset = (folder: string, keychain: Keychain): Promise<CliResult> =>
    runWithoutSecrets(['config', 'unset', 'apiKey'], { NEXUS_API_KEY: key }, folder, { keychain })

  test('removes it from the keychain, too', async () => {
    const keychain = memoryKeychain({ apiKey: key })
    const folder = withFile({ apiKey: reference })
    expect(await unset(folder, keychain)).toEqual({
      code: 0,
      out: '',
      err: `apiKey is no longer set in ${configPath(folder)}.\nThe value is now CANA…(25 characters) (NEXUS_API_KEY).\n`,
    })
    expect([contents(folder), keychain.held.size]).toEqual([{}, 0])
  })

  test.each([
    [lockedKeychain, 'it is locked'],
    [failingKeychain('ERR_SECRETS_ACCESS_DENIED', ''), 'it refuses this program'],
  ])(
    'does not change the file while the keychain may still contain it, and exits with 1 (%#)',
    async (keychain, why) => {
      const folder = withFile({ apiKey: reference })
      for (let again = 0; again < 2; again += 1) {
        expect(await unset(folder, keychain)).toEqual({
          code: 1,
          out: '',
          err: `apiKey stays in ${configPath(folder)}: its entry 'apiKey' of nexus-claude-api may still be in the keychain (${why}).\nUnlock the keychain and try again, or remove apiKey from that file by hand.\n`,
        })
        expect(contents(folder)).toEqual({ apiKey: reference })
      }
    },
  )

  test('removes an entry from the file that is missing in the keychain, and leaves no test entry', async () => {
    const folder = withFile({ apiKey: reference })
    const keychain = memoryKeychain()
    expect((await unset(folder, keychain)).code).toBe(0)
    expect([contents(folder), keychain.held.size]).toEqual([{}, 0])
  })

  test('removes the entry from a keychain that is unlocked for it', async () => {
    const held = memoryKeychain({ apiKey: key })
    let isLocked = true
    const keychain: Keychain = {
      ...held,
      set: async (name, value) => {
        isLocked = false
        await held.set(name, value)
      },
      delete: async (name) => !isLocked && held.delete(name),
    }
    const folder = withFile({ apiKey: reference })
    expect((await unset(folder, keychain)).code).toBe(0)
    expect([contents(folder), held.held.size]).toEqual([{}, 0])
  })

  test('names the entry that may still exist if it cannot remove it, and exits with 1', async () => {
    const there = "warning: The entry 'apiKey' of nexus-claude-api may still be in the keychain: "
    const folder = withFile({ apiKey: reference })
    const { code, err } = await unset(folder, absentKeychain)
    expect([code, err]).toEqual([1, expect.stringContaining(`${there}libsecret is not installed.`) as never])
    expect(contents(folder)).toEqual({})
    writeFileSync(join(folder, 'copy.json'), JSON.stringify({ apiKey: reference }))
    const keychain = memoryKeychain({ apiKey: key })
    const copy = await runWithoutSecrets(['config', 'unset', 'apiKey', '--config', 'copy.json'], {}, folder, {
      keychain,
    })
    expect([copy.code, copy.err]).toEqual([
      1,
      expect.stringContaining(`${there}it was made for another file.`) as never,
    ])
    expect([contents(folder), keychain.held.size]).toEqual([{}, 1])
  })

  test('does not read the keychain for the value that applies instead', async () => {
    const folder = withFile({ apiKey: reference })
    writeFileSync(join(folder, 'nexus-claude-api.local.json'), JSON.stringify({ apiKey: 'other' }))
    const { err } = await runWithoutSecrets(['config', 'unset', 'apiKey', '--dev'], {}, folder, {
      keychain: memoryKeychain(),
    })
    expect(err).toEndWith(`\nThe value now comes from the keychain (${configPath(folder)}).\n`)
  })
})
