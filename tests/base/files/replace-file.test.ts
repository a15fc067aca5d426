import { describe, expect, test } from 'bun:test'
import { lstatSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkTarget, replaceFile } from '../../../src/base/files/replace-file.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { modeOf } from '../../support/files.ts'

const ownerAlone = { modeFor: () => 0o600 }

/** Windows refuses to replace a file that another program has open. */
const refuse = (code: string): never => {
  throw Object.assign(new Error('refused'), { code })
}

const oldFile = (): { readonly folder: string; readonly path: string } => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.json')
  writeFileSync(path, 'old', { mode: 0o644 })
  return { folder, path }
}

describe('a replaced file', () => {
  test('has the new text and the mode, and leaves no other file behind', async () => {
    const { folder, path } = oldFile()
    await replaceFile(path, 'new', ownerAlone)
    expect([readFileSync(path, 'utf8'), modeOf(path), readdirSync(folder)]).toEqual(['new', 0o600, ['a.json']])
  })

  test('need not exist before', async () => {
    const path = join(temporaryFolder(), 'a.json')
    await replaceFile(path, 'new', ownerAlone)
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  test('is found behind a chain of links, which stay links (AU-O5)', async () => {
    const { folder, path } = oldFile()
    symlinkSync('a.json', join(folder, 'b.json'))
    symlinkSync('b.json', join(folder, 'c.json'))
    await replaceFile(linkTarget(join(folder, 'c.json')), 'new', ownerAlone)
    expect(lstatSync(join(folder, 'c.json')).isSymbolicLink()).toBe(true)
    expect([readFileSync(path, 'utf8'), lstatSync(path).isFile()]).toEqual(['new', true])
  })

  test('is replaced as soon as no other program has it open (AU-O5)', async () => {
    const { path } = oldFile()
    const refusals = ['EPERM', 'EACCES', 'EBUSY']
    const rename = (from: string, to: string): void => {
      const code = refusals.shift()
      if (code !== undefined) refuse(code)
      renameSync(from, to)
    }
    await replaceFile(path, 'new', { ...ownerAlone, rename })
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  test('stays as it was if another program keeps it open, or for another failure', async () => {
    for (const code of ['EBUSY', 'ENOSPC']) {
      const { folder, path } = oldFile()
      let attempts = 0
      const rename = (): void => {
        attempts += 1
        refuse(code)
      }
      const replaced = replaceFile(path, 'new', { ...ownerAlone, rename, busyMs: 50 })
      await expect(replaced).rejects.toMatchObject({ code })
      expect(attempts > 1).toBe(code === 'EBUSY')
      expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['a.json']])
    }
  })
})
