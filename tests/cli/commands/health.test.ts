import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../../scripts/support/free-port.ts'
import { version } from '../../../src/version.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

const portOf = (url: string): string => new URL(url).port

const serve = (answer: () => Response | Promise<Response>): string => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
  afterTest(() => server.stop(true))
  return String(server.port)
}

describe('health', () => {
  test('ends with 0 for a running server, and prints its version as text or JSON', async () => {
    const url = startChain().url
    const port = portOf(url)
    expect(await cli(['health', '--port', port])).toEqual({
      code: 0,
      out: `healthy: nexus-claude-api ${version} at http://127.0.0.1:${port} (process ${process.pid})\n`,
      err: '',
    })
    const { code, out, err } = await cli(['health', '--json', '-p', port])
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual({
      healthy: true,
      url: `http://127.0.0.1:${port}`,
      version,
      pid: process.pid,
      uptime: expect.any(Number),
      degradations: 0,
    })
  })

  test('reads host and port from all sources of the server, and connects to 127.0.0.1 for 0.0.0.0', async () => {
    const port = portOf(startChain().url)
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ host: '0.0.0.0', port: Number(port) }))
    for (const [args, environment] of [
      [[], { NEXUS_HOST: '0.0.0.0', NEXUS_PORT: port }],
      [['--config', join(folder, 'c.json')], {}],
    ] as const)
      expect((await cli(['health', ...args], environment)).out).toContain(`at http://127.0.0.1:${port} (`)
  })

  test('does not read a secret from a keychain', async () => {
    const port = portOf(startChain().url)
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ apiKey: { keychain: 'apiKey' } }))
    const { code, err } = await cli(['health', '-p', port, '--config', join(folder, 'c.json')])
    expect([code, err]).toEqual([0, ''])
  })

  test('uses no proxy, even if the environment has one', async () => {
    const port = portOf(startChain().url)
    const dead = 'http://127.0.0.1:1'
    const environment = { HTTP_PROXY: dead, http_proxy: dead, ALL_PROXY: dead, NO_PROXY: '', no_proxy: '' }
    expect(await startCli(['health', '--port', port], environment).ended).toMatchObject({ code: 0, err: '' })
  })

  test('ends with 1 and a remedy without a server', async () => {
    const port = String(freePort())
    expect(await cli(['health', '--port', port])).toEqual({
      code: 1,
      out: '',
      err: `not healthy: no server listens at http://127.0.0.1:${port}.\nStart it with nexus-claude-api start, or give its address with --host and --port.\n`,
    })
    const { code, out, err } = await cli(['health', '--json', '--port', port])
    expect([code, err, JSON.parse(out)]).toEqual([
      1,
      '',
      { healthy: false, url: `http://127.0.0.1:${port}`, reason: `no server listens at http://127.0.0.1:${port}` },
    ])
  })

  test.each([
    ['another service', () => Response.json({ status: 'healthy', service: 'other', version: '1', pid: 1 }), 200],
    ['a server that is not healthy', () => Response.json({ status: 'ill', service: 'nexus-claude-api' }), 200],
    ['a failure', () => new Response('no', { status: 500 }), 500],
    ['a redirect', () => Response.redirect('http://127.0.0.1:1/', 302), 302],
    ['a web page', () => new Response('<html>'), 200],
  ])('%s is not healthy', async (_, answer, status) => {
    const port = serve(answer)
    const { code, err } = await cli(['health', '--port', port])
    expect([code, err.split('\n')[0]]).toEqual([
      1,
      `not healthy: the server at http://127.0.0.1:${port} is not a healthy nexus-claude-api (status ${status}).`,
    ])
  })

  test('ends with 1 after a timeout', async () => {
    const port = serve(() => new Promise<Response>(() => {}))
    const { code, err } = await cli(['health', '--port', port], {}, undefined, { times: { healthMs: 50 } })
    expect([code, err.split('\n')[0]]).toEqual([
      1,
      `not healthy: http://127.0.0.1:${port} did not answer within 0.05 s.`,
    ])
  })

  test('refuses port 0', async () => {
    const { code, err } = await cli(['health', '--port', '0'])
    expect([code, err]).toEqual([2, expect.stringContaining('Give the port that it printed: --port.')])
  })
})
