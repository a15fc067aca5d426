import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { covers, knownDifferences } from '../../../scripts/e2e/claude-gateway/compare-answers.ts'
import { probes } from '../../../scripts/e2e/claude-gateway/probes.ts'

describe('an answer covers another one', () => {
  test.each<[unknown, unknown]>([
    [{ a: 1, b: 'x' }, { a: 2 }],
    [{ error: 'slow_down', error_description: 'x' }, { error: 'slow_down' }],
    [{ id: 'x' }, { id: null }],
    [{ settings: { b: 1 } }, { settings: { a: [] } }],
    [[{ a: 1, b: 2 }], [{ a: 3 }]],
    ['', ''],
  ])('with all of its members, and perhaps more: %j, %j', (ours, theirs) => {
    expect(covers(ours, theirs)).toBe(true)
  })

  test.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: '1' }, { a: 1 }],
    [{ error: 'invalid_request' }, { error: 'slow_down' }],
    [{ error: { type: 'a' } }, { error: { type: 'b' } }],
    [[{ a: 1 }], [{ b: 1 }]],
    [{}, ''],
  ])('and not without: %j, %j', (ours, theirs) => {
    expect(covers(ours, theirs)).toBe(false)
  })
})

test('each known difference is one of a probe, and the docs give its reason', () => {
  const names = new Set(probes.map(({ name }) => name))
  expect(names.size).toBe(probes.length)
  expect(knownDifferences.filter(({ name }) => !names.has(name))).toEqual([])
  const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'sign-in.md'), 'utf8')
  const statusesIn = [...page.matchAll(/^\|[^|]*\| *(\d{3}) *\| *(\d{3}) *\|/gm)].map(([, ours, theirs]) => [
    Number(ours),
    Number(theirs),
  ])
  expect(statusesIn.sort()).toEqual(knownDifferences.map(({ ours, theirs }) => [ours, theirs]).sort())
})
