import { expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import type { LogRecord } from '../../src/base/logger.ts'
import type { DomainStatistics } from '../../src/gateway/observers/token-statistics.ts'
import type { Reply, Scenario } from '../../src/simulator/reply.ts'
import { lastTextOf } from '../../src/simulator/request-view.ts'
import type { UsageStore } from '../../src/usage/usage-store.ts'
import { accessRecords } from '../support/access-records.ts'
import { type Chain, defaultConfig, request, startChain } from '../support/chain.ts'
import { temporaryFolder } from '../support/cli.ts'
import { testHistory } from '../support/history.ts'
import { parsePrometheus, seriesValue } from '../support/prometheus-text.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Whatever counts requests gives the same sums. */

fc.configureGlobal({ seed: 20261129 })

const figure = fc.nat({ max: 100_000 })
const exchanges = fc.record({
  kind: fc.constantFrom(
    'answered',
    'failed',
    'broken stream',
    'cancelled stream',
    'invalid',
    'unknown model',
    'count',
    'elsewhere',
  ),
  isStream: fc.boolean(),
  usage: fc.record({
    inputTokens: figure,
    outputTokens: figure,
    cacheReadInputTokens: figure,
    cacheWriteInputTokens: figure,
  }),
})
type Exchange = Readonly<typeof exchanges extends fc.Arbitrary<infer Value> ? Value : never>

const content = [{ text: 'some words' }]

const replyTo = ({ kind, usage: { inputTokens, outputTokens, ...cached } }: Exchange): Reply => {
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, ...cached }
  if (kind === 'failed') return { error: { status: 500, type: 'InternalServerException', message: 'words' } }
  if (kind === 'broken stream') return { content, usage, fault: { afterFrames: 2, kind: 'exception' } }
  if (kind === 'cancelled stream') return { content, usage, fault: { afterFrames: 2, kind: 'hang' } }
  return { content, usage }
}

const bodyOf = ({ kind, isStream }: Exchange, index: number): object => {
  const stream = isStream || kind.endsWith('stream')
  if (kind === 'invalid') return { stream }
  const model = kind === 'unknown model' ? 'none' : 'sonnet'
  return request({ model, stream, messages: [{ role: 'user', content: String(index) }] })
}

/** Reads the whole answer, or leaves in the middle of it. */
const run = async ({ url, post }: Chain, exchange: Exchange, index: number): Promise<void> => {
  const { kind } = exchange
  if (kind === 'elsewhere') return void (await (await fetch(`${url}/v1/models`)).text())
  const client = new AbortController()
  const path = kind === 'count' ? '/v1/messages/count_tokens' : '/v1/messages'
  const response = await post(bodyOf(exchange, index), { path, signal: client.signal })
  if (kind !== 'cancelled stream') return void (await response.text())
  await response.body?.getReader().read()
  client.abort()
}

interface Tokens {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
}

/** Of requests to a model. */
interface Sums extends Tokens {
  readonly requests: number
  readonly errors: number
}

const sum = (figures: readonly unknown[]): number => figures.reduce<number>((all, one) => all + Number(one ?? 0), 0)

const sumsOfLog = ({ records }: Chain): Sums => {
  const ended = accessRecords(records).filter(({ fields }) => fields['stream'] !== undefined)
  const total = (name: string): number => sum(ended.map(({ fields }) => fields[name]))
  return {
    requests: ended.length,
    errors: ended.filter(({ event }) => /refused|failed/.test(event)).length,
    inputTokens: total('inputTokens'),
    cacheReadTokens: total('cacheReadTokens'),
    cacheWriteTokens: total('cacheWriteTokens'),
    outputTokens: total('outputTokens'),
  }
}

const sumsOfTokenStats = async ({ url }: Chain): Promise<Sums> => {
  const { stats } = (await (await fetch(`${url}/token-stats`)).json()) as { stats: Record<string, DomainStatistics> }
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

const sumsOfMetrics = async ({ url }: Chain) => {
  const families = parsePrometheus(await (await fetch(`${url}/metrics`)).text())
  const total = (name: string, labels?: Readonly<Record<string, string>>): number =>
    seriesValue(families, `nexus_claude_api_${name}`, labels) ?? 0
  const tokens: Tokens = {
    inputTokens: total('tokens_total', { type: 'input' }),
    cacheReadTokens: total('tokens_total', { type: 'cache_read' }),
    cacheWriteTokens: total('tokens_total', { type: 'cache_write' }),
    outputTokens: total('tokens_total', { type: 'output' }),
  }
  const endpoints = ['messages', 'count_tokens', 'models'].map((endpoint) => total('requests_total', { endpoint }))
  return {
    tokens,
    requests: total('requests_total'),
    endpoints,
    errors: total('errors_total'),
    limited: total('limited_total', { limit: 'rate' }),
  }
}

const sumsOfHistory = async (history: UsageStore) => {
  const day = 86_400_000
  const [since, until] = [Date.now() - day, Date.now() + day]
  const { total } = await history.summarize({ by: 'model', since, until, timezone: 'UTC' })
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, requests, failed, refused, cancelled } = total
  const tokens: Tokens = { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }
  return { tokens, requests, failed, refused, cancelled }
}

const countOf = (records: readonly LogRecord[], isCounted: (fields: LogRecord['fields']) => boolean): number =>
  records.filter(({ fields }) => isCounted(fields)).length

/** So many requests in each run. */
const most = 250
/** Fewer than the requests to a model in a run. */
const rateLimit = { ...defaultConfig.rateLimit, requestsPerMinute: 60, burst: 60 }

const realTime = { now: () => performance.now(), date: Date.now, sleep: Bun.sleep }

test('the log, /metrics, /token-stats and the history have the same sums for any requests (OP-E1)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchanges, { minLength: most, maxLength: most }), async (all) => {
      const scenario: Scenario = (simulated) => {
        const exchange = all[Number(lastTextOf(simulated))]
        return exchange && replyTo(exchange)
      }
      const { history } = testHistory(join(temporaryFolder(), 'usage.sqlite'), realTime)
      const chain = startChain({ scenario, history, config: { metrics: 'on', rateLimit } })
      await Promise.all(all.map((exchange, index) => run(chain, exchange, index)))
      await waitUntil(() => accessRecords(chain.records).length === all.length)
      const ended = accessRecords(chain.records)
      const sums = sumsOfLog(chain)
      const { requests: _, errors: __, ...tokens } = sums
      const limited = countOf(ended, ({ limit }) => limit === 'rate')
      expect([...Object.values(sums), limited].filter((one) => one === 0)).toEqual([])
      expect(await sumsOfMetrics(chain)).toEqual({
        tokens,
        requests: ended.length,
        endpoints: ['/v1/messages', '/v1/messages/count_tokens', '/v1/models'].map((path) =>
          countOf(ended, (fields) => fields['path'] === path),
        ),
        errors: countOf(ended, ({ error }) => error !== undefined),
        limited,
      })
      expect(await sumsOfTokenStats(chain)).toEqual(sums)
      // The history has requests to a model.
      const posted = ended.filter(({ fields }) => fields['path'] === '/v1/messages')
      const outcomes = ['failed', 'refused', 'cancelled'] as const
      const ofOutcome = outcomes.map((outcome) => [
        outcome,
        posted.filter(({ event }) => event === `request.${outcome}`).length,
      ])
      await chain.close()
      expect(await sumsOfHistory(history)).toEqual({
        tokens,
        requests: posted.length,
        ...Object.fromEntries(ofOutcome),
      })
    }),
    { numRuns: 4 },
  )
}, 60_000)
