import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientToken, key, secretsIn } from '../../support/canary.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { listenOnLoopback } from '../../support/connect-proxy.ts'
import { doctor, featureCheckNames, keyVariable, modelCheckIds, simulatedEndpoint } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'

describe('configuration', () => {
  test('reports a broken file, and runs the other checks', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, `{ "apiKey": "${key}"`)
    const { code, of, said } = await doctor(['--config', path], {}, folder)
    expect(code).toBe(1)
    expect(of('config')).toMatchObject({
      status: 'fail',
      detail: `${path}:1:40 is not valid JSON (close brace expected).`,
      remedy: 'Correct it, or move the file away.',
    })
    expect(of('key.accepted')).toMatchObject({
      status: 'skip',
      detail: 'fix the configuration first',
    })
    expect(of('claude.environment').status).toBe('ok')
    expect(secretsIn(said)).toEqual([])
  })

  test('checks the connection despite an unknown model', async () => {
    const { of, withStatus } = await doctor([...simulatedEndpoint(), '--model', 'claude-sonet-4-6'], keyVariable)
    expect(withStatus('fail')).toEqual(['config'])
    expect(of('config').remedy).toStartWith('Did you mean claude-sonnet-4-6?')
    expect(of('endpoint.answer').status).toBe('ok')
  })

  test('requires no key for a simulation, also with a wrong setting', async () => {
    const { of, withStatus } = await doctor(['--simulate', '--model', 'nonsense'])
    expect(withStatus('fail')).toEqual(['config'])
    expect(of('key.present')).toMatchObject({ status: 'info', detail: 'not needed: AI Nexus is simulated' })
  })

  test('explains how to set a missing key, and checks the connection without it', async () => {
    const { code, of, withStatus } = await doctor(simulatedEndpoint())
    expect([code, withStatus('fail')]).toEqual([1, ['key.present']])
    expect(of('key.present')).toMatchObject({
      detail: 'No AI Nexus key.',
      remedy: expect.stringContaining('export NEXUS_API_KEY=...'),
    })
    expect(of('endpoint.answer').status).toBe('ok')
    expect(withStatus('skip')).toEqual(['key.accepted', ...modelCheckIds, ...featureCheckNames, 'clock'])
  })

  test('reports variables of OpenTelemetry that stop the start, or have another effect (OP-O1)', async () => {
    const withOtel = [...simulatedEndpoint(), '--otel']
    const refused = await doctor(withOtel, { ...keyVariable, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
    expect(refused.of('config.settings')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL is grpc') as never,
    })
    const warned = await doctor(withOtel, { ...keyVariable, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })
    expect(warned.of('config.settings')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('is http/protobuf, which is not supported: JSON is sent') as never,
      remedy: 'Change the variables: docs/operate.md#opentelemetry lists them.',
    })
    const off = await doctor(simulatedEndpoint(), { ...keyVariable, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
    expect([off.of('config.settings').status, warned.of('config.exposure').status]).toEqual(['ok', 'ok'])
  })

  test('names the settings of those who sign in that need an approval, or are a secret, as start does (SI-M3)', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    const withSettings = async (settings: object, ...start: string[]) => {
      writeFileSync(path, JSON.stringify({ signIn: { enabled: true, settings } }), { mode: 0o600 })
      const { of } = await doctor(['--simulate', '--config', path])
      const started = await cli(['start', '--dry-run', '--simulate', '--config', path, ...start], {}, folder)
      return { found: of('config.settings'), started }
    }
    const asks = await withSettings({ hooks: { Stop: [{}] } })
    expect(asks.found).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('Claude Code asks each user to approve hooks') as never,
      remedy: 'Change signIn.settings: docs/sign-in.md lists the keys that need no approval.',
    })
    expect(asks.started.code).toBe(0)
    expect(asks.started.err).toContain('warning: signIn.settings: Claude Code asks each user to approve hooks')
    const secret = await withSettings({ env: { MY_TOKEN: 'the-users-secret' } })
    expect(secret.found).toMatchObject({ status: 'fail' })
    expect(secret.started.code).toBe(2)
    expect(secret.started.err).toContain('signIn.settings.env.MY_TOKEN has the name of a secret')
    expect(JSON.stringify(secret)).not.toContain('the-users-secret')
  })

  test('shows the source of each value, and masks secrets', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, JSON.stringify({ clientToken, timeout: 30, nonsense: 1 }))
    const { of, said } = await doctor(
      [...simulatedEndpoint(), '--config', path, '--api-key', key],
      { NEXUS_MODEL: 'opus' },
      folder,
    )
    expect(of('config.settings').data).toMatchObject({
      timeout: '30',
      'timeout.from': path,
      model: 'opus',
      'model.from': 'NEXUS_MODEL',
      'port.from': '--port',
    })
    expect(of('config')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('unknown key nonsense'),
      data: { [path]: true },
    })
    expect(of('config.exposure')).toMatchObject({ status: 'warn', detail: expect.stringContaining('--api-key') })
    expect(secretsIn(said)).toEqual([])
  })

  test('names a file with a secret that other users can access, and the command that fixes it', async () => {
    const folder = temporaryFolder()
    const own = join(folder, 'my key.json')
    const variables = join(folder, 'v.env')
    writeFileSync(own, JSON.stringify({ apiKey: key }))
    writeFileSync(variables, `NEXUS_CLIENT_TOKEN=${clientToken}\n`)
    const look = async (mode: number) => {
      for (const path of [own, variables]) chmodSync(path, mode)
      const { of, said } = await doctor(['--offline', '--config', own, '--env-file', variables], {}, folder)
      expect(secretsIn(said)).toEqual([])
      return of('config.exposure')
    }
    for (const mode of [0o666, 0o640, 0o604])
      expect(await look(mode)).toMatchObject({
        status: 'warn',
        detail: [own, variables]
          .map((path) => `other users of this machine can access ${path}, which contains a secret`)
          .join('\n'),
        remedy: `Give only your account access to the file:\n  chmod 600 ${folder}/my\\ key.json\n  chmod 600 ${variables}`,
      })
    expect((await look(0o600)).status).toBe('ok')
    writeFileSync(own, '{ "model": "opus" }')
    writeFileSync(variables, 'NEXUS_API_KEY=\n')
    expect((await look(0o666)).status).toBe('ok')
  })

  test('calls the address of a Redis a secret only with a login (OP-R6)', async () => {
    const folder = temporaryFolder()
    const config = join(folder, 'c.json')
    const variables = join(folder, 'v.env')
    const warned = async (url: string) => {
      writeFileSync(config, JSON.stringify({ state: { url } }), { mode: 0o644 })
      writeFileSync(variables, `NEXUS_STATE=${url}\n`, { mode: 0o644 })
      const files = await cli(['start', '--dry-run', '--config', config, '--env-file', variables], {}, folder)
      const flag = await cli(['start', '--dry-run', '--state', url], {}, folder)
      return [files.err.match(/which contains a secret/g)?.length ?? 0, flag.err.includes('in the list of processes')]
    }
    expect(await warned('redis://:password@127.0.0.1')).toEqual([2, true])
    for (const url of ['redis://127.0.0.1:6379/0', 'redis+unix:///run/redis.sock', 'memory'])
      expect(await warned(url)).toEqual([0, false])
  })

  test('says whether a token or the address protects the server', async () => {
    const detail = async (...args: string[]) =>
      (await doctor(['--offline', ...args], { NEXUS_API_KEY: key })).of('config.exposure').detail
    expect(await detail()).toBe('other users cannot read the key, and no other machine can reach the server')
    const clients = join(temporaryFolder(), 'clients.json')
    writeFileSync(clients, '{ "clients": [] }', { mode: 0o600 })
    expect(await detail('--host', '0.0.0.0', '--clients', clients)).toBe(
      'other users cannot read the key, and the server requires a token',
    )
  })

  test('start prints the same warning', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, JSON.stringify({ apiKey: key }), { mode: 0o644 })
    const args = ['start', '--dry-run', '--config', path]
    expect((await cli(args, {}, folder)).err).toContain(
      `warning: other users of this machine can access ${path}, which contains a secret: chmod 600 ${path}\n`,
    )
    expect((await cli(args, {}, folder, { platform: 'win32' })).err).not.toContain('chmod')
  })

  test('fails for a log file that cannot be written, as start does', async () => {
    const { code, of } = await doctor(['--simulate', '--log-file', '/nowhere/at-all/x.log'])
    expect([code, of('config.log-file')]).toEqual([
      1,
      {
        id: 'config.log-file',
        title: 'Log file',
        status: 'fail',
        detail: 'The log file /nowhere/at-all/x.log cannot be written (ENOENT).',
        remedy: 'Use another file: --log-file.',
      },
    ])
    const path = join(temporaryFolder(), 'x.log')
    expect((await doctor(['--simulate', '--log-file', path])).of('config.log-file')).toMatchObject({
      status: 'ok',
      data: { path },
    })
    expect(existsSync(path)).toBe(false)
  })

  test('checks the clients of a server that names them, as start does (OP-A4)', async () => {
    const path = writeFile(join(temporaryFolder(), 'clients.json'), { clients: [clientEntry('alice')] })
    const variables = { NEXUS_CLIENT_TOKENS: `bob:${tokenOf('bob')}` }
    const check = async (...args: string[]) => (await doctor(['--simulate', ...args], variables)).of('config.clients')
    expect(await check('--clients', path)).toEqual({
      id: 'config.clients',
      title: 'Clients',
      status: 'ok',
      detail: '2 clients have a name',
      data: { clients: 2 },
    })
    expect(await check()).toMatchObject({ status: 'ok', data: { clients: 1 } })
    writeFile(path, { clients: [{ ...clientEntry('alice'), models: [] }] })
    expect(await check('--clients', path)).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('clients.json:1: clients.0.models must not be empty.'),
    })
    expect((await doctor(['--simulate'])).checks.map(({ id }) => id)).not.toContain('config.clients')
  })

  test.each([
    [
      'NEXUS_QUOTA_TIMEZONE',
      'Mars',
      'quota.timezone: Mars is not a known time zone.',
      'Write a name like Europe/Berlin',
    ],
    ['NEXUS_RATE_EXEMPT_IPS', 'all', 'rateLimit.exemptIps: all is not an address.', 'Write addresses like 192.0.2.1'],
    ['NEXUS_CORS_ORIGIN', '*', 'cors.origins: * would let each web page spend your key.', 'Set --client-token'],
    ['NEXUS_TRUST_PROXY', 'all', 'trustProxy: all is not an address.', 'Write one like 10.0.0.7'],
  ])(
    'fails for %s=%s, with which start does not run (OP-A9, OP-L7, OP-W1, OP-W7)',
    async (name, value, words, remedy) => {
      expect((await doctor(['--simulate'], { [name]: value })).of('config.settings')).toMatchObject({
        status: 'fail',
        detail: expect.stringContaining(words),
        remedy: expect.stringContaining(remedy),
      })
    },
  )

  test('fails for a server that other machines reach without a required token (OP-A9)', async () => {
    const { of } = await doctor(['--simulate', '--host', '0.0.0.0'], { NEXUS_REQUIRE_TOKEN: '1' })
    expect(of('config.settings')).toMatchObject({ status: 'fail', remedy: expect.stringContaining('Set --clients') })
  })

  test('sends no key unencrypted, not even for a check', async () => {
    const heads: string[] = []
    const port = await listenOnLoopback((socket) => {
      socket.once('data', (data) => {
        heads.push(String(data))
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      })
    })
    // This machine, by an address that does not count as loopback.
    const { of, said } = await doctor(['--endpoint-url', `http://0.0.0.0:${port}`], keyVariable)
    expect(of('config').detail).toContain('begins with http, so the key would go to 0.0.0.0 unencrypted')
    expect(heads.map((head) => head.split('\r\n')[0])).toEqual(['HEAD / HTTP/1.1'])
    expect(secretsIn(heads.join('') + said)).toEqual([])
  })
})
