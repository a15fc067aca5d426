import { readFileSync, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import { isObject, type Json } from '../../base/json.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'
import { otherProviders } from '../launch/environment.ts'
import type { LaunchEnvironment } from '../launch/shells.ts'

/** Claude Code's own settings files, as far as they undo what the launch command says. Values are never told. */

interface ClaudeOverride {
  readonly path: string
  /** `env.ANTHROPIC_BASE_URL`, `apiKeyHelper`. */
  readonly name: string
  /** Set by whoever manages this machine: the user cannot change it. */
  readonly isManaged: boolean
}

export interface ClaudeSettings {
  /** Those that are there, strongest first. */
  readonly files: readonly string[]
  /** There, but not to be read as JSON. */
  readonly unreadable: readonly string[]
  readonly overrides: readonly ClaudeOverride[]
}

/** Beside `env`: who pays, and who has to log in. `model` gives way to ANTHROPIC_MODEL, and does no harm. */
const keys = ['apiKeyHelper', 'forceLoginMethod', 'forceLoginOrgUUID'] as const

const managedFolder = (platform: string): string => {
  if (platform === 'win32') return String.raw`C:\Program Files\ClaudeCode`
  return platform === 'darwin' ? '/Library/Application Support/ClaudeCode' : '/etc/claude-code'
}

interface SettingsPath {
  readonly path: string
  readonly isManaged: boolean
}

/** Strongest first: https://code.claude.com/docs/en/settings */
const settingsPaths = (machine: Machine): SettingsPath[] => {
  const { platform, home, currentDirectory, environment } = machine
  const { claudeManagedFolder = managedFolder(platform) } = machine
  const { join } = platform === 'win32' ? win32 : posix
  const own = environment['CLAUDE_CONFIG_DIR'] || join(home, '.claude')
  const managed = { path: join(claudeManagedFolder, 'managed-settings.json'), isManaged: true }
  const others = [
    join(currentDirectory, '.claude', 'settings.local.json'),
    join(currentDirectory, '.claude', 'settings.json'),
    join(own, 'settings.json'),
  ]
  // Started in the home folder, the project's files are the user's own.
  return [managed, ...[...new Set(others)].map((path) => ({ path, isManaged: false }))]
}

/** Undefined where there is none; null where it cannot be read. */
const readSettings = (path: string): Json | null | undefined => {
  try {
    // A pipe in its place would be waited for.
    if (!statSync(path).isFile()) return null
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    return isObject(value) ? value : null
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '') ? undefined : null
  }
}

const loopbackNames = ['127.0.0.1', 'localhost']

/** `http://localhost:4141/` is the server that the launch command calls `http://127.0.0.1:4141`. */
const isSameServer = (one: string, other: string | undefined): boolean => {
  const [first, second] = [one, other ?? ''].map((address) => URL.parse(address))
  if (!first || !second) return false
  const isHere = isLoopbackHost(first.hostname) && isLoopbackHost(second.hostname)
  return isHere && first.protocol === second.protocol && first.port === second.port && first.pathname === '/'
}

/** Whether a variable in a file leaves everything as the launch command wants it. */
export const isHarmless = (name: string, value: string, { set }: LaunchEnvironment): boolean => {
  if (value === set[name]) return true
  if (name === 'ANTHROPIC_BASE_URL') return isSameServer(value, set[name])
  if (name === 'NO_PROXY' || name === 'no_proxy') {
    const entries = value.split(/[\s,]+/)
    return entries.includes('*') || loopbackNames.every((host) => entries.includes(host))
  }
  // An empty key is none.
  return value === '' && !(name in set)
}

/** As Claude Code reads its switches. */
export const isOn = (value: string): boolean => !/^(?:|0|false|no|off)$/i.test(value.trim())

/** The variables that a file sets. Claude Code takes numbers and switches as well; whatever else stands there is none. */
const variablesIn = (settings: Json | null): [name: string, value: string][] => {
  const env = settings?.['env']
  return Object.entries(isObject(env) ? env : {}).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)]] : [],
  )
}

const overridingNames = (settings: Json, launch: LaunchEnvironment): string[] => {
  const launched = [...Object.keys(launch.set), ...launch.unset]
  const inEnv = variablesIn(settings).flatMap(([name, value]) => {
    const isOther = otherProviders.some((provider) => provider === name) && isOn(value)
    const isLaunched = launched.includes(name) && !isHarmless(name, value, launch)
    return isOther || isLaunched ? [`env.${name}`] : []
  })
  return [...inEnv, ...keys.filter((key) => settings[key] !== undefined && settings[key] !== null)]
}

interface SettingsFile extends SettingsPath {
  /** Null where it cannot be read. */
  readonly settings: Json | null
}

const settingsFiles = (machine: Machine): SettingsFile[] =>
  settingsPaths(machine).flatMap((place) => {
    const settings = readSettings(place.path)
    return settings === undefined ? [] : [{ ...place, settings }]
  })

/** What in Claude Code's settings goes before the environment that it is launched with. */
export const readClaudeSettings = (machine: Machine, launch: LaunchEnvironment): ClaudeSettings => {
  const found = settingsFiles(machine)
  return {
    files: found.map(({ path }) => path),
    unreadable: found.filter(({ settings }) => settings === null).map(({ path }) => path),
    overrides: found.flatMap(({ path, isManaged, settings }) =>
      settings === null ? [] : overridingNames(settings, launch).map((name) => ({ path, name, isManaged })),
    ),
  }
}

export interface SettingsVariable extends SettingsPath {
  readonly name: string
  /** May be a secret. */
  readonly value: string
}

/** Every variable that the settings set, from the file that wins. */
export const settingsVariables = (machine: Machine): SettingsVariable[] => {
  const found = new Map<string, SettingsVariable>()
  for (const { path, isManaged, settings } of settingsFiles(machine)) {
    for (const [name, value] of variablesIn(settings))
      if (!found.has(name)) found.set(name, { name, value, path, isManaged })
  }
  return [...found.values()]
}
