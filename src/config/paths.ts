import { posix, win32 } from 'node:path'
import { productName } from '../version.ts'

/** Paths of the configuration on a machine. This file reads nothing. */
export interface Machine {
  readonly platform: string
  readonly home: string
  readonly currentDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder where an administrator puts Claude Code's settings; by default, the system's own. */
  readonly claudeManagedFolder?: string
}

/** The user's file: `$XDG_CONFIG_HOME/nexus-claude-api/config.json`; on Windows in `%APPDATA%`. */
export const userConfigPath = ({ platform, home, environment }: Machine): string => {
  if (platform === 'win32') {
    const base = environment['APPDATA'] || win32.join(home, 'AppData', 'Roaming')
    return win32.join(base, productName, 'config.json')
  }
  // The XDG specification says to ignore a relative path.
  const configHome = environment['XDG_CONFIG_HOME']
  const base = configHome?.startsWith('/') ? configHome : posix.join(home, '.config')
  return posix.join(base, productName, 'config.json')
}

/** The folder for what programs keep, which is not configuration. */
const stateFolder = ({ platform, home, environment }: Machine): string => {
  if (platform === 'win32') return environment['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support')
  const stateHome = environment['XDG_STATE_HOME']
  return stateHome?.startsWith('/') ? stateHome : posix.join(home, '.local', 'state')
}

const stateFile = (machine: Machine, name: string): string =>
  (machine.platform === 'win32' ? win32 : posix).join(stateFolder(machine), productName, name)

/** The folder of the journals and copies of `setup` (SU-9). */
export const setupJournals = (machine: Machine): string => stateFile(machine, 'setup')

/** The usual file of the history: `$XDG_STATE_HOME/nexus-claude-api/usage.sqlite` on Linux. */
export const usualHistoryPath = (machine: Machine): string => stateFile(machine, 'usage.sqlite')

/** What `doctor --matrix --learn` has found out. */
export const capabilitiesPath = (machine: Machine): string => stateFile(machine, 'capabilities.json')

/** The folder of sign-in: `$XDG_STATE_HOME/nexus-claude-api/sign-in` on Linux (SI-S1). */
export const signInFolderPath = (machine: Machine): string =>
  (machine.platform === 'win32' ? win32 : posix).join(stateFolder(machine), productName, 'sign-in')

const here = ({ platform, currentDirectory }: Machine, name: string): string =>
  (platform === 'win32' ? win32 : posix).join(currentDirectory, name)

/** With `--dev`, configuration and log are in the current directory. */
export const localNames = { config: `${productName}.local.json`, log: `${productName}.local.log` } as const
export const localConfigPath = (machine: Machine): string => here(machine, localNames.config)
export const localLogPath = (machine: Machine): string => here(machine, localNames.log)

/** Resolves a path from the current directory. */
export const absolutePath = ({ platform, currentDirectory }: Machine, path: string): string =>
  (platform === 'win32' ? win32 : posix).resolve(currentDirectory, path)

/** Resolves the path of a setting, which may begin with `~` for the user's home. */
export const settingPath = (machine: Machine, path: string): string => {
  const isHome = path === '~' || path.startsWith('~/') || (machine.platform === 'win32' && path.startsWith('~\\'))
  if (!isHome) return absolutePath(machine, path)
  return (machine.platform === 'win32' ? win32 : posix).join(machine.home, path.slice(1))
}
