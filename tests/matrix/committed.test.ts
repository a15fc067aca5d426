import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCommitted } from '../../scripts/matrix/committed.ts'
import { UsageError } from '../../scripts/matrix/options.ts'
import { isUnchanged } from '../../scripts/matrix/page.ts'
import { writeResults } from '../../scripts/matrix/write-results.ts'
import { cells, feature, pass, result } from '../support/matrix-results.ts'

const folder = mkdtempSync(join(tmpdir(), 'nexus-matrix-'))
afterAll(() => rmSync(folder, { recursive: true }))

const made = result([feature('tool_use', cells(pass))])

describe('the files of a run', () => {
  test('are the results, the page and the badge, and the results can be read again (MX-R5)', async () => {
    const out = join(folder, 'new', 'out')
    await writeResults(out, made)
    expect(readdirSync(out).sort()).toEqual(['badge.json', 'compatibility.md', 'matrix.json'])
    expect(readCommitted(out)).toEqual(made)
    expect(JSON.parse(readFileSync(join(out, 'badge.json'), 'utf8'))).toMatchObject({ message: '1/1 · 2.1.332' })
    const [page, json] = ['compatibility.md', 'matrix.json'].map((name) => readFileSync(join(out, name), 'utf8'))
    expect(isUnchanged(String(page), String(json))).toBe(true)
  })

  test('are absent before the first run', () => {
    expect(readCommitted(folder)).toBeUndefined()
  })

  test('are refused as a fault of usage if they are damaged (MX-R8)', () => {
    writeFileSync(join(folder, 'matrix.json'), '{"schema_version":')
    expect(() => readCommitted(folder)).toThrow(UsageError)
    expect(() => readCommitted(folder)).toThrow('matrix.json is damaged: it is not JSON')
  })
})
