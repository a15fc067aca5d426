import { logLevels } from '../../base/logger.ts'
import { translationSettings } from './translation.ts'

/**
 * Every setting, once: its flag, its variables, its key in the files, its default. The command line,
 * the files' reader and the documentation are made from this table, or tested against it.
 */
export interface Setting {
  /** Key in the configuration files; `logging.format` is a member of `logging`. */
  readonly key: string
  /** Seldom wanted settings have none. */
  readonly flag?: string
  readonly alias?: string
  /**
   * In the order in which they are asked. A secret's that ends in `_FILE` holds the path of a file, one that ends in
   * `_COMMAND` a program that prints the secret.
   */
  readonly environment: readonly string[]
  readonly type: SettingType
  readonly default?: string | number | boolean
  /** One sentence, without its full stop. */
  readonly description: string
  /** Sentences beyond it, with code in backticks, for docs/configuration.md. A range or choices need no mention. */
  readonly details?: string
  /** What its value is, in a word: `file` and `model` are known to completions. */
  readonly hint: string
}

export type SettingType =
  | { readonly kind: 'text' }
  | { readonly kind: 'host' }
  | { readonly kind: 'secret' }
  | { readonly kind: 'url' }
  /** A flag without a value; yes or no in a variable, true or false in a file. */
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** A program and its arguments: a list of texts, or one text that is split at blanks. */
  | { readonly kind: 'command' }
  /** Commas between its members in a flag or a variable, a list of texts in a file. */
  | { readonly kind: 'list' }
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number; readonly integer: boolean }

const logFormats = ['text', 'json'] as const
export type LogFormat = (typeof logFormats)[number]

const countTokens = ['auto', 'estimate'] as const
export type CountTokens = (typeof countTokens)[number]

const gatewayModes = ['auto', 'on', 'off'] as const
export type GatewayMode = (typeof gatewayModes)[number]

const maximumPort = 65_535
/** Zero is any free one. */
export const portType = {
  kind: 'number',
  minimum: 0,
  maximum: maximumPort,
  integer: true,
} as const satisfies SettingType

const maximumRetries = 10
/** Thirty days. */
const maximumKeyAgeSeconds = 2_592_000
/** A day: longer is no deadline. */
const maximumTimeoutSeconds = 86_400

