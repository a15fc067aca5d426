import { expect, test } from 'bun:test'
import { createBuckets } from '../../src/state/buckets.ts'

const once = { most: 1, everyMs: 1000 }

test('a full bucket is forgotten first, then the least recently used one (OP-L1)', () => {
  let at = 0
  const { take } = createBuckets({ now: () => at, mostBuckets: 2 })
  const isAllowed = (bucket: string): boolean => take(bucket, once).isAllowed
  expect([isAllowed('a'), isAllowed('b')]).toEqual([true, true])
  // Neither is full: `a` was used first.
  expect(isAllowed('c')).toBe(true)
  expect([isAllowed('b'), isAllowed('a')]).toEqual([false, true])
  at = 1000
  expect(take('d', once)).toEqual({ isAllowed: true, fullInMs: 1000 })
})
