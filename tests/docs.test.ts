import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { semver } from 'bun'
import { anchor, listed, prose, table } from '../scripts/docs/markdown.ts'
import { generatedPages } from '../scripts/docs/pages.ts'
import { toBadge } from '../scripts/matrix/badge.ts'
import { isUnchanged } from '../scripts/matrix/page.ts'
import { parseResult } from '../scripts/matrix/result.ts'
import { catalogue } from '../src/cli/commands/commands.ts'
import { flagsOf } from '../src/cli/parse/arguments.ts'
import { toAccessFields } from '../src/gateway/observers/access-log.ts'
import type { RequestRecord } from '../src/gateway/request-record.ts'
import { toRequestShape } from '../src/gateway/request-shape.ts'
import { version } from '../src/version.ts'
import type { MessagesRequest } from '../src/wire/anthropic/request.ts'
import { request } from './support/chain.ts'

const root = join(import.meta.dir, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the pages that are generated from the code', () => {
  test.each(generatedPages)('$path is up to date', ({ path, generate }) => {
    const current = read(path)
    expect(current, `${path} is out of date: run bun run docs`).toBe(generate(current))
  })

  test('docs/cli.md has every command and every flag, and no hidden command', () => {
    const page = read('docs/cli.md')
    for (const { name, args, isHidden } of catalogue.commands) {
      expect([name, page.includes(`\n## ${name}\n`)]).toEqual([name, isHidden !== true])
      for (const [flag] of flagsOf(args)) expect(page).toMatch(new RegExp(`^\\| \`--${flag}[ \`]`, 'm'))
    }
  })

  test('a page without its placeholders is not overwritten', () => {
    const [page] = generatedPages.filter(({ path }) => path.endsWith('configuration.md'))
    expect(() => page?.generate('# Configuration\n')).toThrow('settings with a flag')
  })
})

describe('every page', () => {
  const pagesIn = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: folder !== '' })
      .map((name) => `${folder}${String(name).replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.md'))
  const pages = pagesIn('docs/')
  const allPages = [...pages, ...pagesIn('')]

  test.each(allPages)('%s links to files and headings that exist', (path) => {
    for (const [, file = '', heading] of read(path).matchAll(/\]\((?!\w+:)([^)#]*)(#[\w-]+)?\)/g)) {
      const target = file === '' ? path : join(dirname(path), file)
      expect([target, existsSync(join(root, target))]).toEqual([target, true])
      if (heading === undefined) continue
      const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => anchor(text))
      expect(headings).toContain(heading)
    }
  })

  test.each(allPages)('%s names files that exist', (path) => {
    for (const [, file = ''] of read(path).matchAll(/`((?:src|tests|scripts|docs)\/[\w./-]+\.\w+)`/g))
      expect([file, existsSync(join(root, file))]).toEqual([file, true])
  })

  test.each(pages)('%s is linked in README.md', (path) => {
    expect(read('README.md')).toContain(`](${path})`)
  })
})

describe('docs/compatibility.md', () => {
  const json = read('docs/matrix.json')

  test('is as a run wrote it, with the results and the badge (MX-R7)', () => {
    expect(isUnchanged(read('docs/compatibility.md'), json), 'write it with bun run matrix').toBe(true)
    expect(JSON.parse(read('docs/badge.json'))).toEqual(toBadge(parseResult(json)))
  })

  test('is at most 30 days old at a release (MX-R7)', () => {
    const releases = (changelog: string): Map<string, string> =>
      new Map(
        [...changelog.matchAll(/^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$/gm)].map(([, name = '', date = '']) => [
          name,
          date,
        ]),
      )
    const isOld = (generatedAt: string, released: string): boolean =>
      Date.parse(released) - Date.parse(generatedAt) > 30 * 24 * 3_600_000
    expect([...releases('## [Unreleased]\n\n## [1.2.3] - 2026-11-21\n')]).toEqual([['1.2.3', '2026-11-21']])
    expect(['2026-10-20T10:00:00Z', '2026-10-23T10:00:00Z'].map((at) => isOld(at, '2026-11-21'))).toEqual([true, false])
    const released = releases(read('CHANGELOG.md')).get(version)
    if (released === undefined) return
    expect(isOld(parseResult(json).generated_at, released), `run bun run matrix before release ${version}`).toBe(false)
  })
})

describe('docs/translation.md', () => {
  const cellsOf = (line: string): string[] =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
  const tables = [...read('docs/translation.md').matchAll(/^(?:\|.*\n)+/gm)].map(([text]) => {
    const [headers = [], , ...rows] = text.trimEnd().split('\n').map(cellsOf)
    return { headers, rows, name: headers[0] }
  })
  // A pre-release has the rows of its release.
  const [release = ''] = version.split('-')
  const isReleased = (text = ''): boolean => /^\d+\.\d+\.\d+$/.test(text) && semver.order(text, release) <= 0

  test('has tables', () => {
    expect(tables.length).toBeGreaterThan(4)
  })

  test.each(tables)('says for each row of the table "$name" which version handles it first', ({ headers, rows }) => {
    expect(headers.at(-1)).toBe('since')
    for (const row of rows) {
      const remedy = `docs/translation.md, row ${row[0]}: write the version that handles it first into the column "since", ${release} for a new row`
      expect(isReleased(row[headers.length - 1]), remedy).toBe(true)
    }
  })
})

describe('Markdown', () => {
  test('a table has padded columns, and a bar does not end its cell', () => {
    expect(table(['a', ''], [['`x|y`', 'words']])).toBe(`| a      |       |
