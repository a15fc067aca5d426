import { existsSync, readFileSync } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { ConfigFile } from '../../config/files.ts'
import { type LoadedConfig, loadConfig } from '../../config/load.ts'
import { absolutePath, localConfigPath, localLogPath, type Machine, userConfigPath } from '../../config/paths.ts'
import type { Setting } from '../../config/settings/setting.ts'
import { type SettingKey, settings } from '../../config/settings/settings.ts'
import { type HelperReference, type SecretReferences, secretReferences } from '../../config/sources.ts'
import { exposedFiles } from '../credentials/exposed-files.ts'
import { runKeyHelper } from '../credentials/key-helper.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { readStoredSecret } from '../credentials/stored-secrets.ts'
import { textFlag } from '../parse/arguments.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { withEnvironmentFile } from './environment-file.ts'
import { type NamedFile, namedConfigFile } from './named-file.ts'
import { unreadFolder } from './unread-folder.ts'

/** Reads the configuration files: only files that the user names, and the documented ones. */

const unreadable = (path: string, what: string, error: unknown): UsageError =>
  new UsageError(
    `The ${what} ${path} cannot be read (${errorCode(error) ?? 'unknown'}). Check the path and your permissions.`,
  )

/** Reads a file that the user named. Throws UsageError if it cannot be read. */
export const readNamed = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, what, error)
  }
}

/** Accepts a missing file. Throws UsageError for an unreadable one: it may contain settings. */
export const readOptional = (path: string): ConfigFile[] => {
  try {
    return [{ path, text: readFileSync(path, 'utf8') }]
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return []
    throw unreadable(path, 'configuration file', error)
  }
}

/** The configuration files that apply with these flags. */
export interface ConfigPaths {
  /** The environment of the process, and the variables of `--env-file`. */
  readonly environment: Machine['environment']
  readonly environmentFile: ConfigFile | undefined
  /** `FILE (line n)` for each variable that `--env-file` sets. */
  readonly variableOrigins: ReadonlyMap<string, string>
  /** Number of variables in that file that the environment of the process overrides. */
  readonly overriddenVariables: number
  readonly isDev: boolean
  readonly named: NamedFile | undefined
  /** The first file that has a key wins; a named file must exist. */
  readonly files: readonly { readonly path: string; readonly isNamed: boolean }[]
  /** The file that `config set` changes: the first one. */
  readonly target: string
}

/** Throws UsageError. */
export const configPaths = (flags: Flags, machine: Machine): ConfigPaths => {
  const envPath = textFlag(flags, 'env-file')
  const environmentFile =
    envPath === undefined ? undefined : { path: envPath, text: readNamed(envPath, 'environment file') }
  const { variables: environment, origins, overridden } = withEnvironmentFile(machine.environment, environmentFile)
  const isDev = flags['dev'] === true
  const named = namedConfigFile(flags, environment)
  const own = { path: absolutePath(machine, named?.path ?? userConfigPath(machine)), isNamed: named !== undefined }
  const local = { path: localConfigPath(machine), isNamed: false }
  return {
    environment,
    environmentFile,
    variableOrigins: origins,
    overriddenVariables: overridden,
    isDev,
    named,
    files: isDev ? [local, own] : [own],
    target: isDev ? local.path : own.path,
  }
}

export interface CommandConfig extends LoadedConfig {
  readonly environment: Machine['environment']
  readonly places: ConfigPaths
  /** Paths of the files that exist. */
  readonly found: readonly string[]
  /** Paths of files with a secret that other users of this machine can read. */
  readonly exposed: readonly string[]
  /** Whether a secret is in the keychain, even if it was not read. */
  readonly hasKeychainSecret: boolean
  /** The program that prints the key, if it is the strongest source. */
  readonly keyHelper: HelperReference | undefined
}

export interface ReadOptions {
  /** Secrets to read from the keychain, secret files and helper programs; all by default. */
  readonly secrets?: readonly SettingKey[]
  /** A failure of the keychain or a helper program becomes a warning. */
  readonly isTolerant?: boolean
}

/** The flags of settings that were given; a switch has the value true. */
const settingsAmong = (flags: Flags): Record<string, string> =>
  Object.fromEntries(
    settings.flatMap(({ flag }: Setting) => {
      const value = flag === undefined ? undefined : flags[flag]
      return flag === undefined || value === undefined ? [] : [[flag, String(value)]]
    }),
  )

