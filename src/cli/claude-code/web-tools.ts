import { isObject, type Json } from '../../base/json.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { hasWebSearch } from '../../config/web-search.ts'
import { chooseGatewayMode } from './gateway-sign-in.ts'
import { type SettingsFile, settingsFiles } from './settings-files.ts'

/** The settings of Claude Code that its two web tools need. */

export const webSearch = 'WebSearch'

/**
 * WebFetch asks Anthropic about each domain first, and fetches nothing if Anthropic is blocked. The launch switches off
 * nonessential traffic to Anthropic, and this traffic is nonessential, too.
 */
export const preflightKey = 'skipWebFetchPreflight'

const ruleLists = ['allow', 'ask', 'deny'] as const

const isSearchRule = (rule: unknown): boolean => typeof rule === 'string' && /^WebSearch\b/.test(rule)

const hasSearchRuleIn = (settings: Json | null, lists: readonly (typeof ruleLists)[number][]): boolean => {
  const permissions = settings?.['permissions']
  return (
    isObject(permissions) &&
    lists.some((list) => Array.isArray(permissions[list]) && permissions[list].some(isSearchRule))
  )
}

/** Whether a user's rule in a settings file keeps WebSearch on the list of tools. */
export const isSearchAllowed = (files: readonly SettingsFile[]): boolean =>
  files.some(({ settings }) => hasSearchRuleIn(settings, ['allow', 'ask']))

const toolFlags = /^--(?:allowed-?tools|disallowed-?tools|tools)(?:=|$)/i

/** Such a flag takes all arguments up to the next flag. */
const namesSearch = (args: readonly string[]): boolean => {
  let isTools = false
  for (const arg of args) {
    if (arg === '--') return false
    if (arg.startsWith('-')) isTools = toolFlags.test(arg)
    if (isTools && /\bWebSearch\b/.test(arg)) return true
  }
  return false
}

/** Whether a user's rule decides about WebSearch, in a settings file or in Claude Code's arguments. */
export const isSearchDecided = (files: readonly SettingsFile[], args: readonly string[] = []): boolean =>
  files.some(({ settings }) => hasSearchRuleIn(settings, ruleLists)) || namesSearch(args)

/** The settings file that decides whether WebFetch asks Anthropic first. */
export const preflightSetting = (files: readonly SettingsFile[]): SettingsFile | undefined =>
  files.find(({ settings }) => settings?.[preflightKey] !== undefined)

/** Whether a launch turns the preflight off. With Anthropic's own API, Claude Code already reaches Anthropic. */
export const skipsPreflight = ({ upstream, search }: Config): boolean =>
  upstream !== 'anthropic' && search.skipWebFetchPreflight

/** The rule that takes WebSearch off the list of tools, for a user's own settings. */
export const searchDenial = `{ "permissions": { "deny": ["${webSearch}"] } }`

/**
 * One line for a launch that passes no settings; undefined if WebSearch works, is not offered, or a rule of the user
 * decides about it.
 */
export const failingSearchWords = (config: Config, machine: Machine): string | undefined => {
  if (hasWebSearch(config) || chooseGatewayMode(config.gatewayMode, machine).isOn) return undefined
  if (isSearchDecided(settingsFiles(machine))) return undefined
  return `note: Claude Code's WebSearch fails with this server, because web search is off. Switch it on with --search, or add ${searchDenial} to Claude Code's settings.json.`
}