| ------ | ----- |
| \`x\\|y\` | words |`)
  })

  test('plain text is escaped, and the name of a page becomes a link', () => {
    expect(prose('<key> and `<key>`, *, see docs/security.md and docs/translation.md#models.')).toBe(
      '\\<key\\> and `<key>`, \\*, see [docs/security.md](security.md) and [docs/translation.md](translation.md#models).',
    )
  })

  test('a list in a sentence', () => {
    expect([listed([], 'or'), listed(['a'], 'or'), listed(['a', 'b', 'c'], 'and')]).toEqual(['', 'a', 'a, b and c'])
  })
})

/** Programs rely on docs/logging.md: it has the fields and events that the code logs. */
describe('docs/logging.md', () => {
  const page = readFileSync(join(root, 'docs', 'logging.md'), 'utf8')
  const section = (title: string): string => page.split(/^##+ /m).find((part) => part.startsWith(title)) ?? ''

  const record: RequestRecord = {
    requestId: 'req_1',
    entrance: 'anthropic',
    method: 'GET',
    path: '/',
    session: undefined,
    isSubagent: false,
    endpoint: 'other',
    at: 0,
    outcome: 'answered',
    status: 200,
    firstEventMs: undefined,
    durationMs: 0,
    attempts: 0,
    errorType: undefined,
    errorReason: undefined,
  }

  test('the page has every field of a request, and no other', () => {
    const listed = section('Requests').match(/(?<=^\| `)\w+(?=` +\| (?:string|number|boolean) )/gm)
    expect([...(listed ?? [])]).toEqual(Object.keys(toAccessFields(record)))
  })

  test('the page has every field of a shape', () => {
    const shape = toRequestShape(request() as MessagesRequest, [])
    for (const name of ['requestId', 'bytes', ...Object.keys(shape)])
      expect([name, section('The shape').includes(`\`${name}\``)]).toEqual([name, true])
  })

  test('the page has every event, with its name as it is in the code', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
    const events = sources.flatMap((text) => text.match(/(?<=\blog(?:\.\w+|\[[^\]]*\])?\(\s*')[a-z_.]+(?=')/g) ?? [])
    expect(events.length).toBeGreaterThan(10)
    for (const event of events) expect([event, page.includes(`\`${event}\``)]).toEqual([event, true])
  })
})

/** Users look up the class that a log, a metric or `usage --cache` shows. */
test('docs/prompt-cache.md has every class of a request, and no other (CA-C5)', () => {
  const source = read('src/gateway/cache-audit/cache-class.ts')
  const classes = source.match(/(?<=^ {2}\| ')\w+(?=')/gm) ?? []
  const [, rows = ''] = /^\| class .*\n.*\n((?:\|.*\n)+)/m.exec(read('docs/prompt-cache.md')) ?? []
  const listed = rows.match(/^\|[^|]+/gm)?.flatMap((cell) => cell.match(/(?<=`)\w+(?=`)/g) ?? [])
  expect(classes).toContain('hit')
  expect(listed?.toSorted()).toEqual(classes.toSorted())
})

describe('docs/upstreams/anthropic.md', () => {
  const page = readFileSync(join(root, 'docs', 'upstreams', 'anthropic.md'), 'utf8').replace(/\s+/g, ' ')

  test("links to Anthropic's terms, with a date (AU-T1)", () => {
    expect(page).toMatch(/\(https:\/\/code\.claude\.com\/docs\/en\/legal-and-compliance\)[^#]{0,80}20\d\d/)
  })

  test("recommends a key for each team, then each user's own key, and nothing else (AU-T5)", () => {
    expect(page).toMatch(
      /in this order: one API key for each team .{0,40}, or each user's own key .{0,40}, and nothing else/,
    )
  })
})
