import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { describeWithRedis, startRedis } from '../../support/redis.ts'
import { startRedisState } from '../../support/redis-state.ts'
import { waitUntil } from '../../support/wait-until.ts'

const hour = 3_600_000
const used = { tokens: 1000, requests: 1, cost: 0.1 }

describeWithRedis('Redis shares buckets', () => {
  test('two processes on one Redis allow exactly what the bucket has (OP-R1, OP-R2)', async () => {
    const redis = await startRedis()
    const [one, other] = await Promise.all([startRedisState(redis.url), startRedisState(redis.url)])
    const rate = { most: 70, everyMs: hour / 7 }
    const taken = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : other).state.take('rate:client:alice', rate)),
    )
    expect(taken.filter((call) => call?.isAllowed)).toHaveLength(70)
    expect(taken.filter((call) => call?.isAllowed === false)).toHaveLength(130)
  })

  test('four processes never allow more than the bucket has and gets in the meantime, for any rate (OP-R2)', async () => {
    const redis = await startRedis()
    const processes = await Promise.all(Array.from({ length: 4 }, () => startRedisState(redis.url)))
    let buckets = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.5, max: 10_000, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 120 }),
        async (most, everyMs, callers) => {
          buckets += 1
          const bucket = `rate:client:${buckets}`
          const startedAt = performance.now()
          const calls = callers.map((caller) => processes[caller]?.state.take(bucket, { most, everyMs }))
          const allowed = (await Promise.all(calls)).filter((call) => call?.isAllowed).length
          const gained = (performance.now() - startedAt) / everyMs
          expect(allowed).toBeGreaterThanOrEqual(Math.min(most, callers.length))
          // A microsecond is lost or gained with each call.
          expect(allowed).toBeLessThanOrEqual(most + gained + 1)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a bucket fills by the clock of Redis, and a faster rate shortens a long wait (OP-R2)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url)
    const slow = { most: 2, everyMs: hour }
    const first = await state.take('rate:client:alice', slow)
    expect(first?.fullInMs).toBeCloseTo(hour, 0)
    expect((await state.take('rate:client:alice', slow))?.isAllowed).toBe(true)
    const refused = await state.take('rate:client:alice', slow)
    expect(refused?.isAllowed).toBe(false)
    expect(refused?.fullInMs).toBeGreaterThan(2 * hour - 60_000)
    const fast = await state.take('rate:client:alice', { most: 2, everyMs: 1000 })
    expect(fast).toEqual({ isAllowed: false, fullInMs: 2000 })
  })

  test('a bucket expires a second after it is full, and holds only a figure (OP-R2)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url)
    await state.take('rate:client:alice', { most: 5, everyMs: 60_000 })
    const left = Number(await redis.command('PTTL', 'nexus:1:rate:client:alice'))
    expect(left).toBeLessThanOrEqual(61_000)
    expect(left).toBeGreaterThan(50_000)
    expect(await redis.command('GET', 'nexus:1:rate:client:alice')).toMatch(/^\d{16}$/)
  })
})

describeWithRedis('Redis shares budgets', () => {
  test('the sums of all processes add up, also small costs (OP-R1)', async () => {
    const redis = await startRedis()
    const [one, other] = await Promise.all([startRedisState(redis.url), startRedisState(redis.url)])
    const until = Date.now() + hour
    expect(await one.state.read('budget:alice:day')).toEqual({ tokens: 0, requests: 0, cost: 0 })
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 ? one : other).state.add('budget:alice:day', used, until)),
    )
    const small = { tokens: 1, requests: 0, cost: 1e-7 }
    const sums = { tokens: 100_001, requests: 100, cost: expect.closeTo(10.0000001, 10) }
    expect(await other.state.add('budget:alice:day', small, until)).toEqual(sums)
    expect(await one.state.read('budget:alice:day')).toEqual(sums)
  })

  test('an account expires a day after its end (OP-R2)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url)
    await state.add('budget:alice:day', used, Date.now() + hour)
    const left = Number(await redis.command('PTTL', 'nexus:1:budget:alice:day'))
    expect(left).toBeLessThanOrEqual(25 * hour)
    expect(left).toBeGreaterThan(24.9 * hour)
  })

  test('additions during an outage are added once when Redis is back, to those of others (OP-R5)', async () => {
    const redis = await startRedis()
    const [one, other] = await Promise.all([startRedisState(redis.url), startRedisState(redis.url)])
    const until = Date.now() + hour
    await one.state.add('budget:alice:day', used, until)
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await waitUntil(() => !one.state.isUp())
    expect(await one.state.add('budget:alice:day', used, until)).toBeUndefined()
    expect(await one.state.add('budget:alice:day', used, until)).toBeUndefined()
    await waitUntil(() => one.state.isUp() && other.state.isUp())
    await other.state.add('budget:alice:day', used, until)
    expect(await one.state.read('budget:alice:day')).toMatchObject({ tokens: 4000, requests: 4 })
  })

  test('an account forgets the processes that ended more than a day ago, once there are many (OP-R2)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url)
    const now = Math.floor(Date.now() / 1000)
    const marks = (name: string, at: number, count: number) =>
      Array.from({ length: count }, (_, index) => [`by:${name}${index}`, `7 ${at}`]).flat()
    const key = 'nexus:1:budget:alice:month'
    await redis.command('HSET', key, 'tokens', '5', ...marks('old', now - 90_000, 200), ...marks('new', now - 60, 3))
    expect(await state.add('budget:alice:month', used, Date.now() + hour)).toMatchObject({ tokens: 1005 })
    const fields = await redis.command('HKEYS', key)
    expect(Array.isArray(fields) && fields.filter((field) => !/^by:[0-9a-f-]{36}$/.test(field)).sort()).toEqual([
      'by:new0',
      'by:new1',
      'by:new2',
      'cost',
      'requests',
      'tokens',
    ])
  })

  test('the end of a server sends what Redis does not have, or says that it cannot (OP-R5)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    void state.add('budget:alice:day', used, Date.now() + hour)
    void state.add('budget:alice:day', used, Date.now() + hour)
    await state.end()
    expect(await redis.command('HGET', 'nexus:1:budget:alice:day', 'tokens')).toBe('2000')
    expect(lines()).toEqual([])
    const other = await startRedisState(redis.url)
    await redis.kill()
    await waitUntil(() => !other.state.isUp())
    await other.state.add('budget:alice:day', used, Date.now() + hour)
    await other.state.end()
    expect(other.records.at(-1)).toEqual({
      level: 'warn',
      event: 'state.unsent',
      fields: { kind: 'redis', accounts: 1 },
    })
  })
})
