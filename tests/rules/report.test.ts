import { describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesIn, whyNotUsable } from '../../scripts/rules/report.ts'
import { temporaryFolder } from '../support/cli.ts'

const xml = (...files: string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" time="10.5">
${files.map((file) => `<testsuite name="${file}" file="${file}" tests="3" time="2">`).join('\n')}
<testcase name="K4 &lt;never&gt;" classname="blocks" time="0.1" file="tests/a.test.ts" assertions="1" />
<testcase name="K5" classname="blocks" time="0.1" file="tests/a.test.ts"><failure type="AssertionError" /></testcase>
<testcase name="K6" classname="blocks" time="0" file="tests/a.test.ts"><skipped /></testcase>
</testsuite></testsuites>`

/** The start of the run, in seconds. */
const began = 1_000_000

/** A project whose files are all older than the run, and its report. */
const startTree = (...reported: string[]) => {
  const root = temporaryFolder()
  const report = join(root, 'tests.xml')
  const touch = (name: string, seconds: number): void => utimesSync(join(root, name), seconds, seconds)
  for (const folder of ['src', 'tests']) mkdirSync(join(root, folder))
  for (const name of ['src/a.ts', 'tests/a.test.ts', 'tests/b.test.ts', 'package.json']) {
    writeFileSync(join(root, name), '')
    touch(name, began - 1)
  }
  for (const folder of ['src', 'tests']) touch(folder, began - 1)
  writeFileSync(report, xml(...reported))
  touch('tests.xml', began + 10.5)
  return { root, report, touch }
}

test('a case passes if it has no failure and was not skipped', () => {
  expect(casesIn(xml('tests/a.test.ts'))).toEqual([
    { name: 'blocks > K4 <never>', hasPassed: true },
    { name: 'blocks > K5', hasPassed: false },
    { name: 'blocks > K6', hasPassed: false },
  ])
})

describe('a report', () => {
  test('is used if all tests ran after the last change', () => {
    const { root, report } = startTree('tests/a.test.ts', 'tests/b.test.ts')
    expect(whyNotUsable(report, root)).toBeUndefined()
  })

  test('is not used if it does not exist', () => {
    expect(whyNotUsable(join(temporaryFolder(), 'none.xml'), temporaryFolder())).toBe('it does not exist')
  })

  test('is not used if it lacks a test file', () => {
    const { root, report } = startTree('tests/a.test.ts')
    expect(whyNotUsable(report, root)).toBe('the run lacks tests/b.test.ts')
  })

  test.each(['src/a.ts', 'tests/b.test.ts', 'package.json'])(
    'is not used if %s changed while the tests ran',
    (name) => {
      const { root, report, touch } = startTree('tests/a.test.ts', 'tests/b.test.ts')
      touch(name, began + 1)
      expect(whyNotUsable(report, root)).toBe(`${name} is newer than the run`)
    },
  )

  test('is not used if a file was deleted after the run', () => {
    const { root, report } = startTree('tests/a.test.ts', 'tests/b.test.ts')
    rmSync(join(root, 'src/a.ts'))
    expect(whyNotUsable(report, root)).toBe('src is newer than the run')
  })
})
