import { expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import { composeOtel } from '../../src/cli/compose.ts'
import { createCacheUse } from '../../src/usage/cache/cache-use.ts'
import { accessRecords } from '../support/access-records.ts'
import { changingTurns } from '../support/audited-session.ts'
import { defaultConfig, startChain } from '../support/chain.ts'
import { temporaryFolder } from '../support/cli.ts'
import { startCollector } from '../support/collector.ts'
import { exchanges, runExchange, scenarioOf } from '../support/exchanges.ts'
import { testHistory } from '../support/history.ts'
import {
  aroundNow,
  cacheCountsOf,
  cacheCountsOfHealth,
  cacheSums,
  cacheSumsOfLog,
  cacheSumsOfServer,
  cacheSumsOfSpans,
  dashboardWith,
  metricSumsOfLog,
  missesIn,
  missesOfMetrics,
  sumsOfLog,
  sumsOfMetrics,
  sumsOfSpans,
  sumsOfTelemetryMetrics,
  sumsOfTokenStats,
  telemetrySumsOf,
  usageSums,
  usageSumsOfLog,
} from '../support/request-sums.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Whatever counts requests gives the same sums. */

fc.configureGlobal({ seed: 20261129 })

/** So many requests in each run. */
const most = 250
/** Fewer than the requests to a model in a run. */
const rateLimit = { ...defaultConfig.rateLimit, requestsPerMinute: 60, burst: 60 }

const realTime = { now: () => performance.now(), date: Date.now, sleep: Bun.sleep }

test('the log, /metrics, /token-stats, the dashboard, the history and OpenTelemetry have the same sums for any requests (OP-E1, OP-O2, OP-O3)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchanges, { minLength: most, maxLength: most }), async (all) => {
      const { history } = testHistory(join(temporaryFolder(), 'usage.sqlite'), realTime)
      const collector = startCollector()
      const config = {
        metrics: 'on',
        dashboard: true,
        rateLimit,
        otel: { ...defaultConfig.otel, enabled: true },
      } as const
      const chain = startChain({
        scenario: scenarioOf(all),
        history,
        config,
        ...(await composeOtel({ ...defaultConfig, ...config }, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })),
      })
      await Promise.all(all.map((exchange, index) => runExchange(chain.url, exchange, index)))
      await waitUntil(() => accessRecords(chain.records).length === all.length)
      const records = [...chain.records]
      const sums = sumsOfLog(records)
      const metrics = metricSumsOfLog(records)
      const usage = usageSumsOfLog(records)
      // Every kind of end occurred.
      expect([...Object.values(sums), metrics.limited, usage.cancelled].filter((one) => one === 0)).toEqual([])
      expect(await sumsOfMetrics(chain.url)).toEqual(metrics)
      expect(await sumsOfTokenStats(chain.url)).toEqual(sums)
      expect(await dashboardWith(usage.requests, chain.url)).toEqual(usage)
      await chain.close()
      const { total } = await history.summarize({ by: 'model', ...aroundNow(), timezone: 'UTC' })
      expect(usageSums(total)).toEqual(usage)
      const sent = telemetrySumsOf(records, chain.simulator.journal)
      expect(sumsOfSpans(collector)).toEqual(sent)
      expect(sumsOfTelemetryMetrics(collector)).toEqual(sent)
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 60_000)

const price = { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25, cacheWrite1h: 10 }

test('the log, /metrics, /health, /cache-audit, the history and spans have the same misses of the prompt cache (CA-A2, CA-L2, CA-C8)', async () => {
  const { history } = testHistory(join(temporaryFolder(), 'usage.sqlite'), realTime)
  const collector = startCollector()
  const config = {
    metrics: 'on',
    cacheAudit: 'on',
    prices: new Map([['*', price]]),
    otel: { ...defaultConfig.otel, enabled: true },
  } as const
  const chain = startChain({
    simulator: { cache: { minimumTokens: 0 } },
    history,
    cacheUse: createCacheUse(),
    config,
    ...(await composeOtel({ ...defaultConfig, ...config }, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })),
  })
  const turns = changingTurns()
  const sessions = ['session-0001', 'session-0002']
  for (const turn of turns)
    for (const session of sessions)
      await (await chain.post(turn, { headers: { 'x-claude-code-session-id': session } })).text()
  await waitUntil(() => accessRecords(chain.records).length === turns.length * sessions.length)
  const sums = cacheSumsOfLog([...chain.records])
  expect(Object.keys(sums.classes)).toEqual(['cold', 'hit', 'messages_changed', 'system_changed', 'tools_changed'])
  expect(sums.missCost).toBeGreaterThan(0)
  expect(await cacheSumsOfServer(chain.url)).toEqual(sums)
  expect(await missesOfMetrics(chain.url)).toEqual(missesIn(sums))
  expect(await cacheCountsOfHealth(chain.url)).toMatchObject(cacheCountsOf(sums))
  await chain.close()
  const { requests } = await history.requests({ limit: 100 })
  expect(cacheSums(requests)).toEqual(sums)
  expect({ ...cacheSumsOfSpans(collector), missCost: sums.missCost }).toEqual(sums)
})
