import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor, doctorReport } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const key = 'sk-ant-api03-canary-key-0123456789'
const teamKey = 'sk-ant-api03-canary-team-0123456789'

const simulate = (options: Parameters<typeof startAnthropicSimulator>[0] = {}) => {
  const simulator = startAnthropicSimulator({ apiKeys: [key, teamKey], ...options })
  afterTest(() => simulator.stop())
  return simulator
}

const folderOf = (files: Record<string, object | string>): string => {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    writeFile(join(folder, `${name}.credentials.json`), text)
  }
  return folder
}

const examine = (url: string, args: readonly string[] = [], environment: Record<string, string> = {}) =>
  doctor(['--upstream', 'anthropic', '--anthropic-url', url, ...args], { CLAUDE_API_KEY: key, ...environment })

describe('doctor with --upstream anthropic (AU-0g)', () => {
  test('lists the models with the key, and sends a message of one token to each model', async () => {
    const sent: { method: string; path: string; body: unknown }[] = []
    const { url } = simulate({ onRequest: ({ method, path, body }) => sent.push({ method, path, body }) })
    const { of, code, said } = await examine(url)
    expect(of('credential.general').detail).toMatch(/^sk-ant-…\(\d+ characters\): lists \d+ models \(\d+ ms\)$/)
    expect(of('anthropic.model').detail).toMatch(/^claude-sonnet-4-6 answers \(\d+ ms\)$/)
    expect(of('anthropic.small-model').detail).toMatch(/^claude-haiku-4-5 answers/)
    expect(of('clock').detail).toContain("of Anthropic's clock")
    expect(said).not.toContain('canary')
    expect(said).not.toContain('AI Nexus')
    expect(code).toBe(0)
    const messages = sent.filter(({ path }) => path === '/v1/messages')
    expect(messages.map(({ body }) => body)).toEqual([
      { model: 'claude-sonnet-4-6', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] },
      { model: 'claude-haiku-4-5', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] },
    ])
  })

  test('tries the credential of each domain, and names the file that is wrong', async () => {
    const { url } = simulate()
    const folder = folderOf({
      'localhost:3000': { type: 'api_key', api_key: teamKey },
      'team-b.example': { type: 'api_key', api_key: 'sk-ant-api03-canary-revoked-0123456789' },
      'team-c.example': { type: 'api_key' },
      'team-d.example': { type: 'oauth', oauth: { accessToken: 'canary-token-0123456789', expiresAt: 1 } },
    })
    const { of, said } = await examine(url, ['--credentials-dir', folder], { CLAUDE_API_KEY: '' })
    const domain = (name: string) => of(`credential.file.${name}.credentials.json`)
    expect(domain('localhost:3000')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^localhost:3000: API key sk-ant-…\(\d+ characters\): lists \d+ models/),
    })
    expect(domain('team-b.example')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('team-b.example: API key'),
      remedy: 'Check that it is complete and valid, and belongs to this address (--anthropic-url).',
      data: { error: 'authentication_error' },
    })
    expect(domain('team-c.example')).toMatchObject({
      status: 'fail',
      detail: 'team-c.example.credentials.json: api_key is missing',
    })
    expect(domain('team-d.example')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^team-d\.example: OAuth token .*: OAuth credentials are off$/),
      remedy: 'Read docs/upstreams/anthropic.md#oauth, then pass --allow-oauth, or remove the file from the folder.',
    })
    // The models are tried with the first credential that the API accepts.
    expect(of('anthropic.model').status).toBe('ok')
    expect(said).not.toContain('canary')
  })

  test('reports when OAuth tokens expire, and renews them as the server does (AU-0g, AU-O3)', async () => {
    const simulator = simulate()
    const pairOf = (seconds: number) => {
      const { accessToken, refreshToken } = simulator.tokens.issue('user:inference', 3600)
      return { type: 'oauth', oauth: { accessToken, refreshToken, expiresAt: Date.now() + seconds * 1000, scopes: [] } }
    }
    const folder = folderOf({ 'valid.example': pairOf(5 * 3600 + 60), 'late.example': pairOf(-60) })
    const { of } = await examine(simulator.url, ['--credentials-dir', folder, '--allow-oauth'], {
      CLAUDE_API_KEY: '',
      CLAUDE_OAUTH_TOKEN_URL: simulator.tokenUrl,
    })
    const detail = (name: string) => of(`credential.file.${name}.credentials.json`).detail
    expect(detail('valid.example')).toMatch(/^valid\.example: OAuth token .*; expires in 5 h$/)
    expect(detail('late.example')).toMatch(/^late\.example: OAuth token .*; had expired, and was renewed$/)
  })

  test('hides a key that the server quotes', async () => {
    const quoting = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ headers }) =>
        Response.json(
          { error: { type: 'authentication_error', message: `no ${headers.get('x-api-key')}` } },
          { status: 401 },
        ),
    })
    afterTest(() => quoting.stop(true))
    const { of, said } = await examine(`http://127.0.0.1:${quoting.port}`)
    expect(of('credential.general').detail).toEndWith(': no [redacted]')
    expect(said).not.toContain('canary')
  })

  test('skips the models without an accepted credential, and has a remedy for an unknown model', async () => {
    const { url } = simulate()
    const refused = await examine(url, [], { CLAUDE_API_KEY: 'sk-ant-api03-canary-wrong-0123456789' })
    expect(refused.of('credential.general')).toMatchObject({ status: 'fail', data: { error: 'authentication_error' } })
    expect(refused.of('anthropic.model')).toMatchObject({ status: 'skip', detail: 'no credential is accepted' })
    const unknown = await examine(url, ['--model', 'claude-nope-9'])
    expect(unknown.of('anthropic.model')).toMatchObject({
      status: 'fail',
      remedy: 'Check the name of the model and the address: --model, --small-model, --anthropic-url.',
    })
  })

  test('has no credential to try if each client sends its own', async () => {
    const { url } = simulate()
    const { of } = await examine(url, [], { CLAUDE_API_KEY: '' })
    expect(of('credential.general')).toMatchObject({
      status: 'info',
      detail: 'clients send their own: doctor has none to try',
    })
    const missing = await examine(url, ['--credentials-dir', join(temporaryFolder(), 'none')], { CLAUDE_API_KEY: '' })
    expect(missing.of('credential.folder')).toMatchObject({
      status: 'warn',
      detail: 'the folder of credentials has no file: it does not exist',
    })
  })

  test('sends nothing with --offline, and nothing with a key to an address that is not reached', async () => {
    const { url } = simulate()
    const offline = await examine(url, ['--offline'])
    expect(offline.of('credential.general')).toMatchObject({ status: 'skip', detail: '--offline: no requests' })
    const silent = await examine('http://127.0.0.1:9')
    expect(silent.of('credential.general')).toMatchObject({ status: 'skip', detail: 'Anthropic is not reached' })
  })

  test('names the files that requests cannot use also with --offline, and for an address that is not reached', async () => {
    const folder = folderOf({
      'team-a.example': { type: 'api_key', api_key: teamKey },
      'team-c.example': { type: 'api_key' },
      'team-d.example': { type: 'oauth', oauth: { accessToken: 'canary-token-0123456789', expiresAt: 1 } },
    })
    for (const args of [['--offline'], []]) {
      const { of } = await examine('http://127.0.0.1:9', ['--credentials-dir', folder, ...args])
      const statusOf = (name: string) => of(`credential.file.${name}.credentials.json`).status
      expect([statusOf('team-c.example'), statusOf('team-d.example')]).toEqual(['fail', 'fail'])
      expect(of('credential.general').status).toBe('skip')
    }
  })

  test('has a remedy of its own for OAuth credentials that are on', async () => {
    const { of } = await examine('http://127.0.0.1:9', ['--offline', '--allow-oauth'])
    expect(of('config.exposure').remedy).toBe('Use API keys where you can: docs/upstreams/anthropic.md#credentials.')
  })

  test('says before it starts what it sends', async () => {
    const { url } = simulate()
    const { err } = await doctorReport(['--upstream', 'anthropic', '--anthropic-url', url], { CLAUDE_API_KEY: key })
    expect(err.replace(/\s+/g, ' ')).toContain(
      'Sending 2 tiny requests to Anthropic: at most about 100 tokens. One more request with each credential lists the models.',
    )
  })

  test('works with the simulation', async () => {
    const { of } = await doctor(['--upstream', 'anthropic', '--simulate'])
    for (const id of ['credential.general', 'anthropic.model', 'anthropic.small-model'])
      expect([id, of(id).status]).toEqual([id, 'ok'])
  })
})
