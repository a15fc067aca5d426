import type { Setting } from './setting.ts'

/** Also used by commands that read no configuration. */
export const defaultUpstream = 'nexus'

export const upstreamSettings = [
  {
    key: 'upstream',
    flag: 'upstream',
    environment: ['NEXUS_UPSTREAM'],
    type: { kind: 'choice', options: ['nexus', 'openai', 'anthropic'] },
    default: defaultUpstream,
    description: 'Send requests to this kind of upstream',
    details:
      "`openai` is any OpenAI-compatible server ([more](upstreams/openai.md)). `anthropic` is Anthropic's own API: requests go there unchanged ([more](upstreams/anthropic.md)).",
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
    description: 'Use this main model',
    details: 'The launch command uses it, and so do requests for the model `claude`.',
    hint: 'model',
  },
  {
    key: 'smallModel',
    flag: 'small-model',
    environment: ['NEXUS_SMALL_MODEL'],
    type: { kind: 'text' },
    default: 'claude-haiku-4.5',
    description: 'Use this model for small background tasks of Claude Code and opencode',
    hint: 'model',
  },
] as const satisfies readonly Setting[]

const maximumRetries = 10
/** A day: a longer timeout would have no effect in practice. */
const maximumTimeoutSeconds = 86_400

/** Settings for calls to the upstream. */
export const callSettings = [
  {
    key: 'maxRetries',
    flag: 'max-retries',
    environment: ['NEXUS_MAX_RETRIES'],
    upstreamEnvironment: { openai: ['MAX_RETRIES'] },
    type: { kind: 'number', minimum: 0, maximum: maximumRetries, integer: true },
    default: 2,
    description: 'Retry a failed upstream request this many times before returning an error',
    details:
      'All waits between retries together take at most a minute. The server never retries after the first byte of a response. It corrects a refused request and resends it in any case: docs/translation.md#models explains why.',
    hint: 'count',
  },
  {
    key: 'timeout',
    flag: 'timeout',
    environment: ['NEXUS_TIMEOUT'],
    upstreamEnvironment: { openai: ['REQUEST_TIMEOUT'] },
    type: { kind: 'number', minimum: 0.001, maximum: maximumTimeoutSeconds, integer: false },
    default: 600,
    description: 'Set the timeout in seconds for the first byte of a response and between bytes',
    hint: 'seconds',
  },
  {
    key: 'countTokens',
    flag: 'count-tokens',
    environment: ['NEXUS_COUNT_TOKENS'],
    type: { kind: 'choice', options: ['auto', 'estimate'] },
    default: 'auto',
    description: 'Count tokens with the upstream if it can, or always estimate them',
    details: '`auto` uses the upstream if it can count, `estimate` never does.',
  },
] as const satisfies readonly Setting[]
