import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { waitUntil } from '../../support/wait-until.ts'

const portOf = (url: string): string => new URL(url).port

/** A desktop whose browser writes the URL into a file. */
const desktop = () => {
  const folder = temporaryFolder()
  const opened = join(folder, 'opened')
  writeFileSync(
    join(folder, 'xdg-open'),
    `#!/bin/sh\necho "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
  )
  chmodSync(join(folder, 'xdg-open'), 0o755)
  return { opened, environment: { DISPLAY: ':0', PATH: `${folder}:/usr/bin:/bin` } }
}

describe('dashboard', () => {
  test('prints the address of the page, and opens it (OP-D7)', async () => {
    const port = portOf(startChain({ config: { dashboard: true } }).url)
    const { opened, environment } = desktop()
    const url = `http://127.0.0.1:${port}/dashboard`
    expect(await cli(['dashboard', '--port', port], environment)).toEqual({ code: 0, out: `${url}\n`, err: '' })
    await waitUntil(() => existsSync(opened))
    expect(readFileSync(opened, 'utf8')).toBe(`${url}\n`)
  })

  test('opens nothing with --no-browser, or without a desktop (OP-D7)', async () => {
    const port = portOf(startChain({ config: { dashboard: true } }).url)
    const { opened, environment } = desktop()
    const out = `http://127.0.0.1:${port}/dashboard\n`
    expect(await cli(['dashboard', '--port', port, '--no-browser'], environment)).toMatchObject({ code: 0, out })
    expect(await cli(['dashboard', '--port', port])).toMatchObject({ code: 0, out })
    expect(existsSync(opened)).toBe(false)
  })

  test('works for a server that requires a token: the page is then a form (OP-D7)', async () => {
    const { url } = startChain({ config: { dashboard: true, host: '0.0.0.0' } })
    expect(await cli(['dashboard', '--port', portOf(url)])).toMatchObject({ code: 0, err: '' })
  })

  test('gives the remedy for a server without the page, and without a server (OP-D7)', async () => {
    const { url } = startChain()
    expect(await cli(['dashboard', '--port', portOf(url)])).toEqual({
      code: 1,
      out: '',
      err: `The server at ${url} has no dashboard. Start it with nexus-claude-api start --dashboard.\n`,
    })
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    const { port } = server
    afterTest(() => server.stop(true))
    await server.stop(true)
    const { code, err } = await cli(['dashboard', '--port', String(port)])
    expect([code, err]).toEqual([
      1,
      `No server answers at http://127.0.0.1:${port}. Start it with nexus-claude-api start --dashboard.\n`,
    ])
  })

  test('needs the real port of a server with --port 0 (OP-D7)', async () => {
    expect(await cli(['dashboard', '--port', '0'])).toMatchObject({ code: 2, err: expect.stringContaining('--port 0') })
  })
})
