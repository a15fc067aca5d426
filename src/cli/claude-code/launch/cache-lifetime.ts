import type { Config } from '../../../config/load.ts'
import type { ResolvedModel } from '../../../models/resolver.ts'
import { cachesForAnHour } from '../../../upstreams/registry.ts'
import { isOn, settingsVariables } from '../claude-settings.ts'
import type { SettingsFile } from '../settings-files.ts'

/** The lifetime of the prompt cache that Claude Code asks for, with `cache.ttl: 1h` (CA-T2). */

/** Of the main conversation, and of everything else: subagents do not wait for the user. */
const mainTtl = 'CLAUDE_CODE_PROMPT_CACHE_TTL'
const subagentTtl = 'CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL'
/** The only one that older versions read (2.1.197). The others win over it. */
const olderSwitch = 'ENABLE_PROMPT_CACHING_1H'
/** Wins over the switch. */
const forcedMinutes = 'FORCE_PROMPT_CACHING_5M'

/** Keys of the settings with the same meaning. The variables would win over them. */
const settingOf: Readonly<Record<string, string>> = {
  [mainTtl]: 'promptCacheTtl',
  [subagentTtl]: 'subagentPromptCacheTtl',
}

export interface CacheLifetimeOptions {
  readonly config: Config
  readonly model: ResolvedModel
  /** The user's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly files: readonly SettingsFile[]
}

/** The variables to set, and why an hour is not possible. */
interface CacheLifetime {
  readonly set: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

const nothing: CacheLifetime = { set: {}, notes: [] }

/** The value of the user's own variable, of which a file of settings wins; empty without one. */
const ownVariable = (name: string, { environment, files }: CacheLifetimeOptions): string =>
  settingsVariables(files).find((variable) => variable.name === name)?.value ?? environment[name] ?? ''

/** Whether the user has chosen a value. */
const isOwn = (name: string, options: CacheLifetimeOptions): boolean => {
  const key = settingOf[name]
  const isInFile = key !== undefined && options.files.some(({ settings }) => (settings?.[key] ?? null) !== null)
  return isInFile || ownVariable(name, options) !== ''
}

/** The user's own choice for the main conversation. */
const ownChoice = (options: CacheLifetimeOptions): string | undefined => {
  if (isOn(ownVariable(forcedMinutes, options))) return forcedMinutes
  return isOwn(mainTtl, options) ? mainTtl : undefined
}

export const cacheLifetime = (options: CacheLifetimeOptions): CacheLifetime => {
  const { config, model } = options
  if (config.cache.ttl !== '1h' || config.upstream === 'anthropic') return nothing
  const { id } = model.model
  if (!cachesForAnHour(config, id))
    return { set: {}, notes: [`Claude Code keeps its own cache lifetime: ${id} takes none of one hour.`] }
  const own = ownChoice(options)
  if (own !== undefined)
    return { set: {}, notes: [`Your own ${own} decides how long Claude Code's prompts are cached.`] }
  const wanted = { [mainTtl]: '1h', [subagentTtl]: '5m', [olderSwitch]: '1' }
  return { set: Object.fromEntries(Object.entries(wanted).filter(([name]) => !isOwn(name, options))), notes: [] }
}
