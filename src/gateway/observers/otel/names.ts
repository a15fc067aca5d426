import { productName } from '../../../version.ts'
import type { RequestRecord } from '../../request-record.ts'
import { allInputTokens } from '../figures.ts'

/** OpenTelemetry's names for what a request to a model was, in two versions of its GenAI conventions (OP-O2 to OP-O4). */

/** `0.1` is the first of the conventions' own repository; back ends in the field read `1.36`. */
export type NamesVersion = '0.1' | '1.36'

type AttributeValue = string | number | boolean | string[]
/** A value that is undefined is left out. */
type Read<Value> = (record: RequestRecord) => Value | undefined

/** The upstream, as attributes name it. */
export interface OtelUpstream {
  readonly providerName: string
  readonly serverAddress: string
  readonly serverPort: number
}

const millisecondsPerSecond = 1000
const seconds = (milliseconds: number): number => milliseconds / millisecondsPerSecond
/** Of tokens that a provider caches, only those that there are. */
const unlessZero = (count: number | undefined): number | undefined => count || undefined

const own = (name: string): string => `${productName.replaceAll('-', '_')}.${name}`

const firstFailureStatus = 400
/** A refusal has no chunk of a model, and only a stream has chunks. */
const firstChunk: Read<number> = ({ isStream, firstEventMs, status, outcome }) =>
  isStream !== true || firstEventMs === undefined || (status >= firstFailureStatus && outcome !== 'cancelled')
    ? undefined
    : seconds(firstEventMs)

/** The conventions want a word for an answer that has no end. */
const finishReasons: Read<string[]> = ({ stopReason, outcome }) => {
  if (stopReason !== undefined) return [stopReason]
  return outcome === 'answered' ? undefined : ['error']
}

const inputTokens: Read<number> = ({ usage }) => usage && allInputTokens(usage)
const outputTokens: Read<number> = ({ usage }) => usage?.output_tokens
const cacheReads: Read<number> = ({ usage }) => unlessZero(usage?.cache_read_input_tokens)
const cacheWrites: Read<number> = ({ usage }) => unlessZero(usage?.cache_creation_input_tokens)

/** A name in each version: undefined where a version has none. */
type Names = Readonly<Record<NamesVersion, string | undefined>>

const always = (name: string): Names => ({ '0.1': name, '1.36': name })

/** What all requests to one upstream have. */
const upstreamRows: readonly (readonly [Names, (upstream: OtelUpstream) => AttributeValue])[] = [
  [always('gen_ai.operation.name'), () => 'chat'],
  [{ '0.1': 'gen_ai.provider.name', '1.36': 'gen_ai.system' }, ({ providerName }) => providerName],
  [always('server.address'), ({ serverAddress }) => serverAddress],
  [always('server.port'), ({ serverPort }) => serverPort],
]

const spanRows: readonly (readonly [Names, Read<AttributeValue>])[] = [
  [always('gen_ai.request.model'), ({ model, used }) => model ?? used],
  [
    always('gen_ai.response.model'),
    ({ used, outcome, firstEventMs }) => (outcome === 'answered' || firstEventMs !== undefined ? used : undefined),
  ],
  [{ '0.1': 'gen_ai.request.stream', '1.36': undefined }, ({ isStream }) => isStream || undefined],
  [always('gen_ai.request.max_tokens'), ({ maxTokens }) => maxTokens],
  [always('gen_ai.response.id'), ({ responseId }) => responseId],
  [always('gen_ai.response.finish_reasons'), finishReasons],
  [{ '0.1': 'gen_ai.response.time_to_first_chunk', '1.36': undefined }, firstChunk],
  [always('gen_ai.usage.input_tokens'), inputTokens],
  [always('gen_ai.usage.output_tokens'), outputTokens],
  [always('gen_ai.usage.cache_read.input_tokens'), cacheReads],
  [{ '0.1': 'gen_ai.usage.cache_write.input_tokens', '1.36': 'gen_ai.usage.cache_creation.input_tokens' }, cacheWrites],
  [always(own('cache.class')), ({ cacheClass }) => cacheClass],
  [always(own('cache.missed_tokens')), ({ cacheMissedTokens }) => unlessZero(cacheMissedTokens)],
  [always('gen_ai.conversation.id'), ({ session }) => session],
  [always('error.type'), ({ errorType }) => errorType],
  [always('http.response.status_code'), ({ status }) => status],
  [always(own('request_id')), ({ requestId }) => requestId],
  [always(own('client')), ({ client }) => client],
  [always(own('attempts')), ({ attempts }) => attempts],
]

