import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createSharedRate, networkHash } from '../../../src/gateway/policy/shared-rate.ts'
import { startSharedState } from '../../support/shared-state.ts'

const sixty = { perMinute: 60, burst: 10 }

/** Servers with one state, and a clock for all. */
const start = (count: number) => {
  const clock = { at: 0 }
  const state = startSharedState(clock)
  const servers = Array.from({ length: count }, () => {
    const link = state.link()
    const rate = createSharedRate({ state: link, prefix: 'rate:', now: () => clock.at })
    /** What a server does that limits alone during an outage. */
    const take = async (client = 'client:alice', requestRate = sixty) =>
      (await rate.take(client, requestRate)) ?? rate.takeAlone(client, requestRate)
    const allowed = async (times: number): Promise<number> => {
      const states = await Promise.all(Array.from({ length: times }, () => take()))
      return states.filter(({ isAllowed }) => isAllowed).length
    }
    return { link, rate, take, allowed }
  })
  const [first = servers[0], second = servers[0]] = servers
  if (first === undefined || second === undefined) throw new Error('no server')
  return { clock, state, servers, first, second }
}

describe('a rate that servers share', () => {
  test('allows exactly its number over all servers, then one more each second (OP-R1)', async () => {
    const { clock, first, second } = start(2)
    const both = async (times: number): Promise<number> => (await first.allowed(times)) + (await second.allowed(times))
    expect(await both(100)).toBe(70)
    clock.at += 1000
    expect(await both(100)).toBe(1)
    clock.at += 3_600_000
    expect(await both(100)).toBe(70)
  })

  test('reports what all servers left of it (OP-R1)', async () => {
    const { first, second } = start(2)
    await first.allowed(69)
    expect(await second.take()).toEqual({ isAllowed: true, remaining: 0, waitSeconds: 1, secondsUntilFull: 70 })
    expect(await second.take()).toEqual({ isAllowed: false, remaining: 0, waitSeconds: 1, secondsUntilFull: 70 })
  })

  test('has buckets without the addresses of clients (OP-R2)', () => {
    expect(networkHash('192.0.2.1')).toMatch(/^[\da-f]{16}$/)
    expect(networkHash('::ffff:192.0.2.1')).toBe(networkHash('192.0.2.1'))
    expect(networkHash('2001:db8::1')).toBe(networkHash('2001:db8::2'))
    expect(new Set(['192.0.2.1', '192.0.2.2', '2001:db8::1', undefined].map(networkHash)).size).toBe(4)
  })

  test('gives each server during an outage what it last knew to be left, then the whole rate (OP-R5)', async () => {
    const { clock, first, second } = start(2)
    await first.allowed(30)
    await second.take()
    for (const { link } of [first, second]) link.goAway()
    // The first server knows of 30 calls, the second one of 31.
    expect([await first.allowed(100), await second.allowed(100)]).toEqual([40, 39])
    clock.at += 5000
    expect([await first.allowed(100), await second.allowed(100)]).toEqual([5, 5])
    expect(await first.rate.take('client:alice', sixty)).toBeUndefined()
  })

  test('does not give a second burst when the state comes back, also one that lost its data (OP-R5)', async () => {
    const { clock, state, first } = start(1)
    await first.allowed(10)
    first.link.goAway()
    expect(await first.allowed(100)).toBe(60)
    state.lose()
    first.link.comeBack()
    expect(await first.take()).toEqual({ isAllowed: false, remaining: 0, waitSeconds: 1, secondsUntilFull: 70 })
    clock.at += 1000
    expect(await first.allowed(100)).toBe(1)
  })

  test('does not give a second burst after a restart of the state between two requests (OP-R5)', async () => {
    const { state, first } = start(1)
    expect(await first.allowed(70)).toBe(70)
    first.link.goAway()
    state.lose()
    first.link.comeBack()
    expect(await first.allowed(100)).toBe(0)
  })

  test('counts by the state alone again once that has as few calls left (OP-R5)', async () => {
    const { clock, first, second } = start(2)
    first.link.goAway()
    await first.allowed(50)
    first.link.comeBack()
    // The first server has 20 calls of its own left, and all servers 70.
    expect(await second.allowed(60)).toBe(60)
    expect(await first.allowed(1)).toBe(1)
    expect(await second.allowed(100)).toBe(9)
    clock.at += 1000
    expect(await first.allowed(100)).toBe(1)
  })
})

describe('the law of the bucket (OP-R5)', () => {
  const action = fc.record({
    server: fc.nat({ max: 3 }),
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4000 })),
    what: fc.oneof(
      { weight: 9, arbitrary: fc.constant('request' as const) },
      { weight: 1, arbitrary: fc.constantFrom('away', 'back', 'loss', 'losing', 'answering' as const) },
    ),
  })
  type Action = { readonly server: number; readonly waitMs: number; readonly what: string }
  const rates = fc.record({ perMinute: fc.integer({ min: 1, max: 12 }), burst: fc.integer({ min: 0, max: 3 }) })

  /** The times of allowed requests, by server. */
  const run = async (count: number, actions: readonly Action[], requestRate: typeof sixty, hasOutages: boolean) => {
    const { clock, state, servers } = start(count)
    const times = servers.map((): number[] => [])
    for (const { server, waitMs, what } of actions) {
      clock.at += waitMs
      const index = server % count
      const one = servers[index]
      if (one === undefined) continue
      if (what === 'request') {
        const { isAllowed } = await one.take('client:alice', requestRate)
        if (isAllowed) times[index]?.push(clock.at)
      } else if (hasOutages) {
        if (what === 'away') one.link.goAway()
        if (what === 'back') one.link.comeBack()
        if (what === 'losing' || what === 'answering') one.link.losesAnswers = what === 'losing'
        if (what === 'loss') {
          for (const { link } of servers) link.goAway()
          state.lose()
          for (const { link } of servers) link.comeBack()
        }
      }
    }
    return times
  }

  /** In each span of time: never more than the capacity and the rate times its length. */
  const expectLaw = (times: readonly number[], { perMinute, burst }: typeof sixty, factor = 1): void => {
    for (const [from, since] of times.entries()) {
      for (let to = from; to < times.length; to += 1) {
        const elapsedMs = (times[to] ?? 0) - since
        const most = factor * (perMinute + burst + (elapsedMs * perMinute) / 60_000)
        if (to - from + 1 > most + 1e-6) throw new Error(`${to - from + 1} requests in ${elapsedMs} ms, not ${most}`)
      }
    }
  }
  const sorted = (times: readonly (readonly number[])[]): number[] => times.flat().sort((one, other) => one - other)

  test.each([1, 4])('holds over all of %p servers without an outage', async (count) => {
    await fc.assert(
      fc.asyncProperty(rates, fc.array(action, { minLength: 100, maxLength: 300 }), async (rate, actions) => {
        expectLaw(sorted(await run(count, actions, rate, false)), rate)
      }),
      { numRuns: 100 },
    )
  })

  test.each([1, 4])('holds for each of %p servers, and n times for all, across outages', async (count) => {
    await fc.assert(
      fc.asyncProperty(rates, fc.array(action, { minLength: 100, maxLength: 300 }), async (rate, actions) => {
        const times = await run(count, actions, rate, true)
        for (const own of times) expectLaw(own, rate)
        expectLaw(sorted(times), rate, count)
      }),
      { numRuns: 100 },
    )
  })
})
