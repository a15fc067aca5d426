import { accessSync, constants, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import type { Machine } from '../config/paths.ts'

/** Where Claude Code lies, and how to get it where it does not. */

const isProgram = (path: string, platform: string): boolean => {
  try {
    // Windows has no right to execute: there the name's end says it.
    accessSync(path, platform === 'win32' ? constants.F_OK : constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Names on Windows have no case, so neither have those of its variables. */
const variable = ({ platform, environment }: Machine, wanted: string): string | undefined =>
  platform === 'win32'
    ? Object.entries(environment).find(([name]) => name.toUpperCase() === wanted)?.[1]
    : environment[wanted]

/** What a shell would try. A script of PowerShell's own is none that we could start. */
const namesOf = (machine: Machine): string[] => {
  if (machine.platform !== 'win32') return ['claude']
  const startable = new Set(['.exe', '.com', '.cmd', '.bat'])
  const ends = (variable(machine, 'PATHEXT') || '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';')
  return ends.filter((end) => startable.has(end)).map((end) => `claude${end}`)
}

export interface ClaudeProgram {
  readonly path: string
}

/** On PATH, or where its installers put it for shells that have not read their PATH anew. */
export const findClaude = (machine: Machine): ClaudeProgram | undefined => {
  const { platform, home } = machine
  const { join, delimiter } = platform === 'win32' ? win32 : posix
  const listed = (variable(machine, 'PATH') ?? '')
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => folder !== '')
  const folders = [...listed, join(home, '.local', 'bin'), join(home, '.claude', 'local')]
  const names = namesOf(machine)
  const path = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((candidate) => isProgram(candidate, platform))
  return path === undefined ? undefined : { path }
}

/** The installers that Anthropic documents. */
export const claudeInstallers = ({ platform }: Machine): string[] => [
  platform === 'win32' ? 'irm https://claude.ai/install.ps1 | iex' : 'curl -fsSL https://claude.ai/install.sh | bash',
  'npm install -g @anthropic-ai/claude-code',
]
