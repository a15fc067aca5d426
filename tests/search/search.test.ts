import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../src/base/errors.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { createSearch, type SearchOptions } from '../../src/search/search.ts'
import {
  SearchError,
  type SearchFailure,
  type SearchProvider,
  type SearchQuery,
  type SearchResult,
} from '../../src/search/search-provider.ts'
import type { WebSearchErrorCode } from '../../src/wire/anthropic/response.ts'
import { waitUntil } from '../support/wait-until.ts'

const page = (name: string): SearchResult => ({
  title: name,
  url: `https://${name}.example/`,
  snippet: '',
  pageAge: null,
})

const providerOf = (search: SearchProvider['search']): SearchProvider => ({ name: 'brave', search })
const endless = (): Promise<never> => new Promise(() => {})
const everyday = 10_000

const setUp = (search: SearchProvider['search'], more: Partial<SearchOptions> = {}) => {
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const clock = { now: 0 }
  const made = createSearch({
    provider: providerOf(search),
    count: 8,
    timeoutMs: everyday,
    allowedDomains: [],
    blockedDomains: [],
    now: () => clock.now,
    log,
    ...more,
  })
  const run = (query: unknown, signal = new AbortController().signal, rules = {}) =>
    made.run({ query, allowedDomains: [], blockedDomains: [], ...rules }, signal)
  return { run, records, clock, made }
}

