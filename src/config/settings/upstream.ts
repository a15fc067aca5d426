import type { Setting } from './setting.ts'

/** Also for commands that have no configuration to go by. */
export const defaultUpstream = 'nexus'

/** Which upstream answers. */
export const upstreamSettings = [
  {
    key: 'upstream',
    flag: 'upstream',
    environment: ['NEXUS_UPSTREAM'],
    type: { kind: 'choice', options: ['nexus'], later: ['anthropic', 'openai'] },
    default: defaultUpstream,
    description: 'Send requests to this kind of upstream',
    details: '`anthropic` and `openai` are not available yet, and are refused.',
    hint: 'nexus|anthropic|openai',
  },
] as const satisfies readonly Setting[]

export const modelSettings = [
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
] as const satisfies readonly Setting[]

const maximumRetries = 10
/** A day: longer is no deadline. */
const maximumTimeoutSeconds = 86_400

/** How calls to the upstream behave. */
export const callSettings = [
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
    type: { kind: 'choice', options: ['auto', 'estimate'] },
    default: 'auto',
    description: 'Who counts tokens: AI Nexus where it can, or always our own estimate',
    details: '`auto` asks AI Nexus where it can count, `estimate` never does.',
  },
] as const satisfies readonly Setting[]
