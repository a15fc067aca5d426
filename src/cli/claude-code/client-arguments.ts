import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isObject, type Json } from '../../base/json.ts'
import { productName } from '../../version.ts'
import type { SettingsArgument } from './settings-argument.ts'
import type { SettingsFile } from './settings-files.ts'
import { isSearchDecided, preflightKey, preflightSetting, webSearch } from './web-tools.ts'

/** The arguments of Claude Code: the user's own, and one `--settings` in front, for it takes no second. */
export interface ClientArguments {
  readonly args: readonly string[]
  /** Deletes what was written for it. */
  readonly dispose: () => void
}

/**
 * Commands of Claude Code that hold no conversation. Some of them are found as the first argument only: behind
 * `--settings` it would be a prompt.
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
  /** Every settings file that counts, `given` among them. */
  readonly files: readonly SettingsFile[]
  /** Variables that must be as they are here, or no request reaches us. */
  readonly env: Readonly<Record<string, string>>
}

const withoutSearch = (permissions: Json): Json => {
  const { deny } = permissions
  return { ...permissions, deny: [...(Array.isArray(deny) ? deny : []), webSearch] }
}

/** The user's values win, but for the variables without which no request reaches us. */
const additions = ({ rest, given, files, env }: Wanted): Json => {
  const { env: givenEnv = {}, permissions = {} } = given?.settings ?? {}
  return {
    ...(preflightSetting(files) === undefined && { [preflightKey]: true }),
    ...(isObject(permissions) && !isSearchDecided(files, rest) && { permissions: withoutSearch(permissions) }),
    ...(Object.keys(env).length > 0 && { env: { ...(isObject(givenEnv) && givenEnv), ...env } }),
  }
}

const ownerOnly = 0o600

/** In a folder for this user alone: a settings file may hold secrets, and others see the arguments of a program. */
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
