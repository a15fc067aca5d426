import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../../../src/base/logger.ts'
import { createLosses } from '../../../../src/gateway/observers/losses.ts'
import { createMetrics, type MetricsOptions } from '../../../../src/gateway/observers/metrics/metrics.ts'
import { type MetricFamily, parsePrometheus, seriesValue } from '../../../support/prometheus-text.ts'
import { requestRecord, usage } from '../../../support/records.ts'

const idle = { active: 0, queued: 0 }

const start = (more: Partial<MetricsOptions> = {}) => {
  const losses = createLosses({ log: createLogger('silent', () => {}), now: () => 0 })
  const metrics = createMetrics({
    version: '1.2.3',
    upstream: 'nexus',
    currency: 'USD',
    known: new Set(['claude-sonnet-4.6']),
    forwarded: undefined,
    processFacts: undefined,
    losses,
    defer: setImmediate,
    ...more,
  })
  const scrape = async (): Promise<readonly MetricFamily[]> =>
    parsePrometheus((await metrics.scrape('text', idle)).text)
  return { metrics, losses, scrape }
}

const record = (members: Parameters<typeof requestRecord>[0] = {}) =>
  requestRecord({ used: 'claude-sonnet-4.6', upstream: 'nexus', usage, ...members })

const of = (name: string): string => `nexus_claude_api_${name}`

