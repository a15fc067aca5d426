import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface TestCase {
  readonly name: string
  readonly hasPassed: boolean
}

const unescaped = (xml: string): string =>
  xml.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: 'lt' | 'gt' | 'quot' | 'apos' | 'amp') => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name],
  )

const attributeOf = (attributes: string, name: string): string =>
  unescaped(new RegExp(`(?<!\\w)${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')

/** The cases of a JUnit report. The name of a case includes the names of its suites. */
export const casesIn = (report: string): TestCase[] =>
  [...report.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes = '', , inside = '']) => ({
      name: `${attributeOf(attributes, 'classname')} > ${attributeOf(attributes, 'name')}`,
      hasPassed: !/<(?:failure|error|skipped)/.test(inside),
    }),
  )

/** Tests read these: a report from before a change in them is out of date. */
const tested = ['src', 'tests', 'scripts', 'docs', 'package.json', 'bun.lock', 'bunfig.toml']

/** Includes folders: a deleted file changes only its folder. */
const pathsUnder = (path: string): string[] =>
  statSync(path).isDirectory() ? [path, ...readdirSync(path).flatMap((name) => pathsUnder(join(path, name)))] : [path]

/**
 * Returns why a JUnit report at `path` is not valid for the current tests at `root`; `undefined` if it is valid: the run
 * began after the last change, and the report has each test file.
 */
export const whyNotUsable = (path: string, root: string): string | undefined => {
  if (!existsSync(path)) return 'it does not exist'
  const report = readFileSync(path, 'utf8')
  const seconds = Number(attributeOf(/<testsuites [^>]*>/.exec(report)?.[0] ?? '', 'time'))
  const beganMs = statSync(path).mtimeMs - seconds * 1000
  const paths = tested
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap(pathsUnder)
  const newer = paths.find((one) => statSync(one).mtimeMs >= beganMs)
  if (newer !== undefined) return `${relative(root, newer)} is newer than the run`
  const files = new Set(
    [...report.matchAll(/<testsuite ([^>]*)>/g)].map(([, found = '']) => attributeOf(found, 'file')),
  )
  const testFolder = join(root, 'tests')
  const missing = paths
    .filter((one) => one.startsWith(testFolder) && one.endsWith('.test.ts'))
    .map((one) => relative(root, one).replaceAll('\\', '/'))
    .find((file) => !files.has(file))
  return missing === undefined ? undefined : `the run lacks ${missing}`
}
