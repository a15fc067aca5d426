import { describe, expect, test } from 'bun:test'
import { createKeeper } from '../../../src/state/workers/keeper.ts'

const rate = { most: 3, everyMs: 100 }

const keeperAt = (mostBuckets = 10) => {
  const time = { now: 0, date: 1_000_000 }
  return { time, keeper: createKeeper({ now: () => time.now, date: () => time.date, mostBuckets }) }
}

describe('the buckets of all workers', () => {
  test('allow exactly their number of calls at once, and one more after its time (OP-K7)', async () => {
    const { time, keeper } = keeperAt()
    const taken = await Promise.all(Array.from({ length: 5 }, () => keeper.take('rate:client:a', rate)))
    expect(taken.map((one) => one?.isAllowed)).toEqual([true, true, true, false, false])
    expect(taken.map((one) => one?.fullInMs)).toEqual([100, 200, 300, 300, 300])
    time.now = 100
    expect(await keeper.take('rate:client:a', rate)).toEqual({ isAllowed: true, fullInMs: 300 })
    expect(await keeper.take('rate:client:b', rate)).toEqual({ isAllowed: true, fullInMs: 100 })
  })

  test('are bounded: a full one is forgotten first, then the least recently used (OP-K7)', async () => {
    const { time, keeper } = keeperAt(2)
    const takeThree = async (bucket: string): Promise<void> => {
      for (const _ of [1, 2, 3]) await keeper.take(bucket, rate)
    }
    await takeThree('a')
    await keeper.take('b', rate)
    time.now = 100
    await takeThree('c')
    expect((await keeper.take('a', rate))?.fullInMs).toBe(300)
    await keeper.take('d', rate)
    expect((await keeper.take('c', rate))?.fullInMs).toBe(100)
  })
})

describe('the accounts of all workers', () => {
  test('add what each worker adds, and are zero at first (OP-K7)', async () => {
    const { time, keeper } = keeperAt()
    const account = 'budget:alice:day:2026-11-29'
    expect(await keeper.read(account)).toEqual({ tokens: 0, requests: 0, cost: 0 })
    await Promise.all([1, 2, 3].map((cost) => keeper.add(account, { tokens: 10, requests: 1, cost }, time.date + 5)))
    expect(await keeper.read(account)).toEqual({ tokens: 30, requests: 3, cost: 6 })
  })

  test('are forgotten a day after their time (OP-K7)', async () => {
    const { time, keeper } = keeperAt()
    await keeper.add('old', { tokens: 10, requests: 1, cost: 0 }, time.date)
    time.date += 86_400_000
    await keeper.add('new', { tokens: 1, requests: 1, cost: 0 }, time.date)
    expect((await keeper.read('old'))?.tokens).toBe(10)
    time.date += 60_001
    await keeper.add('new', { tokens: 1, requests: 1, cost: 0 }, time.date)
    expect([(await keeper.read('old'))?.tokens, (await keeper.read('new'))?.tokens]).toEqual([0, 2])
  })
})
