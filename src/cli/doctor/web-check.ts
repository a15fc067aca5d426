import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import { isSearchDecided, preflightKey, preflightSetting, searchDenial } from '../claude-code/web-tools.ts'
import { type Finding, info, ok } from './check.ts'

/** Checks Claude Code's web tools, for launches that pass no settings: the command of `start`, and `env`. */

const byClaude = `${productName} claude sets this; for other launches, add to your settings.json:`

/** WebFetch asks claude.ai about each domain first, unless a setting disables that. */
export const webFetchFinding = (machine: Machine): Finding => {
  const found = preflightSetting(settingsFiles(machine))
  const data = { preflight: found?.settings?.[preflightKey] !== true }
  if (found !== undefined && !data.preflight)
    return ok(`works without claude.ai: ${preflightKey} in ${found.path}`, data)
  const setting = `{ "${preflightKey}": true }`
  if (found !== undefined)
    return {
      ...info(`asks claude.ai about each domain: ${preflightKey} is off in ${found.path}`, data),
      remedy: `If claude.ai is blocked, WebFetch fails for every URL. Set in that file: ${setting}`,
    }
  return {
    ...info('asks claude.ai about each domain first, and fails if claude.ai is blocked', data),
    remedy: `${byClaude}\n  ${setting}`,
  }
}

/** WebSearch needs Anthropic's own servers. */
export const webSearchFinding = (machine: Machine): Finding => {
  const denied = settingsFiles(machine).find((file) => isSearchDecided([file]))
  if (denied !== undefined)
    return info(`does not work here; a rule in ${denied.path} decides whether Claude Code offers it`)
  return {
    ...info('does not work here: the upstream has no web search, but Claude Code offers the tool'),
    remedy: `${byClaude}\n  ${searchDenial}`,
  }
}
