import { accessSync, constants, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'

/** An installed Claude Code. */
export interface ClaudeProgram {
  readonly path: string
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

const namesOf = (machine: Machine): string[] =>
  machine.platform === 'win32'
    ? (variable(machine, 'PATHEXT') || usualExtensions)
        .toLowerCase()
        .split(';')
        .filter((extension) => startable.has(extension))
        .map((extension) => `claude${extension}`)
    : ['claude']

/**
 * Finds the `claude` that a shell would run, or the one that its installer put into a folder outside PATH. Ignores
 * relative folders in PATH: they contain another program in every folder. `isThere` is for tests.
 */
export const findClaude = (machine: Machine, isThere = isProgram): ClaudeProgram | undefined => {
  const { platform, home } = machine
  const { join, isAbsolute, delimiter } = platform === 'win32' ? win32 : posix
  const onPath = variable(machine, 'PATH')
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder))
  const folders = [...onPath, join(home, '.local', 'bin'), join(home, '.claude', 'local')]
  const candidates = folders.flatMap((folder) => namesOf(machine).map((name) => join(folder, name)))
  const path = candidates.find((candidate) => isThere(candidate))
  return path === undefined ? undefined : { path }
}

/** Commands that install Claude Code, the official one first. */
export const installLines = (platform: string): readonly [string, string] => [
  platform === 'win32' ? 'irm https://claude.ai/install.ps1 | iex' : 'curl -fsSL https://claude.ai/install.sh | bash',
  'npm install -g @anthropic-ai/claude-code',
]
