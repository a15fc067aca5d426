import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../../../src/base/logger.ts'
import { createDomainFiles } from '../../../../src/upstreams/anthropic/credentials/domain-files.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'

const fileOf = (key: string): string => JSON.stringify({ type: 'api_key', api_key: key })

/** A folder within another one, so that tests can put files next to it. */
const startFiles = ({ isWindows = false } = {}) => {
  const folder = join(temporaryFolder(), 'credentials')
  mkdirSync(folder)
  const records: LogRecord[] = []
  const waits: number[] = []
  let whileWaiting = (): void => {}
  const files = createDomainFiles({
    folder,
    isWindows,
    log: createLogger('debug', (record) => records.push(record)),
    now: () => 0,
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
      whileWaiting()
    },
  })
  const write = (name: string, text: string): string => {
    const path = writeFile(join(folder, `${name}.credentials.json`), text)
    chmodSync(path, 0o600)
    return path
  }
  return {
    folder,
    records,
    waits,
    write,
    find: files.find,
    duringWait(act: () => void): void {
      whileWaiting = act
    },
    /** The key of the domain, or its problem. */
    async keyOf(host: string): Promise<string | undefined> {
      const domain = await files.find(host)
      if (domain === undefined) return undefined
      if (domain.problem !== undefined) {
        expect(() => files.credentialsOf(domain)).toThrow(domain.problem.message)
        return domain.problem.message
      }
      const credentials = files.credentialsOf(domain)
      return credentials.type === 'api_key'
        ? credentials.keys.choose().credential.secret.reveal()
        : credentials.grant.accessToken.reveal()
    },
  }
}

describe('files of credentials', () => {
  test('are found by the host with its port, then without colons, then by the host alone (AU-K1, AU-K10)', async () => {
    const { write, keyOf } = startFiles()
    write('team.example', fileOf('host'))
    expect(await keyOf('Team.Example:4141')).toBe('host')
    write('team.example_4141', fileOf('underscore'))
    expect(await keyOf('team.example:4141')).toBe('underscore')
    write('team.example:4141', fileOf('colon'))
    expect(await keyOf('team.example:4141')).toBe('colon')
    expect(await keyOf('team.example:4142')).toBe('host')
    expect(await keyOf('team.example')).toBe('host')
    expect(await keyOf('other.example')).toBeUndefined()
    write('[__1]_4141', fileOf('ipv6'))
    expect(await keyOf('[::1]:4141')).toBe('ipv6')
  })

  test('have no colons in their names on Windows (AU-K10)', async () => {
    const { write, keyOf } = startFiles({ isWindows: true })
    write('team.example:4141', fileOf('colon'))
    expect(await keyOf('team.example:4141')).toBeUndefined()
    write('team.example_4141', fileOf('underscore'))
    expect(await keyOf('team.example:4141')).toBe('underscore')
  })

  test('give a domain its name as the client sends it, its client key and its settings (AU-K9)', async () => {
    const { write, find } = startFiles()
    write(
      'team.example',
      JSON.stringify({ type: 'api_key', api_key: 'k', client_api_key: 'cnp_live_1', slack: { enabled: false } }),
    )
    const domain = await find('Team.example:4141')
    expect(domain).toMatchObject({ name: 'team.example:4141', slack: { enabled: false } })
    expect(domain?.clientKey?.equals('cnp_live_1')).toBe(true)
    expect((await find('team.example'))?.name).toBe('team.example')
    // The same object as long as nothing changes: requests allocate none.
    expect(await find('team.example')).toBe(await find('team.example'))
  })

  test.each([
    '../canary',
    '../canary.credentials.json',
    '..',
    '/../canary',
    'x/../../canary',
    '..\\canary',
    '%2e%2e%2fcanary',
    'canary\0',
    '\0',
    'canary\r\nhost: canary',
    'canary/',
    './canary',
    '.',
    '',
    'ćanary',
    `${'../'.repeat(50)}etc/passwd`,
    'canary'.repeat(1707),
    '..'.repeat(5000),
    'link/canary',
  ])('are read for a valid host only: %j (AU-K9)', async (host) => {
    const { folder, keyOf, records } = startFiles()
    for (const path of ['canary.credentials.json', '.credentials.json', 'credentials.json', '..credentials.json'])
      writeFile(join(folder, '..', path), fileOf('canary'))
    symlinkSync(join(folder, '..'), join(folder, 'link'))
    expect(await keyOf(host)).toBeUndefined()
    expect(records).toEqual([])
  })

  test('are read for each host of the longest length, whose file name is too long', async () => {
    const { keyOf, records } = startFiles()
    expect(await keyOf(`${'a'.repeat(253)}:4141`)).toBeUndefined()
    expect(records).toEqual([])
  })
})

