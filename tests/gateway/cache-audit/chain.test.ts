import { expect, test } from 'bun:test'
import { type Chain, firstDifference, GrowingChain, maximumHashes } from '../../../src/gateway/cache-audit/chain.ts'

/** A chain of `length` hashes that differs from others from `changed` on. */
const chainOf = (length: number, changed = length): Chain => {
  const chain = new GrowingChain()
  for (let index = 0; index < length; index += 1) chain.add(BigInt(index) * 2n + (index < changed ? 0n : 1n))
  return chain.take()
}

test('CA-S2 two chains differ from the first index that differs, or at the end of the shorter one', () => {
  expect(firstDifference(chainOf(10), chainOf(12), 10)).toBe(10)
  expect(firstDifference(chainOf(10), chainOf(12), 4)).toBe(4)
  expect(firstDifference(chainOf(10, 7), chainOf(12), 10)).toBe(7)
  expect(firstDifference(chainOf(10, 0), chainOf(12), 10)).toBe(0)
  expect(firstDifference(chainOf(10), chainOf(6), 10)).toBe(6)
  expect(firstDifference(chainOf(0), chainOf(6), 0)).toBe(0)
})

test('CA-S2 of a long chain, the beginning is known by every 64th hash', () => {
  const chain = chainOf(10_000)
  expect(chain.bytes).toBeLessThan(8 * 2300)
  expect([chain.length, chain.at(9999), chain.at(8000)]).toEqual([10_000, 19_998n, 16_000n])
  expect([chain.at(62), chain.at(63), chain.at(10_000)]).toEqual([undefined, 126n, undefined])
  expect(firstDifference(chain, chainOf(10_100), 10_000)).toBe(10_000)
  expect(firstDifference(chain, chainOf(10_100, 9000), 10_000)).toBe(9000)
  // Within a group, the last index stands for all.
  expect(firstDifference(chain, chainOf(10_100, 130), 10_000)).toBe(191)
  expect(firstDifference(chain, chainOf(100), 10_000)).toBe(100)
})

test('CA-S2 a chain of any length keeps a bounded number of hashes', () => {
  expect(chainOf(500_000).bytes).toBeLessThanOrEqual(maximumHashes * 8)
})
