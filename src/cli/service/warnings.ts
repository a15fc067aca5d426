import { posix, win32 } from 'node:path'
import { isLoopbackHost } from '../../base/loopback.ts'
import { clientTokenKeys } from '../../config/client-tokens.ts'
import type { Machine } from '../../config/paths.ts'
import { type Setting, variablesOf } from '../../config/settings/setting.ts'
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

const pathVariables = ['NEXUS_CONFIG', 'NEXUS_API_KEY_FILE', 'OPENAI_API_KEY_FILE', 'NEXUS_CLIENT_TOKEN_FILE'] as const

/** A service resolves relative paths from another folder. Paths in flags are already absolute. */
const relativePaths = ({ environment, config, sources }: CommandConfig, machine: Machine): string[] => {
  const { isAbsolute } = machine.platform === 'win32' ? win32 : posix
  const named = pathVariables.filter((name) => {
    const path = environment[name]
    return path && !isAbsolute(path) && !machine.environment[name]
  })
  const source = sources.get('logging.file') ?? ''
  const isOfFile = source !== '--log-file' && !machine.environment[source]
  const log = config.logging.file !== undefined && isOfFile && !isAbsolute(config.logging.file)
  const relative = [...named, ...(log ? [source.startsWith('NEXUS_') ? source : `logging.file in ${source}`] : [])]
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
  const isOpen = !isLoopbackHost(config.host) && !clientTokenKeys.some((key) => sources.has(key))
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
