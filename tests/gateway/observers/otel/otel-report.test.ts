import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../../../src/base/logger.ts'
import { otelOf } from '../../../../src/config/otel.ts'
import { createLosses } from '../../../../src/gateway/observers/losses.ts'
import { createOtelReport } from '../../../../src/gateway/observers/otel/otel-report.ts'
import { defaultConfig } from '../../../support/chain.ts'
import { type Collector, startCollector } from '../../../support/collector.ts'
import { requestRecord, usage } from '../../../support/records.ts'
import { waitUntil } from '../../../support/wait-until.ts'

const start = (
  { url }: Pick<Collector, 'url'>,
  environment: Record<string, string> = {},
  address = 'https://[::1]/model',
) => {
  const config = { ...defaultConfig, otel: { ...defaultConfig.otel, enabled: true } }
  const settings = otelOf(config, { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...environment })
  if (settings === undefined) throw new Error('nothing is sent')
  const losses = createLosses({ log: createLogger('silent', () => {}), now: () => 0 })
  const report = createOtelReport(settings, {
    fetch: fetch as never,
    sleep: (milliseconds) => Bun.sleep(milliseconds),
    random: Math.random,
    now: () => performance.now(),
    instanceId: 'instance-1',
  })({
    defer: setImmediate,
    losses,
    labels: { known: new Set(['claude-sonnet-4.6']), forwarded: undefined },
    upstream: { providerName: 'aws.bedrock', address },
  })
  const observe = (count: number, members = {}): void => {
    for (let index = 0; index < count; index += 1)
      report.observe(requestRecord({ used: 'claude-sonnet-4.6', usage, ...members }), undefined)
  }
  return { observe, end: () => report.end(new AbortController().signal), lost: () => losses.counts().get('otel') }
}

const duration = 'gen_ai.client.inference.duration'

describe('a report to OpenTelemetry', () => {
  test('sends spans after their time, without the end of the process (OP-O1)', async () => {
    const collector = startCollector()
    const { observe } = start(collector, { OTEL_BSP_SCHEDULE_DELAY: '5' })
    observe(3)
    await waitUntil(() => collector.spans().length === 3)
  })

  test('sends a full batch at once (OP-O1)', async () => {
    const collector = startCollector()
    const { observe } = start(collector, { OTEL_BSP_SCHEDULE_DELAY: '600000', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4' })
    observe(4)
    await waitUntil(() => collector.spans().length === 4)
    expect(collector.exports.length).toBe(1)
  })

  test('sends metrics at their interval, with complete figures after a failure (OP-O3, OP-O6)', async () => {
    let isAway = true
    const collector = startCollector((_, path) =>
      isAway && path === '/v1/metrics' ? new Response('', { status: 500 }) : undefined,
    )
    const { observe, lost } = start(collector, { OTEL_METRIC_EXPORT_INTERVAL: '20', OTEL_TRACES_EXPORTER: 'none' })
    observe(200)
    await waitUntil(() => (lost() ?? 0) > 0)
    isAway = false
    observe(200)
    await waitUntil(() => collector.points().find(({ name }) => name === duration)?.count === 400)
    const input = collector.points().find(({ name }) => name.endsWith('usage.input_tokens'))
    expect([input?.sum, input?.unit]).toEqual([400 * 3210, '{token}'])
  })

  test('names the host of the upstream without brackets, and its usual port (OP-O2)', async () => {
    const collector = startCollector()
    const { observe, end } = start(collector)
    observe(1)
    await end()
    expect(collector.points()[0]?.attributes).toMatchObject({ 'server.address': '::1', 'server.port': 443 })
  })

  test('sends no span of traces outside of the share, and all of them to the metrics (OP-O1, OP-O3)', async () => {
    const collector = startCollector()
    const { observe, end, lost } = start(collector, { OTEL_TRACES_SAMPLER: 'always_off' })
    observe(5)
    await end()
    expect([collector.spans(), lost()]).toEqual([[], 0])
    expect(collector.points().find(({ name }) => name === duration)?.count).toBe(5)
  })

  test('sends about the share of new traces that the configuration wants (OP-O1)', async () => {
    const collector = startCollector()
    const { observe, end } = start(collector, {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    })
    observe(2000)
    await end()
    const { length } = collector.spans()
    // 500 expected: one run of a billion is outside.
    expect([length > 380, length < 620]).toEqual([true, true])
  })

  test('counts the spans that do not fit while the collector hangs (OP-O6, OP-E3)', async () => {
    const collector = startCollector((_, path) => (path === '/v1/traces' ? new Promise<Response>(() => {}) : undefined))
    const { observe, lost } = start(collector, { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5' })
    observe(5)
    await waitUntil(() => collector.exports.length === 1)
    observe(14)
    expect(lost()).toBe(4)
  })

  test('counts the spans of a failed batch (OP-O6, OP-E3)', async () => {
    const collector = startCollector(() => new Response('', { status: 400 }))
    const { observe, end, lost } = start(collector, { OTEL_METRICS_EXPORTER: 'none' })
    observe(7)
    await end()
    expect(lost()).toBe(7)
  })

  test('sends nothing of a request that no model got (OP-O1)', async () => {
    const collector = startCollector()
    const { observe, end } = start(collector)
    observe(1, { operation: 'count' })
    observe(1, { operation: undefined, path: '/v1/models' })
    observe(1, { attempts: 0, outcome: 'refused', limit: 'rate' })
    await end()
    expect(collector.exports).toEqual([])
  })
})
