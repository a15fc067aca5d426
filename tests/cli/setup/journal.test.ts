import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Journal, JournalFile } from '../../../src/cli/setup/journal.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { clientTree, copiesOf, journalOf, setup } from '../../support/setup.ts'

const before = '{"mine": 1}\n'

const setUpHome = async () => {
  const folder = temporaryFolder()
  const path = writeFile(join(folder, '.claude', 'settings.json'), before)
  await setup({ folder }, ['claude-code', '--yes'])
  const journal = journalOf(folder, 'claude-code')
  const change = (members: object): void =>
    writeFileSync(journal, JSON.stringify({ ...JSON.parse(readFileSync(journal, 'utf8')), ...members }))
  const changeFile = (members: object): void => {
    const { files } = JSON.parse(readFileSync(journal, 'utf8')) as Journal
    change({ files: files.map((file: JournalFile) => ({ ...file, ...members })) })
  }
  return { folder, path, change, changeFile }
}

describe('a journal that another program has changed', () => {
  const key = { before: null, after: null }
  const damages: readonly (readonly [what: string, part: 'journal' | 'file', members: object])[] = [
    ['of another client', 'journal', { client: 'zed' }],
    ['with a path as the client', 'journal', { client: '../../elsewhere' }],
    ['with an invalid address', 'journal', { url: '\u001B[31m' }],
    ['with an invalid reason', 'journal', { for: [5] }],
    ['with an unknown format', 'file', { format: 'toml' }],
    ['with a relative path', 'file', { path: 'settings.json' }],
    ['with an invalid mode', 'file', { mode: 'abc' }],
    ['with an invalid copy', 'file', { copy: 5 }],
    ['with an invalid folder', 'file', { folder: 5 }],
    ['with a key without a name', 'file', { keys: [{ ...key, path: [] }] }],
    ['with an entry of a list without a name', 'file', { keys: [{ ...key, path: ['env', {}] }] }],
    ['with an object that it made, without a name', 'file', { made: [[]] }],
  ]
  for (const [what, part, members] of damages)
    test(`${what}, is damaged: an undo changes nothing and names the copy (SU-9, SU-10)`, async () => {
      const { folder, change, changeFile } = await setUpHome()
      const written = clientTree(folder)
      if (part === 'journal') change(members)
      else changeFile(members)
      const { code, err } = await setup({ folder }, ['claude-code', '--undo', '--yes'])
      const [copy = ''] = copiesOf(folder, 'claude-code')
      expect([code, err.includes('is damaged'), err.includes(copy)]).toEqual([1, true, true])
      expect(clientTree(folder)).toEqual(written)
    })
})

describe('a copy that another program', () => {
  test('has changed is not given back: the undo restores single values (SU-10)', async () => {
    const { folder, path } = await setUpHome()
    for (const copy of copiesOf(folder, 'claude-code')) writeFileSync(copy, 'other')
    expect((await setup({ folder }, ['claude-code', '--undo', '--yes'])).code).toBe(0)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(before))
  })

  test('has changed leaves a whole file of ours, with the reason (SU-10)', async () => {
    const folder = temporaryFolder()
    const path = writeFile(join(folder, '.codex', 'nexus.config.toml'), 'model = "mine"\n')
    await setup({ folder }, ['codex', '--yes'])
    const written = readFileSync(path, 'utf8')
    for (const copy of copiesOf(folder, 'codex')) writeFileSync(copy, 'other')
    const { err } = await setup({ folder }, ['codex', '--undo', '--yes'])
    expect(err).toContain(`stays, because the copy of the file before is gone: ${path}`)
    expect(readFileSync(path, 'utf8')).toBe(written)
  })
})
