import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { runMain } from '../../../src/cli/main.ts'
import { productName, version } from '../../../src/version.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, temporaryFolder, testIo } from '../../support/cli.ts'
import { doctor, doctorReport } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const offline = ['--offline', '--simulate']

/** A server that reports to be ours. */
const healthyServer = (): number => {
  const health = { service: productName, status: 'healthy', version, pid: 1 }
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => Response.json(health) })
  afterTest(() => server.stop(true))
  return Number(server.port)
}

/** A port without a server. */
const closedPort = async (): Promise<number> => {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const { port } = server
  await server.stop(true)
  return Number(port)
}

/** A home where `setup` has set the client up for the port. */
const homeWith = async (client: string, port: number, ...flags: readonly string[]): Promise<string> => {
  const home = temporaryFolder()
  const { code } = await cli(['setup', client, '--yes', '--port', String(port), ...flags], { HOME: home }, home)
  expect(code).toBe(0)
  return home
}

const examine = (home: string, port: number, ...args: readonly string[]) =>
  doctor([...offline, '--port', String(port), ...args], {}, home)

const settingsIn = (home: string): string => join(home, '.claude', 'settings.json')

describe('doctor about the files of clients', () => {
  test('has a line for each client whose file exists, and none for the others (SU-12)', async () => {
    const port = healthyServer()
    const home = await homeWith('opencode', port)
    expect((await examine(temporaryFolder(), port)).clients).toEqual([])
    const { of, clients } = await examine(home, port)
    expect(of('clients.opencode')).toMatchObject({
      status: 'ok',
      title: 'opencode',
      detail: `set up, http://127.0.0.1:${port} answers`,
    })
    const file = join(home, '.config', 'opencode', 'opencode.jsonc')
    const url = `http://127.0.0.1:${port}`
    expect(clients).toEqual([{ client: 'opencode', file, state: 'set-up', url, signedIn: false }])
  })

  for (const client of ['claude-code', 'claude-desktop', 'codex', 'opencode', 'zed', 'continue'])
    test(`recognizes what setup ${client} wrote, at a server that answers, at none, and at another port`, async () => {
      const port = healthyServer()
      const home = await homeWith(client, port)
      expect((await examine(home, port)).of(`clients.${client}`).detail).toBe(
        `set up, http://127.0.0.1:${port} answers`,
      )
      const other = await closedPort()
      const wrong = (await examine(home, other)).of(`clients.${client}`)
      expect(wrong.status).toBe('fail')
      expect(wrong.detail).toEndWith(
        ` leads to http://127.0.0.1:${port}, but the server listens at http://127.0.0.1:${other}`,
      )
      expect(wrong.remedy).toBe(`Run: nexus-claude-api setup ${client}`)
      const silent = await homeWith(client, other)
      expect((await examine(silent, other)).of(`clients.${client}`)).toMatchObject({
        status: 'fail',
        detail: `set up, but no server answers at http://127.0.0.1:${other}`,
        remedy: 'Start it: nexus-claude-api start. To start it at login: nexus-claude-api service print.',
      })
    })

  test('names only the host of another server, and no value of the file', async () => {
    const home = temporaryFolder()
    const env = {
      ANTHROPIC_BASE_URL: 'https://me:canary-password@gateway.example/v1?key=canary',
      ANTHROPIC_AUTH_TOKEN: 'canary-token',
    }
    writeFile(settingsIn(home), { env })
    const { of, clients, said } = await examine(home, 5000)
    expect(of('clients.claude-code')).toMatchObject({
      status: 'info',
      detail: `${settingsIn(home)} leads to gateway.example`,
    })
    expect(clients).toEqual([
      {
        client: 'claude-code',
        file: settingsIn(home),
        state: 'elsewhere',
        url: 'https://gateway.example',
        signedIn: false,
      },
    ])
    expect(said).not.toContain('canary')
  })

  test('reports a file without our values, and a file that does not parse with its line and column', async () => {
    const home = temporaryFolder()
    writeFile(settingsIn(home), { model: 'opus' })
    expect((await examine(home, 5000)).of('clients.claude-code')).toMatchObject({
      status: 'info',
      detail: `not set up: ${settingsIn(home)} has no address of a server. To change that, run: nexus-claude-api setup claude-code`,
    })
    writeFile(settingsIn(home), '{\n  "env": canary\n}')
    const { of, clients, said } = await examine(home, 5000)
    expect(of('clients.claude-code')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/settings\.json:2:\d+ is not valid JSON/) as never,
    })
    expect(clients).toMatchObject([{ client: 'claude-code', state: 'not-valid', url: null }])
    expect(said).not.toContain('canary')
  })

  test('reports a folder and a pipe instead of a file, and does not wait for data', async () => {
    const home = temporaryFolder()
    mkdirSync(settingsIn(home), { recursive: true })
    const wanted = { status: 'fail', detail: `${settingsIn(home)} is not a file.`, remedy: 'Move it away.' } as const
    expect((await examine(home, 5000)).of('clients.claude-code')).toMatchObject(wanted)
    rmdirSync(settingsIn(home))
    Bun.spawnSync(['mkfifo', settingsIn(home)])
    expect((await examine(home, 5000)).of('clients.claude-code')).toMatchObject(wanted)
  })

  test('reports a sign-in to a gateway, which wins over the environment (SU-CC1)', async () => {
    const port = healthyServer()
    const home = await homeWith('claude-code', port)
    const credentials = join(home, '.claude', '.credentials.json')
    writeFile(credentials, { enterpriseGateway: { url: 'https://gateway.example', accessToken: 'canary' } })
    const elsewhere = await examine(home, port)
    expect(elsewhere.of('clients.claude-code')).toMatchObject({
      status: 'info',
      detail: 'signed in to gateway.example; the environment is ignored',
    })
    expect(elsewhere.clients).toMatchObject([{ state: 'signed-in', url: 'https://gateway.example', signedIn: true }])
    expect(elsewhere.said).not.toContain('canary')
    writeFile(credentials, { enterpriseGateway: { url: `http://127.0.0.1:${port}`, accessToken: 'canary' } })
    const here = await examine(home, port)
    expect(here.of('clients.claude-code').detail).toBe(
      `signed in to 127.0.0.1:${port}, http://127.0.0.1:${port} answers`,
    )
    expect(here.clients).toMatchObject([{ state: 'set-up', signedIn: true }])
  })

  test('reports settings for a sign-in that has not happened yet (SI-U1)', async () => {
    const port = healthyServer()
    const home = temporaryFolder()
    const url = `http://127.0.0.1:${port}`
    writeFile(settingsIn(home), { forceLoginMethod: 'gateway', forceLoginGatewayUrl: url })
    expect((await examine(home, port)).of('clients.claude-code').detail).toEqual(
      expect.stringMatching(/^set up for sign-in \(run claude, then \/login\), http:\S+ answers/) as never,
    )
  })

  test('names the flag of sign-in where its server does not answer (SI-U1)', async () => {
    const home = temporaryFolder()
    const port = await closedPort()
    const forceLoginGatewayUrl = `http://127.0.0.1:${port}`
    writeFile(settingsIn(home), { forceLoginMethod: 'gateway', forceLoginGatewayUrl })
    expect((await examine(home, port)).of('clients.claude-code').remedy).toBe(
      'Start it: nexus-claude-api start --sign-in. To start it at login: nexus-claude-api service print --sign-in.',
    )
  })

  test('reports a managed file that overrules the setup, with its path (SU-14)', async () => {
    const home = temporaryFolder()
    const managed = temporaryFolder()
    writeFile(settingsIn(home), {})
    const file = join(managed, 'managed-settings.json')
    writeFile(file, { env: { ANTHROPIC_BASE_URL: 'https://gateway.example' } })
    const said: string[] = []
    const io = testIo({ home, currentDirectory: home, claudeManagedFolder: managed })
    await runMain(['doctor', '--json', ...offline, '--port', '5000'], { ...io, out: (text) => said.push(text) })
    const { clients, checks } = JSON.parse(said.join(''))
    expect(clients).toMatchObject([{ client: 'claude-code', state: 'refused' }])
    expect(JSON.stringify(checks)).toContain(`${file} sets env.ANTHROPIC_BASE_URL`)
  })

  test('compares NO_PROXY of the settings with the one of the shell, and other values (SU-CC3)', async () => {
    const port = healthyServer()
    const home = await homeWith('claude-code', port)
    const variables = { NO_PROXY: 'corp.example' }
    const { of } = await doctor([...offline, '--port', String(port), '--model', 'opus'], variables, home)
    expect(of('clients.claude-code')).toMatchObject({
      status: 'info',
      detail: expect.stringMatching(
        / answers\nother values than setup writes: .*env\.\w+_MODEL.*, env\.NO_PROXY, env\.no_proxy$/,
      ) as never,
      remedy: 'To see the difference, run: nexus-claude-api setup claude-code --dry-run',
    })
    expect((await examine(home, port)).of('clients.claude-code').status).toBe('ok')
  })

  test('finds a profile of Claude Desktop that is no longer the applied one (SU-CD1)', async () => {
    const port = healthyServer()
    const home = await homeWith('claude-desktop', port)
    const meta = join(home, '.config', 'Claude-3p', 'configLibrary', '_meta.json')
    writeFile(meta, readFileSync(meta, 'utf8').replace(/"appliedId": "[^"]+"/, '"appliedId": "theirs"'))
    expect((await examine(home, port)).of('clients.claude-desktop').detail).toEndWith(
      'answers\nother values than setup writes: appliedId',
    )
  })

  test('changes no file, and needs no valid configuration', async () => {
    const home = temporaryFolder()
    writeFile(settingsIn(home), '{ }')
    const { code, out } = await doctorReport([...offline, '--model', 'unknown-model'], {}, home)
    expect([code, out]).toEqual([1, expect.stringContaining('Client files')])
    expect(readFileSync(settingsIn(home), 'utf8')).toBe('{ }')
  })
})
