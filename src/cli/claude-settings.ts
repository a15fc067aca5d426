import { readFileSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { isObject, type Json } from '../base/json.ts'
import type { Machine } from '../config/paths.ts'

/** What Claude Code's own settings say: their `env` wins over the environment that it is started with. */

type SettingsScope = 'user' | 'project' | 'local' | 'managed'

export interface ClaudeSettings {
  readonly scope: SettingsScope
  readonly path: string
  readonly settings: Json
}

const managedFolder = (platform: string): string => {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode'
  return platform === 'win32' ? String.raw`C:\Program Files\ClaudeCode` : '/etc/claude-code'
}

/** https://code.claude.com/docs/en/settings: each wins over those before it. */
const placesOf = ({ platform, home, currentDirectory, environment }: Machine): [SettingsScope, string][] => {
  const { join } = platform === 'win32' ? win32 : posix
  return [
    ['user', join(environment['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), 'settings.json')],
    ['project', join(currentDirectory, '.claude', 'settings.json')],
    ['local', join(currentDirectory, '.claude', 'settings.local.json')],
    ['managed', join(managedFolder(platform), 'managed-settings.json')],
  ]
}

const parse = (path: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    return isObject(value) ? value : undefined
  } catch {
    // What Claude Code cannot read either is its own to tell.
    return undefined
  }
}

/** The files that are there and can be read; each wins over those before it. */
export const readClaudeSettings = (machine: Machine): ClaudeSettings[] => {
  const seen = new Set<string>()
  return placesOf(machine).flatMap(([scope, path]) => {
    if (seen.has(path)) return []
    seen.add(path)
    const settings = parse(path)
    return settings === undefined ? [] : [{ scope, path, settings }]
  })
}

export interface SettingsVariable {
  readonly name: string
  /** A text, as it should be; may be a secret. */
  readonly value: unknown
  readonly scope: SettingsScope
  readonly path: string
}

/** Every variable that the settings set, from the file that wins. */
export const settingsVariables = (files: readonly ClaudeSettings[]): SettingsVariable[] => {
  const winners = files.flatMap(({ scope, path, settings }) => {
    const { env } = settings
    return Object.entries(isObject(env) ? env : {}).map(([name, value]) => ({ name, value, scope, path }))
  })
  return [...new Map(winners.map((variable) => [variable.name, variable])).values()]
}
