import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dir, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'nexus-matrix-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A registry that does not answer, and no client in the cache. */
const environment = {
  ...process.env,
  CI: '',
  XDG_CACHE_HOME: join(folder, 'cache'),
  BUN_CONFIG_REGISTRY: 'http://127.0.0.1:1',
  NPM_CONFIG_REGISTRY: 'http://127.0.0.1:1',
}

const run = async (...args: readonly string[]) => {
  const child = Bun.spawn([process.execPath, join(root, 'scripts', 'matrix', 'run.ts'), ...args], {
    cwd: folder,
    env: environment,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

describe('bun run matrix', () => {
  test('refuses words that no row has, and lists the rows (MX-R1)', async () => {
    const { code, err } = await run('--only', 'no such row')
    expect(code).toBe(2)
    expect(err).toContain('No row has all of these words: no such row. The rows:\n')
    expect(err).toContain('  launch_signed_in: ')
  })

  test('refuses an invalid command line', async () => {
    const { code, err } = await run('--nexus', 'rich')
    expect([code, err]).toEqual([2, '--nexus takes lenient, strict or poor, not "rich"\n'])
  })

  test('without npm and installed clients, tests nothing and writes no page (MX-R1)', async () => {
    const { code, out, err } = await run('--only', 'launch_signed_in', '--out', 'out')
    expect(err).toContain('no page is written')
    expect(out).toMatch(/^0 pass, 0 healed, 0 fail, \d+ not_applicable, \d+ not_tested$/m)
    expect([code, existsSync(join(folder, 'out', 'compatibility.md'))]).toEqual([3, false])
  })
})
