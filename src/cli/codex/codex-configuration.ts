import { isObject, type Json } from '../../base/json.ts'
import { productName } from '../../version.ts'

/** What Codex must know to use the server, as its own command line and as its own file. */

/** Codex lists a session only under the provider that it was started with, so the name never changes. */
export const providerId = 'nexus'

const providerTable = `model_providers.${providerId}`

/** Codex sends the token from this variable. It is not in the arguments, which other users of this machine can read. */
export const tokenVariable = 'NEXUS_CLIENT_TOKEN'

/** Longer than the server's own limit for a silent upstream. */
const streamIdleMs = 600_000

export interface CodexWanted {
  readonly baseUrl: string
  /** Undefined: the user's own choice counts. */
  readonly model: string | undefined
  /** Undefined: Codex decides. */
  readonly webSearch: 'live' | 'disabled' | undefined
  /** The user's own file. */
  readonly settings: Json
}

type Value = string | number | boolean
type Rows = readonly (readonly [key: string, value: Value])[]

const providerRows = (baseUrl: string): Rows => [
  ['name', productName],
  ['base_url', baseUrl],
  ['wire_api', 'responses'],
  ['env_key', tokenVariable],
  // Without it, Codex guesses the window, and has no tool that applies patches.
  ['model_catalog_url', `${baseUrl}/models`],
  ['stream_idle_timeout_ms', streamIdleMs],
]

const isNamed = (settings: Json, key: string): boolean => {
  const [first = '', second] = key.split('.')
  const value = settings[first]
  return second === undefined ? value !== undefined : isObject(value) && value[second] !== undefined
}

const topRows = ({ model, webSearch, settings }: CodexWanted): Rows => {
  const preferences: Rows = [
    ...(webSearch === undefined ? [] : [['web_search', webSearch] as const]),
    ['check_for_update_on_startup', false],
    ['analytics.enabled', false],
  ]
  return [
    ['model_provider', providerId],
    ...(model === undefined ? [] : [['model', model] as const]),
    ...preferences.filter(([key]) => !isNamed(settings, key)),
  ]
}

const allRows = (wanted: CodexWanted): Rows => [
  ...topRows(wanted),
  ...providerRows(wanted.baseUrl).map(([key, value]) => [`${providerTable}.${key}`, value] as const),
]

/** Codex reads a value that is not TOML as text. Such a value needs no quotes, which shells treat in many ways. */
const isPlainText = (value: string): boolean =>
  /^[a-z][\w./:[\]-]*$/i.test(value) && !/^(?:true|false|inf|nan)$/.test(value)

const inArgument = ([key, value]: Rows[number]): string =>
  `${key}=${typeof value === 'string' && isPlainText(value) ? value : JSON.stringify(value)}`

/** `-c` options: they win over the user's file, and change nothing in it. */
export const codexArguments = (wanted: CodexWanted): string[] =>
  allRows(wanted).flatMap((row) => ['-c', inArgument(row)])

const inFile = ([key, value]: Rows[number]): string => `${key} = ${JSON.stringify(value)}`

/**
 * The same lines for the top of the user's file. Without a table of their own, they do not capture the lines after them;
 * at the end, they would belong to the last table of the file.
 */
export const codexFileLines = (wanted: CodexWanted): string[] => allRows(wanted).map(inFile)
