import { accessSync, constants, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'

/** An installed program. */
export interface FoundProgram {
  readonly path: string
}

export interface ProgramName {
  readonly name: string
  /** Folders below the user's home that its installer uses, even if they are not on PATH. */
  readonly homeFolders: readonly string[]
}

/** Extensions that Windows runs if `PATHEXT` is not set. */
const usualExtensions = '.COM;.EXE;.BAT;.CMD'
/** Only a shell can start a script with another extension. */
const startable: ReadonlySet<string> = new Set(usualExtensions.toLowerCase().split(';'))

const isProgram = (path: string): boolean =>
  attempt(() => {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  }) === true

/** Windows ignores the case of variable names, and usually spells PATH `Path`. */
const variable = ({ platform, environment }: Machine, name: string): string => {
  const exact = environment[name]
  if (exact !== undefined || platform !== 'win32') return exact ?? ''
  const found = Object.keys(environment).find((candidate) => candidate.toUpperCase() === name)
  return (found === undefined ? undefined : environment[found]) ?? ''
}

const fileNames = (name: string, machine: Machine): string[] =>
  machine.platform === 'win32'
    ? (variable(machine, 'PATHEXT') || usualExtensions)
        .toLowerCase()
        .split(';')
        .filter((extension) => startable.has(extension))
        .map((extension) => name + extension)
    : [name]

/**
 * Finds the program that a shell would run, or the one that its installer put into a folder outside PATH. Ignores
 * relative folders in PATH: they contain another program in every folder. `isThere` is for tests.
 */
export const findProgram = (
  { name, homeFolders }: ProgramName,
  machine: Machine,
  isThere = isProgram,
): FoundProgram | undefined => {
  const { platform, home } = machine
  const { join, isAbsolute, delimiter } = platform === 'win32' ? win32 : posix
  const onPath = variable(machine, 'PATH')
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder))
  const folders = [...onPath, ...homeFolders.map((folder) => join(home, folder))]
  const candidates = folders.flatMap((folder) => fileNames(name, machine).map((file) => join(folder, file)))
  const path = candidates.find((candidate) => isThere(candidate))
  return path === undefined ? undefined : { path }
}
