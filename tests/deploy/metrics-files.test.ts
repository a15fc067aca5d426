import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Secret } from '../../src/base/secret.ts'
import { request, startChain } from '../support/chain.ts'
import { type MetricFamily, parsePrometheus } from '../support/prometheus-text.ts'
import { readPromql } from '../support/promql.ts'
import { waitUntil } from '../support/wait-until.ts'

/** The files for Grafana and Prometheus in deploy/. promtool is not available here: Prometheus' own grammar judges. */

const fileOf = (path: string): string => readFileSync(join(import.meta.dir, '..', '..', 'deploy', path), 'utf8')

interface Target {
  readonly expr: string
  readonly legendFormat: string
}

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly Target[]
}

interface Board {
  readonly panels: readonly Panel[]
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[]
  }
}

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

const board: Board = JSON.parse(fileOf('grafana/dashboard.json'))
const { groups }: { groups: readonly { readonly rules: readonly Alert[] }[] } = parse(fileOf('prometheus/alerts.yaml'))
const alerts = groups.flatMap(({ rules }) => rules)

/** Grafana replaces these before it asks Prometheus. */
const withVariables = (expression: string): string =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll(`\${currency}`, 'usd')

const targets = board.panels.flatMap(({ targets: own = [] }) => own)
const expressions = [...targets.map(({ expr }) => withVariables(expr)), ...alerts.map(({ expr }) => expr)]

/** Prometheus adds these to every series that it scrapes. */
const scrapeLabels = ['job', 'instance']

const token = 'nxc_a-token-of-the-client-alice'
const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }

/** A scrape of a server that has answered, refused and failed. */
const scrapeWithTraffic = async (): Promise<readonly MetricFamily[]> => {
  let ended = 0
  const chain = startChain({
    config: { metrics: 'open', prices: new Map([['*', price]]), clientTokens: new Secret(`alice:${token}`) },
    scenario: ({ modelId }) =>
      modelId.includes('haiku') ? { error: { status: 429, type: 'ThrottlingException', message: 'm' } } : {},
    observers: [() => (ended += 1)],
  })
  const bodies = [request(), request({ stream: true }), request({ model: 'haiku' }), request({ model: 'canary' })]
  for (const body of bodies) await (await chain.post(body, { headers: { 'x-api-key': token } })).text()
  await waitUntil(() => ended === bodies.length)
  return parsePrometheus(await (await fetch(`${chain.url}/metrics`)).text())
}

describe('the board and the alerts', () => {
  test('select metrics and labels that a server with traffic has (OP-M6)', async () => {
    const samples = (await scrapeWithTraffic()).flatMap((family) => family.samples)
    const labelsOf = (metric: string): readonly string[] =>
      samples.filter(({ name }) => name === metric).flatMap(({ labels }) => Object.keys(labels))
    for (const expression of expressions) {
      const { metrics, labels } = readPromql(expression)
      expect([expression, metrics.length > 0]).toEqual([expression, true])
      for (const metric of metrics) {
        const known = [...labelsOf(metric), ...scrapeLabels]
        expect([metric, samples.some(({ name }) => name === metric)]).toEqual([metric, true])
        expect([metric, labels.filter((label) => !known.includes(label))]).toEqual([metric, []])
      }
    }
  })
})

describe('the board', () => {
  test('shows model, cache, cost, latency, errors, limits and clients (OP-M6)', () => {
    const rows = board.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Overview', 'Models', 'Latency', 'Errors', 'Limits', 'Clients', 'Server'])
    const titles = board.panels.map(({ title }) => title).join(', ')
    for (const word of ['Cache hit rate', 'Cost', 'First event', 'Errors by type', 'Refused by limit', 'by client'])
      expect(titles).toContain(word)
  })

  test('lets its user choose the data source and the server (OP-M6)', () => {
    const { list } = board.templating
    expect(list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance', 'model', 'currency'])
    for (const { type, datasource } of board.panels) if (type !== 'row') expect(datasource?.uid).toBe(`\${datasource}`)
    const queries = list.flatMap(({ definition = '' }) => /^label_values\((.+), (\w+)\)$/.exec(definition)?.[1] ?? [])
    expect(queries.flatMap((query) => readPromql(query).metrics)).toEqual([
      'nexus_claude_api_info',
      'nexus_claude_api_info',
      'nexus_claude_api_requests_total',
    ])
  })

  test('names only labels of its expressions in its legends (OP-M6)', () => {
    for (const { expr, legendFormat } of targets) {
      const { labels } = readPromql(withVariables(expr))
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labels).toContain(label)
    }
  })

  test('has panels with ids of their own, and none above another (OP-M6)', () => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
  })
})

describe('the alerts', () => {
  test('are six: errors, first event, 429, cache, state, lost records (OP-M6)', () => {
    expect(alerts.map(({ alert }) => alert)).toEqual([
      'NexusClaudeApiErrors',
      'NexusClaudeApiSlowFirstEvent',
      'NexusClaudeApiTooManyRequests',
      'NexusClaudeApiCacheHitRateFallen',
      'NexusClaudeApiStateDown',
      'NexusClaudeApiRecordsLost',
    ])
  })

  test('tell their severity, and name only labels that their result has (OP-M6)', () => {
    for (const { expr, labels, annotations } of alerts) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity)
      const aggregated = /\bby \(([^)]+)\)/.exec(expr)?.[1]?.split(/, */)
      const known = aggregated ?? [...scrapeLabels, 'kind', 'observer']
      const text = annotations.summary + annotations.description
      for (const [, label = ''] of text.matchAll(/\$labels\.(\w+)/g)) expect(known).toContain(label)
    }
  })
})

test('the scrape example reads /metrics with a token from a file, and the alerts (OP-M6)', () => {
  expect(parse(fileOf('prometheus/prometheus.yml'))).toEqual({
    global: { scrape_interval: '15s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: [
      {
        job_name: 'nexus-claude-api',
        metrics_path: '/metrics',
        authorization: { type: 'Bearer', credentials_file: '/etc/prometheus/nexus-claude-api.token' },
        static_configs: [{ targets: ['127.0.0.1:4141'] }],
      },
    ],
  })
})
