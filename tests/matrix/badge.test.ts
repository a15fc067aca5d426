import { describe, expect, test } from 'bun:test'
import { toBadge } from '../../scripts/matrix/badge.ts'
import type { Cell } from '../../scripts/matrix/result.ts'
import { cells, feature, pass, result } from '../support/matrix-results.ts'

const fail: Cell = { status: 'fail', error: 'no' }

/** Fifteen published rows, of which the first ones have another result on the strict Nexus. */
const badgeWith = (...others: readonly Cell[]) =>
  toBadge(
    result([
      ...Array.from({ length: 15 }, (_, index) => feature(`row_${index}`, cells(others[index] ?? pass, fail, fail))),
      feature('own', cells(fail), { group: 'ours' }),
    ]),
  )

describe('the badge (MX-R6)', () => {
  test('counts the published rows on the newest client and the strict Nexus', () => {
    expect(badgeWith()).toEqual({
      schemaVersion: 1,
      label: 'Claude Code',
      message: '15/15 · 2.1.332',
      color: 'brightgreen',
    })
  })

  test.each([
    [[fail], '14/15 · 2.1.332', 'yellow'],
    [[fail, fail], '13/15 · 2.1.332', 'yellow'],
    [[fail, fail, fail], '12/15 · 2.1.332', 'red'],
    [[{ status: 'healed' }], '14/15 · 2.1.332', 'yellow'],
    [[{ status: 'not_tested' }], '14/15 · 2.1.332', 'yellow'],
  ] as const)('has the colour of the number of rows that did not pass: %p', (others, message, color) => {
    expect(badgeWith(...others)).toMatchObject({ message, color })
  })

  test('is red without any result', () => {
    expect(toBadge(result([])).color).toBe('red')
  })
})
