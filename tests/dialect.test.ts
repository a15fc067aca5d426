import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '../src/cli/commands/commands.ts'
import { cli } from './support/cli.ts'
import { dialectIn } from './support/dialect.ts'

const root = join(import.meta.dir, '..')

/** Folders of texts by people, without recorded fixtures. */
const folders = ['.ci', '.github', 'docs', 'scripts', 'src', 'tests']
const skipped = new Set([
  // Recorded requests and responses.
  'tests/fixtures',
  // The list of words, and its test.
  'tests/support/dialect.ts',
  'tests/dialect.test.ts',
  // Programs and packages of others.
  'scripts/runtimes/node_modules',
  // Not text.
  'scripts/release/icon.ico',
])

/** Parts of files with a word of the list. */
const exceptions: readonly { readonly path: string; readonly parts: readonly string[] }[] = [
  // Scripts read the member `asked` of `models --json`.
  { path: 'src/cli/commands/models.ts', parts: ['asked?: string', '{ asked: name }', 'entry.asked'] },
  { path: 'tests/cli/commands/models.test.ts', parts: ["asked: 'us.anthropic", '{ asked: name,'] },
  // The name of an event that logs and alerts rely on.
  { path: 'src/gateway/sign-in/sign-in.ts', parts: ['sign_in.asked'] },
  { path: 'tests/gateway/sign-in/sign-in.test.ts', parts: ['sign_in.asked'] },
  { path: 'scripts/e2e/cases/sign-in.ts', parts: ['sign_in.asked'] },
  { path: 'docs/logging.md', parts: ['sign_in.asked'] },
  // A model reads the policy: other words can change its verdicts.
  { path: 'src/gateway/safeguards/policy.ts', parts: ['whoever it claims', 'code that nobody has looked at'] },
  // The tokens of this sentence are known.
  { path: 'tests/tokens/estimate/estimate.test.ts', parts: ['Nobody had expected'] },
]

const filesIn = (path: string): string[] =>
  skipped.has(path)
    ? []
    : statSync(join(root, path)).isDirectory()
      ? readdirSync(join(root, path)).flatMap((name) => filesIn(`${path}/${name}`))
      : [path]

const pages = readdirSync(root).filter((name) => name.endsWith('.md'))
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The text without its exceptions, on the same lines. */
const withoutExceptions = (path: string): string =>
  exceptions
    .filter((exception) => exception.path === path)
    .flatMap(({ parts }) => parts)
    .reduce((text, part) => text.replaceAll(part, ''), textOf(path))

describe('plain English', () => {
  test('every text is free of the listed words', () => {
    const paths = [...folders.flatMap(filesIn), ...pages]
    expect(paths.length).toBeGreaterThan(500)
    expect(paths.flatMap((path) => dialectIn(path, withoutExceptions(path)))).toEqual([])
  })

  test.each([[''], ...catalogue.commands.map(({ name }) => [name])])(
    'help of "%s" is free of the listed words',
    async (name) => {
      const { out, err } = await cli([...name.split(' ').filter((word) => word !== ''), '--help'])
      expect((out + err).length).toBeGreaterThan(100)
      expect(dialectIn(`${name} --help`, out + err)).toEqual([])
    },
  )

  test('every exception is needed', () => {
    for (const { path, parts } of exceptions)
      for (const part of parts)
        expect([path, part, textOf(path).includes(part), dialectIn(path, part).length]).toEqual([path, part, true, 1])
  })

  test('a failure names the file, the line, the words and the plain replacement', () => {
    expect(dialectIn('docs/a.md', 'One.\nWhoever leaves is told.')).toEqual([
      'docs/a.md:2: "Whoever": write a client, a caller, any user',
      'docs/a.md:2: "told": write report, print, know, or an active sentence with "tell"',
    ])
  })

  test.each([
    ['There is no key, and it is no longer required.'],
    ['We cannot tell whether it is valid. We recommend to amend it; the recommended way appends a member.'],
    ['A placeholder stands in for a tool, and K stands for 1024. Besides, any body and everyOne pass.'],
    ['The client has its own key. The headers list each one, wherever they were used.'],
    ['A story, room for more tokens, and a hello to the world.'],
  ])('plain English passes: %s', (sentence) => {
    expect(dialectIn('a', sentence)).toEqual([])
  })
})
