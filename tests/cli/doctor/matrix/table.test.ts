import { describe, expect, test } from 'bun:test'
import type { Cell } from '../../../../src/cli/doctor/matrix/cell.ts'
import type { Results } from '../../../../src/cli/doctor/matrix/play-matrix.ts'
import { toStrictResults } from '../../../../src/cli/doctor/matrix/strict-results.ts'
import { comparison, differs, matrixTable } from '../../../../src/cli/doctor/matrix/table.ts'

const newest = '2.1.332'

const resultsOf = (cells: Readonly<Record<string, Cell>>): Results =>
  new Map(Object.entries(cells).map(([id, cell]) => [id, { versions: new Map([[newest, cell]]), models: new Map() }]))

const strictOf = (statuses: Readonly<Record<string, Cell>>) =>
  toStrictResults({
    claude_code_version: newest,
    features: Object.entries(statuses).map(([id, nexus_strict]) => ({ id, providers: { nexus_strict } })),
  })

describe('the two columns (MX-D6)', () => {
  const style = { columns: 80, useColor: false }

  test('mark a difference, and add the words of Nexus', () => {
    const strict = strictOf({ vision: { status: 'pass' }, pdf_input: { status: 'pass' } })
    const results = resultsOf({
      vision: { status: 'pass' },
      pdf_input: { status: 'fail', error: 'AI Nexus: no documents' },
    })
    expect(matrixTable(results, strict, style).split('\n')).toEqual([
      '   feature    simulator (strict)  your Nexus',
      '   vision     pass                pass',
      '!  pdf_input  pass                fail',
      '      AI Nexus: no documents',
    ])
    expect(comparison(results, strict)).toBe('Rows with ! differ from the simulator: 1 of 2 that both have played.')
  })

  test('show what the simulator says, if it is something else', () => {
    const strict = strictOf({ vision: { status: 'fail', error: 'exit code 1' } })
    const lines = matrixTable(resultsOf({ vision: { status: 'pass' } }), strict, style).split('\n')
    expect(lines.slice(1)).toEqual(['!  vision   fail                pass', '      simulator: exit code 1'])
  })

  test('compare nothing with a row that one side did not test', () => {
    const pass: Cell = { status: 'pass' }
    const untested: Cell = { status: 'not_tested' }
    const impossible: Cell = { status: 'not_applicable' }
    expect([differs(undefined, pass), differs(untested, pass), differs(pass, untested)]).toEqual([false, false, false])
    expect(differs(pass, impossible)).toBe(false)
    expect(differs(pass, { status: 'healed' })).toBe(true)
    expect(comparison(resultsOf({ vision: pass }), strictOf({ vision: untested }))).toBe(
      'There are no results of the simulator to compare with.',
    )
  })

  test('wrap long words in a narrow terminal', () => {
    const reason = 'works without an effort setting. AI Nexus: Extra inputs are not permitted'
    const table = matrixTable(resultsOf({ vision: { status: 'healed', reason } }), strictOf({}), {
      columns: 50,
      useColor: false,
    })
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(50)
  })

  test('colour the status, not the words', () => {
    const table = matrixTable(resultsOf({ vision: { status: 'fail', error: 'fail' } }), strictOf({}), {
      columns: 80,
      useColor: true,
    })
    expect(table).toContain('\u001b[31mfail\u001b[39m\n      fail')
  })
})

test.each([undefined, null, 'text', { features: 'none' }, { features: [null, { id: 'vision' }] }])(
  'a matrix that is %p has no results to compare with (MX-D6)',
  (matrix) => {
    expect(toStrictResults(matrix)).toEqual(new Map())
  },
)
