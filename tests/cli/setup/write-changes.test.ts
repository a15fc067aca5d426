import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { exclusively } from '../../../src/base/files/file-lock.ts'
import type { ClientPlan, FileChange } from '../../../src/cli/setup/client-plan.ts'
import { readJournal } from '../../../src/cli/setup/journal.ts'
import { prepareSetup, prepareUndo } from '../../../src/cli/setup/prepare.ts'
import { SetupFailure } from '../../../src/cli/setup/setup-failure.ts'
import { writeChanges } from '../../../src/cli/setup/write-changes.ts'
import { entry, temporaryFolder, testIo } from '../../support/cli.ts'
import { modeOf, writeFile } from '../../support/files.ts'
import { clientTree, copiesOf, journalOf, tree } from '../../support/setup.ts'

/** Plans of a client that exists only here. */

const client = 'example'
const url = 'http://127.0.0.1:1'

const planOf = (files: readonly FileChange[]): ClientPlan => ({ files, notes: [], restart: '', check: '' })

const json = (path: string, value: unknown = 1, isSecret = false): FileChange => ({
  path,
  format: 'json',
  edits: [{ path: ['ours'], value, ...(isSecret && { isSecret }) }],
})

const at = (folder: string) => {
  const { machine } = testIo({ home: folder })
  const context = { machine, isYes: true }
  return {
    async setUp(...files: readonly FileChange[]) {
      const earlier = readJournal(machine, client)
      const prepared = await prepareSetup({ client, url, plan: planOf(files) }, earlier, context)
      return { prepared, outcome: await writeChanges([{ prepared, reasons: [client] }], { machine }) }
    },
    async undo() {
      const journal = readJournal(machine, client)
      if (journal === undefined) throw new Error('not set up')
      return writeChanges([{ prepared: await prepareUndo(journal, context), reasons: [] }], { machine })
    },
  }
}

describe('a setup of several files', () => {
  test('writes all files or none: an error takes back what was written', async () => {
    const folder = temporaryFolder()
    const first = writeFile(join(folder, 'a.json'), '{"mine": 1}')
    // A name of a valid length, which is too long for the temporary file next to it.
    const second = join(folder, 'folder', `${'b'.repeat(230)}.json`)
    const before = clientTree(folder)
    const failed = at(folder).setUp(json(first), json(second))
    await expect(failed).rejects.toThrow(
      new SetupFailure(
        'Writing failed (ENAMETOOLONG). Nothing was changed. Check the free space and your permissions.',
      ),
    )
    expect(clientTree(folder)).toEqual(before)
    expect([existsSync(journalOf(folder, client)), copiesOf(folder, client)]).toEqual([false, []])
  })

  test('a file with a secret is for its owner only, and an undo gives back its mode (SU-3)', async () => {
    const folder = temporaryFolder()
    const path = writeFile(join(folder, 'a.json'), '{"mine": 1}')
    const { setUp, undo } = at(folder)
    const { prepared } = await setUp(json(path, 'my-token', true))
    expect(modeOf(path)).toBe(0o600)
    expect(prepared.files[0]?.diff).toContain('"ours": "***"')
    expect(readFileSync(journalOf(folder, client), 'utf8')).not.toContain('my-token')
    await undo()
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o644, '{"mine": 1}'])
  })

  test('an undo leaves a mode that the user has changed since', async () => {
    for (const isSecret of [true, false]) {
      const folder = temporaryFolder()
      const path = writeFile(join(folder, 'a.json'), '{"mine": 1}')
      const { setUp, undo } = at(folder)
      await setUp(json(path, 'value', isSecret))
      chmodSync(path, 0o640)
      await undo()
      expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o640, '{"mine": 1}'])
    }
  })

  test('each of several files with the same name keeps its newest five copies (SU-9)', async () => {
    const folder = temporaryFolder()
    const paths = ['a', 'b'].map((name) => writeFile(join(folder, name, 'settings.json'), '{}'))
    const { setUp, undo } = at(folder)
    for (let value = 1; value <= 8; value += 1) await setUp(...paths.map((path) => json(path, value)))
    const byFile = Map.groupBy(copiesOf(folder, client), (path) => path.split('.').slice(-3).join('.'))
    // The first one is needed for the undo.
    expect([...byFile.values()].map((copies) => copies.length)).toEqual([6, 6])
    await undo()
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['{}', '{}'])
  })

  test('a file that the new plan does not have is given back', async () => {
    const folder = temporaryFolder()
    const first = writeFile(join(folder, 'a.json'), '{"mine": 1}')
    const second = join(folder, 'b.json')
    const { setUp, undo } = at(folder)
    await setUp(json(first))
    await setUp(json(second))
    expect(readFileSync(first, 'utf8')).toBe('{"mine": 1}')
    await undo()
    expect(clientTree(folder)).toEqual({ 'a.json': '{"mine": 1}' })
  })

  test('a whole file of ours goes with its folder; one of the user is given back', async () => {
    const folder = temporaryFolder()
    const theirs = writeFile(join(folder, 'theirs.toml'), 'a = 1\n')
    const own = (path: string): FileChange => ({ path, format: 'own', text: 'b = 2\n' })
    const { setUp, undo } = at(folder)
    const { prepared } = await setUp(own(join(folder, 'deep', 'folder', 'ours.toml')), own(theirs))
    expect(prepared.files.flatMap(({ words }) => words)).toEqual([`replaces: ${theirs}`])
    await undo()
    expect(clientTree(folder)).toEqual({ 'theirs.toml': 'a = 1\n' })
  })

  test('a whole file that was changed since stays, and is named (SU-10)', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'ours.toml')
    const { setUp } = at(folder)
    await setUp({ path, format: 'own', text: 'b = 2\n' })
    writeFile(path, 'b = 3\n')
    const { machine } = testIo({ home: folder })
    const journal = readJournal(machine, client)
    const { files } = await prepareUndo(journal as NonNullable<typeof journal>, { machine, isYes: true })
    expect(files[0]).toMatchObject({ text: 'b = 3\n', words: [`stays, because it was changed since: ${path}`] })
  })
})

