import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtProgram, packRelease } from '../../scripts/release/pack-release.ts'
import { project } from '../../scripts/release/project.ts'
import { parseSums, sumsName } from '../../scripts/release/sums.ts'
import { archiveName, targets } from '../../scripts/release/targets.ts'

/** A whole release, of small files in place of our programs. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-release-')))
const nameOf = (version: string): string[] => targets.map((target) => archiveName(target, project.name, version))
const left = nameOf(`${project.version}-rc.1`)
let missing: readonly string[] = []

beforeAll(async () => {
  for (const name of left) writeFileSync(join(folder, name), 'of another version')
  missing = await packRelease({
    folder,
    targets,
    programOf: async ({ id }) => Buffer.from(`the program for ${id}`),
    environment: { SOURCE_DATE_EPOCH: '1700000000' },
    onFile: () => undefined,
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a release', () => {
  test('has all files, with the manifests of package managers', () => {
    expect(missing).toEqual([])
    const names = readdirSync(folder).filter((name) => !left.includes(name))
    expect(names.sort()).toEqual(
      [
        ...nameOf(project.version),
        ...['amd64', 'arm64'].map((arch) => `${project.name}_${project.version.replace('-', '.')}_${arch}.deb`),
        `${project.name}-${project.version}.cdx.json`,
        `${project.name}.json`,
        `${project.name}.rb`,
        sumsName,
        'winget',
      ].sort(),
    )
  })

  test('sums only files of its version, not files of a pre-release in the same folder', () => {
    const names = [...parseSums(readFileSync(join(folder, sumsName), 'utf8')).keys()]
    expect(names.filter((name) => left.includes(name))).toEqual([])
    expect(names).toHaveLength(targets.length + 3)
  })

  test('refuses a program of another commit', async () => {
    const commit = '5e1f09'.repeat(7)
    for (const target of targets)
      await expect(builtProgram(target, { SOURCE_COMMIT: commit })).rejects.toThrow(
        `no program for ${target.id} of the commit 5e1f095e1f09`,
      )
  })
})
