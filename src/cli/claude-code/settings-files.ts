import { readdirSync, readFileSync, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { Machine } from '../../config/paths.ts'

/** Finds and reads Claude Code's settings files. */

const managedFolder = (platform: string): string => {
  if (platform === 'win32') return String.raw`C:\Program Files\ClaudeCode`
  return platform === 'darwin' ? '/Library/Application Support/ClaudeCode' : '/etc/claude-code'
}

const pathOf = ({ platform }: Machine) => (platform === 'win32' ? win32 : posix)

/** The user's own folder of Claude Code. */
export const claudeFolder = (machine: Machine): string =>
  machine.environment['CLAUDE_CONFIG_DIR'] || pathOf(machine).join(machine.home, '.claude')

export interface SettingsPath {
  readonly path: string
  /** Set by the administrator of this machine: the user cannot change it. */
  readonly isManaged: boolean
}

const namesIn = (folder: string): string[] =>
  attempt(() => readdirSync(folder).filter((name) => name.endsWith('.json'))) ?? []

/** Strongest first: https://code.claude.com/docs/en/settings */
const settingsPaths = (machine: Machine): SettingsPath[] => {
  const { platform, currentDirectory, claudeManagedFolder = managedFolder(platform) } = machine
  const { join } = pathOf(machine)
  const additions = join(claudeManagedFolder, 'managed-settings.d')
  const managed = [
    // The last file by name wins.
    ...namesIn(additions)
      .sort()
      .reverse()
      .map((name) => join(additions, name)),
    join(claudeManagedFolder, 'managed-settings.json'),
  ]
  const others = [
    join(currentDirectory, '.claude', 'settings.local.json'),
    join(currentDirectory, '.claude', 'settings.json'),
    join(claudeFolder(machine), 'settings.json'),
  ]
  return [
    ...managed.map((path) => ({ path, isManaged: true })),
    // In the home folder, the project's files are also the user's files.
    ...[...new Set(others)].map((path) => ({ path, isManaged: false })),
  ]
}

/** Undefined for a file that does not exist; null for one that cannot be read or is not a JSON object. */
export const readJsonFile = (path: string): Json | null | undefined => {
  try {
    // Reading a pipe would wait for data.
    if (!statSync(path).isFile()) return null
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    return isObject(value) ? value : null
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '') ? undefined : null
  }
}

export interface SettingsFile extends SettingsPath {
  /** Null if it cannot be read. */
  readonly settings: Json | null
}

/** The files that exist, strongest first. `given`, from the command line, wins over all files except managed ones. */
export const settingsFiles = (machine: Machine, given?: SettingsFile): SettingsFile[] => {
  const found = settingsPaths(machine).flatMap((file) => {
    const settings = readJsonFile(file.path)
    return settings === undefined ? [] : [{ ...file, settings }]
  })
  const managed = found.filter(({ isManaged }) => isManaged)
  return [...managed, ...(given === undefined ? [] : [given]), ...found.slice(managed.length)]
}
