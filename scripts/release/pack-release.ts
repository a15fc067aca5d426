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
 * A program says its commit, as text: it is searched for it, because most of them do not run here. One that was
 * signed since is still of its commit.
 */
const isOf = (program: Buffer, commit: string): boolean =>
  !commit.endsWith('-dirty') && program.includes(commit) && !program.includes(`${commit}-dirty`)

const pathOf = (target: Target): string => join(targetsFolder, target.id, programName(target, project.name))

const builtOf = (target: Target, commit: string): Uint8Array | undefined => {
  const program = existsSync(pathOf(target)) ? readFileSync(pathOf(target)) : undefined
  return program !== undefined && isOf(program, commit) ? program : undefined
}

/** As it was built. Rejects where it is missing, or of another commit. */
export const builtProgram = async (target: Target, environment: Environment): Promise<Uint8Array> => {
  const commit = commitOf(environment)
  const program = builtOf(target, commit)
  if (program === undefined) throw new Error(`there is no program for ${target.id} of the commit ${commit}`)
  return program
}

/** As it was built, or builds it. */
export const builtOrNewProgram = async (target: Target, environment: Environment): Promise<Uint8Array> => {
  const commit = commitOf(environment)
  const program = builtOf(target, commit)
  if (program !== undefined) return program
  rmSync(dirname(pathOf(target)), { recursive: true, force: true })
  mkdirSync(dirname(pathOf(target)), { recursive: true })
  await buildProgram({ outfile: pathOf(target), target, commit })
  return readFileSync(pathOf(target))
}

/** Of this version alone. Manifests are made from the sums, and have none. */
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
const filesOf = (target: Target, program: Uint8Array, beside: Accompaniment): Map<string, Uint8Array> => {
  const toArchive = target.os === 'win32' ? toZip : toTarGz
  const entries = archiveEntries(target, program, beside)
  const files = new Map([[archiveName(target, project.name, project.version), toArchive(entries, beside.seconds)]])
  if (debTargets.includes(target.id)) files.set(debName(target), toDeb(target, program, beside))
  return files
}

export interface Packing {
  readonly folder: string
  readonly targets: readonly Target[]
  readonly programOf: (target: Target) => Promise<Uint8Array>
  readonly environment: Environment
  /** Hears of each file that was written. */
  readonly onFile: (path: string) => void
}

/** Resolves to the archives that manifests would need and that are not there; without any, they are made. */
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
  const beside = accompany(packages, seconds)
  for (const target of wanted) {
    const files = filesOf(target, await programOf(target), beside)
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
