import { expect, test } from 'bun:test'
import { memoize } from '../../src/base/memoize.ts'

test('computes a result once, and forgets the oldest beyond the bound', () => {
  const computed: string[] = []
  const upper = memoize((text) => {
    computed.push(text)
    return text.toUpperCase()
  }, 2)
  expect(['a', 'a', 'b', 'c', 'b', 'a'].map(upper)).toEqual(['A', 'A', 'B', 'C', 'B', 'A'])
  expect(computed).toEqual(['a', 'b', 'c', 'a'])
})
