import { isObject, type Json } from '../base/json.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from './load.ts'

/** The owner's settings for the Claude Code of those who sign in, `signIn.settings` (SI-M3). */

type SignInConfig = Pick<Config, 'signIn'>

/** Without hyphens and underscores. `MAX_OUTPUT_TOKENS` is a count. */
const secretName = /apikey|password|secret|token(?!s)/
const isSecretName = (name: string): boolean => secretName.test(name.toLowerCase().replace(/[-_]/g, ''))

/** Numbers and switches are no secrets. */
const mayBeSecret = (value: unknown): boolean => typeof value === 'string' && !/^(?:\d*|true|false)$/i.test(value)

/** A name that does not look like one may be a secret in the wrong place. */
const shownName = (name: string): string => (/^[a-z][\w.-]{0,63}$/i.test(name) ? name : '*')

/** The paths of values that have the name of a secret. */
const secretsIn = (value: unknown, path: readonly string[], isNamed: boolean): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, path, isNamed))
  if (isObject(value))
    return Object.entries(value).flatMap(([name, member]) =>
      secretsIn(member, [...path, shownName(name)], isNamed || isSecretName(name)),
    )
  return isNamed && mayBeSecret(value) ? [path.join('.')] : []
}

/** Throws UsageError for a secret: every client that signs in would get it. */
export const checkSignInSettings = ({ signIn }: SignInConfig): void => {
  if (!signIn.enabled) return
  const [path] = secretsIn(signIn.settings, ['signIn.settings'], false)
  if (path === undefined) return
  throw new UsageError(`${path} has the name of a secret. Each client that signs in would get it: remove it.`)
}

/** Settings that run a program, or open the sandbox. */
const approvedSettings: readonly (readonly string[])[] = [
  ...[
    'hooks',
    'apiKeyHelper',
    'awsAuthRefresh',
    'awsCredentialExport',
    'fileSuggestion',
    'gcpAuthRefresh',
    'otelHeadersHelper',
    'policyHelpers',
    'processWrapper',
    'proxyAuthHelper',
    'statusLine',
    'subagentStatusLine',
    'isolation',
  ].map((name) => [name]),
  ...['bwrapPath', 'ripgrep', 'socatPath', 'credentials', 'filesystem', 'network'].map((name) => ['sandbox', name]),
  ...['enableWeakerNestedSandbox', 'enableWeakerNetworkIsolation'].map((name) => ['sandbox', name]),
]

/** Variables that take effect without a question. Claude Code has a list of them, without a promise. */
const quietVariables: readonly RegExp[] = [
  /^ANTHROPIC_(?:DEFAULT_)?(?:[A-Z]+_)?MODEL$/,
  /^ANTHROPIC_SMALL_FAST_MODEL$/,
  /^OTEL_(?!EXPORTER_OTLP_(?:[A-Z]+_)?ENDPOINT$)/,
  /^(?:API|BASH|MCP)_(?:[A-Z]+_)*TIMEOUT(?:_MS)?$/,
  /^(?:DISABLE|ENABLE|FORCE)_PROMPT_CACHING/,
  /^DISABLE_(?:AUTOUPDATER|COST_WARNINGS|ERROR_REPORTING|TELEMETRY|UPDATES|AUTO_COMPACT|INTERLEAVED_THINKING)$/,
  /^CLAUDE_CODE_(?:[A-Z]+_)*PROMPT_CACHE_TTL$/,
  /^CLAUDE_CODE_(?:SUBAGENT_MODEL|EFFORT_LEVEL|SUBAGENT_EFFORT|ENABLE_TELEMETRY|MAX_OUTPUT_TOKENS|MAX_RETRIES)$/,
  /^CLAUDE_CODE_(?:AUTO_COMPACT_WINDOW|MAX_CONTEXT_TOKENS|DISABLE_NONESSENTIAL_TRAFFIC)$/,
  /^(?:ENABLE_TOOL_SEARCH|MAX_THINKING_TOKENS|MAX_MCP_OUTPUT_TOKENS|BASH_MAX_OUTPUT_LENGTH)$/,
]

const isQuiet = (name: string): boolean => quietVariables.some((pattern) => pattern.test(name))

const isSet = (value: unknown): boolean => (isObject(value) ? Object.keys(value).length > 0 : (value ?? '') !== '')

/** The keys for which Claude Code asks each user, who leaves it with a no: `hooks`, `env.NO_PROXY`. */
export const approvalKeysIn = (settings: Json): readonly string[] => {
  const valueAt = (path: readonly string[]): unknown =>
    path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), settings)
  const { env } = settings
  const variables = isObject(env) ? Object.entries(env).filter(([name, value]) => isSet(value) && !isQuiet(name)) : []
  return [
    ...approvedSettings.filter((path) => isSet(valueAt(path))).map((path) => path.join('.')),
    ...variables.map(([name]) => `env.${shownName(name)}`),
  ]
}

/** Warnings for the start and for doctor (SI-M3). */
export const signInSettingsWarnings = ({ signIn }: SignInConfig): readonly string[] => {
  if (!signIn.enabled || !signIn.serveSettings) return []
  const keys = approvalKeysIn(signIn.settings ?? {})
  if (keys.length === 0) return []
  return [
    `signIn.settings: Claude Code asks each user to approve ${keys.join(', ')}, and quits if the user refuses. Leave out what is not needed.`,
  ]
}
