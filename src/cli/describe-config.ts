import type { Secret } from '../base/secret.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type Machine, userConfigPath } from '../config/paths.ts'
import { type SettingKey, settings } from '../config/settings.ts'

const shown = (value: string | number | Secret | undefined): string => {
  if (value === undefined) return '-'
  return typeof value === 'object' ? value.masked() : String(value)
}

const settingValue = ({ config }: LoadedConfig, key: SettingKey): string | number | Secret | undefined => {
  switch (key) {
    case 'logging.format':
      return config.logFormat
    case 'logging.level':
      return config.logLevel
    case 'logging.file':
      return config.logFile
    case 'timeout':
      return config.timeoutSeconds
    default:
      return config[key]
  }
}

/** Every setting with its value and where it comes from; secrets masked. */
export const describeConfig = (loaded: LoadedConfig, machine: Machine, isSimulated: boolean): string => {
  const rows = settings.map(
    ({ key }) => [key, shown(settingValue(loaded, key)), loaded.sources.get(key) ?? 'not set'] as const,
  )
  const keyWidth = Math.max(...rows.map(([key]) => key.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const lines = rows.map(([key, value, source]) => `  ${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${source}`)
  const upstream = isSimulated ? '  upstream: an embedded simulation of AI Nexus\n' : ''
  return `${lines.join('\n')}\n${upstream}  your configuration file: ${userConfigPath(machine)}\n`
}
