import { isObject, type Json } from '../../base/json.ts'
import type { SettingsFile } from './settings-files.ts'

/** The settings of Claude Code that its two web tools need. */

export const webSearch = 'WebSearch'

/**
 * WebFetch asks claude.ai about each domain first, and fetches nothing if claude.ai is blocked. The launch switches off
 * nonessential traffic to Anthropic, and this traffic is nonessential, too.
 */
export const preflightKey = 'skipWebFetchPreflight'

const ruleLists = ['allow', 'ask', 'deny'] as const

const isSearchRule = (rule: unknown): boolean => typeof rule === 'string' && /^WebSearch\b/.test(rule)

/** Whether a user decided about WebSearch. */
const hasSearchRule = (settings: Json | null): boolean => {
  const permissions = settings?.['permissions']
  return (
    isObject(permissions) &&
    ruleLists.some((list) => Array.isArray(permissions[list]) && permissions[list].some(isSearchRule))
  )
}

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
  files.some(({ settings }) => hasSearchRule(settings)) || namesSearch(args)

/** The settings file that decides whether WebFetch asks claude.ai first. */
export const preflightSetting = (files: readonly SettingsFile[]): SettingsFile | undefined =>
  files.find(({ settings }) => settings?.[preflightKey] !== undefined)