export type Attributes = Record<string, AttributeValue>

/** Attributes of each span and metric. */
export const upstreamAttributes = (version: NamesVersion, upstream: OtelUpstream): Attributes =>
  Object.fromEntries(
    upstreamRows.flatMap(([{ [version]: name }, read]) => (name === undefined ? [] : [[name, read(upstream)]])),
  )

/** Returns the function that adds a record's own attributes to those of its upstream. */
export const createSpanAttributes = (version: NamesVersion, common: Attributes) => {
  const rows = spanRows.flatMap(([{ [version]: name }, read]) => (name === undefined ? [] : [[name, read] as const]))
  return (record: RequestRecord): Attributes => {
    const attributes = { ...common }
    for (const [name, read] of rows) {
      const value = read(record)
      if (value !== undefined) attributes[name] = value
    }
    return attributes
  }
}

/** What a metric may name of a request: not what a client may invent, so that the number of series stays small. */
export const metricAttributes = (common: Attributes, model: string, errorType: string | undefined): Attributes => ({
  ...common,
  'gen_ai.request.model': model,
  // No model has answered a request that failed.
  ...(errorType === undefined ? { 'gen_ai.response.model': model } : { 'error.type': errorType }),
})

/** Doubling from 10 ms on, as the conventions say. */
const secondBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
/** Powers of 4. */
const tokenBuckets = Array.from({ length: 14 }, (_, power) => 4 ** power)

export interface MetricRow {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Absent for a counter. */
  readonly buckets?: readonly number[]
  readonly read: Read<number>
  readonly attributes?: Readonly<Record<string, string>>
  /** Whether a failure is named. */
  readonly hasErrorType?: true
}

const duration = {
  description: 'GenAI client inference operation duration.',
  unit: 's',
  buckets: secondBuckets,
  read: ({ durationMs }: RequestRecord) => seconds(durationMs),
  hasErrorType: true,
} as const
const tokens = { unit: '{token}', attributes: { 'gen_ai.token.modality': 'unknown' } } as const
const tokenUsage = {
  name: 'gen_ai.client.token.usage',
  description: 'Number of input and output tokens used.',
  unit: '{token}',
  buckets: tokenBuckets,
} as const

const usage = 'gen_ai.client.inference.usage.'

export const metricRows: Readonly<Record<NamesVersion, readonly MetricRow[]>> = {
  '0.1': [
    { name: 'gen_ai.client.inference.duration', ...duration },
    {
      name: 'gen_ai.client.inference.time_to_first_chunk',
      description: 'Time to receive the first chunk.',
      unit: 's',
      buckets: secondBuckets,
      read: firstChunk,
    },
    {
      name: `${usage}input_tokens`,
      description: 'Input tokens, with those from a cache.',
      ...tokens,
      read: inputTokens,
    },
    { name: `${usage}output_tokens`, description: 'Output tokens.', ...tokens, read: outputTokens },
    {
      name: `${usage}cache_read.input_tokens`,
      description: 'Input tokens from a cache.',
      ...tokens,
      read: cacheReads,
    },
    {
      name: `${usage}cache_write.input_tokens`,
      description: 'Input tokens to a cache.',
      ...tokens,
      read: cacheWrites,
    },
  ],
  '1.36': [
    { name: 'gen_ai.client.operation.duration', ...duration },
    { ...tokenUsage, attributes: { 'gen_ai.token.type': 'input' }, read: inputTokens },
    { ...tokenUsage, attributes: { 'gen_ai.token.type': 'output' }, read: outputTokens },
  ],
}
