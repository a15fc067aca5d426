import { describe, expect, test } from 'bun:test'
import { cellsToPlay, type PlanOptions, planCells } from '../../scripts/matrix/plan.ts'
import { type MatrixCase, nexusNames, type Row } from '../../scripts/matrix/row.ts'

const oneCase: MatrixCase = {
  name: 'plays',
  checks: ['something'],
  setup: () => ({ scenario: () => undefined }),
  play: async () => {},
}

const row = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  name: id,
  group: 'ours',
  what: '',
  cases: () => [oneCase],
  ...more,
})

const versions = [{ version: '2.1.197' }, { version: '2.1.332' }]

const planned = (rows: readonly Row[], more: Partial<PlanOptions> = {}): unknown[] =>
  planCells({ rows, versions, options: { words: [], nexus: nexusNames }, isInstalled: () => true, ...more }).map(
    ({ row: { id }, column: { version, nexus }, skipped }) => [
      `${id} ${version} ${nexus}`,
      ...(skipped ? [skipped.status, skipped.reason] : []),
    ],
  )

describe('the cells of a run', () => {
  test('are each row in each version and each Nexus (MX-C3)', () => {
    expect(planned([row('a')])).toEqual([
      ['a 2.1.197 lenient'],
      ['a 2.1.197 strict'],
      ['a 2.1.197 poor'],
      ['a 2.1.332 lenient'],
      ['a 2.1.332 strict'],
      ['a 2.1.332 poor'],
    ])
  })

  test('that a version cannot have are not applicable, with the reason (MX-C2)', () => {
    const options = { words: [], nexus: ['strict'] as const }
    const rows = [
      row('new', { since: { version: '2.1.200', reason: 'the flag' } }),
      row('old', { until: { version: '2.1.300', reason: 'the tool was removed' } }),
      row('other', { notApplicable: ({ nexus }) => (nexus === 'strict' ? 'no such Nexus' : undefined) }),
    ]
    expect(planned(rows, { options }).filter((cell) => String(cell).includes('strict'))).toEqual([
      ['new 2.1.197 strict', 'not_applicable', 'needs Claude Code 2.1.200: the flag'],
      ['new 2.1.332 strict'],
      ['old 2.1.197 strict'],
      ['old 2.1.332 strict', 'not_applicable', 'ended with Claude Code 2.1.300: the tool was removed'],
      ['other 2.1.197 strict', 'not_applicable', 'no such Nexus'],
      ['other 2.1.332 strict', 'not_applicable', 'no such Nexus'],
    ])
  })

  test('of a row that few columns play are not tested elsewhere', () => {
    const reason = 'takes six minutes'
    const rows = [row('slow', { onlyOn: { version: 'newest', nexus: ['strict'], reason } })]
    expect(planned(rows)).toEqual([
      ['slow 2.1.197 lenient', 'not_tested', reason],
      ['slow 2.1.197 strict', 'not_tested', reason],
      ['slow 2.1.197 poor', 'not_tested', reason],
      ['slow 2.1.332 lenient', 'not_tested', reason],
      ['slow 2.1.332 strict'],
      ['slow 2.1.332 poor', 'not_tested', reason],
    ])
  })

  test('that are not selected or not installed are not tested', () => {
    const cells = planned([row('a'), row('b')], {
      options: { words: ['a'], nexus: ['poor'] },
      isInstalled: (version) => version === '2.1.332',
    })
    const played = cells.filter((cell) => (cell as unknown[]).length === 1)
    expect(played).toEqual([['a 2.1.332 poor']])
    expect(cells[2]).toEqual(['a 2.1.197 poor', 'not_tested', 'not installed'])
    expect(cells[0]).toEqual(['a 2.1.197 lenient', 'not_tested', 'not in this run'])
  })

  test('that take long begin first', () => {
    const rows = [row('short'), row('long', { cases: () => [{ ...oneCase, limitSeconds: 400 }] })]
    const cells = planCells({ rows, versions, options: { words: [], nexus: nexusNames }, isInstalled: () => true })
    expect(cellsToPlay(cells)[0]?.row.id).toBe('long')
  })
})
