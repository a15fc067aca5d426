import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { toTarGz, toZip } from './archive.ts'
import { buildProgram, commitOf } from './build-program.ts'
import { bundledPackages } from './bundled-packages.ts'
import { debName, debTargets, toDeb } from './deb.ts'
import { homebrewFormula } from './homebrew.ts'
import { project, targetsFolder } from './project.ts'
import { managedArchives, missingArchives } from './published.ts'
import { type Accompaniment, accompany, archiveEntries } from './release-contents.ts'
import { sbom, sbomName } from './sbom.ts'
import { scoopManifest } from './scoop.ts'
import { sourceDate } from './source-date.ts'
import { type Sums, sumsName, toSums } from './sums.ts'
import { archiveName, programName, type Target, targets } from './targets.ts'
import { wingetManifests } from './winget.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Searches the program's bytes for the text of its commit, because most programs do not run here. A later signature
 * does not change the commit.
 */
const isOf = (program: Buffer, commit: string): boolean =>
  !commit.endsWith('-dirty') && program.includes(commit) && !program.includes(`${commit}-dirty`)

const pathOf = (target: Target): string => join(targetsFolder, target.id, programName(target, project.name))

const builtOf = (target: Target, commit: string): Uint8Array | undefined => {
  const program = existsSync(pathOf(target)) ? readFileSync(pathOf(target)) : undefined
  return program !== undefined && isOf(program, commit) ? program : undefined
}

/** The built program. Rejects if it is missing, or of another commit. */
export const builtProgram = async (target: Target, environment: Environment): Promise<Uint8Array> => {
  const commit = commitOf(environment)
  const program = builtOf(target, commit)
  if (program === undefined) throw new Error(`no program for ${target.id} of the commit ${commit}`)
  return program
}

/** Returns the built program, or builds it. */
export const builtOrNewProgram = async (target: Target, environment: Environment): Promise<Uint8Array> => {
  const commit = commitOf(environment)
  const program = builtOf(target, commit)
  if (program !== undefined) return program
  rmSync(dirname(pathOf(target)), { recursive: true, force: true })
  mkdirSync(dirname(pathOf(target)), { recursive: true })
  await buildProgram({ outfile: pathOf(target), target, commit })
  return readFileSync(pathOf(target))
}

/** Files of this version. Manifests have no sums, because they contain them. */
const summed: readonly string[] = [
  sbomName(project.name, project.version),
  ...targets.map((target) => archiveName(target, project.name, project.version)),
  ...targets.filter(({ id }) => debTargets.includes(id)).map(debName),
]

const sumsOf = (folder: string): Sums =>
  new Map(
    readdirSync(folder)
      .filter((name) => summed.includes(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  )

/** The files of one target, by name. */
const filesOf = (target: Target, program: Uint8Array, accompaniment: Accompaniment): Map<string, Uint8Array> => {
  const toArchive = target.os === 'win32' ? toZip : toTarGz
  const entries = archiveEntries(target, program, accompaniment)
  const files = new Map([
    [archiveName(target, project.name, project.version), toArchive(entries, accompaniment.seconds)],
  ])
  if (debTargets.includes(target.id)) files.set(debName(target), toDeb(target, program, accompaniment))
  return files
}

export interface Packing {
  readonly folder: string
  readonly targets: readonly Target[]
  readonly programOf: (target: Target) => Promise<Uint8Array>
  readonly environment: Environment
  /** Called for each written file. */
  readonly onFile: (path: string) => void
}

/** Writes manifests if all archives exist. Resolves to the missing archives. */
export const packRelease = async (packing: Packing): Promise<string[]> => {
  const { folder, targets: wanted, programOf, environment, onFile } = packing
  const seconds = sourceDate(environment)
  const write = (name: string, contents: Uint8Array | string): void => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contents)
    onFile(path)
  }
  const packages = await bundledPackages()
  const accompaniment = accompany(packages, seconds)
  for (const target of wanted) {
    const files = filesOf(target, await programOf(target), accompaniment)
    for (const [name, contents] of files) write(name, contents)
  }
  write(sbomName(project.name, project.version), sbom({ ...project, bunVersion: Bun.version, date: seconds }, packages))
  const sums = sumsOf(folder)
  write(sumsName, toSums(sums))
  const missing = missingArchives(sums)
  if (missing.length > 0) return missing
  const managed = managedArchives(sums)
  write(`${project.name}.rb`, homebrewFormula(managed))
  write(`${project.name}.json`, scoopManifest(managed))
  for (const { path, data } of wingetManifests(managed, seconds)) write(join('winget', path), data)
  return []
}
