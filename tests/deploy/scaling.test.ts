import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The figures of docs/scaling.md that are calculated. */

const page = readFileSync(join(import.meta.dir, '..', '..', 'docs', 'scaling.md'), 'utf8')

/** The rows of a section's tables: the first cell, and the others. */
const rowsOf = (heading: string): ReadonlyMap<string, readonly string[]> => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return new Map(
    own
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| -'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, first = '', ...others]) => [first, others.slice(0, -1)]),
  )
}

const numberOf = (text = ''): number =>
  text === '1/3' ? 1 / 3 : Number(/[\d,.]+/.exec(text)?.[0]?.replaceAll(',', '') ?? Number.NaN)

const assumed = [...rowsOf('Assumptions')].slice(1).map(([, [value]]) => numberOf(value))
const sizes = rowsOf('Calculated for your size')

describe('the calculated figures', () => {
  test('follow from the assumptions, in each size (OP-K7)', () => {
    const [share = 0, aMinute = 0, bodyKb = 0, seconds = 0, events = 0, answerKb = 0, kept = 0, trips = 0] = assumed
    const cpuMs = 15
    const [perStreamMb, perProcessMb, perProcess] = [1, 120, 150]
    const [header = [], ...rows] = [...sizes.values()]
    const developers = header.map(numberOf)
    expect(developers).toEqual([10, 100, 1000, 5000])
    const expected = developers.map((count) => {
      const requests = (count * share * aMinute) / 60
      const streams = requests * seconds
      const processes = Math.max(1, Math.ceil(streams / perProcess))
      return [
        requests,
        streams,
        requests * events,
        (requests * cpuMs) / 1000,
        processes,
        (streams * perStreamMb + processes * perProcessMb) / 1000,
        count * kept,
        count * kept + streams,
        (requests * (bodyKb + answerKb) * 8) / 1000,
        requests * trips,
      ]
    })
    expect(rows.length).toBe(expected[0]?.length ?? 0)
    for (const [index, row] of rows.entries())
      for (const [column, cell] of row.entries()) {
        const exact = expected[column]?.[index] ?? Number.NaN
        // The page rounds to two or three digits.
        expect([index, column, Math.abs(numberOf(cell) / exact - 1) < 0.05]).toEqual([index, column, true])
      }
  })

  test('name the formula in each row, and the same numbers of processes as the advice (OP-K7)', () => {
    const [, ...names] = sizes.keys()
    for (const name of names) expect(name).toMatch(/: .*(?:×|\/|\+)/)
    const processes = sizes.get('processes: streams / 150, at least one') ?? []
    const [, , thousand = '', most = ''] = processes
    expect(page).toContain(`| ${thousand} replicas [in Kubernetes]`)
    expect(page).toContain(`| ${most} replicas in Kubernetes with Redis`)
  })
})

test('the page says what replicas share, and what needs the same server (OP-R8)', () => {
  expect(page).toContain('With `--state`: rates, budgets, and tries to log in to the dashboard.')
  expect(page).toContain('each of n servers allows the whole rate and the whole budget')
  const same = [...rowsOf('What replicas share')].filter(([, [text = '']]) =>
    text.includes('**needs the same server**'),
  )
  expect(same.map(([name]) => name)).toEqual(['sessions of the dashboard', "stored answers of OpenAI's Responses"])
})
