import type { RequestObserver, RequestRecord } from '../request-record.ts'
import { allInputTokens } from './figures.ts'

/** Tokens and requests of each domain since the start of the server, in memory (AU-U1 to AU-U7). */

/** The first seven members are the form of the program that this one replaces. */
export interface DomainStatistics {
  /** All input, also the part that was read from or written to the cache. */
  inputTokens: number
  outputTokens: number
  requestCount: number
  queryEvaluationCount: number
  inferenceCount: number
  toolCallCount: number
  /** Milliseconds since 1970. */
  lastUpdated: number
  cacheReadTokens: number
  cacheWriteTokens: number
  /** Requests that were refused or failed. */
  errorCount: number
}

/** Domains come from clients: more would fill the memory. */
const mostDomains = 1000
export const otherDomain = 'other'

export const createStatistics = (): DomainStatistics => ({
  inputTokens: 0,
  outputTokens: 0,
  requestCount: 0,
  queryEvaluationCount: 0,
  inferenceCount: 0,
  toolCallCount: 0,
  lastUpdated: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  errorCount: 0,
})

const add = (statistics: DomainStatistics, record: RequestRecord, at: number): void => {
  const { usage, requestClass, outcome, toolCalls = 0 } = record
  statistics.requestCount += 1
  statistics.toolCallCount += toolCalls
  statistics.lastUpdated = at
  if (requestClass === 'query_evaluation') statistics.queryEvaluationCount += 1
  if (requestClass === 'inference') statistics.inferenceCount += 1
  if (outcome === 'failed' || outcome === 'refused') statistics.errorCount += 1
  if (usage === undefined) return
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage
  statistics.inputTokens += allInputTokens(usage)
  statistics.cacheReadTokens += read
  statistics.cacheWriteTokens += written
  statistics.outputTokens += usage.output_tokens
}

export interface TokenStatistics {
  readonly observer: RequestObserver
  /** By domain, in the order of the first requests. */
  readonly byDomain: () => ReadonlyMap<string, Readonly<DomainStatistics>>
}

/** `date`: milliseconds since 1970. */
export const createTokenStatistics = (date: () => number): TokenStatistics => {
  const domains = new Map<string, DomainStatistics>()
  const statisticsOf = (name: string): DomainStatistics => {
    const domain = domains.has(name) || domains.size < mostDomains ? name : otherDomain
    let statistics = domains.get(domain)
    if (statistics === undefined) {
      statistics = createStatistics()
      domains.set(domain, statistics)
    }
    return statistics
  }
  return {
    observer(record) {
      if (record.operation === 'message') add(statisticsOf(record.domain ?? otherDomain), record, date())
    },
    byDomain: () => domains,
  }
}