const localProgram = (where: string): string =>
  `${where} is not run: only your own file may name a program. Move the setting there, or use this file with --config.`

/** A folder from another person must not run a program on this machine. Throws UsageError. */
const refuseLocalHelper = ({ byHelper }: SecretReferences, { isDev, target }: ConfigPaths): void => {
  const found = byHelper.find(({ path }) => isDev && path === target)
  if (found === undefined) return
  throw new UsageError(localProgram(found.where))
}

/** The same for the program that searches the web: returns the configuration, or throws UsageError. */
const withoutLocalSearch = (loaded: LoadedConfig, { isDev, target }: ConfigPaths): LoadedConfig => {
  if (!isDev || loaded.sources.get('search.command') !== target) return loaded
  throw new UsageError(localProgram(`search.command in ${target}`))
}

/** Reads secrets; returns the errors of keychain and helper programs. Throws UsageError for a file's error. */
const fetchSecrets = async ({ inKeychain, inFiles, byHelper }: SecretReferences, io: Io) => {
  const fetched = new Map(inFiles.map((reference) => [reference.key, readSecretFile(reference, io.machine)]))
  const faults: string[] = []
  const keep = async (key: SettingKey, read: () => Promise<string>): Promise<void> => {
    try {
      fetched.set(key, await read())
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      faults.push(error.message)
    }
  }
  // One after the other: each may open a window for the user.
  for (const reference of inKeychain) await keep(reference.key, () => readStoredSecret(reference, io))
  for (const reference of byHelper) await keep(reference.key, () => runKeyHelper(reference, io))
  return { fetched, faults }
}

/** Loads the configuration from flags, environment, files and keychain. Rejects with UsageError. */
export const readConfig = async (
  flags: Flags,
  io: Io,
  { secrets, isTolerant = false }: ReadOptions = {},
): Promise<CommandConfig> => {
  const { machine } = io
  const places = configPaths(flags, machine)
  const { environment, variableOrigins, isDev } = places
  const files = places.files.flatMap(({ path, isNamed }) =>
    isNamed ? [{ path, text: readNamed(path, 'configuration file') }] : readOptional(path),
  )
  const inputs = { flags: settingsAmong(flags), environment, variableOrigins, files }
  const isAsked = ({ key }: { readonly key: SettingKey }): boolean => secrets?.includes(key) ?? true
  const references = secretReferences(inputs)
  refuseLocalHelper(references, places)
  const { inKeychain, inFiles, byHelper } = references
  const wantedReferences = {
    inKeychain: inKeychain.filter(isAsked),
    inFiles: inFiles.filter(isAsked),
    byHelper: byHelper.filter(isAsked),
  }
  const { fetched, faults } = await fetchSecrets(wantedReferences, io)
  if (!isTolerant && faults.length > 0) throw new UsageError(faults.join('\n'))
  const loaded = withoutLocalSearch(loadConfig({ ...inputs, fetched }), places)

  const local = localConfigPath(machine)
  const unread = !isDev && existsSync(local) ? [`${local} is ignored; pass --dev to use it.`] : []
  const { logging } = loaded.config
  const config = {
    ...loaded.config,
    logging: {
      ...logging,
      ...(flags['verbose'] === true && { level: 'debug' as const }),
      ...(isDev && logging.file === undefined && { file: localLogPath(machine) }),
    },
  }
  const sources = new Map(loaded.sources)
  const values = new Map(loaded.values)
  const overrule = (key: SettingKey, value: string, source: string): void => {
    values.set(key, value)
    sources.set(key, source)
  }
  if (config.logging.level !== logging.level) overrule('logging.level', config.logging.level, '--verbose')
  if (config.logging.file !== logging.file) overrule('logging.file', config.logging.file ?? '', '--dev')
  const warnings = [...loaded.warnings, ...faults, ...unread, ...unreadFolder(config, machine, flags)]
  const secretPaths = wantedReferences.inFiles.map(({ path }) => absolutePath(machine, path))
  const exposed = exposedFiles(files, places.environmentFile, secretPaths, machine)
  const found = files.map(({ path }) => path)
  return {
    ...loaded,
    config,
    values,
    sources,
    environment,
    places,
    found,
    exposed,
    hasKeychainSecret: inKeychain.length > 0,
    keyHelper: byHelper.find(({ key }) => key === 'apiKey'),
    warnings,
  }
}
