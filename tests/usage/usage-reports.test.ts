import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import type { GatewayError } from '../../src/base/errors.ts'
import type { RequestRecord } from '../../src/gateway/request-record.ts'
import { createRecentUsage } from '../../src/usage/recent-usage.ts'
import type { UsageFigures, UsageQuery, UsageReader } from '../../src/usage/usage-report.ts'
import { cleanUp } from '../support/cleanup.ts'
import { temporaryFolder } from '../support/cli.ts'
import { noon, testHistory } from '../support/history.ts'
import { requestRecord, usage } from '../support/records.ts'
import { usageRecord } from '../support/usage-records.ts'

afterEach(cleanUp)

const readers: readonly [string, (records: readonly RequestRecord[]) => Promise<UsageReader>][] = [
  [
    'the history',
    async (records) => {
      const { history } = testHistory(join(temporaryFolder(), 'usage.sqlite'))
      for (let start = 0; start < records.length; start += 200)
        await history.sink.write(records.slice(start, start + 200))
      return history
    },
  ],
  [
    'the recent requests',
    async (records) => {
      const recent = createRecentUsage()
      for (const record of records) recent.observe(record, undefined)
      return recent
    },
  ],
]

const hour = 3_600_000
const day = 24 * hour

const query = (members: Partial<UsageQuery> = {}): UsageQuery => ({
  by: 'day',
  since: noon - 7 * day,
  until: noon + day,
  timezone: 'UTC',
  ...members,
})

type Summable = 'requests' | 'failed' | 'refused' | 'cancelled' | 'inputTokens' | 'outputTokens' | 'cost'

const countedSums = (records: readonly RequestRecord[]): Pick<UsageFigures, Summable> => {
  const count = (outcome: string) => records.filter((record) => record.outcome === outcome).length
  const sum = (of: (record: RequestRecord) => number | undefined) =>
    records.reduce((total, record) => total + (of(record) ?? 0), 0)
  const cost = records.some((record) => record.cost !== undefined)
    ? { cost: Math.round(sum((record) => record.cost) * 1e9) / 1e9 }
    : {}
  return {
    requests: records.length,
    failed: count('failed'),
    refused: count('refused'),
    cancelled: count('cancelled'),
    inputTokens: sum((record) => record.usage?.input_tokens),
    outputTokens: sum((record) => record.usage?.output_tokens),
    ...cost,
  }
}

const sumsOf = (figures: UsageFigures): Pick<UsageFigures, Summable> => {
  const { requests, failed, refused, cancelled, inputTokens, outputTokens, cost } = figures
  return { requests, failed, refused, cancelled, inputTokens, outputTokens, ...(cost !== undefined && { cost }) }
}

/** The key of a record in a zone, by a way of its own. */
const keyOf = (record: RequestRecord, by: UsageQuery['by'], timeZone: string): string => {
  if (by === 'model') return record.used ?? '(none)'
  if (by === 'client' || by === 'domain' || by === 'upstream') return record[by] ?? '(none)'
  const local = new Date(record.at).toLocaleString('sv-SE', { timeZone })
  if (by === 'month') return local.slice(0, 7)
  return by === 'day' ? local.slice(0, 10) : `${local.slice(0, 10)}T${local.slice(11, 13)}`
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Chatham',
  'Africa/Cairo',
  'America/Santiago',
]

/** Changes of the clock in most zones are in these times. */
const starts = [Date.UTC(2026, 2, 5), Date.UTC(2026, 2, 25), Date.UTC(2026, 9, 20), Date.UTC(2026, 10, 28)]

