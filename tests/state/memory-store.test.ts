import { describe, expect, test } from 'bun:test'
import { createMemoryStore } from '../../src/state/memory-store.ts'

const start = () => {
  const clock = { now: 0, date: Date.UTC(2026, 10, 29) }
  const store = createMemoryStore({ now: () => clock.now, date: () => clock.date })
  return { clock, ...store }
}

describe('buckets and accounts in memory', () => {
  test('a bucket has its number of calls, and then one more each time (OP-R1)', () => {
    const { clock, take } = start()
    const rate = { most: 3, everyMs: 1000 }
    const tries = Array.from({ length: 5 }, () => take('rate:client:alice', rate))
    expect(tries).toEqual([
      { isAllowed: true, fullInMs: 1000 },
      { isAllowed: true, fullInMs: 2000 },
      { isAllowed: true, fullInMs: 3000 },
      { isAllowed: false, fullInMs: 3000 },
      { isAllowed: false, fullInMs: 3000 },
    ])
    expect(take('rate:client:bob', rate).isAllowed).toBe(true)
    clock.now = 1000
    expect([take('rate:client:alice', rate), take('rate:client:alice', rate)]).toEqual([
      { isAllowed: true, fullInMs: 3000 },
      { isAllowed: false, fullInMs: 3000 },
    ])
  })

  test('an account adds up until a day after its time (OP-R1)', () => {
    const { clock, add, read } = start()
    const until = clock.date + 1000
    expect(read('a')).toEqual({ tokens: 0, requests: 0, cost: 0 })
    expect(add('a', { tokens: 5, requests: 1, cost: 0.5 }, until)).toEqual({ tokens: 5, requests: 1, cost: 0.5 })
    expect(add('a', { tokens: 2, requests: 1, cost: 0 }, until)).toEqual({ tokens: 7, requests: 2, cost: 0.5 })
    expect(read('a')).toEqual({ tokens: 7, requests: 2, cost: 0.5 })
    clock.date = until + 86_400_000 - 1
    add('b', { tokens: 1, requests: 1, cost: 0 }, until + 1000)
    expect(read('a').tokens).toBe(7)
    clock.date += 1
    add('c', { tokens: 1, requests: 1, cost: 0 }, until + 1000)
    expect(read('a')).toEqual({ tokens: 0, requests: 0, cost: 0 })
    expect(read('b')).toEqual({ tokens: 1, requests: 1, cost: 0 })
  })
})
