import type { Setting, SettingType } from './setting.ts'

const most = 1_000_000_000
/** 0 is no limit. */
const count = { kind: 'number', minimum: 0, maximum: most, integer: true } as const satisfies SettingType
const atLeastOne = { kind: 'number', minimum: 1, maximum: most, integer: true } as const satisfies SettingType
const amount = { kind: 'number', minimum: 0, maximum: most, integer: false } as const satisfies SettingType

/** Limits in front of requests to a model (OP-L). All are off by default. */
export const limitSettings = [
  {
    key: 'rateLimit.requestsPerMinute',
    flag: 'rate-limit',
    environment: ['NEXUS_RATE_LIMIT'],
    upstreamEnvironment: { openai: ['RATE_LIMIT_RPM'], anthropic: ['RATE_LIMIT_RPM'] },
    type: count,
    default: 0,
    description: 'Allow each client this many requests a minute; 0 for no limit',
    details: 'Start with 300 for a developer whose Claude Code runs subagents ([more](operate.md#limits)).',
    hint: 'count',
  },
  {
    key: 'rateLimit.burst',
    flag: 'rate-burst',
    environment: ['NEXUS_RATE_BURST'],
    upstreamEnvironment: { openai: ['RATE_LIMIT_BURST'], anthropic: ['RATE_LIMIT_BURST'] },
    type: count,
    default: 10,
    description: 'Allow this many requests more at once',
    hint: 'count',
  },
  {
    key: 'rateLimit.exemptIps',
    environment: ['NEXUS_RATE_EXEMPT_IPS'],
    type: { kind: 'list' },
    description: 'Do not limit the rate of clients with these addresses',
    details: 'Addresses or ranges like `10.0.0.0/8`.',
    hint: 'address,range',
  },
  {
    key: 'rateLimit.enabled',
    environment: ['NEXUS_RATE_LIMIT_ENABLED'],
    type: { kind: 'switch' },
    default: true,
    description: 'Limit the rate, if there is a limit',
  },
  {
    key: 'quota.tokensPerDay',
    environment: ['NEXUS_TOKENS_PER_DAY'],
    type: count,
    default: 0,
    description: 'Allow each client without an own budget this many tokens a day; 0 for no limit',
    details: 'Counts input, cache writes, output, and a tenth of cache reads.',
    hint: 'count',
  },
  {
    key: 'quota.requestsPerDay',
    environment: ['NEXUS_REQUESTS_PER_DAY'],
    type: count,
    default: 0,
    description: 'Allow each client without an own budget this many requests a day; 0 for no limit',
    hint: 'count',
  },
  {
    key: 'quota.costPerMonth',
    environment: ['NEXUS_COST_PER_MONTH'],
    type: amount,
    default: 0,
    description: 'Allow each client without an own budget this cost a month; 0 for no limit',
    details: 'Needs `prices`, except for the upstream `anthropic`.',
    hint: 'amount',
  },
  {
    key: 'quota.timezone',
    environment: ['NEXUS_QUOTA_TIMEZONE'],
    type: { kind: 'text' },
    default: 'UTC',
    description: 'Begin the days and months of budgets in this time zone',
    details: 'A name like `Europe/Berlin`.',
    hint: 'zone',
  },
  {
    key: 'concurrency.max',
    flag: 'max-concurrency',
    environment: ['NEXUS_MAX_CONCURRENCY'],
    type: atLeastOne,
    description: 'Send at most this many requests to the upstream at once',
    details: 'Never more than the connections of the program: 256, or what `BUN_CONFIG_MAX_HTTP_REQUESTS` sets.',
    hint: 'count',
  },
  {
    key: 'concurrency.queue',
    flag: 'queue',
    environment: ['NEXUS_QUEUE'],
    type: count,
    default: 0,
    description: 'Let this many requests wait for a place',
    hint: 'count',
  },
  {
    key: 'concurrency.wait',
    flag: 'queue-wait',
    environment: ['NEXUS_QUEUE_WAIT'],
    type: { kind: 'number', minimum: 0, maximum: 3600, integer: false },
    default: 30,
    description: 'Let a request wait for a place at most this many seconds',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]