describe('the metrics', () => {
  test('have each figure of a request under its name and labels (OP-M4)', async () => {
    const { metrics, scrape } = start()
    metrics.observe(record({ cost: 0.25, queuedMs: 400, durationMs: 4200, firstEventMs: 300 }), undefined)
    const families = await scrape()
    const model = 'claude-sonnet-4.6'
    const upstream = 'nexus'
    const request = { method: 'POST', endpoint: 'messages', model, status: '200', upstream }
    expect(seriesValue(families, of('requests_total'), request)).toBe(1)
    for (const [type, tokens] of Object.entries({ input: 10, output: 40, cache_read: 200, cache_write: 3000 }))
      expect(seriesValue(families, of('tokens_total'), { type, model, upstream })).toBe(tokens)
    expect(seriesValue(families, of('cost_usd_total'), { model, upstream })).toBe(0.25)
    const bucket = (name: string, le: string) => seriesValue(families, of(`${name}_bucket`), { le })
    expect([bucket('request_duration_seconds', '2.5'), bucket('request_duration_seconds', '5')]).toEqual([0, 1])
    expect([bucket('first_event_seconds', '0.25'), bucket('first_event_seconds', '0.5')]).toEqual([0, 1])
    expect([bucket('queue_wait_seconds', '0.1'), bucket('queue_wait_seconds', '0.5')]).toEqual([0, 1])
    expect(seriesValue(families, of('request_duration_seconds_sum'), { endpoint: 'messages', model, upstream })).toBe(
      4.2,
    )
  })

  test('have the first event of answers, also of cancelled ones, but not of forwarded errors (OP-M4)', async () => {
    const { metrics, scrape } = start()
    metrics.observe(record(), undefined)
    metrics.observe(record({ outcome: 'cancelled', status: 499 }), undefined)
    metrics.observe(record({ outcome: 'failed', status: 200, errorType: 'api_error' }), undefined)
    metrics.observe(record({ outcome: 'failed', status: 529, errorType: 'overloaded_error' }), undefined)
    metrics.observe(record({ operation: 'count' }), undefined)
    expect(seriesValue(await scrape(), of('first_event_seconds_count'))).toBe(3)
  })

  test('have no session, user, domain, path or id of a request (OP-M2)', async () => {
    const { metrics } = start()
    const canaries = { session: 'canary-session', domain: 'canary.example', path: '/canary', requestId: 'req_canary' }
    metrics.observe(record({ ...canaries, upstreamRequestId: 'canary', maskedKey: '...canary' }), undefined)
    expect((await metrics.scrape('text', idle)).text).not.toContain('canary')
  })

  test('tell the tries upstream apart: ok, retried, failed, resent (OP-M4)', async () => {
    const { metrics, scrape } = start()
    metrics.observe(record({ attempts: 3, resends: 1 }), undefined)
    metrics.observe(record({ attempts: 2, outcome: 'failed', status: 529, errorType: 'overloaded_error' }), undefined)
    metrics.observe(record({ attempts: 1, outcome: 'cancelled', status: 499 }), undefined)
    metrics.observe(record({ attempts: 1, outcome: 'cancelled', status: 499, firstEventMs: undefined }), undefined)
    metrics.observe(record({ attempts: 0, outcome: 'refused', status: 400 }), undefined)
    const families = await scrape()
    const tries = ['ok', 'retried', 'failed', 'resent'].map((result) =>
      seriesValue(families, of('upstream_tries_total'), { upstream: 'nexus', result }),
    )
    expect(tries).toEqual([2, 3, 2, 1])
  })

  test('count errors, limits and named clients, also refused requests (OP-M4)', async () => {
    const { metrics, scrape } = start()
    const limited = { outcome: 'refused', status: 429, errorType: 'rate_limit_error', limit: 'rate' } as const
    metrics.observe(record({ client: 'alice' }), undefined)
    metrics.observe(record({ client: 'alice', usage: undefined, ...limited }), undefined)
    const families = await scrape()
    expect(seriesValue(families, of('errors_total'), { error_type: 'rate_limit_error', endpoint: 'messages' })).toBe(1)
    expect(seriesValue(families, of('limited_total'), { limit: 'rate' })).toBe(1)
    expect(seriesValue(families, of('limited_total'), { limit: 'queue' })).toBe(0)
    expect(seriesValue(families, of('client_requests_total'), { client: 'alice' })).toBe(2)
    expect(seriesValue(families, of('client_tokens_total'), { client: 'alice', type: 'cache_read' })).toBe(200)
  })

  test('count the misses of the prompt cache by class, and no hits (CA-A2)', async () => {
    const { metrics, scrape } = start({ auditsCache: true })
    for (const cacheClass of ['hit', 'cold', 'tools_changed', 'tools_changed', 'marker_moved'] as const)
      metrics.observe(record({ cacheClass }), undefined)
    const families = await scrape()
    const missed = ['tools_changed', 'marker_moved', 'upstream_evicted', 'hit', 'cold'].map((name) =>
      seriesValue(families, of('cache_misses_total'), { class: name }),
    )
    expect(missed).toEqual([2, 1, 0, undefined, undefined])
  })

  test('have no series of the prompt cache without its audit (CA-S4)', async () => {
    const { metrics, scrape } = start()
    metrics.observe(record(), undefined)
    expect(seriesValue(await scrape(), of('cache_misses_total'))).toBeUndefined()
  })

  test('have no cost and no client where there is none (OP-C3)', async () => {
    const { metrics, scrape } = start()
    metrics.observe(record(), undefined)
    const families = await scrape()
    for (const name of ['cost_usd_total', 'client_requests_total', 'client_tokens_total'])
      expect(seriesValue(families, of(name))).toBeUndefined()
  })

  test('name the currency of costs (OP-C1)', async () => {
    const { metrics, scrape } = start({ currency: 'EUR' })
    metrics.observe(record({ cost: 2 }), undefined)
    expect(seriesValue(await scrape(), of('cost_eur_total'))).toBe(2)
  })

  test('show the state at the scrape: requests, losses, process and version (OP-M4)', async () => {
    const figures = { residentBytes: 1000, cpuSeconds: 2.5, startSeconds: 100, openFiles: 7 }
    const { metrics, losses } = start({ processFacts: { bun: '1.4.5', figures: () => figures } })
    losses.of('history').add('queue full', 3)
    const { text } = await metrics.scrape('text', { active: 4, queued: 2 })
    const families = parsePrometheus(text)
    const value = (name: string, labels = {}) => seriesValue(families, name, labels)
    expect([value(of('active_requests')), value(of('queued_requests'))]).toEqual([4, 2])
    expect(value(of('observer_dropped_total'), { observer: 'history' })).toBe(3)
    expect(value(of('observer_dropped_total'), { observer: 'metrics' })).toBe(0)
    expect(value(of('state_up'), { kind: 'memory' })).toBe(1)
    expect(value(of('info'), { version: '1.2.3', upstream: 'nexus', bun: '1.4.5' })).toBe(1)
    const names = ['resident_memory_bytes', 'cpu_seconds_total', 'start_time_seconds', 'open_fds']
    expect(names.map((name) => value(`process_${name}`))).toEqual([1000, 2.5, 100, 7])
  })

  test.each<[boolean, number]>([
    [true, 1],
    [false, 0],
  ])('say whether the state that servers share works: %p (OP-R5)', async (isUp, value) => {
    const families = await start({ state: { kind: 'redis', isUp: () => isUp } }).scrape()
    expect(seriesValue(families, of('state_up'), { kind: 'redis' })).toBe(value)
    expect(seriesValue(families, of('state_up'), { kind: 'memory' })).toBeUndefined()
  })

  test('leave out the open files where the system does not count them (OP-M4)', async () => {
    const figures = { residentBytes: 1000, cpuSeconds: 2.5, startSeconds: 100, openFiles: undefined }
    const { scrape } = start({ processFacts: { bun: '1.4.5', figures: () => figures } })
    expect((await scrape()).map(({ name }) => name)).not.toContain('process_open_fds')
  })

  test('have nothing about the process where the platform does not know it: 0 would be wrong (OP-M4, OP-X3)', async () => {
    const names = (await start().scrape()).map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('process_'))).toEqual([])
  })

  test('are complete at the first scrape: records wait while the package is loaded (OP-M5)', async () => {
    const { metrics, scrape } = start()
    for (let index = 0; index < 1000; index += 1) metrics.observe(record(), undefined)
    expect(seriesValue(await scrape(), of('requests_total'))).toBe(1000)
  })

  test('count what does not fit while the package is loaded (OP-M5)', async () => {
    const { metrics, scrape } = start()
    for (let index = 0; index < 10_050; index += 1) metrics.observe(record(), undefined)
    const families = await scrape()
    expect(seriesValue(families, of('requests_total'))).toBe(10_000)
    expect(seriesValue(families, of('observer_dropped_total'), { observer: 'metrics' })).toBe(50)
  })

  test('are the same in both formats, in any order of scrapes (OP-M4)', async () => {
    const { metrics } = start()
    metrics.observe(record({ cost: 0.5, client: 'alice', errorType: 'api_error' }), undefined)
    const scrapes = []
    for (const format of ['text', 'openmetrics', 'text', 'openmetrics'] as const) {
      const { text } = await metrics.scrape(format, idle)
      scrapes.push(parsePrometheus(text, format).flatMap(({ samples }) => samples))
    }
    const [first, ...others] = scrapes
    for (const other of others) expect(other).toEqual(first as never)
    expect(first?.length).toBeGreaterThan(60)
  })
})
