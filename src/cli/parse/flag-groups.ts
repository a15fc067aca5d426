import type { NamedArgument } from './arguments.ts'

/** Groups the flags of a long list by topic, for the help. */

/** Up to this number, one list is easy to read. */
const longestPlainList = 10

/** In the order of the help. Flags without a group belong to one command and come first. */
const groups: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Launching a client', ['claude-code', 'codex', 'opencode', 'copy', 'shell', 'gateway-mode']],
  ['Models', ['model', 'small-model', 'model-map', 'search', 'cache-ttl']],
  ['Server', ['host', 'port', 'client-token', 'cors-origin', 'sign-in', 'no-openai-api', 'no-prompt-cache']],
  [
    'Server for a team',
    [
      ...['clients', 'require-token', 'trust-proxy', 'allowed-hosts', 'tls-cert', 'tls-key'],
      ...['rate-limit', 'rate-burst', 'max-concurrency', 'queue', 'queue-wait'],
      ...['workers', 'state'],
      ...['metrics', 'otel', 'history', 'dashboard', 'drain-delay', 'drain-timeout'],
    ],
  ],
  [
    'Upstream',
    ['upstream', 'endpoint-url', 'allow-http', 'api-key', 'max-retries', 'timeout', 'count-tokens', 'simulate'],
  ],
  ['OpenAI-compatible server', ['provider', 'openai-url']],
  [
    'Anthropic',
    [
      'anthropic-url',
      'credentials-dir',
      'client-keys',
      'unknown-paths',
      'allow-oauth',
      'claude-code-login',
      'client-setup-dir',
    ],
  ],
  ['Log', ['log-format', 'log-level', 'log-file', 'stats-interval', 'verbose']],
  ['Configuration', ['config', 'env-file', 'dev', 'dry-run']],
]

const common: readonly string[] = ['help', 'version']

export interface FlagGroup {
  readonly title: string
  readonly flags: readonly NamedArgument[]
}

/** A short list stays one group. */
export const groupedFlags = (flags: readonly NamedArgument[]): FlagGroup[] => {
  if (flags.length <= longestPlainList) return [{ title: 'Flags', flags }]
  const known = new Set([...groups.flatMap(([, names]) => names), ...common])
  const named = (names: readonly string[]): NamedArgument[] => flags.filter(([name]) => names.includes(name))
  const all: FlagGroup[] = [
    { title: 'Flags', flags: flags.filter(([name]) => !known.has(name)) },
    ...groups.map(([title, names]) => ({ title, flags: named(names) })),
    { title: 'Help', flags: named(common) },
  ]
  return all.filter((group) => group.flags.length > 0)
}
