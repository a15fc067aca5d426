import { describe, expect, test } from 'bun:test'
import { regressions } from '../../scripts/matrix/check.ts'
import type { Cell } from '../../scripts/matrix/result.ts'
import { cells, feature, pass, result } from '../support/matrix-results.ts'

const before = result([feature('tool_use', cells(pass))])
const now = (strict: Cell) => result([feature('tool_use', cells(strict))])

describe('the comparison with the committed results (MX-R8)', () => {
  test('finds nothing in equal results', () => {
    expect(regressions(before, before)).toEqual([])
  })

  test('names the cell, its error and the command that repeats it', () => {
    expect(regressions(before, now({ status: 'fail', error: 'no result within 120 s' }))).toEqual([
      'tool_use, 2.1.332, strict: fail: no result within 120 s\n' +
        '  repeat it: bun run matrix --only tool_use --versions 2.1.332 --nexus strict',
    ])
  })

  test.each([
    { status: 'healed', reason: 'Nexus refused: no' },
    { status: 'not_applicable', reason: 'the flag is gone' },
  ] as const)('finds a change from pass to $status', (cell) => {
    expect(regressions(before, now(cell))).toHaveLength(1)
  })

  test('finds a change in an older version', () => {
    const failed = feature('tool_use', cells(pass), {
      versions: { '2.1.197': cells({ status: 'fail', error: 'no' }), '2.1.265': cells(pass) },
    })
    expect(regressions(before, result([failed]))[0]).toStartWith('tool_use, 2.1.197, strict: fail: no')
  })

  test('ignores cells that were not played, failed before, or belong to a new version or row', () => {
    const broken: Cell = { status: 'fail', error: 'no' }
    expect(regressions(before, now({ status: 'not_tested' }))).toEqual([])
    expect(regressions(now(broken), now(broken))).toEqual([])
    expect(regressions(before, result([feature('new_row', cells(broken))]))).toEqual([])
    const newer = result([feature('tool_use', cells(broken), { versions: {} })], {
      claude_code_version: '2.1.340',
      versions: [{ version: '2.1.340', role: 'newest', integrity: {} }],
    })
    expect(regressions(before, newer)).toEqual([])
  })
})
