import { expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import { isObject } from '../src/base/json.ts'
import type { LogRecord } from '../src/base/logger.ts'
import type { JournalEntry } from '../src/simulator/exchange.ts'
import type { UsageFigures } from '../src/usage/usage-report.ts'
import { simulate } from './support/chain.ts'
import { cli, startCli, temporaryFolder } from './support/cli.ts'
import { startCollector } from './support/collector.ts'
import { exchanges, runExchange, scenarioOf } from './support/exchanges.ts'
import {
  dashboardWith,
  metricSumsOfLog,
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
    if (total(metrics.requests) >= most) return metrics
  }
}

/** Fewer than the requests to a model. */
const limits = ['--rate-limit', '60', '--rate-burst', '60']

test('with two workers, the log, /metrics, /token-stats, the dashboard, usage and spans have the same sums (OP-K7)', async () => {
  const file = join(temporaryFolder(), 'usage.sqlite')
  const environment = { NEXUS_API_KEY: 'test-key', NEXUS_HISTORY_FILE: file }
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
  await Promise.all(sample.map((exchange, index) => runExchange(url, exchange, index)))
  const metrics = await untilCounted(url)
  const statistics = await sumsOfTokenStats(url)
  const shown = await dashboardWith(metrics.requests['messages'] ?? 0, url)
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
  const { out } = await cli(['usage', '--by', 'model', '--since', '2d', '--json'], environment)
  expect(usageSums((JSON.parse(out) as { readonly total: UsageFigures }).total)).toEqual(usage)
}, 60_000)
