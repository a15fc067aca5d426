import type { LogLevel } from '../base/logger.ts'
import { Secret } from '../base/secret.ts'
import { type ConfigFile, type ParsedFile, parseConfigFile } from './files.ts'
import { type CountTokens, type LogFormat, type Setting, type SettingKey, settings } from './settings.ts'
import { Typed, toValue } from './values.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Without a trailing slash. */
  readonly endpointUrl: string
  readonly apiKey: Secret | undefined
  readonly model: string
  readonly smallModel: string
  readonly clientToken: Secret | undefined
  readonly logFormat: LogFormat
  readonly logLevel: LogLevel
  readonly logFile: string | undefined
  readonly maxRetries: number
  readonly timeoutSeconds: number
  readonly countTokens: CountTokens
}

export interface LoadedConfig {
  readonly config: Config
  /** Where each value comes from, for people: `--port`, `NEXUS_PORT`, a file's path, `default`. */
  readonly sources: ReadonlyMap<SettingKey, string>
  readonly warnings: readonly string[]
}

export interface ConfigInputs {
  /** By flag, without its dashes; only those that were given. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The first that has a key wins. */
  readonly files: readonly ConfigFile[]
}

interface Found {
  readonly value: unknown
  readonly source: string
  /** For messages. */
  readonly where: string
}

type Source = (setting: Setting) => Found | undefined

const isGiven = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

const fromFlags =
  (flags: ConfigInputs['flags']): Source =>
  ({ flag, type }) => {
    const value = flags[flag]
    // An empty secret is what a script's unset variable gives.
    if (value === undefined || (type.kind === 'secret' && !isGiven(value))) return undefined
    return { value: new Typed(value), source: `--${flag}`, where: `--${flag}` }
  }

const fromEnvironment =
  (environment: ConfigInputs['environment']): Source =>
  (setting) => {
    const name = setting.environment.find((variable) => isGiven(environment[variable]))
    return name === undefined ? undefined : { value: new Typed(environment[name] ?? ''), source: name, where: name }
  }

const fromFiles =
  (files: readonly ParsedFile[]): Source =>
  ({ key }) => {
    const file = files.find(({ values }) => values.has(key))
    return file && { value: file.values.get(key), source: file.path, where: `${key} in ${file.path}` }
  }

/**
 * Flag, then environment, then file, then default; but for the key: flag, then file, then environment,
 * because a variable left over from other work must not win over what was set up for this.
 * Throws UsageError.
 */
export const loadConfig = ({ flags, environment, files }: ConfigInputs): LoadedConfig => {
  const parsed = files.map(parseConfigFile)
  const flag = fromFlags(flags)
  const variable = fromEnvironment(environment)
  const file = fromFiles(parsed)
  const sources = new Map<SettingKey, string>()

  const settingValue = (key: SettingKey): string | number | undefined => {
    const setting: Setting | undefined = settings.find((candidate) => candidate.key === key)
    if (setting === undefined) return undefined
    const order = key === 'apiKey' ? [flag, file, variable] : [flag, variable, file]
    for (const source of order) {
      const found = source(setting)
      if (found === undefined) continue
      sources.set(key, found.source)
      return toValue(setting, found.value, found.where)
    }
    if (setting.default !== undefined) sources.set(key, 'default')
    return setting.default
  }
  const text = (key: SettingKey): string | undefined => settingValue(key) as string | undefined
  const secret = (key: SettingKey): Secret | undefined => {
    const value = text(key)
    return value === undefined || value === '' ? undefined : new Secret(value)
  }

  const config: Config = {
    host: text('host') as string,
    port: settingValue('port') as number,
    endpointUrl: text('endpointUrl') as string,
    apiKey: secret('apiKey'),
    model: text('model') as string,
    smallModel: text('smallModel') as string,
    clientToken: secret('clientToken'),
    logFormat: text('logging.format') as LogFormat,
    logLevel: text('logging.level') as LogLevel,
    logFile: text('logging.file'),
    maxRetries: settingValue('maxRetries') as number,
    timeoutSeconds: settingValue('timeout') as number,
    countTokens: text('countTokens') as CountTokens,
  }
  return { config, sources, warnings: parsed.flatMap(({ warnings }) => warnings) }
}
