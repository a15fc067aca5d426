import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rules } from './list.ts'
import { casesIn, type TestCase, whyNotUsable } from './report.ts'
import type { Rule } from './rule.ts'

/**
 * Runs the tests and prints for every rule the number of its tests, and whether they pass.
 *
 *   bun run rules [K4] [--report FILE]      all rules, or one rule with the names of its tests
 *
 * Reads the JUnit report FILE instead of running the tests, if it has all tests and is newer than the last change.
 * Fails if a rule has no passing test, and no page of the docs that describes rules gives a reason.
 */

const { positionals, values } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } })
const [wanted] = positionals
const root = join(import.meta.dir, '..', '..')

const runTests = async (): Promise<TestCase[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  const report = join(folder, 'report.xml')
  try {
    const command = [process.execPath, 'run', 'test', '--reporter=junit', `--reporter-outfile=${report}`]
    await Bun.spawn(command, { cwd: root, stdout: 'ignore', stderr: 'ignore' }).exited
    return casesIn(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const readOrRunTests = async (report: string | undefined): Promise<TestCase[]> => {
  if (report === undefined) return runTests()
  const fault = whyNotUsable(report, root)
  if (fault === undefined) return casesIn(readFileSync(report, 'utf8'))
  console.log(`The report ${report} cannot be used: ${fault}. Running the tests.`)
  return runTests()
}

/** Matches the whole id: K1 does not match K12, 1.1 not 1.10, A9 not OU-A9. */
const namePattern = ({ id }: Rule): RegExp =>
  new RegExp(`(?<![\\w.-])${id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w]|\\.\\d)`)

/** Rules without a test for which a page gives the reason: `- **K11**: ...`. */
const excusedIn = (page: string): ReadonlySet<string> =>
  new Set([...page.matchAll(/^- \*\*([^*]+)\*\*: .{20,}/gm)].map(([, id = '']) => id))

if (wanted !== undefined && !rules.some(({ id }) => id === wanted)) {
  console.log(`There is no rule ${wanted}.`)
  process.exit(2)
}
const cases = await readOrRunTests(values.report)
const pages = globSync(
  'docs/{translation,operate,runtimes,scaling,web-search,prompt-cache,sign-in,setup,matrix,behind-claude-gateway,{upstreams,clients}/*}.md',
  {
    cwd: root,
  },
)
const excused = excusedIn(pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n'))
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
console.log(`${held} rules have passing tests, ${missing} have neither tests nor a reason`)
const unknown = [...excused].filter((id) => !rules.some((rule) => rule.id === id))
if (unknown.length > 0) console.log(`The docs explain rules that do not exist: ${unknown.join(', ')}`)
process.exit(missing === 0 && unknown.length === 0 && cases.length > 0 ? 0 : 1)
