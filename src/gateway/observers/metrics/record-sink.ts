import { isMiss, missClasses } from '../../cache-miss.ts'
import type { RequestRecord, TokenFigures } from '../../request-record.ts'
import type { Instruments } from './instruments.ts'
import { createModelLabel, type ModelLabelOptions, methodLabel } from './label-values.ts'

/** Adds the figures of finished requests to the metrics. */

export interface RecordSinkOptions extends ModelLabelOptions {
  /** Name of the upstream: one server has one. */
  readonly upstream: string
  /** Whether the prompt cache is audited. */
  readonly auditsCache?: boolean | undefined
}

const millisecondsPerSecond = 1000
const firstFailureStatus = 400

const tokensByType = (usage: TokenFigures): Readonly<Record<string, number>> => ({
  input: usage.input_tokens,
  output: usage.output_tokens,
  cache_read: usage.cache_read_input_tokens,
  cache_write: usage.cache_creation_input_tokens,
})

/**
 * What became of the requests that were sent upstream for one of a client. The last one is `ok` if its answer began;
 * those before it are `retried`. `resent` are those that found a dead connection, and were sent again on a new one.
 */
const countTries = ({ attempts, outcome, firstEventMs, resends = 0 }: RequestRecord, add: AddTry): void => {
  if (attempts === 0) return
  const isOk = outcome === 'answered' || (outcome === 'cancelled' && firstEventMs !== undefined)
  add(isOk ? 'ok' : 'failed', 1)
  if (attempts > 1) add('retried', attempts - 1)
  if (resends > 0) add('resent', resends)
}

/** A forwarded error is no answer of a model. Within a stream, the status stays 200. */
const isRefusal = ({ status, outcome }: RequestRecord): boolean =>
  status >= firstFailureStatus && outcome !== 'cancelled'

type AddTry = (result: 'ok' | 'retried' | 'failed' | 'resent', count: number) => void

const countClient = ({ client, usage }: RequestRecord, { count }: Instruments): void => {
  if (client === undefined) return
  count('client_requests_total', { client })
  if (usage === undefined) return
  for (const [type, tokens] of Object.entries(tokensByType(usage)))
    count('client_tokens_total', { client, type }, tokens)
}

/** Counters with few label sets begin at 0: without that, Prometheus misses their first increase. */
const showZeros = ({ count }: Instruments, { upstream, auditsCache }: RecordSinkOptions): void => {
  for (const result of ['ok', 'retried', 'failed', 'resent']) count('upstream_tries_total', { upstream, result }, 0)
  for (const limit of ['rate', 'tokens', 'cost', 'requests', 'concurrency', 'queue', 'state'])
    count('limited_total', { limit }, 0)
  if (auditsCache === true) for (const missed of missClasses) count('cache_misses_total', { class: missed }, 0)
}

/** Returns the function that adds one record. */
export const createRecordSink = (
  instruments: Instruments,
  options: RecordSinkOptions,
): ((record: RequestRecord) => void) => {
  const { upstream } = options
  const { count, observe } = instruments
  const modelLabel = createModelLabel(options)
  showZeros(instruments, options)
  const addTokens = (usage: TokenFigures, model: string): void => {
    for (const [type, tokens] of Object.entries(tokensByType(usage)))
      count('tokens_total', { type, model, upstream }, tokens)
  }
  return (record) => {
    const {
      endpoint,
      status,
      usage,
      cost,
      errorType,
      limit,
      firstEventMs,
      durationMs,
      queuedMs,
      operation,
      cacheClass,
    } = record
    const model = modelLabel(record)
    count('requests_total', { method: methodLabel(record), endpoint, model, status: String(status), upstream })
    observe('request_duration_seconds', { endpoint, model, upstream }, durationMs / millisecondsPerSecond)
    if (operation === 'message' && firstEventMs !== undefined && !isRefusal(record))
      observe('first_event_seconds', { model, upstream }, firstEventMs / millisecondsPerSecond)
    if (usage !== undefined) addTokens(usage, model)
    if (cost !== undefined) instruments.addCost({ model, upstream }, cost)
    if (errorType !== undefined) count('errors_total', { error_type: errorType, endpoint, upstream })
    if (limit !== undefined) count('limited_total', { limit })
    if (cacheClass !== undefined && isMiss(cacheClass)) count('cache_misses_total', { class: cacheClass })
    if (queuedMs !== undefined) observe('queue_wait_seconds', {}, queuedMs / millisecondsPerSecond)
    countTries(record, (result, tries) => count('upstream_tries_total', { upstream, result }, tries))
    countClient(record, instruments)
  }
}
