import { describe, expect, test } from 'bun:test'
import { isUnchanged, toPage } from '../../scripts/matrix/page.ts'
import { type Cell, toJson } from '../../scripts/matrix/result.ts'
import { cells, feature, pass, result } from '../support/matrix-results.ts'

const healed: Cell = { status: 'healed', reason: 'Nexus refused: invalid beta flag' }
const failed: Cell = { status: 'fail', error: `no result within 120 s | ${'word '.repeat(50)}`.trim() }
const absent: Cell = { status: 'not_applicable', reason: 'needs Claude Code 2.1.200: the variable' }

const made = result(
  [
    feature('basic_messaging_non_streaming', cells(pass)),
    feature('prompt_caching_1h', cells(failed, pass, healed), {
      versions: { '2.1.265': cells(absent, absent, absent) },
    }),
    feature('sign_in', cells({ status: 'pass', flaky: true }), { group: 'ours' }),
  ],
  { flaky: 1 },
)
const page = toPage(made)

describe('docs/compatibility.md', () => {
  test('has versions with hashes, date, our version and the command in its head (MX-C1, MX-R5)', () => {
    const head = page.slice(0, page.indexOf('##'))
    for (const words of [
      '2026-11-28',
      '0.1.0',
      'abcdef12',
      '2.1.197',
      'sha512-two',
      '`bun run matrix`',
      'flaky cells: 1',
    ])
      expect(head).toContain(words)
  })

  test('says what it does not prove before any result', () => {
    expect(page.indexOf('## What this proves')).toBeLessThan(page.indexOf('## Published rows'))
    for (const words of [
      'not your Nexus',
      'scripted',
      'once per start',
      'linux-x64 only',
      'Do not add the two tables up',
    ])
      expect(page.replace(/\s+/g, ' ')).toContain(words)
  })

  test('has a word for each cell, and one sign for three equal cells, newest version first', () => {
    expect(page).toMatch(/^\| feature +\| 2\.1\.332 +\| 2\.1\.265 +\| 2\.1\.197 +\|$/m)
    expect(page).toMatch(/^\| `basic_messaging_non_streaming` \| pass +\| pass +\| pass +\|$/m)
    expect(page).toMatch(/^\| `prompt_caching_1h` +\| pass \/ FAIL¹ \/ healed² +\| n\/a³ +\| – +\|$/m)
  })

  test('has a note for each cell that failed, healed, is not applicable or flaky (MX-R3)', () => {
    const notes = page.replace(/\s+/g, ' ')
    expect(notes).toContain('1. Failed: no result within 120 s')
    expect(notes).toContain('2. Nexus refused: invalid beta flag')
    expect(notes).toContain('3. needs Claude Code 2.1.200: the variable')
    expect(notes).toContain('4. Flaky: it failed first, and passed when it was repeated.')
    expect(page).toMatch(/^\| `sign_in` \| pass \/ pass⁴ \/ pass \|/m)
  })

  test('has at most 120 columns, also with a note on each cell', () => {
    const marked = (status: Cell['status'], number: number): Cell => ({
      status,
      error: `e${number}`,
      reason: `r${number}`,
    })
    const worst = (offset: number) =>
      cells(marked('fail', offset), marked('not_applicable', offset + 1), marked('healed', offset + 2))
    const many = Array.from({ length: 15 }, (_, row) =>
      feature('basic_messaging_non_streaming', worst(row), {
        versions: { '2.1.197': worst(row + 20), '2.1.265': worst(row + 40) },
      }),
    )
    for (const text of [page, toPage(result(many))])
      for (const line of text.split('\n')) expect([line, line.length <= 120]).toEqual([line, true])
  })

  test('indents the lines of a note below its first word, as the formatter does (MX-R5)', () => {
    const long = Array.from({ length: 12 }, (_, row) =>
      feature('tool_use', cells({ status: 'healed', reason: `refused part ${row} ${'word '.repeat(40)}` })),
    )
    const text = toPage(result(long))
    expect(text).toMatch(/^9\. .*\n {3}\S/m)
    expect(text).toMatch(/^10\. .*\n {4}\S/m)
  })

  test('links each loss to the page that describes it', () => {
    expect(page).toMatch(/^- `prompt_caching_1h`: .*\n?.*\[More\]\(translation\.md#prompt-caching\)\.$/m)
  })

  test('has a hash of itself and of the results, so that neither can be edited by hand (MX-R7)', () => {
    const json = toJson(made)
    expect(isUnchanged(page, json)).toBe(true)
    expect(isUnchanged(page.replace('FAIL', 'pass'), json)).toBe(false)
    expect(isUnchanged(page, json.replace('"fail"', '"pass"'))).toBe(false)
    expect(isUnchanged(page.replace(/sha256: \w+/, 'sha256: 0'), json)).toBe(false)
    expect(isUnchanged('# A page\n', json)).toBe(false)
  })
})
