import type { Setting, SettingType } from './setting.ts'

/** Ten years. */
const mostDays = 3660
const days = { kind: 'number', minimum: 1, maximum: mostDays, integer: true } as const satisfies SettingType

/** What the server records for those who run it (OP-M, OP-C, OP-H, OP-D). All is off by default. */
export const usageSettings = [
  {
    key: 'metrics',
    flag: 'metrics',
    environment: ['NEXUS_METRICS'],
    upstreamEnvironment: { openai: ['METRICS'], anthropic: ['METRICS'] },
    type: {
      kind: 'choice',
      options: ['off', 'on', 'open'],
      synonyms: { true: 'on', '1': 'on', yes: 'on', false: 'off', '0': 'off', no: 'off' },
    },
    default: 'off',
    description: 'Serve metrics for Prometheus at /metrics',
    details: 'With `on`, clients need a token where the server requires one; with `open`, they need none.',
  },
  {
    key: 'prices',
    environment: [],
    type: { kind: 'prices' },
    description: 'Estimate costs with these prices of models',
    details:
      'An object such as `{"sonnet": {"input": 3, "output": 15}}`, for a million tokens ([more](operate.md#cost)).',
    hint: 'prices',
  },
  {
    key: 'currency',
    environment: ['NEXUS_CURRENCY'],
    type: { kind: 'currency' },
    default: 'USD',
    description: 'Name this currency next to costs',
    details: 'Its code, such as `EUR`. The server converts nothing.',
    hint: 'code',
  },
  {
    key: 'history.enabled',
    flag: 'history',
    environment: ['NEXUS_HISTORY'],
    type: { kind: 'switch' },
    default: false,
    description: 'Keep figures of each request in a file, for the usage command',
    details: 'Figures and names only, never words ([more](operate.md#history)).',
  },
  {
    key: 'history.file',
    environment: ['NEXUS_HISTORY_FILE'],
    type: { kind: 'text' },
    description: 'Keep them in this file',
    details: 'By default `usage.sqlite` in the folder for the state of programs.',
    hint: 'file',
  },
  {
    key: 'history.days',
    environment: ['NEXUS_HISTORY_DAYS'],
    type: days,
    default: 90,
    description: 'Keep the figures of single requests this many days',
    hint: 'days',
  },
  {
    key: 'history.rollupDays',
    environment: ['NEXUS_HISTORY_ROLLUP_DAYS'],
    type: days,
    default: 730,
    description: 'Keep sums this many days',
    hint: 'days',
  },
  {
    key: 'dashboard',
    flag: 'dashboard',
    environment: ['NEXUS_DASHBOARD'],
    type: { kind: 'switch' },
    default: false,
    description: 'Serve a page with the usage at /dashboard',
  },
] as const satisfies readonly Setting[]

/** Traces and metrics for an OpenTelemetry collector (OP-O). Its address is in the standard variables. */
export const otelSettings = [
  {
    key: 'otel.enabled',
    flag: 'otel',
    environment: ['NEXUS_OTEL'],
    type: { kind: 'switch' },
    default: false,
    description: 'Send traces and metrics of requests to an OpenTelemetry collector',
    details:
      'Only then the standard variables count, such as `OTEL_EXPORTER_OTLP_ENDPOINT` ([more](operate.md#opentelemetry)).',
  },
  {
    key: 'otel.names',
    environment: ['NEXUS_OTEL_NAMES'],
    type: { kind: 'choice', options: ['0.1', '1.36'] },
    default: '0.1',
    description: 'Name attributes and metrics as in this version of the conventions',
  },
  {
    key: 'otel.propagate',
    environment: ['NEXUS_OTEL_PROPAGATE'],
    type: { kind: 'switch' },
    default: false,
    description: 'Send `traceparent` to the upstream',
  },
] as const satisfies readonly Setting[]