export const settings = [
  {
    key: 'host',
    flag: 'host',
    alias: 'H',
    environment: ['NEXUS_HOST'],
    type: { kind: 'host' },
    default: '127.0.0.1',
    description: 'Address to listen on',
    details: "Anything but this machine's own needs a client token, or anyone who reaches it spends your key.",
    hint: 'address',
  },
  {
    key: 'port',
    flag: 'port',
    alias: 'p',
    environment: ['NEXUS_PORT'],
    type: portType,
    default: 4141,
    description: 'Port to listen on; 0 for any free one',
    details: 'A free one that was found is printed.',
    hint: 'port',
  },
  {
    key: 'endpointUrl',
    flag: 'endpoint-url',
    environment: ['NEXUS_ENDPOINT_URL'],
    type: { kind: 'url' },
    default: 'https://genai-nexus.api.corpinter.net',
    description: 'Where AI Nexus answers',
    details: 'May hold a path. An `http` address of another machine needs `--allow-http` beside it.',
    hint: 'url',
  },
  {
    key: 'allowHttp',
    flag: 'allow-http',
    environment: ['NEXUS_ALLOW_HTTP'],
    type: { kind: 'switch' },
    default: false,
    description: 'Send the key unencrypted where the address of AI Nexus begins with http',
    details:
      "Without a value as a flag; `1` in the variable, `true` in a file. This machine's own addresses need no such word.",
    hint: '',
  },
  {
    key: 'apiKey',
    flag: 'api-key',
    environment: ['NEXUS_API_KEY', 'NEXUS_API_KEY_FILE', 'NEXUS_API_KEY_COMMAND', 'AWS_BEARER_TOKEN_BEDROCK'],
    type: { kind: 'secret' },
    description: 'AI Nexus key; safer in a variable or a file than on the command line',
    details:
      'Others on this machine can see a command line. `NEXUS_API_KEY_FILE` is the path of a file that holds it alone, `NEXUS_API_KEY_COMMAND` a program that prints it ([how](#a-program-that-prints-the-key)).',
    hint: 'key',
  },
  {
    key: 'apiKeyCommand',
    environment: [],
    type: { kind: 'command' },
    description: 'Program that prints the AI Nexus key, with its arguments',
    details:
      'A list: `["pass", "show", "nexus"]`. It runs without a shell ([how](#a-program-that-prints-the-key)). In the environment: `NEXUS_API_KEY_COMMAND`.',
    hint: 'program',
  },
  {
    key: 'apiKeyCommandMaxAge',
    environment: ['NEXUS_API_KEY_COMMAND_MAX_AGE'],
    type: { kind: 'number', minimum: 1, maximum: maximumKeyAgeSeconds, integer: true },
    description: 'Seconds after which that program is asked for the key again',
    details: 'Without it, only when AI Nexus refuses the key.',
    hint: 'seconds',
  },
  {
    key: 'model',
    flag: 'model',
    environment: ['NEXUS_MODEL'],
    type: { kind: 'text' },
    default: 'claude-sonnet-4.6',
    description: 'Main model',
    details: 'For the launch command, and for requests that say no more than `claude`.',
    hint: 'model',
  },
  {
    key: 'smallModel',
    flag: 'small-model',
    environment: ['NEXUS_SMALL_MODEL'],
    type: { kind: 'text' },
    default: 'claude-haiku-4.5',
    description: "Model for Claude Code's small side tasks",
    hint: 'model',
  },
  {
    key: 'clientToken',
    flag: 'client-token',
    environment: ['NEXUS_CLIENT_TOKEN', 'NEXUS_CLIENT_TOKEN_FILE'],
    type: { kind: 'secret' },
    description: 'Token that clients must show; without it, any client on this machine may use the server',
    details:
      'It is asked for on `/v1/*`, as `x-api-key` or as a bearer token. `NEXUS_CLIENT_TOKEN_FILE` is the path of a file that holds it alone.',
    hint: 'token',
  },
  {
    key: 'gatewayMode',
    flag: 'gateway-mode',
    environment: ['NEXUS_GATEWAY_MODE'],
    type: { kind: 'choice', options: gatewayModes },
    default: 'auto',
    description: 'Start Claude Code in gateway mode (CLAUDE_CODE_USE_GATEWAY)',
    details:
      '`auto` does so where Claude Code is signed in to a gateway: it would send its requests there otherwise. [More](#claude-code-is-signed-in-to-a-gateway).',
    hint: gatewayModes.join('|'),
  },
  {
    key: 'logging.format',
    flag: 'log-format',
    environment: ['NEXUS_LOG_FORMAT'],
    type: { kind: 'choice', options: logFormats },
    default: 'text',
    description: 'Form of the log',
    details: '[What stands in it](logging.md).',
    hint: 'text|json',
  },
  {
    key: 'logging.level',
    flag: 'log-level',
    environment: ['NEXUS_LOG_LEVEL'],
    type: { kind: 'choice', options: logLevels },
    default: 'info',
    description: 'How much is logged',
    hint: logLevels.join('|'),
  },
  {
    key: 'logging.file',
    flag: 'log-file',
    environment: ['NEXUS_LOG_FILE'],
    type: { kind: 'text' },
    description: 'File that the log is written to as well',
    details:
      'Readable by you alone. Rotated at the start when larger than 10 MB; three are kept ([how](logging.md#the-file)).',
    hint: 'file',
  },
  {
    key: 'maxRetries',
    flag: 'max-retries',
    environment: ['NEXUS_MAX_RETRIES'],
    type: { kind: 'number', minimum: 0, maximum: maximumRetries, integer: true },
    default: 2,
    description: 'How often a failed request to AI Nexus is tried again before the client hears of it',
    details:
      'All waits between tries are a minute at most. Never after the first byte of an answer. A refused request is mended and sent once more in any case: docs/translation.md#models says why.',
    hint: 'count',
  },
  {
    key: 'timeout',
    flag: 'timeout',
    environment: ['NEXUS_TIMEOUT'],
    type: { kind: 'number', minimum: 0.001, maximum: maximumTimeoutSeconds, integer: false },
    default: 600,
    description: 'Seconds that AI Nexus may take to begin its answer, and be silent within it',
    hint: 'seconds',
  },
  {
    key: 'countTokens',
    flag: 'count-tokens',
    environment: ['NEXUS_COUNT_TOKENS'],
    type: { kind: 'choice', options: countTokens },
    default: 'auto',
    description: 'Who counts tokens: AI Nexus where it can, or always our own estimate',
    details: '`auto` asks AI Nexus where it can count, `estimate` never does.',
    hint: countTokens.join('|'),
  },
  ...translationSettings,
] as const satisfies readonly Setting[]

export type SettingKey = (typeof settings)[number]['key']
