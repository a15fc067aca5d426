import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'jsonc-parser'
import { runtimes } from '../../scripts/runtimes/runtimes.ts'
import { version } from '../../src/version.ts'

/** The entries in deploy/runtimes/. `bun run test:runtimes` runs them. */

const root = join(import.meta.dir, '..', '..')
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')
const folders = readdirSync(join(root, 'deploy', 'runtimes'))

describe('the entries of other runtimes', () => {
  test('are of five runtimes, and docs/runtimes.md describes each (OP-X1)', () => {
    expect(folders.sort()).toEqual(['bun', 'deno', 'node', 'vercel', 'workers'])
    const page = read('docs', 'runtimes.md')
    for (const title of ['Node 22', 'Deno', 'Cloudflare Workers', 'Bun', 'Vercel'])
      expect(page).toContain(`\n### ${title}\n`)
  })

  test.each(folders)('%s gets this version of the package (OP-X1)', (folder) => {
    const { dependencies } = JSON.parse(read('deploy', 'runtimes', folder, 'package.json'))
    expect(dependencies['nexus-claude-api']).toBe(`^${version}`)
  })

  test('a Worker has the date from which Workers run the app, and composes it before its first request (OP-X4)', () => {
    const wrangler = parse(read('deploy', 'runtimes', 'workers', 'wrangler.jsonc'))
    expect(wrangler).toMatchObject({
      main: 'worker.js',
      compatibility_flags: expect.arrayContaining(['nodejs_compat']),
    })
    expect(wrangler.compatibility_date >= '2025-06-01').toBe(true)
    const entry = read('deploy', 'runtimes', 'workers', wrangler.main)
    expect(entry).toContain('\nconst answer = createFetch(optionsFromEnvironment(env))\n')
  })

  test('a Worker ends the request of a client that disconnects, so that its place is free again (OP-X4)', () => {
    expect(read('deploy', 'runtimes', 'workers', 'worker.js')).toContain('context.waitUntil(response)\n')
  })

  test("all but Vercel's run in CI, with one set of scenarios (OP-X5)", () => {
    const run = runtimes.map(({ folder }) => folder)
    expect(run.sort()).toEqual(folders.filter((folder) => folder !== 'vercel').sort())
    expect(read('.ci', 'run')).toContain('run test:runtimes\n')
  })

  test('the entry for Vercel and its docs say that it was not tried (OP-X5)', () => {
    expect(read('deploy', 'runtimes', 'vercel', 'api', 'index.js')).toContain('Not tried')
    expect(read('docs', 'runtimes.md')).toContain('`deploy/runtimes/vercel` was not tried')
  })

  test("Node's entry has the server that the tests have (OP-X5)", () => {
    const tested = JSON.parse(read('scripts', 'runtimes', 'package.json')).dependencies
    const { 'nexus-claude-api': _, ...others } = JSON.parse(
      read('deploy', 'runtimes', 'node', 'package.json'),
    ).dependencies
    expect(tested).toMatchObject(others)
    expect(Object.keys(others)).toContain('@hono/node-server')
  })
})
