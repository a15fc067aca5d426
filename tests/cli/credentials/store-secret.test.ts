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

/** Somebody at a terminal who gives this answer, and what they were asked. */
const promptAnswering = (answer: string | undefined): { prompts: Prompts; asked: string[] } => {
  const asked: string[] = []
  const prompts: Prompts = {
    secret: async (question) => {
      asked.push(question)
      return answer
    },
    choose: async () => undefined,
  }
  return { prompts, asked }
}

/** As Linux does, where only the words tell what it is. */
const keychainError = (words: string): Keychain => failingKeychain('ERR_SECRETS_PLATFORM_ERROR', words)

const reference = { keychain: 'apiKey' }

/** Runs it, and makes sure that no word of a secret was printed. */
const runWithoutSecrets = async (...run: Parameters<typeof cli>): Promise<CliResult> => {
  const result = await cli(...run)
  expect(secretsIn(result.out + result.err)).toEqual([])
  return result
}

const set = (folder: string, world: CliOptions, ...more: string[]): Promise<CliResult> =>
  runWithoutSecrets(['config', 'set', 'apiKey', ...more], {}, folder, world)

describe('config set of a secret', () => {
  test('goes into the keychain where there is one, and the file says so', async () => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    expect(await set(folder, { ...pipedInput(`${key}\r\nmore\n`), keychain })).toEqual({
      code: 0,
      out: '',
      err: `Reading apiKey from standard input.\napiKey is kept in the keychain (entry 'apiKey' of nexus-claude-api).\n${configPath(folder)} says so, and does not hold it.\n`,
    })
    expect([contents(folder), [...keychain.held]]).toEqual([{ apiKey: reference }, [['apiKey', key]]])
  })

  test('goes into a file for its owner alone where there is none, and that is told', async () => {
    const folder = withFile({ model: 'opus', api_key: 'old' })
    chmodSync(configPath(folder), 0o644)
    expect(await set(folder, pipedInput(key))).toMatchObject({
      code: 0,
      err: expect.stringContaining(
        `There is no keychain to use here: libsecret is not installed.\napiKey is kept in ${configPath(folder)}, which you alone can read (mode 0600).\n`,
      ) as never,
    })
    expect(contents(folder)).toEqual({ model: 'opus', api_key: key })
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600)
  })

  test('a pipe that stays open is read as far as its first line, and no further', async () => {
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

  test('a person is asked, and nothing is read from standard input', async () => {
    const { prompts, asked } = promptAnswering(` ${key}\n`)
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    expect((await set(folder, { prompts, keychain })).code).toBe(0)
    expect([asked, keychain.held.get('apiKey')]).toEqual([['Enter apiKey (hidden)'], key])
  })

  test('who gives up changes nothing, and ends with 130', async () => {
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
    ['nobody to ask', {}, 'Cannot prompt for apiKey'],
  ])('%s: changes nothing', async (_case, world, message) => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    const { code, err } = await set(folder, { ...world, keychain })
    expect([code, err]).toEqual([2, expect.stringContaining(message) as never])
    expect([readdirSync(folder), keychain.held.size]).toEqual([[], 0])
  })

  test('Git Bash, whose own window is a pipe to others, is told how to hide what is typed', async () => {
    const told = async (variables: Record<string, string>, world: CliOptions = {}): Promise<string> =>
      (
        await cli(['config', 'set', 'apiKey'], variables, temporaryFolder(), {
          ...pipedInput(''),
          platform: 'win32',
          ...world,
        })
      ).err
    const word = 'winpty nexus-claude-api config set apiKey'
    const variables = { MSYSTEM: 'MINGW64' }
    expect(await told(variables)).toContain(word)
    expect(await told(variables, { hasTerminal: true })).not.toContain(word)
    expect(await told({})).not.toContain(word)
  })

  test('a secret among the arguments is refused', async () => {
    const folder = temporaryFolder()
    const { code, err } = await set(folder, pipedInput('other'), key)
    expect([code, err]).toEqual([2, expect.stringContaining('is not accepted on the command line') as never])
    expect(readdirSync(folder)).toEqual([])
  })

  test('the temporary file is for its owner alone from the beginning', async () => {
    // So large that its writing can be watched.
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
    [failingKeychain('ERR_SECRETS_USER_CANCELED', ''), 'its question was not answered'],
    [failingKeychain('ERR_SECRETS_INTERACTION_NOT_ALLOWED', ''), 'it is locked'],
    [{ ...memoryKeychain(), get: async () => 'another' } as Keychain, 'it did not keep what it was given'],
    [keychainError('Timeout was reached (code: 24)'), 'it does not answer'],
    [
      keychainError('Error calling StartServiceByName for org.freedesktop.secrets: Timeout was reached'),
      'it does not answer',
    ],
    [keychainError('GDBus.Error:org.freedesktop.Secret.Error.IsLocked: x'), 'it is locked'],
    [keychainError('GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: x'), 'it refuses this program'],
    [keychainError('GDBus.Error:org.freedesktop.DBus.Error.NoReply: x'), 'it does not answer'],
    [keychainError('something new'), 'it failed (ERR_SECRETS_PLATFORM_ERROR)'],
  ])('a keychain that is there and refuses is no reason for a file (%#)', async (keychain, why) => {
    const folder = temporaryFolder()
    const { code, err } = await set(folder, { ...pipedInput(key), keychain })
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(
        `The keychain did not take it: ${why}. Try again, or store it in a file: --store file.`,
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
  ])('no keychain: %s', async (words, why) => {
    const keychain = keychainError(words)
    const folder = temporaryFolder()
    expect((await set(folder, { ...pipedInput(key), keychain })).err).toContain(
      `There is no keychain to use here: ${why}.`,
    )
    const refused = await set(folder, { ...pipedInput(key), keychain }, '--store', 'keychain')
    expect([refused.code, contents(folder)]).toEqual([2, { apiKey: key }])
    expect(refused.err).toEndWith(`The keychain did not take it: ${why}. To store it in a file: --store file.\n`)
  })

  test('a keychain that does not answer is waited for, with a word, and not for ever', async () => {
    const times = { keychainNoticeMs: 1, keychainMs: 20 }
    const { code, err } = await set(temporaryFolder(), { ...pipedInput(key), keychain: silentKeychain, times })
    expect(code).toBe(2)
    expect(err).toContain('Waiting for the keychain. It may be asking you to unlock it.\n')
    expect(err).toContain('The keychain did not take it: it does not answer.')
  })

  test('what the file cannot be told is not left in the keychain', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const keychain = memoryKeychain()
    const { code } = await set(folder, { ...pipedInput(key), keychain }, '--config', 'file/c.json')
    expect([code, keychain.held.size]).toEqual([2, 0])
  })

  test('each other file has an entry of its own', async () => {
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
  ])('from the file into the keychain and back: %s', async (_case, world) => {
    const folder = withFile({ model: 'opus', api_key: key })
    const keychain = memoryKeychain()
    expect((await set(folder, { ...world, keychain }, '--store', 'keychain')).code).toBe(0)
    expect([contents(folder), [...keychain.held]]).toEqual([{ model: 'opus', api_key: reference }, [['apiKey', key]]])
    expect((await set(folder, { ...world, keychain }, '--store', 'file')).code).toBe(0)
    expect([contents(folder), keychain.held.size]).toEqual([{ model: 'opus', api_key: key }, 0])
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600)
  })

  test('a new one takes the place of the old one wherever that was', async () => {
    const folder = withFile({ apiKey: reference })
    const keychain = memoryKeychain({ apiKey: 'old' })
    await set(folder, { ...pipedInput(key), keychain }, '--store', 'file')
    expect([contents(folder), keychain.held.size]).toEqual([{ apiKey: key }, 0])
    await set(folder, { ...pipedInput('newer'), keychain })
    expect([contents(folder), [...keychain.held]]).toEqual([{ apiKey: reference }, [['apiKey', 'newer']]])
  })

  test('the question says what Enter does', async () => {
    const { prompts, asked } = promptAnswering('')
    await set(withFile({ apiKey: key }), { prompts, keychain: memoryKeychain() }, '--store', 'keychain')
    expect(asked).toEqual(['Enter apiKey (hidden), or press Enter to move the stored one to the keychain'])
  })

  test('nowhere, where it cannot be read or the new place refuses', async () => {
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

  test("another file's entry stays where it is", async () => {
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

  test('takes it out of the keychain, too', async () => {
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
  ])('leaves the file alone while the keychain may still hold it, and ends with 1 (%#)', async (keychain, why) => {
    const folder = withFile({ apiKey: reference })
    for (let again = 0; again < 2; again += 1) {
      expect(await unset(folder, keychain)).toEqual({
        code: 1,
        out: '',
        err: `apiKey stays in ${configPath(folder)}: its entry 'apiKey' of nexus-claude-api may still be in the keychain (${why}).\nUnlock the keychain and try again, or remove apiKey from that file by hand.\n`,
      })
      expect(contents(folder)).toEqual({ apiKey: reference })
    }
  })

  test('what is really gone from the keychain goes from the file, and nothing is left of having looked', async () => {
    const folder = withFile({ apiKey: reference })
    const keychain = memoryKeychain()
    expect((await unset(folder, keychain)).code).toBe(0)
    expect([contents(folder), keychain.held.size]).toEqual([{}, 0])
  })

  test('one that is unlocked for it loses the entry', async () => {
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

  test('where it can remove nothing it says where the entry may still be, and ends with 1', async () => {
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

  test('what holds instead may lie in the keychain as well, which is not asked', async () => {
    const folder = withFile({ apiKey: reference })
    writeFileSync(join(folder, 'nexus-claude-api.local.json'), JSON.stringify({ apiKey: 'other' }))
    const { err } = await runWithoutSecrets(['config', 'unset', 'apiKey', '--dev'], {}, folder, {
      keychain: memoryKeychain(),
    })
    expect(err).toEndWith(`\nThe value now comes from the keychain (${configPath(folder)}).\n`)
  })
})