describe.each(readers)('reports of %s', (_, readerOf) => {
  test('have the sums of the records, in every zone, range and key (OP-H4, OP-U3)', async () => {
    const cases = fc
      .record({ start: fc.constantFrom(...starts), slots: fc.integer({ min: 1, max: 900 }) })
      .chain(({ start, slots }) =>
        fc.record({
          start: fc.constant(start),
          until: fc.constant(start + slots * 900_000),
          records: fc.array(usageRecord(start - day, start + slots * 900_000 + day), { maxLength: 40 }),
          timezone: fc.constantFrom(...zones),
          by: fc.constantFrom('day', 'month', 'hour', 'model', 'client', 'domain', 'upstream' as const),
        }),
      )
    await fc.assert(
      fc.asyncProperty(cases, async ({ start, until, records, timezone, by }) => {
        const reader = await readerOf(records)
        const inRange = records.filter(({ at }) => at >= start && at < until)
        const report = await reader.summarize({ by, since: start, until, timezone, hasSeries: true })
        expect(sumsOf(report.total)).toEqual(countedSums(inRange))
        const expected = Map.groupBy(inRange, (record) => keyOf(record, by, timezone))
        const rows = new Map<string, number>()
        // Without the offset: the test does not compute it.
        for (const { key, requests } of report.rows) {
          const short = by === 'hour' ? key.slice(0, 13) : key
          rows.set(short, (rows.get(short) ?? 0) + requests)
        }
        expect([...rows].sort()).toEqual([...expected].map(([key, own]) => [key, own.length] as never).sort())
        const points = report.series?.points ?? []
        expect(points.reduce((sum, { requests }) => sum + requests, 0)).toBe(inRange.length)
        const times = points.map(({ at }) => Date.parse(at))
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        await cleanUp()
      }),
      { numRuns: 25 },
    )
  })

  test('filter by a part of the model and by the client, and the total counts what the limit leaves out', async () => {
    const record = (id: string, used: string, client: string, tokens: number) =>
      requestRecord({ requestId: id, used, client, usage: { ...usage, output_tokens: tokens } })
    const reader = await readerOf([
      record('1', 'us.anthropic.claude-opus-4-5', 'alice', 1),
      record('2', 'us.anthropic.claude-sonnet-4-6', 'alice', 20),
      record('3', 'us.anthropic.claude-sonnet-4-6', 'bob', 300),
      record('4', 'us.anthropic.claude-haiku-4-5', 'bob', 4000),
    ])
    const keys = async (members: Partial<UsageQuery>) => {
      const { rows, total } = await reader.summarize(query({ by: 'model', ...members }))
      return [rows.map(({ key, outputTokens }) => `${key.split('-')[1]} ${outputTokens}`), total.outputTokens]
    }
    expect(await keys({})).toEqual([['haiku 4000', 'sonnet 320', 'opus 1'], 4321])
    expect(await keys({ client: 'alice' })).toEqual([['sonnet 20', 'opus 1'], 21])
    expect(await keys({ model: 'Sonnet' })).toEqual([['sonnet 320'], 320])
    expect(await keys({ model: 'sonnet', client: 'alice' })).toEqual([['sonnet 20'], 20])
    expect(await keys({ limit: 1 })).toEqual([['haiku 4000'], 4321])
  })

  test('share of the cache, cost and missing prices: absent where nothing is known (OP-U2)', async () => {
    const reader = await readerOf([
      requestRecord({ requestId: '1', usage, cost: 0.25, client: 'alice' }),
      requestRecord({ requestId: '2', usage, client: 'bob' }),
      requestRecord({ requestId: '3', usage: undefined, client: 'carol' }),
      requestRecord({ requestId: '4', outcome: 'refused', attempts: 0, errorType: 'rate_limit_error', client: 'dave' }),
    ])
    const { rows } = await reader.summarize(query({ by: 'client' }))
    const shown = rows.map(({ key, cacheHitRate, cost, unpriced }) => ({ key, cacheHitRate, cost, unpriced }))
    expect(shown.sort((one, other) => one.key.localeCompare(other.key))).toEqual([
      { key: 'alice', cacheHitRate: 0.062, cost: 0.25, unpriced: 0 },
      { key: 'bob', cacheHitRate: 0.062, cost: undefined, unpriced: 1 },
      { key: 'carol', cacheHitRate: undefined, cost: undefined, unpriced: 1 },
      { key: 'dave', cacheHitRate: undefined, cost: undefined, unpriced: 0 },
    ])
  })

  test('another price shows another cost, and changes nothing (OP-C4)', async () => {
    const reader = await readerOf([
      requestRecord({ requestId: '1', used: 'claude-opus-4-5', usage, cost: 5, session: 'session-1' }),
      requestRecord({ requestId: '2', used: 'other', usage, cost: 7, session: 'session-1' }),
      requestRecord({ requestId: '3', used: 'claude-opus-4-5', session: 'session-2' }),
    ])
    const priceOf: UsageQuery['priceOf'] = (_, model, { inputTokens, outputTokens }) =>
      model === 'claude-opus-4-5' ? inputTokens + outputTokens : undefined
    for (const by of ['day', 'session'] as const) {
      const { rows, total } = await reader.summarize(query({ by, priceOf }))
      expect([total.cost, total.unpriced]).toEqual([50, 2])
      expect(rows.reduce((sum, { cost = 0 }) => sum + cost, 0)).toBe(50)
    }
    expect((await reader.summarize(query())).total.cost).toBe(12)
  })

  test('a failed request has no missing price, but a stream that fails after its start has one (OP-C3)', async () => {
    const failed = { outcome: 'failed', errorType: 'api_error', used: 'other', usage: undefined } as const
    const reader = await readerOf([
      requestRecord({ requestId: '1', used: 'other', usage }),
      requestRecord({ requestId: '2', ...failed, status: 502 }),
      requestRecord({ requestId: '3', ...failed, status: 200 }),
      requestRecord({ requestId: '4', ...failed, used: 'broken', status: 502 }),
    ])
    const priced = async (priceOf: UsageQuery['priceOf']): Promise<string[]> => {
      const { rows } = await reader.summarize(query({ by: 'model', priceOf }))
      return rows.map(({ key, cost, unpriced }) => `${key} ${cost} ${unpriced}`)
    }
    const unknown = ['other undefined 2', 'broken undefined 0']
    expect(await priced(undefined)).toEqual(unknown)
    expect(await priced(() => undefined)).toEqual(unknown)
    expect(await priced(() => 1)).toEqual(['other 1 1', 'broken undefined 0'])
  })

  test('sessions: newest first, with their sub-agents, and without requests of no session', async () => {
    const reader = await readerOf([
      requestRecord({ requestId: '1', session: 'session-old', at: noon - hour, usage }),
      requestRecord({ requestId: '2', session: 'session-new', at: noon, isSubagent: true, usage }),
      requestRecord({ requestId: '3', session: 'session-new', at: noon - 1000, usage }),
      requestRecord({ requestId: '4', session: undefined, usage }),
      requestRecord({ requestId: '5', session: 'session-old', at: noon - 9 * day, usage }),
    ])
    const report = await reader.summarize(query({ by: 'session' }))
    expect(
      report.rows.map(({ key, requests, subagentRequests, lastAt }) => [key, requests, subagentRequests, lastAt]),
    ).toEqual([
      ['session-new', 2, 1, '2026-11-29T12:00:00.000Z'],
      ['session-old', 1, 0, '2026-11-29T11:00:00.000Z'],
    ])
    expect(report.total.requests).toBe(4)
    const { rows } = await reader.summarize(query({ by: 'session', limit: 1 }))
    expect(rows.map(({ key }) => key)).toEqual(['session-new'])
  })

  test('errors have a row for each type, and none for answers', async () => {
    const reader = await readerOf([
      requestRecord({ requestId: '1' }),
      requestRecord({ requestId: '2', outcome: 'failed', errorType: 'overloaded_error' }),
      requestRecord({ requestId: '3', outcome: 'refused', errorType: 'rate_limit_error' }),
      requestRecord({ requestId: '4', outcome: 'refused', errorType: 'rate_limit_error' }),
    ])
    const { rows, total } = await reader.summarize(query({ by: 'error' }))
    expect(rows.map(({ key, requests }) => [key, requests])).toEqual([
      ['rate_limit_error', 2],
      ['overloaded_error', 1],
    ])
    expect(total.requests).toBe(4)
  })

  test('pages of requests, newest first, have each request once', async () => {
    const records = Array.from({ length: 25 }, (_, index) =>
      requestRecord({ requestId: `req_${index}`, at: noon + (index % 5), client: index % 2 === 0 ? 'alice' : 'bob' }),
    )
    const reader = await readerOf(records)
    const pages = async (client?: string): Promise<string[][]> => {
      const found: string[][] = []
      let before: string | undefined
      do {
        const page = await reader.requests({ limit: 10, before, client })
        found.push(page.requests.map(({ id }) => id))
        before = page.next
      } while (before !== undefined)
      return found
    }
    const all = await pages()
    expect(all.map(({ length }) => length)).toEqual([10, 10, 5])
    expect(new Set(all.flat()).size).toBe(25)
    expect(all[0]?.slice(0, 5).sort()).toEqual(['req_14', 'req_19', 'req_24', 'req_4', 'req_9'])
    expect((await pages('alice')).map(({ length }) => length)).toEqual([10, 3])
    const { requests } = await reader.requests({ limit: 100, since: noon + 3, until: noon + 4 })
    expect(requests.map(({ at }) => at)).toEqual([noon + 3, noon + 3, noon + 3, noon + 3, noon + 3])
  })

  test('a request shows all its figures', async () => {
    const reader = await readerOf([
      requestRecord({
        requestId: 'req_9',
        upstream: 'nexus',
        used: 'claude-opus-4-5',
        client: 'alice',
        isStream: true,
        usage: { ...usage, cache_creation: { ephemeral_1h_input_tokens: 5, ephemeral_5m_input_tokens: 0 } },
        cost: 0.5,
      }),
    ])
    expect((await reader.requests({ limit: 10 })).requests).toEqual([
      {
        id: 'req_9',
        at: noon,
        endpoint: 'messages',
        upstream: 'nexus',
        model: 'claude-opus-4-5',
        client: 'alice',
        domain: 'team.example',
        session: 'session-1234',
        isSubagent: false,
        status: 200,
        outcome: 'answered',
        isStream: true,
        inputTokens: 10,
        cacheReadTokens: 200,
        cacheWriteTokens: 3000,
        cacheWrite1hTokens: 5,
        outputTokens: 40,
        firstEventMs: 300,
        durationMs: 1235,
        attempts: 1,
        cost: 0.5,
      },
    ])
  })

  test('an unknown key, an unknown zone and an invalid cursor are a 400', async () => {
    const reader = await readerOf([requestRecord()])
    const messageOf = (work: Promise<unknown>) => work.catch((error: GatewayError) => [error.status, error.message])
    expect(await messageOf(reader.summarize(query({ timezone: 'Mars/Base' })))).toEqual([
      400,
      'timezone: Unknown time zone.',
    ])
    expect(await messageOf(reader.summarize(query({ by: 'id; --' as never })))).toEqual([400, 'by: Unknown key.'])
    expect(await messageOf(reader.requests({ limit: 1, before: "1'" }))).toEqual([400, 'before: Invalid cursor.'])
  })

  test('without requests, a report has no rows and no figures', async () => {
    const reader = await readerOf([])
    const { rows, total } = await reader.summarize(query())
    expect([rows, total]).toEqual([
      [],
      {
        requests: 0,
        failed: 0,
        refused: 0,
        cancelled: 0,
        inputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 0,
        unpriced: 0,
        firstEventMs: {},
        durationMs: {},
      },
    ])
  })
})
