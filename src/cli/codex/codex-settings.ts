import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOML } from 'bun'
import { attempt } from '../../base/attempt.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { Machine } from '../../config/paths.ts'

export const codexSettingsPath = ({ environment, home }: Machine): string =>
  join(environment['CODEX_HOME'] || join(home, '.codex'), 'config.toml')

/** The user's configuration of Codex; empty if there is none, or if it is invalid: Codex itself reports that. */
export const codexSettings = (machine: Machine): Json => {
  const settings = attempt(() => TOML.parse(readFileSync(codexSettingsPath(machine), 'utf8')))
  return isObject(settings) ? settings : {}
}