describe('a changed file of credentials', () => {
  test('is read with the next request: in place, by rename, added and removed (AU-K12)', async () => {
    const { folder, write, keyOf } = startFiles()
    expect(await keyOf('team')).toBeUndefined()
    const path = write('team', fileOf('one'))
    expect(await keyOf('team')).toBe('one')
    write('team', fileOf('second'))
    expect(await keyOf('team')).toBe('second')
    writeFileSync(join(folder, 'next'), fileOf('third!'), { mode: 0o600 })
    renameSync(join(folder, 'next'), path)
    expect(await keyOf('team')).toBe('third!')
    rmSync(path)
    expect(await keyOf('team')).toBeUndefined()
  })

  test('is read if a link in its path leads to another folder, as Kubernetes does it (AU-K12)', async () => {
    const { folder, keyOf } = startFiles()
    for (const [name, key] of [
      ['..v1', 'one'],
      ['..v2', 'two'],
    ] as const)
      writeFile(join(folder, name, 'team.credentials.json'), fileOf(key))
    symlinkSync('..v1', join(folder, '..data'))
    symlinkSync(join('..data', 'team.credentials.json'), join(folder, 'team.credentials.json'))
    expect(await keyOf('team')).toBe('one')
    symlinkSync('..v2', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    expect(await keyOf('team')).toBe('two')
  })

  test('is not read without a change, and once for requests at the same time (AU-K12)', async () => {
    const { write, keyOf, records } = startFiles()
    write('team', '{')
    await Promise.all(Array.from({ length: 20 }, () => keyOf('team')))
    await keyOf('team')
    expect(records.map(({ event }) => event)).toEqual(['credential.invalid'])
  })

  test('is read a second time after 50 ms, if another program has written half of it (AU-K13)', async () => {
    const { write, keyOf, waits, duringWait, records } = startFiles()
    write('team', '{"type":"api_')
    duringWait(() => write('team', fileOf('whole')))
    expect(await keyOf('team')).toBe('whole')
    expect([waits, records]).toEqual([[50], []])
  })

  test('belongs to a request as it was when the request arrived', async () => {
    const { write, folder } = startFiles()
    write('team', fileOf('old'))
    const files = createDomainFiles({
      folder,
      isWindows: false,
      log: createLogger('silent', () => {}),
      now: () => 0,
      sleep: async () => {},
    })
    const domain = await files.find('team')
    write('team', fileOf('changed'))
    await files.find('team')
    if (domain === undefined) throw new Error('not found')
    const credentials = files.credentialsOf(domain)
    expect(credentials.type === 'api_key' && credentials.keys.choose().credential.secret.reveal()).toBe('old')
    expect(() => files.credentialsOf({ name: 'team' })).toThrow('There is no file of credentials for team.')
  })
})

describe('an invalid file of credentials', () => {
  const problem = (what: string): string => `credentials for this domain are invalid: team.credentials.json: ${what}`

  test('is an error that names the file and the member, and is logged once for each change (AU-K13)', async () => {
    const { write, keyOf, find, records } = startFiles()
    write('team', '{"type":"oauth","oauth":{"refreshToken":"canary"}}')
    const missing = problem('oauth.accessToken is missing')
    expect([await keyOf('team'), await keyOf('team:4141')]).toEqual([missing, missing])
    expect((await find('team'))?.problem).toMatchObject({ type: 'api_error', status: 500, shouldRetry: false })
    write('team', 'canary')
    expect(await keyOf('team')).toBe(problem('the file is not JSON'))
    expect(records).toEqual(
      [missing, problem('the file is not JSON')].map((reason) => ({
        level: 'error',
        event: 'credential.invalid',
        fields: { file: 'team.credentials.json', reason },
      })),
    )
    write('team', fileOf('valid'))
    expect(await keyOf('team')).toBe('valid')
  })

  test('may be a folder, a pipe, a link without a target, or too large (AU-K13)', async () => {
    const { folder, write, keyOf, records } = startFiles()
    const path = join(folder, 'team.credentials.json')
    mkdirSync(path, { mode: 0o700 })
    expect(await keyOf('team')).toStartWith(problem('the file '))
    rmSync(path, { recursive: true })
    Bun.spawnSync(['mkfifo', '-m', '600', path])
    expect(await keyOf('team')).toBe(problem('the file is not a regular file'))
    rmSync(path)
    symlinkSync('missing', path)
    expect(await keyOf('team')).toBe(problem('the file cannot be read (ENOENT)'))
    // A link has no permissions of its own.
    expect(records.at(-1)?.event).toBe('credential.invalid')
    rmSync(path)
    write('team', fileOf('k').padEnd(64 * 1024 + 1))
    expect(await keyOf('team')).toBe(problem('the file is larger than 64 KB'))
    write('team', fileOf('k').padEnd(64 * 1024))
    expect(await keyOf('team')).toBe('k')
  })

  test('is not the same as a missing one: a folder that cannot be searched refuses each domain, with one log line (AU-K13)', async () => {
    const { folder, keyOf, records } = startFiles()
    rmSync(folder, { recursive: true })
    symlinkSync('credentials', folder)
    const sentence = 'The folder of credentials cannot be read (ELOOP).'
    expect([await keyOf('team'), await keyOf('other')]).toEqual([sentence, sentence])
    expect(records).toEqual([{ level: 'error', event: 'credential.folder_unreadable', fields: { reason: 'ELOOP' } }])
  })
})

describe('a file of credentials that other users can read', () => {
  test('gets one warning with the command that closes it (AU-K14)', async () => {
    const { folder, write, keyOf, records } = startFiles()
    const path = write('team', fileOf('one'))
    chmodSync(path, 0o640)
    await keyOf('team')
    writeFileSync(path, fileOf('another'))
    expect(await keyOf('team')).toBe('another')
    expect(records).toEqual([
      {
        level: 'warn',
        event: 'credential.open_to_others',
        fields: {
          file: 'team.credentials.json',
          remedy: `chmod 600 ${join(folder, 'team.credentials.json')}`,
        },
      },
    ])
  })

  test('gets no warning on Windows, which has no such permissions (AU-K14)', async () => {
    const { write, keyOf, records } = startFiles({ isWindows: true })
    chmodSync(write('team', fileOf('one')), 0o644)
    await keyOf('team')
    expect(records).toEqual([])
  })
})
