import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { type Entry, textEntry } from './archive.ts'
import type { BundledPackage } from './bundled-packages.ts'
import { completions } from './completions.ts'
import { noticesName, thirdPartyNotices } from './notices.ts'
import { project } from './project.ts'
import { programName, type Target } from './targets.ts'

/** Files that are published with the program, the same for every target. */
export interface Accompaniment {
  readonly license: Entry
  readonly readme: Entry
  readonly notices: Entry
  readonly completions: readonly Entry[]
  /** The date of all entries, in seconds. */
  readonly seconds: number
}

const fileOfProject = (name: string): Entry => ({ path: name, data: readFileSync(join(root, name)) })

export const accompany = (packages: readonly BundledPackage[], seconds: number): Accompaniment => ({
  license: fileOfProject('LICENSE'),
  readme: fileOfProject('README.md'),
  notices: textEntry(noticesName, thirdPartyNotices(packages, Bun.version)),
  completions: completions(project.name),
  seconds,
})

export const moved = (entry: Entry, path: string): Entry => ({ ...entry, path })
const within = (folder: string, entry: Entry): Entry => moved(entry, `${folder}/${entry.path}`)

/** `nexus-claude-api-1.2.3-linux-x64`: the only folder of an archive. */
export const folderName = ({ id }: Target): string => `${project.name}-${project.version}-${id}`

/** All entries of a target's archive. */
export const archiveEntries = (target: Target, program: Uint8Array, accompaniment: Accompaniment): Entry[] =>
  [
    { path: programName(target, project.name), data: program, isProgram: true },
    accompaniment.license,
    accompaniment.readme,
    accompaniment.notices,
    ...accompaniment.completions.map((entry) => within('completions', entry)),
  ].map((entry) => within(folderName(target), entry))
