import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Rule, rules } from './list.ts'

/**
 * Runs the tests and says of every rule which tests hold it, and whether they pass.
 *
 *   bun run rules [K4]      all rules, or one with the names of its tests
 *
 * Fails where a rule has no passing test and no sentence in docs/translation.md that says why not.
 */

interface TestCase {
  readonly name: string
  readonly hasPassed: boolean
}

const { positionals } = parseArgs({ allowPositionals: true })
const [wanted] = positionals
const root = join(import.meta.dir, '..', '..')

const unescaped = (xml: string): string =>
  xml.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: 'lt' | 'gt' | 'quot' | 'apos' | 'amp') => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name],
  )

/** The cases of a JUnit report: the names of the suites around a test are part of its own. */
const casesIn = (report: string): TestCase[] =>
  [...report.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, attributes = '', , inside = '']) => {
    const attribute = (name: string): string => unescaped(new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
    return {
      name: `${attribute('classname')} > ${attribute('name')}`,
      hasPassed: !/<(?:failure|error|skipped)/.test(inside),
    }
  })

const runTests = async (): Promise<TestCase[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  const report = join(folder, 'report.xml')
  try {
    const command = [process.execPath, 'test', '--reporter=junit', `--reporter-outfile=${report}`]
    await Bun.spawn(command, { cwd: root, stdout: 'ignore', stderr: 'ignore' }).exited
    return casesIn(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An id stands by itself: K1 is not K12, 1.1 not 1.10. */
const namePattern = ({ id }: Rule): RegExp =>
  new RegExp(`(?<![\\w.])${id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w]|\\.\\d)`)

/** Rules that docs/translation.md gives a reason for: `**K11**: ...`. */
const excusedIn = (page: string): ReadonlySet<string> =>
  new Set([...page.matchAll(/^- \*\*([^*]+)\*\*: .{20,}/gm)].map(([, id = '']) => id))

if (wanted !== undefined && !rules.some(({ id }) => id === wanted)) {
  console.log(`There is no rule ${wanted}.`)
  process.exit(2)
}
const cases = await runTests()
const excused = excusedIn(readFileSync(join(root, 'docs', 'translation.md'), 'utf8'))
let missing = 0
let held = 0
for (const rule of rules.filter(({ id }) => wanted === undefined || id === wanted)) {
  const pattern = namePattern(rule)
  const holding = cases.filter(({ name }) => pattern.test(name))
  const failed = holding.filter(({ hasPassed }) => !hasPassed)
  const isHeld = holding.length > 0 && failed.length === 0
  const isExcused = holding.length === 0 && excused.has(rule.id)
  if (isHeld) held += 1
  if (!isHeld && !isExcused) missing += 1
  const state = isHeld ? 'holds ' : isExcused ? 'why not' : failed.length > 0 ? 'FAILS ' : 'NO TEST'
  console.log(`${state.padEnd(7)}  ${rule.id.padEnd(24)} ${String(holding.length).padStart(4)}  ${rule.says}`)
  for (const { name, hasPassed } of wanted === undefined ? failed : holding) {
    console.log(`${' '.repeat(9)}${hasPassed ? 'pass' : 'FAIL'}  ${name}`)
  }
}
console.log(`${held} rules held by tests, ${missing} neither held nor explained`)
const unknown = [...excused].filter((id) => !rules.some((rule) => rule.id === id))
if (unknown.length > 0) console.log(`docs/translation.md explains rules that there are not: ${unknown.join(', ')}`)
process.exit(missing === 0 && unknown.length === 0 && cases.length > 0 ? 0 : 1)
