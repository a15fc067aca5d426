import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Secret } from '../../../src/base/secret.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'
import { startDomainServer } from '../../support/domain-files.ts'

/** The response to bytes that no valid client sends. */
const raw = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })

describe('the guard', () => {
  test('refuses a host name of another machine, and a page of another origin', async () => {
    const { url } = startChain()
    const { port } = new URL(url)
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}/health`, { headers })).status
    expect(await status({ host: 'evil.example' })).toBe(403)
    expect(await status({ host: `localhost.evil.example:${port}` })).toBe(403)
    expect(await status({ host: `localhost:${port}` })).toBe(200)
    expect(await status({ host: `[::1]:${port}` })).toBe(200)
    expect(await status({ origin: 'https://evil.example' })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    expect(await status({ origin: `http://localhost:${Number(port) + 1}` })).toBe(403)
    expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(200)
  })

  test('sends no CORS headers', async () => {
    const { url } = startChain()
    const response = await fetch(`${url}/health`)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('requires a client token for /v1 and nothing else', async () => {
    const { url, simulator } = startChain({ config: { clientToken: new Secret('token') } })
    const status = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(url + path, { headers })).status
    expect(await status('/health', {})).toBe(200)
    expect(await status('/v1/models', {})).toBe(401)
    expect(await status('/v1/models', { 'x-api-key': 'wrong' })).toBe(401)
    expect(await status('/v1/models', { 'x-api-key': 'token' })).toBe(200)
    expect(await status('/v1/models', { authorization: 'Bearer token' })).toBe(200)
    expect(await status('/v1/models', { authorization: 'bearer token', 'x-api-key': 'stale' })).toBe(200)
    expect(simulator.journal.length).toBe(0)
  })

  test('checks requests with short host names like all others', async () => {
    const { url, simulator } = startChain({ config: { host: '0.0.0.0', clientToken: new Secret('token') } })
    const status = async (path: string, host: string, token?: string): Promise<number> => {
      const headers = { host, 'content-type': 'application/json', ...(token && { 'x-api-key': token }) }
      return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(request()) })).status
    }
    for (const host of ['a', 'ab', 'nas', 'a:1', 'host.example']) {
      for (const path of ['/xx/v1/messages', '/x/v1/messages', '//v1/messages', '/./v1/messages'])
        expect([401, 404]).toContain(await status(path, host))
      expect(await status('/v1/messages', host)).toBe(401)
      expect(await status('/v1/messages', host, 'token')).toBe(200)
    }
    expect(simulator.journal.length).toBe(5)
  })

  test('answers raw requests without a host, with an invalid one, of an old protocol', async () => {
    const { url } = startChain({ config: { host: '0.0.0.0', clientToken: new Secret('token') } })
    expect(await raw(url, 'GET /health HTTP/1.0\r\n\r\n')).toStartWith('HTTP/1.1 200')
    expect(await raw(url, 'GET /v1/models HTTP/1.0\r\n\r\n')).toStartWith('HTTP/1.1 401')
    expect(await raw(url, 'GET /health HTTP/1.1\r\nHost: a/b?\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 (?:200|4\d\d)/,
    )
    expect(
      await raw(url, 'GET /v1/models/% HTTP/1.1\r\nHost: a\r\nx-api-key: token\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 4\d\d/)
  })

  test("a client's own key never reaches Nexus", async () => {
    const { post, simulator } = startChain({ simulator: { apiKey: 'test-key' } })
    expect(
      (
        await post(request(), {
          headers: { authorization: 'Bearer client-secret', 'x-api-key': 'client-secret', cookie: 'client-secret' },
        })
      ).status,
    ).toBe(200)
    expect(JSON.stringify(simulator.journal)).not.toContain('client-secret')
  })
})

describe('the guard of a server with files of credentials', () => {
  const key = { type: 'api_key', api_key: 'sk-team' }

  test('accepts a host that has a file, and no other (AU-K11)', async () => {
    const { status } = startDomainServer({ 'team.example': key, 'port.example:80': key })
    expect(await status('/health', { host: 'team.example' })).toBe(200)
    expect(await status('/health', { host: 'TEAM.example:4141' })).toBe(200)
    expect(await status('/health', { host: 'port.example:80' })).toBe(200)
    expect(await status('/health', { host: 'port.example' })).toBe(403)
    expect(await status('/health', { host: 'evil.example' })).toBe(403)
    expect(await status('/health', { host: 'team.example', origin: 'https://evil.example' })).toBe(403)
    expect(await status('/health', {})).toBe(200)
  })

  test('tells an unknown host that a file of credentials makes a name known (AU-K11)', async () => {
    const { post } = startDomainServer({ 'team.example': key })
    expect(await (await post({ host: 'evil.example' })).text()).toContain(
      'This server answers only to requests for localhost, and for names that have a file of credentials.',
    )
  })

  test('refuses a host whose file is invalid, with the reason (AU-K13)', async () => {
    const { post, status, received } = startDomainServer({
      'team.example': { type: 'api_key' },
      localhost: { type: '' },
    })
    const response = await post({ host: 'team.example' })
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([500, 'false'])
    expect(await response.json()).toMatchObject({
      error: {
        type: 'api_error',
        message: 'credentials for this domain are invalid: team.example.credentials.json: api_key is missing',
      },
    })
    expect((await post({ host: 'localhost' })).status).toBe(500)
    // A probe of this machine does not depend on the file.
    expect(await status('/health', { host: 'localhost' })).toBe(200)
    expect(received).toEqual([])
  })

  const gated = { ...key, client_api_key: 'cnp_live_team' }

  test('opens a domain that has a client key for this key only, and makes no call without it (AU-K16)', async () => {
    const { post, status, received } = startDomainServer({ 'team.example': gated, 'other.example': key })
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { authorization: 'Bearer sk-team' }]) {
      const response = await post({ host: 'team.example', ...headers })
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([401, 'false'])
    }
    expect(await status('/v1/models', { host: 'team.example' })).toBe(401)
    expect(received).toEqual([])
    expect((await post({ host: 'team.example', 'x-api-key': 'cnp_live_team' })).status).toBe(200)
    expect((await post({ host: 'team.example:80', authorization: 'Bearer cnp_live_team' })).status).toBe(200)
    expect((await post({ host: 'other.example' })).status).toBe(200)
    expect(received.map(({ key: used, bearer }) => [used, bearer])).toEqual(
      Array.from({ length: 3 }, () => ['sk-team', null]),
    )
  })

  test("opens a domain for the server's own token, too, and the domain's key opens no other domain (AU-K16)", async () => {
    const { post, received } = startDomainServer(
      { 'team.example': gated, 'other.example': key },
      { config: { clientToken: new Secret('general') } },
    )
    const statusOf = async (host: string, token: string): Promise<number> =>
      (await post({ host, 'x-api-key': token })).status
    expect(await statusOf('team.example', 'general')).toBe(200)
    expect(await statusOf('team.example', 'cnp_live_team')).toBe(200)
    expect(await statusOf('other.example', 'general')).toBe(200)
    expect(await statusOf('other.example', 'cnp_live_team')).toBe(401)
    expect(await statusOf('team.example', 'wrong')).toBe(401)
    expect(JSON.stringify(received)).not.toMatch(/general|cnp_live/)
  })

  test.each(['auto', 'forward', 'ignore'] as const)(
    "never forwards the server's own token, with --client-keys %s (AU-K5)",
    async (clientKeys) => {
      const { post, received } = startDomainServer(
        {},
        {
          config: {
            clientToken: new Secret('sk-ant-general'),
            anthropic: { ...defaultConfig.anthropic, clientKeys },
          },
        },
      )
      const token = 'sk-ant-general'
      for (const headers of [{ 'x-api-key': token }, { authorization: `Bearer ${token}` }])
        expect((await post(headers)).status).toBe(401)
      expect((await post({ 'x-api-key': token, authorization: 'Bearer sk-ant-api03-own' })).status).toBe(
        clientKeys === 'forward' ? 200 : 401,
      )
      expect(received.map(({ key: used, bearer }) => [used, bearer])).toEqual(
        clientKeys === 'forward' ? [['sk-ant-api03-own', null]] : [],
      )
    },
  )
})
