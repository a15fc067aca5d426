import { describe, expect, test } from 'bun:test'
import { parseRange } from '../../../src/base/ip-range.ts'
import type { Endpoint } from '../../../src/gateway/endpoint.ts'
import { identity, type LimitSetup, startLimits } from '../../support/limits.ts'
import { requestRecord, usage } from '../../support/records.ts'

const sixty: LimitSetup = { rate: { perMinute: 60, burst: 10 } }
const signal = new AbortController().signal

test('a server without a shared state waits for nothing in front of a request (OP-R7)', () => {
  expect(startLimits(sixty).limits.admitShared).toBeUndefined()
})

describe('a rate limit', () => {
  test('is counted for each client by name, otherwise by address: IPv4 whole, IPv6 by its /64 (OP-L1)', () => {
    const { send } = startLimits({ rate: { perMinute: 1, burst: 0 } })
    const isAllowed = (sent: Parameters<typeof send>[0]): boolean => send(sent).refusal === undefined
    expect(isAllowed({ client: identity('alice'), address: '192.0.2.1' })).toBe(true)
    expect(isAllowed({ client: identity('alice'), address: '192.0.2.2' })).toBe(false)
    expect(isAllowed({ client: identity('bob'), address: '192.0.2.1' })).toBe(true)
    // Clients that share a token have the name `default`.
    expect(isAllowed({ client: identity('default'), address: '192.0.2.1' })).toBe(true)
    expect(isAllowed({ client: identity('default'), address: '192.0.2.9' })).toBe(true)
    expect(isAllowed({ client: identity('default'), address: '192.0.2.1' })).toBe(false)
    expect(isAllowed({ address: '192.0.2.3' })).toBe(true)
    expect(isAllowed({ address: '::ffff:192.0.2.3' })).toBe(false)
    expect(isAllowed({ address: '192.0.2.2' })).toBe(true)
    expect(isAllowed({ address: '2001:db8:1:2::1' })).toBe(true)
    expect(isAllowed({ address: '2001:db8:1:2:3::1' })).toBe(false)
    expect(isAllowed({ address: '2001:db8:1:3::1' })).toBe(true)
    expect(isAllowed({})).toBe(true)
    expect(isAllowed({})).toBe(false)
  })

  test.each<[Endpoint, boolean, string?]>([
    ['messages', true],
    ['chat_completions', true],
    ['responses', true],
    ['batches', true],
    ['batches', false, 'GET'],
    ['responses', false, 'GET'],
    ['messages', false, 'HEAD'],
    ['models', false],
    ['files', false],
    ['health', false],
    ['embeddings', false],
    ['other', false],
  ])('counts requests to %s: %p %s (OP-L2)', (endpoint, isCounted, method = 'POST') => {
    const { send } = startLimits({ rate: { perMinute: 1, burst: 0 } })
    for (const _ of [1, 2]) send({ endpoint, method })
    const { headers, refusal } = send({ endpoint, method })
    expect([refusal !== undefined, Object.keys(headers).length > 0]).toEqual([isCounted, isCounted])
  })

  test('counts requests to paths that the server does not know, and may forward (OP-L2)', () => {
    const { send } = startLimits({ rate: { perMinute: 1, burst: 0 } })
    const isCounted = (path: string, method = 'POST'): boolean =>
      send({ endpoint: 'other', path, method }).headers['ratelimit'] !== undefined
    expect(isCounted('/v1/complete')).toBe(true)
    expect(send({ endpoint: 'other', path: '/v1/complete' }).refusal).toBeDefined()
    expect([isCounted('/v1/complete', 'GET'), isCounted('/api/event_logging/batch')]).toEqual([false, false])
  })

  test('counts counts of tokens by themselves, ten times as many (OP-L2)', () => {
    const { send } = startLimits({ rate: { perMinute: 3, burst: 1 } })
    const refusals = (endpoint: Endpoint): number =>
      Array.from({ length: 50 }, () => send({ endpoint }).refusal).filter((refusal) => refusal !== undefined).length
    expect(refusals('count_tokens')).toBe(10)
    expect(refusals('messages')).toBe(46)
    expect(send({ endpoint: 'count_tokens' }).headers['x-ratelimit-limit']).toBe('30')
  })

  test('refuses with 429 rate_limit_error and a wait, spread at random, of at most 60 seconds (OP-L3)', () => {
    const waits = [
      [60, 0],
      [60, 0.5],
      [60, 0.999],
      [7, 0],
      [1, 0.999],
    ].map(([perMinute = 0, random = 0]) => {
      const { send } = startLimits({ rate: { perMinute, burst: 0 }, random: () => random })
      for (let sent = 0; sent < perMinute; sent += 1) expect(send().refusal).toBeUndefined()
      const { refusal, headers, record } = send()
      expect(refusal?.message).toBe('Rate limit exceeded')
      expect(refusal).toMatchObject({ type: 'rate_limit_error', status: 429, shouldRetry: true })
      expect(record.limit).toBe('rate')
      const [, remaining, reset] = /^"requests";r=(\d+);t=(\d+)$/.exec(headers['ratelimit'] ?? '') ?? []
      expect(remaining).toBe('0')
      expect(refusal?.retryAfterSeconds).toBeGreaterThanOrEqual(Number(reset))
      return refusal?.retryAfterSeconds
    })
    expect(waits).toEqual([1, 2, 3, 9, 60])
  })

  test('is in the headers of each counted answer (OP-L4)', () => {
    const { send, clock } = startLimits(sixty)
    const seconds = clock.at / 1000
    expect(send().headers).toEqual({
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '60',
      'x-ratelimit-reset': String(seconds + 1),
      'ratelimit-policy': '"requests";q=60;w=60',
      ratelimit: '"requests";r=60;t=1',
    })
    for (let sent = 0; sent < 68; sent += 1) send()
    expect(send().headers).toMatchObject({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(seconds + 70),
      ratelimit: '"requests";r=0;t=1',
    })
    expect(send().headers).toMatchObject({ 'x-ratelimit-remaining': '0', ratelimit: '"requests";r=0;t=1' })
  })

  test("has OpenAI's names on OpenAI's paths (OP-L4, OE-T3)", () => {
    const { send } = startLimits({ rate: { perMinute: 1, burst: 1 } })
    const openAi = { endpoint: 'responses', entrance: 'openai-responses' } as const
    expect(send(openAi).headers).toMatchObject({
      'x-ratelimit-limit': '1',
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '1m0s',
    })
    expect(send(openAi).headers['x-ratelimit-reset-requests']).toBe('2m0s')
    expect(send(openAi).headers['x-ratelimit-reset-requests']).toBe('1m0s')
  })

  test('does not count exempt addresses, nor anything if it is off (OP-L1)', () => {
    const rate = { perMinute: 1, burst: 0 }
    const exempt = [parseRange('10.0.0.0/8') ?? []]
    const { send } = startLimits({ rate, exempt })
    for (const _ of [1, 2, 3]) expect(send({ address: '10.1.2.3' })).toMatchObject({ headers: {} })
    expect(send({ address: '10.1.2.3', client: identity('alice') }).refusal).toBeUndefined()
    for (const _ of [1, 2]) send({ address: '192.0.2.1' })
    expect(send({ address: '192.0.2.1' }).refusal).toBeDefined()
    const off = startLimits({ rate, limitsRate: false })
    for (const _ of [1, 2, 3]) expect(off.send({ client: identity('a', { requestsPerMinute: 1 }) }).headers).toEqual({})
  })

  test('of a client itself wins over the one for all (OP-A2)', () => {
    const { send } = startLimits(sixty)
    const own = identity('alice', { requestsPerMinute: 2, burst: 0 })
    expect(send({ client: own }).headers['x-ratelimit-limit']).toBe('2')
    send({ client: own })
    expect(send({ client: own }).refusal).toBeDefined()
    const free = identity('bob', { requestsPerMinute: 0 })
    for (let sent = 0; sent < 100; sent += 1) expect(send({ client: free }).headers).toEqual({})
  })
})

