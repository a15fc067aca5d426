import { expect, test } from 'bun:test'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSetupFolder } from '../../../src/cli/system/setup-folder.ts'
import { temporaryFolder } from '../../support/cli.ts'

const text = async (content: ReturnType<ReturnType<typeof readSetupFolder>>): Promise<string | undefined> => {
  const found = await content
  return typeof found === 'string' || found === undefined ? found : new TextDecoder().decode(found)
}

test('follows links inside the folder, as Kubernetes mounts files, and no others (AU-C2)', async () => {
  const outside = temporaryFolder()
  const folder = join(outside, 'setup')
  mkdirSync(join(folder, '..2026_11_29'), { recursive: true })
  writeFileSync(join(folder, '..2026_11_29', 'a.json'), 'A')
  symlinkSync('..2026_11_29', join(folder, '..data'))
  symlinkSync(join('..data', 'a.json'), join(folder, 'a.json'))
  writeFileSync(join(outside, 'secret'), 'secret')
  mkdirSync(join(outside, 'setup-2'))
  writeFileSync(join(outside, 'setup-2', 'secret'), 'secret')
  for (const [name, target] of [
    ['file', join(outside, 'secret')],
    ['relative', join('..', 'secret')],
    ['sibling', join('..', 'setup-2', 'secret')],
    ['broken', 'none'],
    ['circle', 'circle'],
    ['itself', '.'],
  ] as const)
    symlinkSync(target, join(folder, name))
  const read = readSetupFolder(folder)
  expect(await text(read('a.json'))).toBe('A')
  for (const name of ['file', 'relative', 'sibling', 'broken', 'circle', 'itself', '..data', 'none'])
    expect([name, await read(name)]).toEqual([name, undefined])
  symlinkSync(folder, join(outside, 'link'))
  expect(await text(readSetupFolder(join(outside, 'link'))('a.json'))).toBe('A')
  rmSync(folder, { recursive: true })
  expect(await read('a.json')).toBeUndefined()
})

test('a file may have 1 MB, and not a byte more (AU-C2)', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'most'), 'a'.repeat(1024 * 1024))
  writeFileSync(join(folder, 'more'), 'a'.repeat(1024 * 1024 + 1))
  const read = readSetupFolder(folder)
  expect((await read('most'))?.length).toBe(1024 * 1024)
  expect(read('more')).rejects.toMatchObject({ code: 'EFBIG' })
})
