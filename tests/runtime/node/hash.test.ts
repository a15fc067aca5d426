import { expect, test } from 'bun:test'
import { sha256Hex } from '../../../src/runtime/hash.ts'
import * as node from '../../../src/runtime/node/hash.ts'

test("the hashes of other runtimes are the same as Bun's (OP-X2)", () => {
  for (const text of ['', 'abc', 'Zürich 🏔']) expect(node.sha256Hex(text)).toBe(sha256Hex(text))
  expect(node.sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('texts of any length are compared as a whole (OP-X2)', () => {
  expect(node.equalInConstantTime('token', 'token')).toBe(true)
  expect(node.equalInConstantTime('token', 'token ')).toBe(false)
  expect(node.equalInConstantTime('', 'token')).toBe(false)
})

test('the key of a cache is the same for the same text (OP-X2)', () => {
  expect(node.cacheHash('a')).toBe(node.cacheHash('a'))
  expect(node.cacheHash('a')).not.toBe(node.cacheHash('b'))
})
