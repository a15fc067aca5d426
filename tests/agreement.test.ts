import { expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import { isObject } from '../src/base/json.ts'
import type { LogRecord } from '../src/base/logger.ts'
import type { JournalEntry } from '../src/simulator/exchange.ts'
import type { CacheReport } from '../src/usage/cache/cache-report.ts'
import type { UsageFigures } from '../src/usage/usage-report.ts'
import { changingTurns } from './support/audited-session.ts'
import { simulate } from './support/chain.ts'
import { cli, startCli, temporaryFolder } from './support/cli.ts'
import { startCollector } from './support/collector.ts'
import { exchanges, runExchange, scenarioOf } from './support/exchanges.ts'
import {
  cacheCountsOf,
  cacheCountsOfHealth,
  cacheSumsOfLog,
  cacheSumsOfServer,
  dashboardWith,
  metricSumsOfLog,
  missesIn,
  missesOfMetrics,
  sumsOfLog,
  sumsOfMetrics,
  sumsOfSpans,
  sumsOfTokenStats,
  telemetrySumsOf,
  usageSums,
  usageSumsOfLog,
} from './support/request-sums.ts'

/** The observers of several processes that act as one server. tests/server/agreement.test.ts has those of one process. */

const most = 250
/** Each exchange of one sample, so that all kinds of ends occur. */
const sample = fc.sample(exchanges, { numRuns: most, seed: 20261129 })

const recordsOf = (log: string): LogRecord[] =>
  log.split('\n').flatMap((line): LogRecord[] => {
    const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : undefined
    return isObject(parsed) ? [{ level: 'info', event: String(parsed['event']), fields: parsed } as LogRecord] : []
  })

const total = (counted: Readonly<Record<string, number>>): number =>
  Object.values(counted).reduce((sum, one) => sum + one, 0)

/** A client that left has no answer: the metrics count its request a moment later. */
const untilCounted = async (url: string) => {
  for (;;) {
    const metrics = await sumsOfMetrics(url)
    if (total(metrics.requests) >= most + sessions.length * turns.length) return metrics
  }
}

/** Requests with a prompt cache: each session is one client, whose connection stays with one worker or not. */
const sessions = ['session-0001', 'session-0002', 'session-0003']
const turns = changingTurns()

const runSessions = async (url: string): Promise<void> => {
  for (const body of turns.map((turn) => JSON.stringify(turn)))
    for (const session of sessions) {
      const headers = { 'content-type': 'application/json', 'x-claude-code-session-id': session }
      await (await fetch(`${url}/v1/messages`, { method: 'POST', headers, body })).text()
    }
}

/** Fewer than the requests to a model. */
const limits = ['--rate-limit', '60', '--rate-burst', '60']

test('with two workers, the log, /metrics, /token-stats, the dashboard, usage and spans have the same sums, also of cache misses (OP-K7, CA-A2)', async () => {
  const file = join(temporaryFolder(), 'usage.sqlite')
  const environment = { NEXUS_API_KEY: 'test-key', NEXUS_HISTORY_FILE: file, NEXUS_CACHE_AUDIT: 'on' }
  const journal: JournalEntry[] = []
  const { url: upstream } = simulate({ scenario: scenarioOf(sample), onRequest: (entry) => journal.push(entry) })
  const collector = startCollector()
  const program = startCli(
    [
      ...['start', '--port', '0', '--workers', '2', '--endpoint-url', upstream, '--max-retries', '0'],
      ...['--metrics', 'on', '--history', '--dashboard', '--otel', '--log-format', 'json', ...limits],
    ],
    { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  )
  const [, url = ''] = await program.says(/"event":"program\.listening","address":"([^"]+)"/)
  await runSessions(url)
  await Promise.all(sample.map((exchange, index) => runExchange(url, exchange, index)))
  const metrics = await untilCounted(url)
  const statistics = await sumsOfTokenStats(url)
  const shown = await dashboardWith(metrics.requests['messages'] ?? 0, url)
  const cache = {
    kept: await cacheSumsOfServer(url),
    missed: await missesOfMetrics(url),
    health: await cacheCountsOfHealth(url),
  }
  program.kill('SIGTERM')
  const { code, err } = await program.ended
  expect(code).toBe(0)
  const records = recordsOf(err)
  const usage = usageSumsOfLog(records)
  expect([...Object.values(usage), total(metrics.requests), metrics.limited].filter((one) => one === 0)).toEqual([])
  expect(metrics).toEqual(metricSumsOfLog(records))
  expect(statistics).toEqual(sumsOfLog(records))
  expect(shown).toEqual(usage)
  expect(sumsOfSpans(collector)).toEqual(telemetrySumsOf(records, journal))
  const audited = cacheSumsOfLog(records)
  expect(total(audited.classes)).toBe(sessions.length * turns.length)
  expect(cache).toMatchObject({ kept: audited, missed: missesIn(audited), health: cacheCountsOf(audited) })
  const reported = JSON.parse(
    (await cli(['usage', '--cache', '--since', '2d', '--json'], environment)).out,
  ) as CacheReport
  expect(reported.total.missedTokens).toBe(audited.missedTokens)
  expect(Object.fromEntries(reported.total.classes.map((one) => [one.class, one.requests]))).toEqual(audited.classes)
  const { out } = await cli(['usage', '--by', 'model', '--since', '2d', '--json'], environment)
  expect(usageSums((JSON.parse(out) as { readonly total: UsageFigures }).total)).toEqual(usage)
}, 60_000)
