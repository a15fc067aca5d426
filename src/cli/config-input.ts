import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { errorCode } from '../base/error-code.ts'
import { UsageError } from '../base/usage-error.ts'
import type { ConfigFile } from '../config/files.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { localConfigPath, localLogPath, type Machine, userConfigPath } from '../config/paths.ts'
import { type Setting, type SettingKey, settings } from '../config/settings.ts'
import { type Flags, textFlag } from './arguments.ts'

/** Reads the files that configuration may lie in. Nothing is read that was not asked for or documented. */

const unreadable = (path: string, what: string, error: unknown): UsageError =>
  new UsageError(
    `The ${what} ${path} cannot be read (${errorCode(error) ?? 'unknown'}). Is the path right, and may you read it?`,
  )

/** Throws UsageError for a file that was named and cannot be read. */
export const readNamed = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, what, error)
  }
}

/** A file that is not there is fine; one that cannot be read might have held what is now missed. */
const readOptional = (path: string): ConfigFile[] => {
  try {
    return [{ path, text: readFileSync(path, 'utf8') }]
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return []
    throw unreadable(path, 'configuration file', error)
  }
}

/** What is really set goes before what a file says. */
const withEnvFile = (machine: Machine, path: string | undefined): Machine['environment'] => {
  if (path === undefined) return machine.environment
  const set = Object.entries(machine.environment).filter(([, value]) => value !== undefined && value !== '')
  return { ...parseEnv(readNamed(path, 'environment file')), ...Object.fromEntries(set) }
}

export interface CommandConfig extends LoadedConfig {
  /** What the program was started with, and what an `--env-file` added. */
  readonly environment: Machine['environment']
}

/** Configuration as the flags, the environment and the files give it. Throws UsageError. */
export const readConfig = async (flags: Flags, machine: Machine): Promise<CommandConfig> => {
  const environment = withEnvFile(machine, textFlag(flags, 'env-file'))
  const isDev = flags['dev'] === true
  const local = localConfigPath(machine)
  const named = textFlag(flags, 'config') ?? (environment['NEXUS_CONFIG'] || undefined)
  const files = [
    ...(isDev ? readOptional(local) : []),
    ...(named === undefined
      ? readOptional(userConfigPath(machine))
      : [{ path: named, text: readNamed(named, 'configuration file') }]),
  ]
  const given = settings.flatMap((setting: Setting) => {
    const value = setting.flag === undefined ? undefined : flags[setting.flag]
    // A switch has no value: that it is there says yes.
    return value === undefined ? [] : [[setting.flag, String(value)] as const]
  })
  const loaded = loadConfig({
    flags: Object.fromEntries(given),
    environment,
    files,
  })
  const unread = !isDev && existsSync(local) ? [`${local} lies here and is not read: say --dev to use it.`] : []
  const config = {
    ...loaded.config,
    ...(flags['verbose'] === true && { logLevel: 'debug' as const }),
    ...(isDev && loaded.config.logFile === undefined && { logFile: localLogPath(machine) }),
  }
  const sources = new Map(loaded.sources)
  const values = new Map(loaded.values)
  const overrule = (key: SettingKey, value: string, source: string): void => {
    values.set(key, value)
    sources.set(key, source)
  }
  if (config.logLevel !== loaded.config.logLevel) overrule('logging.level', config.logLevel, '--verbose')
  if (config.logFile !== loaded.config.logFile) overrule('logging.file', config.logFile ?? '', '--dev')
  return { config, values, sources, environment, warnings: [...loaded.warnings, ...unread] }
}
