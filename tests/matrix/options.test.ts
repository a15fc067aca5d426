import { describe, expect, test } from 'bun:test'
import { isComplete, isWanted, parseOptions } from '../../scripts/matrix/options.ts'
import type { Row } from '../../scripts/matrix/row.ts'

const row: Row = { id: 'tool_use', name: 'Read of a file', group: 'published', what: '', cases: () => [] }

describe('options of the matrix (MX-R1)', () => {
  test('play every row, version and Nexus by default, two at once (MX-R4)', () => {
    const options = parseOptions([])
    expect(options).toEqual({
      words: [],
      versions: [],
      nexus: ['lenient', 'strict', 'poor'],
      jobs: 2,
      out: 'dist/matrix',
      check: false,
      source: false,
      program: undefined,
    })
    expect(isComplete(options)).toBe(true)
  })

  test('select rows by id, name or group, versions and Nexus', () => {
    const options = parseOptions(['--only', 'tool', 'READ', '--versions', '2.1.300,newest', '--nexus', 'poor,strict'])
    expect([options.words, options.versions, options.nexus]).toEqual([
      ['tool', 'read'],
      ['2.1.300', 'newest'],
      ['strict', 'poor'],
    ])
    expect([isComplete(options), isWanted(options, row), isWanted({ words: ['published'] }, row)]).toEqual([
      false,
      true,
      true,
    ])
    expect(isWanted({ words: ['tool', 'ours'] }, row)).toBe(false)
  })

  test.each([
    [['--nexus', 'rich'], '--nexus takes lenient, strict or poor, not "rich"'],
    [['--versions', 'old'], '--versions takes versions of Claude Code, or newest, not "old"'],
    [['--jobs', '0'], '--jobs takes a whole number from 1, not "0"'],
    [['tool_use'], 'unexpected argument "tool_use". To choose rows: --only tool_use'],
    [['--unknown'], "Unknown option '--unknown'"],
  ])('refuse %p', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
