import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Rules of the house that no linter holds. */

const root = join(import.meta.dir, '..')

const filesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })

const sources = filesIn(join(root, 'src')).filter((path) => path.endsWith('.ts'))
const matching = (pattern: RegExp): string[] =>
  sources
    .filter((path) => pattern.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path))
    .sort()

describe('the house', () => {
  test('a secret is revealed only on its way to Nexus, and in the launch command that holds the client token', () => {
    expect(matching(/\.reveal\(\)/)).toEqual(['src/cli/launch.ts', 'src/upstreams/nexus/auth.ts'])
  })

  test('one file talks to another host', () => {
    expect(matching(/(?<![.\w])fetch\(/)).toEqual(['src/cli/port-owner.ts', 'src/upstreams/http.ts'])
  })

  test('a plain Type.Object stands only behind Open and Closed', () => {
    expect(matching(/Type\.Object\(/)).toEqual(['src/wire/open.ts'])
  })

  test('no file is longer than 250 lines', () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 251)
    expect(long).toEqual([])
  })

  test('nothing is left undone, and no type is switched off', () => {
    expect(matching(/\b(?:TODO|FIXME)\b|@ts-ignore|@ts-expect-error|biome-ignore|\bas any\b/)).toEqual([])
  })

  test('the folder of the build machine is not in the product', () => {
    expect(matching(/import\.meta\.(?:dir|path|file|url)/)).toEqual([])
  })
})
