import { existsSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import type { Machine } from '../../../config/paths.ts'

/** Where clients keep their files. */

const pathOf = ({ platform }: Machine): typeof posix => (platform === 'win32' ? win32 : posix)

export const joined = (machine: Machine, folder: string, ...names: readonly string[]): string =>
  pathOf(machine).join(folder, ...names)

export const inHome = (machine: Machine, ...names: readonly string[]): string => joined(machine, machine.home, ...names)

/** `$XDG_CONFIG_HOME`, or `~/.config`. The specification says to ignore a relative path. */
export const inConfigHome = (machine: Machine, ...names: readonly string[]): string => {
  const configHome = machine.environment['XDG_CONFIG_HOME']
  return configHome !== undefined && pathOf(machine).isAbsolute(configHome)
    ? joined(machine, configHome, ...names)
    : inHome(machine, '.config', ...names)
}

/** `%APPDATA%` on Windows. */
export const inRoaming = (machine: Machine, ...names: readonly string[]): string =>
  joined(machine, machine.environment['APPDATA'] || inHome(machine, 'AppData', 'Roaming'), ...names)

/** `%LOCALAPPDATA%` on Windows. */
export const inLocal = (machine: Machine, ...names: readonly string[]): string =>
  joined(machine, machine.environment['LOCALAPPDATA'] || inHome(machine, 'AppData', 'Local'), ...names)

/** The file that exists; the last one if none does. */
export const firstExisting = (paths: readonly [string, ...string[]]): string =>
  paths.find((path) => existsSync(path)) ?? (paths.at(-1) as string)
