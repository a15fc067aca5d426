import { isObject, type Json } from '../../base/json.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf, type ModelResolver, type ResolvedModel } from '../../models/resolver.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { ClientIdentity } from '../policy/access.ts'
import { mayUse, toRequested } from '../policy/model-access.ts'

/** The settings that Claude Code gets after the sign-in (SI-M1). None of the server's own needs an approval (SI-M2). */

type Client = ClientIdentity | undefined

export interface ManagedSettingsOptions {
  readonly models: ModelResolver
  /** The models of the configuration. */
  readonly main: ResolvedModel
  readonly small: ResolvedModel
  /** Of the upstream, for the list of models. */
  readonly title: string
  /** The longest answer, if the configuration has one. */
  readonly maxTokens: number | undefined
  /** Whether the model keeps a prompt in its cache for an hour, and the configuration wants that. */
  readonly cachesForAnHour: (model: Model) => boolean
  /** The owner's own; they win. */
  readonly own: Json | undefined
}

/** Merges like RFC 7396: objects by member, null removes a member, everything else replaces. */
const merged = (base: Json, change: Json): Json => {
  const result = new Map(Object.entries(base))
  for (const [name, value] of Object.entries(change)) {
    const before = result.get(name)
    if (value === null) result.delete(name)
    else result.set(name, isObject(value) ? merged(isObject(before) ? before : {}, value) : value)
  }
  return Object.fromEntries(result)
}

const spelled = ({ model, contextSuffix }: ResolvedModel): string => clientNameOf(model) + contextSuffix

/** Claude Code's environment. Older versions ask the user to approve the variables of newer ones (SI-M2). */
interface Variables {
  readonly known: Json
  readonly newer: Json
}

/** Subagents do not wait for the user. */
const hourOfCache = {
  CLAUDE_CODE_PROMPT_CACHE_TTL: '1h',
  CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL: '5m',
  ENABLE_PROMPT_CACHING_1H: '1',
}

/** The models of a client: the configuration's own, unless the client may not use them. */
const modelsFor = ({ models, main, small }: ManagedSettingsOptions, client: Client) => {
  const isAllowed = ({ model }: ResolvedModel): boolean => mayUse(client, toRequested(model))
  const listed = models.models.filter((model) => mayUse(client, toRequested(model)))
  const [first] = listed
  const usual = isAllowed(main) || first === undefined ? main : { model: first, contextSuffix: '' }
  const orUsual = (wanted: ResolvedModel): ResolvedModel => (isAllowed(wanted) ? wanted : usual)
  return { listed, main: usual, small: orUsual(small), ofFamily: (name: string) => orUsual(models.resolve(name)) }
}

const variablesOf = (options: ManagedSettingsOptions, chosen: ReturnType<typeof modelsFor>): Variables => {
  const { maxTokens, cachesForAnHour } = options
  const { model } = chosen.main
  return {
    known: {
      ANTHROPIC_DEFAULT_OPUS_MODEL: spelled(chosen.ofFamily('opus')),
      ANTHROPIC_DEFAULT_SONNET_MODEL: spelled(chosen.ofFamily('sonnet')),
      ANTHROPIC_DEFAULT_HAIKU_MODEL: spelled(chosen.small),
      ANTHROPIC_DEFAULT_FABLE_MODEL: spelled(chosen.ofFamily('fable')),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...(maxTokens !== undefined && { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(maxTokens) }),
    },
    newer: {
      ANTHROPIC_DEFAULT_MODEL: spelled(chosen.main),
      ...(model.isWindowLimited === true && { CLAUDE_CODE_AUTO_COMPACT_WINDOW: String(model.maxInputTokens) }),
      ...(cachesForAnHour(model) && hourOfCache),
    },
  }
}

/** The first tested version that asks about none of the newer variables; 2.1.201 asks about each. */
const firstWithNewer = [2, 1, 329] as const

/** `userAgent`: `claude-code/2.1.332`. False for an unknown program. */
const knowsNewer = (userAgent: string): boolean => {
  const [, ...numbers] = /^claude-code\/(\d+)\.(\d+)\.(\d+)/.exec(userAgent) ?? []
  const version = numbers.map(Number)
  const at = firstWithNewer.findIndex((wanted, index) => version[index] !== wanted)
  return at === -1 || (version[at] ?? 0) > (firstWithNewer[at] ?? 0)
}

/** Claude Code's own defaults fit an upstream that has all of Anthropic's models. */
const serverSettings = (options: ManagedSettingsOptions, client: Client, userAgent: string): Json => {
  const { models, title } = options
  if (models.keepsNames === true) return client?.models === undefined ? {} : { availableModels: client.models }
  const chosen = modelsFor(options, client)
  const main = spelled(chosen.main)
  const { known, newer } = variablesOf(options, chosen)
  // The model that a session begins with is the first in the list.
  const listed = chosen.listed.toSorted(
    (left, right) => Number(right === chosen.main.model) - Number(left === chosen.main.model),
  )
  const shown = listed.map((model) => ({ model: clientNameOf(model), label: model.displayName, description: title }))
  return {
    model: main,
    // The name of the main model may ask for a longer context.
    ...(!models.takesAnyName && { availableModels: [...new Set([main, ...shown.map(({ model }) => model)])] }),
    ...(shown.length > 0 && { modelPicker: { replaceBuiltInOptions: true, options: shown } }),
    env: knowsNewer(userAgent) ? { ...newer, ...known } : known,
  }
}

const isEmpty = (value: Json): boolean => Object.keys(value).length === 0

/** Undefined for a client that gets none. `userAgent` names the version of its program. */
export type SettingsOf = (client: Client, userAgent: string) => Json | undefined

export const createManagedSettings =
  (options: ManagedSettingsOptions): SettingsOf =>
  (client, userAgent) => {
    const settings = merged(serverSettings(options, client, userAgent), options.own ?? {})
    return isEmpty(settings) ? undefined : settings
  }

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]))
}

/** What Claude Code computes from the settings that it holds (SI-M4). */
export const checksumOf = (settings: Json): string => `sha256:${sha256Hex(JSON.stringify(sorted(settings)))}`
