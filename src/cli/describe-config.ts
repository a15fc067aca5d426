import { Secret } from '../base/secret.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type Machine, userConfigPath } from '../config/paths.ts'
import { settings } from '../config/settings.ts'
import type { SettingValue } from '../config/values.ts'

/** For people: a secret only as what it is recognised by. */
export const shownValue = (value: SettingValue | Secret | undefined): string => {
  if (value === undefined) return '-'
  return value instanceof Secret ? value.masked() : String(value)
}

/** Every setting with its value and where it comes from; secrets masked. */
export const describeConfig = (loaded: LoadedConfig, machine: Machine, isSimulated: boolean): string => {
  const rows = settings.map(
    ({ key }) => [key, shownValue(loaded.values.get(key)), loaded.sources.get(key) ?? 'not set'] as const,
  )
  const keyWidth = Math.max(...rows.map(([key]) => key.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const lines = rows.map(([key, value, source]) => `  ${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${source}`)
  const upstream = isSimulated ? '  upstream: an embedded simulation of AI Nexus\n' : ''
  return `${lines.join('\n')}\n${upstream}  your configuration file: ${userConfigPath(machine)}\n`
}
