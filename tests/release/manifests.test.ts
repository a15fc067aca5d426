import { describe, expect, test } from 'bun:test'
import { homebrewFormula } from '../../scripts/release/homebrew.ts'
import { project } from '../../scripts/release/project.ts'
import { managedArchives, managedTargets, missingArchives } from '../../scripts/release/published.ts'
import { scoopManifest } from '../../scripts/release/scoop.ts'
import { parseSums, toSums } from '../../scripts/release/sums.ts'
import { archiveName, targets } from '../../scripts/release/targets.ts'
import { wingetManifests } from '../../scripts/release/winget.ts'

const names = targets.map((target) => archiveName(target, project.name, project.version))
/** A different sum for each archive. */
const sumOf = (name: string): string => new Bun.CryptoHasher('sha256').update(name).digest('hex')
const sums = new Map(names.map((name) => [name, sumOf(name)]))
const managed = managedArchives(sums)
const formula = homebrewFormula(managed)
const scoop = JSON.parse(scoopManifest(managed))
const winget = wingetManifests(managed, 1_700_000_000).map(({ path, data }) => ({
  path,
  text: Buffer.from(data).toString(),
}))

const release = `${project.downloads}/v${project.version}/`
/** Addresses of archives, each with the sum that follows it. */
const pairs = (text: string): string[][] =>
  [...text.matchAll(/"(https:[^"$]+\.(?:tar\.gz|zip))"\s*,?\s+"?\w+"?:? "([0-9a-f]{64})"/gi)].map(
    ([, url = '', sum = '']) => [url, sum.toLowerCase()],
  )

const expected = (...ids: string[]): string[][] =>
  targets
    .filter(({ id }) => ids.includes(id))
    .map((target) => archiveName(target, project.name, project.version))
    .map((name) => [release + name, sumOf(name)])
    .sort()

describe('a manifest for a package manager', () => {
  test('lists files of the release, each with its sum', () => {
    const { macArm, macIntel, linuxArm, linuxIntel, windowsArm, windowsIntel } = managedTargets
    expect(pairs(formula).sort()).toEqual(expected(macArm, macIntel, linuxArm, linuxIntel))
    expect(pairs(scoopManifest(managed)).sort()).toEqual(expected(windowsArm, windowsIntel))
    expect(pairs(winget.map(({ text }) => text).join('')).sort()).toEqual(expected(windowsArm, windowsIntel))
  })

  test('works on every x64 processor, also without AVX2', () => {
    for (const { target } of Object.values(managed))
      expect([target.id, target.isBaseline]).toEqual([target.id, target.arch === 'x64'])
  })

  test('requires all archives: the error names a missing one', () => {
    const [first = ''] = missingArchives(new Map())
    expect(missingArchives(sums)).toEqual([])
    expect(first).toBe(`${project.name}-${project.version}-darwin-arm64.tar.gz`)
    expect(() => managedArchives(new Map())).toThrow(`${first} has no sum`)
  })
})

describe("Homebrew's formula", () => {
  test('has the class of its file name, and a description in the form that Homebrew requires', () => {
    expect(formula).toStartWith('class NexusClaudeApi < Formula\n')
    const [, description = ''] = /desc "(.*)"/.exec(formula) ?? []
    expect(description.length + project.name.length).toBeLessThan(80)
    expect(description).toMatch(/^[A-Z].*[^.]$/)
  })

  test('has the version only in its URLs: `brew audit` calls a separate one redundant', () => {
    expect(formula).not.toMatch(/^ *version /m)
    for (const [url = ''] of pairs(formula))
      expect(url).toStartWith(`${project.homepage}/releases/download/v${project.version}/`)
  })

  const ruby = Bun.which('ruby')
  test.if(ruby !== null)('is Ruby', () => {
    const { stdout, stderr } = Bun.spawnSync([ruby ?? '', '-wc'], { stdin: Buffer.from(formula) })
    expect([stdout.toString(), stderr.toString()]).toEqual(['Syntax OK\n', ''])
  })
})

describe("Scoop's manifest", () => {
  test('finds the next version and its sums automatically', () => {
    expect(scoop).toMatchObject({
      version: project.version,
      license: 'MIT',
      bin: `${project.name}.exe`,
      checkver: 'github',
      autoupdate: { hash: { url: '$baseurl/SHA256SUMS' } },
    })
    const filled = JSON.parse(JSON.stringify(scoop.autoupdate.architecture).replaceAll('$version', project.version))
    const now = Object.entries<{ url: string; extract_dir: string }>(scoop.architecture)
    expect(filled).toEqual(Object.fromEntries(now.map(([kind, { url, extract_dir }]) => [kind, { url, extract_dir }])))
  })
})

describe("winget's manifests", () => {
  const parsed = winget.map(({ text }) => Bun.YAML.parse(text) as Record<string, unknown>)

  test('are three files of one version, each with the header of its kind', () => {
    const id = 'NexusClaudeApi.NexusClaudeApi'
    expect(winget.map(({ path }) => path)).toEqual([`${id}.yaml`, `${id}.installer.yaml`, `${id}.locale.en-US.yaml`])
    for (const [index, kind] of ['version', 'installer', 'defaultLocale'].entries()) {
      expect(parsed[index]).toMatchObject({
        PackageIdentifier: id,
        PackageVersion: project.version,
        ManifestType: kind,
        ManifestVersion: '1.10.0',
      })
      expect(winget[index]?.text).toStartWith(
        `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind.toLowerCase()}.1.10.0.schema.json\n\n`,
      )
    }
  })

  test('name the path of the program in the archive', () => {
    expect(parsed[1]).toMatchObject({
      InstallerType: 'zip',
      NestedInstallerType: 'portable',
      Installers: ['x64-baseline', 'arm64'].map((kind) => ({
        Architecture: kind.replace('-baseline', ''),
        NestedInstallerFiles: [
          {
            RelativeFilePath: `${project.name}-${project.version}-windows-${kind}\\${project.name}.exe`,
            PortableCommandAlias: project.name,
          },
        ],
      })),
    })
  })
})

describe('SHA256SUMS', () => {
  test('can be read back, sorted by name', () => {
    const text = toSums(new Map([...sums].reverse()))
    expect(text.split('\n')[0]).toBe(`${sumOf(names.sort()[0] ?? '')}  ${names.sort()[0]}`)
    expect(parseSums(text)).toEqual(sums)
    expect(() => parseSums('abc  file\n')).toThrow('invalid line')
  })
})