describe('a used-up budget of requests', () => {
  test.each(['other', '/v1/skills'])('counts requests to %s, which an upstream may answer (OP-L2, OP-L7)', (path) => {
    const { send, limits, clock } = startLimits({ budgets: { quota: { requestsPerDay: 1 } } })
    limits.observer(requestRecord({ client: undefined, at: clock.at, endpoint: 'other', path }), undefined)
    expect(send().refusal?.type).toBe('billing_error')
  })

  test('has another name than the rate, which may still allow some (OP-L4, OP-L9)', () => {
    const budgets = { quota: { requestsPerDay: 1 } }
    const { send, limits, clock } = startLimits({ rate: { perMinute: 60, burst: 0 }, budgets })
    limits.observer(requestRecord({ client: undefined, at: clock.at }), undefined)
    expect(send().headers['ratelimit']).toBe('"requests";r=59;t=1, "requests-per-day";r=0;t=43200')
  })
})

describe('the order of the limits', () => {
  const book = (tokens: number) => requestRecord({ client: 'alice', usage: { ...usage, input_tokens: tokens } })

  test('is rate, budget, places: the first one that refuses is in the record (OP-L9, OP-L12)', () => {
    const { send, limits, request, clock } = startLimits({
      rate: { perMinute: 60, burst: 0 },
      budgets: { quota: { tokensPerDay: 10_000 } },
      places: { maximum: 1 },
    })
    const client = identity('alice')
    void limits.enter(request({ client }), '', signal)
    expect(send({ client })).toMatchObject({ refusal: { type: 'overloaded_error' }, record: { limit: 'concurrency' } })
    limits.observer({ ...book(10_000), at: clock.at }, undefined)
    const { refusal, headers, record } = send({ client })
    expect(refusal).toMatchObject({ type: 'billing_error', retryAfterSeconds: 43_200 })
    expect(headers['ratelimit']).toBe('"requests";r=58;t=2, "tokens";r=0;t=43200')
    expect(headers['nexus-budget']).toStartWith('tokens;used=13060;limit=10000;reset=')
    expect(record.limit).toBe('tokens')
    for (let sent = 0; sent < 58; sent += 1) send({ client })
    expect(send({ client }).record.limit).toBe('rate')
    // A count of tokens costs nothing, and a batch needs no place.
    expect(send({ client, endpoint: 'count_tokens' }).refusal).toBeUndefined()
    expect(send({ client: identity('bob'), endpoint: 'batches' }).refusal).toBeUndefined()
  })

  test('and a budget without a rate limit has only its own header (OP-L9)', () => {
    const { send, limits, clock } = startLimits({ budgets: { quota: { tokensPerDay: 10 } } })
    limits.observer({ ...book(10), at: clock.at }, undefined)
    expect(send({ client: identity('alice'), endpoint: 'responses' }).headers).toEqual({
      'nexus-budget': 'tokens;used=3070;limit=10;reset=1795996800',
      ratelimit: '"tokens";r=0;t=43200',
    })
  })

  test('books only answers (OP-L8)', () => {
    const { send, limits, clock } = startLimits({ budgets: { quota: { requestsPerDay: 1 } } })
    limits.observer({ ...book(1), endpoint: 'count_tokens', at: clock.at }, undefined)
    limits.observer({ ...book(1), endpoint: 'other', path: '/test-connection', at: clock.at }, undefined)
    limits.observer({ ...book(1), method: 'GET', endpoint: 'batches', at: clock.at }, undefined)
    expect(send({ client: identity('alice') }).refusal).toBeUndefined()
    limits.observer({ ...book(1), endpoint: 'batches', at: clock.at }, undefined)
    expect(send({ client: identity('alice') }).record.limit).toBe('requests')
  })
})
