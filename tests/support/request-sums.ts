import type { LogRecord } from '../../src/base/logger.ts'
import { isMiss, isOurFault, missClasses } from '../../src/gateway/cache-miss.ts'
import type { DomainStatistics } from '../../src/gateway/observers/token-statistics.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import type { UsageFigures } from '../../src/usage/usage-report.ts'
import { accessRecords } from './access-records.ts'
import { attributesOf, type Collector } from './collector.ts'
import { parsePrometheus, seriesValue } from './prometheus-text.ts'

/** The sums of requests, as each of their observers has them. */

interface Tokens {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
}

const tokensOf = ({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: Tokens): Tokens => ({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  outputTokens,
})

/** Of requests to a model. */
interface Sums extends Tokens {
  readonly requests: number
  readonly errors: number
}

const sum = (figures: readonly unknown[]): number => figures.reduce<number>((all, one) => all + Number(one ?? 0), 0)

type IsCounted = (fields: LogRecord['fields'], event: string) => boolean

const countOf = (records: readonly LogRecord[], isCounted: IsCounted): number =>
  records.filter(({ event, fields }) => isCounted(fields, event)).length

export const sumsOfLog = (records: readonly LogRecord[]): Sums => {
  const ended = accessRecords(records).filter(({ fields }) => fields['stream'] !== undefined)
  const total = (name: string): number => sum(ended.map(({ fields }) => fields[name]))
  return {
    requests: ended.length,
    errors: countOf(ended, (_, event) => /refused|failed/.test(event)),
    inputTokens: total('inputTokens'),
    cacheReadTokens: total('cacheReadTokens'),
    cacheWriteTokens: total('cacheWriteTokens'),
    outputTokens: total('outputTokens'),
  }
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text()

/** The members that sums of all requests have. */
export const sumsOfTokenStats = async (url: string): Promise<Sums> => {
  const { stats } = JSON.parse(await textOf(`${url}/token-stats`)) as { stats: Record<string, DomainStatistics> }
  const total = (name: keyof DomainStatistics): number => sum(Object.values(stats).map((domain) => domain[name]))
  const [cacheReadTokens, cacheWriteTokens] = [total('cacheReadTokens'), total('cacheWriteTokens')]
  return {
    requests: total('requestCount'),
    errors: total('errorCount'),
    inputTokens: total('inputTokens') - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: total('outputTokens'),
  }
}

/** The endpoints of the exchanges, and their paths. */
const endpoints = { messages: '/v1/messages', count_tokens: '/v1/messages/count_tokens', models: '/v1/models' } as const

interface MetricSums {
  readonly tokens: Tokens
  /** Requests of each endpoint. */
  readonly requests: Readonly<Record<string, number>>
  readonly errors: number
  /** By the rate limit. */
  readonly limited: number
}

/** The sums that metrics must have by the log. */
export const metricSumsOfLog = (records: readonly LogRecord[]): MetricSums => {
  const ended = accessRecords(records)
  const requests = Object.entries(endpoints).map(
    ([name, path]) => [name, countOf(ended, (fields) => fields['path'] === path)] as const,
  )
  return {
    tokens: tokensOf(sumsOfLog(records)),
    requests: Object.fromEntries(requests),
    errors: countOf(ended, ({ error }) => error !== undefined),
    limited: countOf(ended, ({ limit }) => limit === 'rate'),
  }
}

export const sumsOfMetrics = async (url: string): Promise<MetricSums> => {
  const families = parsePrometheus(await textOf(`${url}/metrics`))
  const total = (name: string, labels?: Readonly<Record<string, string>>): number =>
    seriesValue(families, `nexus_claude_api_${name}`, labels) ?? 0
  const requests = Object.keys(endpoints).map((endpoint) => [endpoint, total('requests_total', { endpoint })] as const)
  return {
    tokens: {
      inputTokens: total('tokens_total', { type: 'input' }),
      cacheReadTokens: total('tokens_total', { type: 'cache_read' }),
      cacheWriteTokens: total('tokens_total', { type: 'cache_write' }),
      outputTokens: total('tokens_total', { type: 'output' }),
    },
    requests: Object.fromEntries(requests),
    errors: total('errors_total'),
    limited: total('limited_total', { limit: 'rate' }),
  }
}

interface UsageSums {
  readonly tokens: Tokens
  readonly requests: number
  readonly failed: number
  readonly refused: number
  readonly cancelled: number
}

/** The sums of a report of the history. */
export const usageSums = (total: UsageFigures): UsageSums => {
  const { requests, failed, refused, cancelled } = total
  return { tokens: tokensOf(total), requests, failed, refused, cancelled }
}

/** The sums that the history must have by the log: it has requests to a model. */
export const usageSumsOfLog = (records: readonly LogRecord[]): UsageSums => {
  const posted = accessRecords(records).filter(({ fields }) => fields['path'] === endpoints.messages)
  const of = (outcome: string): number => countOf(posted, (_, event) => event === `request.${outcome}`)
  return {
    tokens: tokensOf(sumsOfLog(records)),
    requests: posted.length,
    failed: of('failed'),
    refused: of('refused'),
    cancelled: of('cancelled'),
  }
}

const dayMs = 86_400_000

/** From yesterday to tomorrow. */
export const aroundNow = (): { since: number; until: number } => ({
  since: Date.now() - dayMs,
  until: Date.now() + dayMs,
})

const sumsOfDashboard = async (url: string): Promise<UsageSums> => {
  const { since, until } = aroundNow()
  const range = `since=${new Date(since).toISOString()}&until=${new Date(until).toISOString()}`
  const summary = await textOf(`${url}/dashboard/api/summary?${range}&by=model&timezone=UTC`)
  return usageSums((JSON.parse(summary) as { readonly total: UsageFigures }).total)
}

/** The history has a request a moment after its end. */
export const dashboardWith = async (requests: number, url: string): Promise<UsageSums> => {
  for (;;) {
    const sums = await sumsOfDashboard(url)
    if (sums.requests >= requests) return sums
  }
}

interface TelemetrySums {
  readonly tokens: Tokens
  /** Requests that were sent to a model. */
  readonly requests: number
}

/** The sums that a collector must have by the log, and by the requests that a simulated upstream got. */
export const telemetrySumsOf = (records: readonly LogRecord[], journal: readonly JournalEntry[]): TelemetrySums => ({
  tokens: tokensOf(sumsOfLog(records)),
  requests: journal.filter(({ path }) => !path.endsWith('count-tokens')).length,
})

/** By the names of the conventions 0.1, whose input tokens include those of the cache. */
const byConventions = (requests: number, total: (name: string) => number): TelemetrySums => {
  const [cacheReadTokens, cacheWriteTokens] = [total('cache_read.input_tokens'), total('cache_write.input_tokens')]
  const inputTokens = total('input_tokens') - cacheReadTokens - cacheWriteTokens
  return { tokens: { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens: total('output_tokens') }, requests }
}

export const sumsOfSpans = ({ spans }: Collector): TelemetrySums => {
  const all = spans().map(({ attributes }) => attributesOf(attributes))
  return byConventions(all.length, (name) => sum(all.map((attributes) => attributes[`gen_ai.usage.${name}`])))
}

/** Of one process. */
export const sumsOfTelemetryMetrics = ({ points }: Collector): TelemetrySums => {
  const named = (name: string) => points().filter((point) => point.name === `gen_ai.client.inference.${name}`)
  const requests = sum(named('duration').map(({ count }) => count))
  return byConventions(requests, (name) => sum(named(`usage.${name}`).map((point) => point.sum)))
}

/** What the prompt cache did, by class. */
interface CacheSums {
  readonly classes: Readonly<Record<string, number>>
  readonly missedTokens: number
  readonly missCost: number
}

const costDecimals = 6

type Audited = Readonly<Partial<Record<'cacheClass' | 'cacheMissedTokens' | 'cacheCost', unknown>>>

/** Of requests as the log, the history or `/cache-audit` has them. */
export const cacheSums = (requests: readonly Audited[]): CacheSums => {
  const audited = requests.filter(({ cacheClass }) => cacheClass !== undefined)
  const classes = [...Map.groupBy(audited, ({ cacheClass }) => String(cacheClass))].sort()
  return {
    classes: Object.fromEntries(classes.map(([name, { length }]) => [name, length])),
    missedTokens: sum(audited.map(({ cacheMissedTokens }) => cacheMissedTokens)),
    missCost: Number(sum(audited.map(({ cacheCost }) => cacheCost)).toFixed(costDecimals)),
  }
}

export const cacheSumsOfLog = (records: readonly LogRecord[]): CacheSums =>
  cacheSums(accessRecords(records).map(({ fields }) => fields))

/** Misses alone, by class. */
export const missesOfMetrics = async (url: string): Promise<Readonly<Record<string, number>>> => {
  const families = parsePrometheus(await textOf(`${url}/metrics`))
  const missed = missClasses.map(
    (name) => [name, seriesValue(families, 'nexus_claude_api_cache_misses_total', { class: name }) ?? 0] as const,
  )
  return Object.fromEntries(missed.filter(([, count]) => count > 0).sort())
}

/** The same of sums by class. */
export const missesIn = ({ classes }: CacheSums): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(classes).filter(([name]) => isMiss(name)))

/** By class, with the missed tokens. */
export const cacheSumsOfSpans = ({ spans }: Collector): Omit<CacheSums, 'missCost'> => {
  const all = spans().map(({ attributes }) => attributesOf(attributes))
  const { classes, missedTokens } = cacheSums(
    all.map((attributes) => ({
      cacheClass: attributes['nexus_claude_api.cache.class'],
      cacheMissedTokens: attributes['nexus_claude_api.cache.missed_tokens'],
    })),
  )
  return { classes, missedTokens }
}

/** What `/health` must have by the sums. */
export const cacheCountsOf = ({ classes }: CacheSums) => {
  const countThat = (isCounted: (name: string) => boolean): number =>
    sum(Object.entries(classes).map(([name, count]) => (isCounted(name) ? count : 0)))
  return {
    hits: countThat((name) => name === 'hit'),
    misses: countThat(isMiss),
    evicted: countThat((name) => name === 'upstream_evicted'),
    ourFaults: countThat(isOurFault),
  }
}

export const cacheCountsOfHealth = async (url: string): Promise<unknown> =>
  (JSON.parse(await textOf(`${url}/health`)) as { readonly cache?: unknown }).cache

export const cacheSumsOfServer = async (url: string): Promise<CacheSums> =>
  cacheSums((JSON.parse(await textOf(`${url}/cache-audit`)) as { readonly requests: readonly Audited[] }).requests)
