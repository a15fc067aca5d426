import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isObject, type Json } from '../../base/json.ts'
import { productName } from '../../version.ts'
import type { SettingsArgument } from './settings-argument.ts'
import type { SettingsFile } from './settings-files.ts'
import { isSearchDecided, preflightKey, preflightSetting, webSearch } from './web-tools.ts'

/** The arguments of Claude Code: one `--settings`, because it accepts only one, then the user's. */
export interface ClientArguments {
  readonly args: readonly string[]
  /** Deletes the settings file, if one was written. */
  readonly dispose: () => void
}

/**
 * Commands of Claude Code without a conversation. Some work only as the first argument: after `--settings` they would
 * be a prompt.
 */
const commands: ReadonlySet<string> = new Set(
  'attach auth auto-mode doctor gateway import install kill logs mcp plugin plugins purge respawn rm setup-token stop update upgrade'.split(
    ' ',
  ),
)

interface Wanted {
  /** Claude Code's own arguments, as the user gave them. */
  readonly rest: readonly string[]
  readonly given: SettingsArgument | undefined
  /** Every settings file in use, including `given`. */
  readonly files: readonly SettingsFile[]
  /** Variables that need these values, or no request reaches this server. */
  readonly env: Readonly<Record<string, string>>
  /** Whether WebSearch works. */
  readonly hasWebSearch: boolean
  /** Whether WebFetch fetches without a check at Anthropic. */
  readonly skipsPreflight: boolean
}

const withoutSearch = (permissions: Json): Json => {
  const { deny } = permissions
  return { ...permissions, deny: [...(Array.isArray(deny) ? deny : []), webSearch] }
}

/** The user's values win, except for variables without which no request reaches this server. */
const additions = ({ rest, given, files, env, hasWebSearch, skipsPreflight }: Wanted): Json => {
  const { env: givenEnv = {}, permissions = {} } = given?.settings ?? {}
  return {
    ...(skipsPreflight && preflightSetting(files) === undefined && { [preflightKey]: true }),
    ...(!hasWebSearch &&
      isObject(permissions) &&
      !isSearchDecided(files, rest) && { permissions: withoutSearch(permissions) }),
    ...(Object.keys(env).length > 0 && { env: { ...(isObject(givenEnv) && givenEnv), ...env } }),
  }
}

const ownerOnly = 0o600

/** Writes a file for this user only: settings may contain secrets, and other users can see a program's arguments. */
const written = (settings: Json): { readonly path: string; readonly dispose: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), `${productName}-`))
  const path = join(folder, 'settings.json')
  writeFileSync(path, JSON.stringify(settings), { mode: ownerOnly })
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) }
}

const nothing = (): void => {}

export const clientArguments = (wanted: Wanted): ClientArguments => {
  const { rest, given } = wanted
  const added = additions(wanted)
  if (commands.has(rest[0] ?? '') || Object.keys(added).length === 0) return { args: rest, dispose: nothing }
  const settings = { ...given?.settings, ...added }
  const others = given?.others ?? rest
  if (given?.isFile !== true) return { args: ['--settings', JSON.stringify(settings), ...others], dispose: nothing }
  const { path, dispose } = written(settings)
  return { args: ['--settings', path, ...others], dispose }
}
