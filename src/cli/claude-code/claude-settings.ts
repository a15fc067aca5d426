import { isObject, type Json } from '../../base/json.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'
import type { LaunchEnvironment } from '../clients/shells.ts'
import { gatewaySwitch, otherProviders } from './launch/environment.ts'
import { type SettingsFile, type SettingsPath, settingsFiles } from './settings-files.ts'

/** Finds settings of Claude Code that override the launch command. Never shows their values. */

interface ClaudeOverride {
  readonly path: string
  /** `env.ANTHROPIC_BASE_URL`, `apiKeyHelper`. */
  readonly name: string
  /** Set by the administrator of this machine: the user cannot change it. */
  readonly isManaged: boolean
}

export interface ClaudeSettings {
  /** The files that exist, strongest first. */
  readonly files: readonly string[]
  /** Files that exist, but are not readable JSON. */
  readonly unreadable: readonly string[]
  readonly overrides: readonly ClaudeOverride[]
}

/** Keys next to `env` that select another account or login. */
const keys = ['apiKeyHelper', 'forceLoginMethod', 'forceLoginOrgUUID'] as const

const loopbackNames = ['127.0.0.1', 'localhost']

/** `http://localhost:4141/` is the server that the launch command calls `http://127.0.0.1:4141`. */
export const isSameServer = (one: string, other: string | undefined): boolean => {
  const [first, second] = [one, other ?? ''].map((address) => URL.parse(address))
  if (!first || !second) return false
  const isHere = isLoopbackHost(first.hostname) && isLoopbackHost(second.hostname)
  return (
    (isHere || first.hostname === second.hostname) &&
    first.protocol === second.protocol &&
    first.port === second.port &&
    first.pathname === '/'
  )
}

/** Reads a switch as Claude Code does. */
export const isOn = (value: string): boolean => !/^(?:|0|false|no|off)$/i.test(value.trim())

const isProviderSwitch = (name: string): boolean => otherProviders.some((provider) => provider === name)

/** Whether a variable in a file keeps the effect of the launch command. */
export const isHarmless = (name: string, value: string, { set }: LaunchEnvironment): boolean => {
  if (value === set[name]) return true
  if (isProviderSwitch(name)) return isOn(value) === isOn(set[name] ?? '')
  if (name === 'ANTHROPIC_BASE_URL') return isSameServer(value, set[name])
  if (name === 'NO_PROXY' || name === 'no_proxy') {
    const entries = value.split(/[\s,]+/)
    return entries.includes('*') || loopbackNames.every((host) => entries.includes(host))
  }
  // An empty variable counts as not set.
  return value === '' && !(name in set)
}

/** The variables that a file sets. Claude Code also accepts numbers and booleans, and ignores all other values. */
const variablesIn = (settings: Json | null): [name: string, value: string][] => {
  const env = settings?.['env']
  return Object.entries(isObject(env) ? env : {}).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)]] : [],
  )
}

const overridingNames = (settings: Json, launch: LaunchEnvironment): string[] => {
  const launched = new Set([...Object.keys(launch.set), ...launch.unset, ...otherProviders])
  const inEnv = variablesIn(settings).flatMap(([name, value]) =>
    launched.has(name) && !isHarmless(name, value, launch) ? [`env.${name}`] : [],
  )
  const isInGatewayMode = gatewaySwitch in launch.set
  const isOverriding = (key: (typeof keys)[number]): boolean =>
    settings[key] !== undefined && settings[key] !== null && !(isInGatewayMode && settings[key] === 'gateway')
  // Without a token of the server, Claude Code keeps its own login.
  return [...inEnv, ...('ANTHROPIC_AUTH_TOKEN' in launch.set ? keys.filter(isOverriding) : [])]
}

/** Finds settings of Claude Code that win over the environment of its launch. */
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

/** Every variable that the settings set, from the strongest file. */
export const settingsVariables = (files: readonly SettingsFile[]): SettingsVariable[] => {
  const found = new Map<string, SettingsVariable>()
  for (const { path, isManaged, settings } of files) {
    for (const [name, value] of variablesIn(settings))
      if (!found.has(name)) found.set(name, { name, value, path, isManaged })
  }
  return [...found.values()]
}
