import { posix, win32 } from 'node:path'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'
import type { Setting } from '../../config/settings/setting.ts'
import { type SettingKey, settings } from '../../config/settings/settings.ts'
import { productName } from '../../version.ts'
import type { CommandConfig } from '../config/config-input.ts'
import type { SetUp } from '../config/set-up.ts'

/** What would go wrong later, where nobody reads along. */

/** Whether a setting comes from a variable that holds here, which no service has; one of an `--env-file` goes along. */
export const isUnseen = (key: SettingKey, { sources }: CommandConfig, { environment }: Machine): boolean => {
  const source = sources.get(key) ?? ''
  const { environment: names } = settings.find((setting) => setting.key === key) as Setting
  return names.includes(source) && Boolean(environment[source])
}

const unseenWords = (key: SettingKey, source: string, kind: string): string => {
  const kept = source.endsWith('_COMMAND') ? `${key}Command` : key
  const what = kind === 'windows' ? 'sees it only where it is set for your account' : 'does not see it'
  return `${source} is set here, and the ${kind} service ${what}: ${productName} config set ${kept} keeps it.`
}

const pathVariables = ['NEXUS_CONFIG', 'NEXUS_API_KEY_FILE', 'NEXUS_CLIENT_TOKEN_FILE'] as const

/** What a file names from where one stands now, a service would look for elsewhere. Flags were made whole. */
const relativePaths = ({ environment, config, sources }: CommandConfig, machine: Machine): string[] => {
  const { isAbsolute } = machine.platform === 'win32' ? win32 : posix
  const named = pathVariables.filter((name) => {
    const path = environment[name]
    return path && !isAbsolute(path) && !machine.environment[name]
  })
  const source = sources.get('logging.file') ?? ''
  const isOfFile = source !== '--log-file' && !machine.environment[source]
  const log = config.logging.file !== undefined && isOfFile && !isAbsolute(config.logging.file)
  const places = [...named, ...(log ? [source.startsWith('NEXUS_') ? source : `logging.file in ${source}`] : [])]
  return places.map(
    (place) => `${place} holds a path that begins here, and a service begins elsewhere: write it whole.`,
  )
}

/** A service has another PATH than a shell, and begins in another folder. */
const helperWords = ({ keyHelper }: CommandConfig, { platform }: Machine): string[] => {
  const [program = ''] = keyHelper?.command ?? []
  if (keyHelper === undefined || (platform === 'win32' ? win32 : posix).isAbsolute(program)) return []
  return [`${keyHelper.where} names a program without its whole path, and a service may not find it: write the path.`]
}

export const serviceWarnings = ({ loaded, isSimulated }: SetUp, kind: string, machine: Machine): string[] => {
  const { config, sources, warnings } = loaded
  const unseen = settings.filter(({ key }) => isUnseen(key, loaded, machine))
  const isOpen = !isLoopbackHost(config.host) && !sources.has('clientToken')
  return [
    ...warnings,
    ...relativePaths(loaded, machine),
    ...helperWords(loaded, machine),
    ...unseen.map(({ key }) => unseenWords(key, sources.get(key) ?? '', kind)),
    ...(isSimulated || sources.has('apiKey')
      ? []
      : [`there is no key yet, and without one the service ends at once: ${productName} config set apiKey keeps it.`]),
    ...(isOpen
      ? [
          `${config.host} can be reached by others, and without a client token anyone who reaches it spends your key: ${productName} config set clientToken keeps one.`,
        ]
      : []),
  ]
}
