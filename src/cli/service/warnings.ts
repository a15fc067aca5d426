import { posix, win32 } from 'node:path'
import { isLoopbackHost } from '../../base/loopback.ts'
import { gateKeys } from '../../config/client-tokens.ts'
import type { Machine } from '../../config/paths.ts'
import { type Setting, variablesOf } from '../../config/settings/setting.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import { type SettingKey, settings } from '../../config/settings/settings.ts'
import { productName } from '../../version.ts'
import type { CommandConfig } from '../config/config-input.ts'
import type { SetUp } from '../config/set-up.ts'

/** Warns about problems of a service before it runs without a user. */

/** Whether a setting comes from a variable of this shell, which a service does not get, unlike an `--env-file`. */
export const isUnseen = (key: SettingKey, { sources }: CommandConfig, { environment }: Machine): boolean => {
  const source = sources.get(key) ?? ''
  const names = variablesOf(settings.find((setting) => setting.key === key) as Setting)
  return names.includes(source) && Boolean(environment[source])
}

const unseenWords = (key: SettingKey, source: string, kind: string): string => {
  const kept = source.endsWith('_COMMAND') ? `${key}Command` : key
  const what = kind === 'windows' ? 'sees it only if it is set for your account' : 'does not see it'
  return `${source} is set here, but the ${kind} service ${what}. Store it: ${productName} config set ${kept}`
}

/** Variables with the path of a secret's file. */
const fileVariables = secretSettings.flatMap(variablesOf).filter((name) => name.endsWith('_FILE'))

/** Settings with a path. */
const pathSettings = ['logging.file', 'clientsFile', 'anthropic.credentialsDir', 'anthropic.clientSetupDir'] as const

/** A service resolves relative paths from another folder. Paths in flags are already absolute. */
const relativePaths = ({ environment, values, sources, places }: CommandConfig, machine: Machine): string[] => {
  const { isAbsolute } = machine.platform === 'win32' ? win32 : posix
  // The home folder is the same for a service.
  const isRelative = (path: string): boolean => !isAbsolute(path) && !path.startsWith('~')
  const used = fileVariables.filter((name) => [...sources.values()].includes(name))
  const named = [...(places.named === undefined ? [] : [places.named.source]), ...used].filter((name) => {
    const path = environment[name]
    return path && isRelative(path) && !machine.environment[name]
  })
  const inFiles = pathSettings.flatMap((key) => {
    const [source, path] = [sources.get(key) ?? '', values.get(key)]
    const isOfFile = !source.startsWith('--') && !machine.environment[source]
    if (typeof path !== 'string' || !isOfFile || !isRelative(path)) return []
    return [/^[A-Z_]+$/.test(source) ? source : `${key} in ${source}`]
  })
  const relative = [...named, ...inFiles]
  return relative.map(
    (name) => `${name} contains a relative path, and a service starts in another folder: write an absolute path.`,
  )
}

/** A service has another PATH than a shell, and starts in another folder. */
const helperWords = ({ keyHelper }: CommandConfig, { platform }: Machine): string[] => {
  const [program = ''] = keyHelper?.command ?? []
  if (keyHelper === undefined || (platform === 'win32' ? win32 : posix).isAbsolute(program)) return []
  return [
    `${keyHelper.where} names a program without its full path, and a service may not find it: write the full path.`,
  ]
}

export const serviceWarnings = (
  { loaded, connection, isSimulated }: SetUp,
  kind: string,
  machine: Machine,
): string[] => {
  const { config, sources, warnings } = loaded
  const unseen = settings.filter(({ key }) => isUnseen(key, loaded, machine))
  const isOpen = !isLoopbackHost(config.host) && !config.signIn.enabled && !gateKeys.some((key) => sources.has(key))
  return [
    ...warnings,
    ...relativePaths(loaded, machine),
    ...helperWords(loaded, machine),
    ...unseen.map(({ key }) => unseenWords(key, sources.get(key) ?? '', kind)),
    ...(isSimulated || connection.isKeyOptional || sources.has(connection.keySetting)
      ? []
      : [
          `no key is set, and without one the service exits at once. Store it: ${productName} config set ${connection.keySetting}`,
        ]),
    ...(isOpen
      ? [
          `other machines can reach ${config.host}, and without a client token all of them can use your key. Store a token: ${productName} config set clientToken`,
        ]
      : []),
  ]
}