describe('a search', () => {
  test('asks the provider once, and has its results in their order (WS-46)', async () => {
    const queries: SearchQuery[] = []
    const { run, made, records } = setUp(async (query) => {
      queries.push(query)
      return [page('b'), page('a'), page('b')]
    })
    expect(await run('  what is new?  ')).toEqual({ results: [page('b'), page('a')] })
    expect(queries).toEqual([
      { query: 'what is new?', count: 8, allowedDomains: [], blockedDomains: [], location: undefined },
    ])
    expect(made.provider).toBe('brave')
    expect(records).toEqual([])
  })

  test.each<[unknown, WebSearchErrorCode]>([
    ['', 'invalid_tool_input'],
    [' \n ', 'invalid_tool_input'],
    [undefined, 'invalid_tool_input'],
    [7, 'invalid_tool_input'],
    [{ query: 'a' }, 'invalid_tool_input'],
    ['x'.repeat(401), 'query_too_long'],
    ['😀'.repeat(401), 'query_too_long'],
  ])('for %p ends with %s, without the provider (WS-25)', async (query, errorCode) => {
    const { run } = setUp(() => Promise.reject(new Error('must not search')))
    expect(await run(query)).toEqual({ errorCode })
  })

  test('takes a query of 400 characters (WS-25)', async () => {
    const { run } = setUp(async () => [])
    expect(await run('😀'.repeat(400))).toEqual({ results: [] })
  })

  test.each<[unknown, WebSearchErrorCode, SearchFailure]>([
    [new SearchError('too_many_requests', { status: 429 }), 'too_many_requests', { status: 429 }],
    [new SearchError('unavailable', { exitCode: 3 }), 'unavailable', { exitCode: 3 }],
    [
      new GatewayError('api_error', 'Cannot reach the host.', { isLoggable: true }),
      'unavailable',
      { reason: 'Cannot reach the host.' },
    ],
    [new GatewayError('api_error', 'secret words'), 'unavailable', { reason: 'GatewayError' }],
    [new TypeError('secret words'), 'unavailable', { reason: 'TypeError' }],
    ['secret words', 'unavailable', { reason: 'unknown' }],
  ])('that fails has a code, and a log line without words (WS-25, WS-54)', async (error, errorCode, facts) => {
    const { run, records, clock } = setUp(() => {
      clock.now += 412.3
      return Promise.reject(error)
    })
    expect(await run('secret words')).toEqual({ errorCode })
    expect(records).toEqual([
      { level: 'warn', event: 'search.failed', fields: { provider: 'brave', code: errorCode, ms: 412, ...facts } },
    ])
  })

  test('of a provider that never answers ends after the timeout (WS-25)', async () => {
    let seen: AbortSignal | undefined
    const { run, records } = setUp(
      (_, signal) => {
        seen = signal
        return endless()
      },
      { timeoutMs: 1 },
    )
    expect(await run('a')).toEqual({ errorCode: 'unavailable' })
    expect(seen?.aborted).toBe(true)
    expect(records[0]?.fields).toMatchObject({ code: 'unavailable', reason: 'timeout' })
  })

  test('ends when the client leaves, also with a provider that does not notice, and logs nothing (WS-18)', async () => {
    const leaving = new AbortController()
    const { run, records } = setUp(() => {
      leaving.abort(new Error('left'))
      return endless()
    })
    await expect(run('a', leaving.signal)).rejects.toThrow('left')
    await expect(run('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(records).toEqual([])
  })

  test('with more than 200 KB of results ends with request_too_large (WS-42, WS-46)', async () => {
    const long = (name: number): SearchResult => ({
      title: '字'.repeat(200),
      url: `https://example.com/${name}/${'x'.repeat(2000)}`,
      snippet: '字'.repeat(2000),
      pageAge: null,
    })
    const found = Array.from({ length: 30 }, (_, index) => long(index))
    expect(await setUp(async () => found, { count: 30 }).run('a')).toEqual({ errorCode: 'request_too_large' })
    expect(await setUp(async () => found, { count: 20 }).run('a')).toMatchObject({ results: { length: 20 } })
  })

  test('gives only valid countries to the provider, and keeps the rest of the location (WS-45)', async () => {
    const locations: unknown[] = []
    const { run } = setUp(async ({ location }) => {
      locations.push(location)
      return []
    })
    const signal = new AbortController().signal
    await run('a', signal, { location: { country: 'DE', city: 'Ulm' } })
    await run('a', signal, { location: { country: 'Germany', city: 'Ulm' } })
    await run('a', signal, { location: { city: 'Ulm' } })
    expect(locations).toEqual([{ country: 'DE', city: 'Ulm' }, { city: 'Ulm' }, { city: 'Ulm' }])
  })
})

describe('domain rules of a search', () => {
  const own = { allowedDomains: ['example'], blockedDomains: ['b.example'] }

  test('are those of the request and of the operator, for the provider and for its results (WS-44, WS-55)', async () => {
    const queries: SearchQuery[] = []
    const { run } = setUp(async (query) => {
      queries.push(query)
      return ['a', 'b', 'c', 'd'].map(page)
    }, own)
    const rules = { allowedDomains: ['a.example', 'b.example', 'c.example'], blockedDomains: ['c.example'] }
    expect(await run('q', undefined, rules)).toEqual({ results: [page('a')] })
    expect(queries).toMatchObject([
      {
        allowedDomains: ['a.example', 'b.example', 'c.example'],
        blockedDomains: ['c.example', 'b.example'],
      },
    ])
  })

  test('that no page can fit need no provider (WS-55)', async () => {
    const { run } = setUp(() => Promise.reject(new Error('must not search')), own)
    expect(await run('q', undefined, { allowedDomains: ['other.test'] })).toEqual({ results: [] })
  })
})

describe('the limits of all searches', () => {
  test('let four run at once; the others wait for their turn (WS-47)', async () => {
    const waiting: ((results: SearchResult[]) => void)[] = []
    const { run } = setUp(() => new Promise((resolve) => waiting.push(resolve)))
    const searches = Array.from({ length: 6 }, () => run('a'))
    await waitUntil(() => waiting.length === 4)
    waiting[0]?.([])
    await searches[0]
    await waitUntil(() => waiting.length === 5)
    waiting[1]?.([])
    await searches[1]
    await waitUntil(() => waiting.length === 6)
    for (const end of waiting) end([])
    expect(await Promise.all(searches)).toEqual(Array.from({ length: 6 }, () => ({ results: [] })))
  })

  test('refuse a search that waits longer than its timeout (WS-47)', async () => {
    const deadlines: AbortController[] = []
    const { run, records } = setUp(endless, {
      deadlineAfter: () => {
        const deadline = new AbortController()
        deadlines.push(deadline)
        return deadline.signal
      },
    })
    const running = Array.from({ length: 4 }, () => run('a'))
    const late = run('a')
    deadlines[4]?.abort()
    expect(await late).toEqual({ errorCode: 'too_many_requests' })
    for (const deadline of deadlines) deadline.abort()
    expect(await Promise.all(running)).toEqual(Array.from({ length: 4 }, () => ({ errorCode: 'unavailable' })))
    expect(records.map(({ fields }) => fields['reason'])).toEqual([
      '4 searches at once',
      ...Array.from({ length: 4 }, () => 'timeout'),
    ])
  })

  test('forget a waiting search whose client leaves (WS-18, WS-47)', async () => {
    const waiting: ((results: SearchResult[]) => void)[] = []
    const { run } = setUp(() => new Promise((resolve) => waiting.push(resolve)))
    const leaving = new AbortController()
    const running = Array.from({ length: 4 }, () => run('a'))
    const left = run('a', leaving.signal)
    const last = run('a')
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    waiting[0]?.([])
    await running[0]
    await waitUntil(() => waiting.length === 5)
    for (const end of waiting) end([])
    expect(await last).toEqual({ results: [] })
    await Promise.all(running)
  })

  test('count for all processes of the server together, and for each while those cannot be reached (WS-47)', async () => {
    const answers = [{ isAllowed: true }, { isAllowed: false }, undefined]
    const taken: unknown[] = []
    const { run } = setUp(async () => [], {
      state: {
        take: async (...call) => {
          taken.push(call)
          return answers.shift()
        },
      },
    })
    expect([await run('a'), await run('a'), await run('a')]).toEqual([
      { results: [] },
      { errorCode: 'too_many_requests' },
      { results: [] },
    ])
    expect(taken[0]).toEqual(['search', { most: 60, everyMs: 1000 }])
  })

  test('allow sixty searches a minute (WS-47)', async () => {
    const { run, clock, records } = setUp(async () => [])
    const outcomes = await Promise.all(Array.from({ length: 61 }, () => run('a')))
    expect(outcomes.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => ({ results: [] })))
    expect(outcomes[60]).toEqual({ errorCode: 'too_many_requests' })
    expect(records.map(({ fields }) => fields)).toEqual([
      { provider: 'brave', code: 'too_many_requests', reason: '60 searches a minute', ms: 0 },
    ])
    clock.now += 1000
    expect(await run('a')).toEqual({ results: [] })
    expect(await run('a')).toEqual({ errorCode: 'too_many_requests' })
  })
})
