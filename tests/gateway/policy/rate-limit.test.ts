import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createRateLimit } from '../../../src/gateway/policy/rate-limit.ts'

const sixty = { perMinute: 60, burst: 10 }

describe('the rate of a client (OP-L1)', () => {
  test('allows the rate and the burst at once, then one request a second', () => {
    let at = 5000
    const { take } = createRateLimit({ now: () => at })
    const allowed = (times: number): number =>
      Array.from({ length: times }, () => take('alice', sixty)).filter(({ isAllowed }) => isAllowed).length
    expect(allowed(200)).toBe(70)
    at += 1000
    expect(allowed(200)).toBe(1)
    at += 999
    expect(allowed(1)).toBe(0)
    at += 1
    expect(allowed(1)).toBe(1)
    at += 3_600_000
    expect(allowed(200)).toBe(70)
  })

  test('reports what is left and how long to wait', () => {
    let at = 0
    const { take } = createRateLimit({ now: () => at })
    const slow = { perMinute: 2, burst: 0 }
    expect(take('a', slow)).toEqual({ isAllowed: true, remaining: 1, waitSeconds: 0, secondsUntilFull: 30 })
    expect(take('a', slow)).toEqual({ isAllowed: true, remaining: 0, waitSeconds: 30, secondsUntilFull: 60 })
    at += 500
    expect(take('a', slow)).toEqual({ isAllowed: false, remaining: 0, waitSeconds: 30, secondsUntilFull: 59.5 })
    at += 29_500
    expect(take('a', slow)).toEqual({ isAllowed: true, remaining: 0, waitSeconds: 30, secondsUntilFull: 60 })
  })

  test('is never more than the capacity and the rate times the elapsed time, for each client by itself', () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 5000 }), client: fc.constantFrom('a', 'b') })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.array(step, { maxLength: 200 }),
        (perMinute, burst, steps) => {
          let at = 0
          const { take } = createRateLimit({ now: () => at })
          const allowed = { a: 0, b: 0 }
          for (const { waitMs, client } of steps) {
            at += waitMs
            const { isAllowed, waitSeconds } = take(client, { perMinute, burst })
            if (isAllowed) allowed[client] += 1
            else expect(waitSeconds).toBeWithin(1, 61)
            const most = perMinute + burst + (at * perMinute) / 60_000
            expect(allowed[client]).toBeLessThanOrEqual(most + 1e-3)
          }
        },
      ),
    )
  })

  test('allows the next request after the reported wait, and not a second before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 20 }), (perMinute, burst) => {
        let at = 123.456
        const { take } = createRateLimit({ now: () => at })
        const one = () => take('a', { perMinute, burst })
        for (let sent = 0; sent < perMinute + burst; sent += 1) expect(one().isAllowed).toBe(true)
        const { isAllowed, waitSeconds } = one()
        expect(isAllowed).toBe(false)
        at += waitSeconds * 1000 - 1000
        expect(one().isAllowed).toBe(false)
        at += 1000
        expect(one().isAllowed).toBe(true)
      }),
    )
  })

  test('forgets the oldest full bucket first, and remembers at most so many clients', () => {
    let at = 0
    const { take } = createRateLimit({ now: () => at, mostClients: 3 })
    const rate = { perMinute: 60, burst: 0 }
    const use = (client: string, times: number): void => {
      for (let sent = 0; sent < times; sent += 1) take(client, rate)
    }
    use('busy', 60)
    use('idle', 1)
    use('other', 30)
    at += 2000
    use('new', 1)
    expect(take('busy', rate).remaining).toBe(1)
    expect(take('other', rate).remaining).toBe(31)
    // No bucket is full: the least recently used one is the new client's.
    expect(take('idle', rate).remaining).toBe(59)
    expect(take('new', rate).remaining).toBe(59)
  })
})