describe('the lock', () => {
  test('makes a second setup wait until the first one is done', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a.json')
    const { setUp } = at(folder)
    mkdirSync(join(journalOf(folder, client), '..'), { recursive: true })
    const order: string[] = []
    let release = (): void => {}
    const held = exclusively(journalOf(folder, client), async () => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      order.push('first')
    })
    const second = setUp(json(path)).then(({ outcome }) => order.push(outcome))
    release()
    await Promise.all([held, second])
    expect(order).toEqual(['first', 'written'])
  })

  test('two processes at once: the second finds nothing to change or writes after the first', async () => {
    const folder = temporaryFolder()
    const program = () =>
      Bun.spawn([process.execPath, entry, 'setup', 'claude-code', '--yes', '--port', '1'], {
        env: { HOME: folder, PATH: process.env['PATH'] ?? '' },
        stdout: 'ignore',
        stderr: 'pipe',
      })
    const both = [program(), program()]
    expect(await Promise.all(both.map(({ exited }) => exited))).toEqual([0, 0])
    expect(readFileSync(join(folder, '.claude', 'settings.json'), 'utf8')).toContain(url)
    expect(readJournal(testIo({ home: folder }).machine, 'claude-code')?.files).toMatchObject([{ hadFile: false }])
  })
})

test.if(process.platform === 'linux')('a full disk changes nothing, and setup ends with 1', async () => {
  const folder = temporaryFolder()
  const path = writeFile(join(folder, '.claude', 'settings.json'), `{"text": "${'x'.repeat(4096)}"}`)
  const before = tree(folder)
  const { ino } = statSync(path)
  // The shell limits files to 1 KB: writing more fails as on a full disk.
  const line = `trap '' XFSZ; ulimit -f 1; exec "$@"`
  const child = Bun.spawn(
    ['/bin/bash', '-c', line, 'sh', process.execPath, entry, 'setup', 'claude-code', '--yes', '--port', '1'],
    // Bun keeps its own cache in the home folder.
    {
      env: { HOME: folder, PATH: process.env['PATH'] ?? '', BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' },
      stdout: 'ignore',
      stderr: 'pipe',
    },
  )
  const err = await new Response(child.stderr).text()
  expect([await child.exited, err.includes('Writing failed (EFBIG). Nothing was changed.')]).toEqual([1, true])
  const { '.local/state/nexus-claude-api/setup': journal, ...rest } = tree(folder)
  expect([journal ?? null, rest, copiesOf(folder, 'claude-code')]).toEqual([null, before, []])
  expect(statSync(path).ino).toBe(ino)
})
