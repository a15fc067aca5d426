import { describe, expect, test } from 'bun:test'
import { type Column, tableLines, tableWidth } from '../../../src/cli/terminal/table.ts'

interface Row {
  readonly name: string
  readonly count: number
}

const columns: readonly Column<Row>[] = [
  { title: 'client', cell: ({ name }) => name },
  { title: 'requests', isNumber: true, cell: ({ count }) => String(count) },
  { title: 'note', cell: ({ count }) => (count > 100 ? 'many' : '') },
]

describe('a table', () => {
  test('aligns text at the left and numbers at the right, without spaces at the end', () => {
    const rows = [
      { name: 'alice', count: 7 },
      { name: 'continuous-integration', count: 1234 },
    ]
    expect(tableLines(columns, rows)).toEqual([
      'client                  requests  note',
      'alice                          7',
      'continuous-integration      1234  many',
    ])
  })

  test('stays aligned with wide characters, marks and emoji (OP-U1)', () => {
    const rows = ['日本', 'e\u0301', '👩‍👩‍👧', 'plain'].map((name) => ({ name, count: 1 }))
    const lines = tableLines(columns, rows)
    expect(lines.map((line) => Bun.stringWidth(line))).toEqual([22, 16, 16, 16, 16])
    expect(lines[1]).toBe('日本           1')
    expect(tableWidth(lines)).toBe(22)
  })

  test('without rows has its titles only', () => {
    expect(tableLines(columns, [])).toEqual(['client  requests  note'])
  })
})
