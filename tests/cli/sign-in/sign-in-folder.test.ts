import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { openSignInFolder, readServerFile } from '../../../src/cli/sign-in/sign-in-folder.ts'
import type { StoredSignIn } from '../../../src/wire/sign-in-file.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'

const machineIn = (home: string) => testIo({ home }).machine
const folderIn = (home: string): string => join(home, '.local/state/nexus-claude-api/sign-in')

/** No process has this id. */
const goneProcess = 2 ** 30
const times = { abandonedMs: 100, heldMs: 50 }

const open = async (home: string, pid = goneProcess) => {
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const folder = await openSignInFolder({ machine: machineIn(home), log, pid, times })
  afterTest(() => folder.close())
  return { ...folder, records }
}

const state = (members: Partial<StoredSignIn> = {}): StoredSignIn => ({
  version: 1,
  installationId: 'installation',
  sessions: [],
  invites: [{ hash: '0'.repeat(64), name: 'anna', expiresAt: 1 }],
  ...members,
})

describe('the folder of sign-in', () => {
  test('and its files can be read by their owner alone, also a folder that was open before (SI-S1)', async () => {
    const home = temporaryFolder()
    mkdirSync(folderIn(home), { recursive: true })
    chmodSync(folderIn(home), 0o755)
    const { publish, store } = await open(home)
    await publish('http://127.0.0.1:4141')
    await store.write(state())
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect(modeOf(folderIn(home))).toBe('700')
    const names = ['admin', 'server.json', 'sessions.json']
    expect(names.map((name) => modeOf(join(folderIn(home), name)))).toEqual(['600', '600', '600'])
    // Each was written to a new file and renamed: no other file stays.
    expect(readdirSync(folderIn(home)).sort()).toEqual([...names, 'sessions.json.lock'])
  })

  test('is free for the next server even if a file in it cannot be removed (SI-S3)', async () => {
    const home = temporaryFolder()
    const { close } = await open(home)
    // It stands for a folder that has become read-only, which root could still change.
    mkdirSync(join(folderIn(home), 'server.json'))
    await close()
    expect(existsSync(join(folderIn(home), 'sessions.json.lock'))).toBe(false)
  })

  test('keeps the sessions and the id of the installation (SI-S1, SI-M4)', async () => {
    const home = temporaryFolder()
    const first = await open(home)
    const { installationId } = first.store.read()
    await first.close()
    const second = await open(home)
    expect(second.store.read()).toEqual({ version: 1, installationId, sessions: [], invites: [] })
    await second.store.write(state({ installationId }))
    await second.close()
    expect((await open(home)).store.read()).toEqual(state({ installationId }))
  })

  test('has a new secret of 256 bits for each run of the server (SI-S1)', async () => {
    const home = temporaryFolder()
    const secretIn = () => readFileSync(join(folderIn(home), 'admin'), 'utf8')
    const first = await open(home)
    const secret = secretIn()
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(first.admin.equals(secret)).toBe(true)
    await first.close()
    await open(home)
    expect(secretIn()).not.toBe(secret)
  })

  test('a damaged file is kept aside, with one warning that quotes nothing (SI-S3)', async () => {
    for (const text of ['{"version":1,', '{"version":1,"sessions":[{"id":"secret"}]}', '[]']) {
      const home = temporaryFolder()
      const path = join(folderIn(home), 'sessions.json')
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      const { store, records } = await open(home)
      expect(store.read()).toMatchObject({ version: 1, sessions: [], invites: [] })
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text)
      expect(records).toEqual([{ level: 'warn', event: 'sign_in.damaged', fields: {} }])
    }
  })

  test('belongs to one server at a time; after its end, the next one has it (SI-S3)', async () => {
    const home = temporaryFolder()
    const first = await open(home, process.pid)
    await first.publish('http://127.0.0.1:4141')
    await expect(open(home)).rejects.toThrow(`Another server has the sessions of sign-in (process ${process.pid}).`)
    await first.close()
    await open(home)
  })

  test('of a server that is suspended stays its own; one that crashed leaves it (SI-S3)', async () => {
    const home = temporaryFolder()
    mkdirSync(folderIn(home), { recursive: true })
    const listener = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
    afterTest(() => listener.stop(true))
    // A suspended program does not touch its lock.
    const lock = join(folderIn(home), 'sessions.json.lock')
    writeFileSync(lock, '')
    utimesSync(lock, 0, 0)
    const url = `http://127.0.0.1:${listener.port}`
    writeFileSync(join(folderIn(home), 'server.json'), JSON.stringify({ url, pid: process.pid }))
    await expect(open(home)).rejects.toThrow(`Another server has the sessions of sign-in (process ${process.pid}).`)
    // Another program may have got the id of the one that crashed.
    await listener.stop(true)
    await open(home)
  })

  test('that cannot be used names the folder and the reason', async () => {
    const home = temporaryFolder()
    writeFileSync(join(home, '.local'), '')
    await expect(open(home)).rejects.toThrow(`Cannot use ${folderIn(home)} (ENOTDIR). Sign-in needs it.`)
  })
})

describe('the commands', () => {
  test('find the server that runs, and none after its end (SI-P2)', async () => {
    const home = temporaryFolder()
    const read = () => readServerFile(machineIn(home))
    expect(read()).toBeUndefined()
    const folder = await open(home)
    expect(read()).toBeUndefined()
    await folder.publish('http://127.0.0.1:4141')
    const found = read()
    expect(found?.url).toBe('http://127.0.0.1:4141')
    expect(found && folder.admin.equals(found.admin)).toBe(true)
    await folder.close()
    expect(read()).toBeUndefined()
    expect(existsSync(join(folderIn(home), 'sessions.json.lock'))).toBe(false)
  })
})
