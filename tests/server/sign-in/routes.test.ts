import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { recordingServer } from '../../support/anthropic.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'
import { brokenRequest } from '../../support/raw-client.ts'
import { signedIn, startSignInServer } from '../../support/sign-in.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** What the whole server does with sign-in, and without it. */

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const oauthPaths = [
  '/.well-known/oauth-authorization-server',
  '/oauth/device_authorization',
  '/oauth/token',
  '/oauth/revoke',
]

describe('without sign-in', () => {
  test('there are no such paths (SI-A1)', async () => {
    const { url } = startChain({ config: { clientToken: new Secret('a-client-token') } })
    for (const path of [...oauthPaths, '/device', '/managed/settings', '/api/oauth/usage', '/sign-in/sessions'])
      for (const method of ['GET', 'POST'])
        expect([path, (await fetch(url + path, { method })).status]).toEqual([path, 404])
  })
})

describe('with sign-in', () => {
  test('the API wants an issued token or the client token, and takes no dummy (SI-T1)', async () => {
    const config = { clientToken: new Secret('a-client-token') }
    const server = startSignInServer({ chain: { config } })
    const { accessToken, refreshToken } = await signedIn(server.core)
    const statusFor = async (headers: Record<string, string>) => (await server.post(request(), { headers })).status
    expect(await statusFor(bearer(accessToken))).toBe(200)
    expect(await statusFor({ 'x-api-key': 'a-client-token' })).toBe(200)
    for (const headers of [{}, bearer('dummy'), bearer(refreshToken), bearer(`${accessToken}x`)])
      expect(await statusFor(headers)).toBe(401)
  })

  test('a server without a client token is not open (SI-T1)', async () => {
    const { url, post } = startSignInServer()
    expect((await post(request())).status).toBe(401)
    for (const path of ['/managed/settings', '/api/oauth/usage', '/v1/models', '/token-stats'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 401])
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  test('a path with a slash at its end wants a token, too (SI-T1)', async () => {
    const { url } = startSignInServer()
    const paths = ['/managed/settings/', '/api/oauth/usage/', '/v1/models/', '/v1/metrics/', '/token-stats/']
    for (const path of paths) expect([path, (await fetch(url + path)).status]).toEqual([path, 401])
  })

  test('a wrong, expired or revoked token gets a 401 that tells the user to run /login (SI-E1)', async () => {
    const server = startSignInServer()
    const refusal = {
      type: 'error',
      error: { type: 'authentication_error', message: 'Signed out here. Run /login in Claude Code.' },
      request_id: expect.any(String),
    }
    const expectSignedOut = async (token: string) => {
      const response = await server.post(request(), { headers: bearer(token) })
      expect(response.status).toBe(401)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(await response.json()).toEqual(refusal)
    }
    await expectSignedOut('wrong')
    const expired = await signedIn(server.core)
    server.clock.now += 60 * 60 * 1000
    await expectSignedOut(expired.accessToken)
    const revoked = await signedIn(server.core)
    expect((await server.post(request(), { headers: bearer(revoked.accessToken) })).status).toBe(200)
    await server.form('/oauth/revoke', { token: revoked.refreshToken })
    await expectSignedOut(revoked.accessToken)
  })

  test("OpenAI's clients keep their own words (SI-E1)", async () => {
    const { post } = startSignInServer()
    const response = await post({}, { path: '/v1/chat/completions' })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('Incorrect API key provided') },
    })
  })

  test('a session belongs to a named client: with its models, and only while it may use the server (SI-T1)', async () => {
    const anna = clientEntry('anna', { models: ['haiku'] })
    const clients = [anna, clientEntry('bob'), clientEntry('carl', { disabled: true })]
    const server = startSignInServer({ chain: { clients } })
    const statusOf = async (name: string, model: string) => {
      const { accessToken } = await signedIn(server.core, name)
      return (await server.post(request({ model }), { headers: bearer(accessToken) })).status
    }
    expect(await statusOf('anna', 'claude-haiku-4-5')).toBe(200)
    expect(await statusOf('anna', 'claude-sonnet-4-6')).toBe(403)
    expect(await statusOf('bob', 'claude-sonnet-4-6')).toBe(200)
    for (const name of ['carl', 'gone']) expect(await statusOf(name, 'claude-sonnet-4-6')).toBe(401)
    expect((await server.post(request(), { headers: bearer(tokenOf('bob')) })).status).toBe(200)
    const used = server.records.filter(({ event }) => event === 'request.answered')
    expect(used.map(({ fields }) => fields['client'])).toEqual(['anna', 'bob', 'bob'])
  })

  test('a web page cannot use the paths: not by its origin, its host or a form of another site (SI-A8)', async () => {
    const server = startSignInServer({ chain: { config: { cors: { ...defaultConfig.cors, origins: ['*'] } } } })
    const post = (path: string, headers: Record<string, string>) =>
      server.form(path, { grant_type: 'refresh_token', refresh_token: 'guess' }, headers)
    for (const path of oauthPaths.slice(1))
      for (const origin of ['https://evil.example', 'null', server.url]) {
        const response = await post(path, { origin })
        expect([path, origin, response.status]).toEqual([path, origin, 403])
        expect(await response.json()).toMatchObject({ error: 'access_denied' })
      }
    for (const path of oauthPaths) {
      const rebound = await fetch(server.url + path, { headers: { host: 'evil.example' } })
      expect([path, rebound.status]).toEqual([path, 403])
    }
    expect(server.signIn.pending()).toEqual([])
  })

  test('the paths win over the native lane, and no token of ours goes upstream (SI-A2, SI-T1)', async () => {
    const upstream = recordingServer(() => Response.json({ type: 'message' }))
    const server = startSignInServer({
      chain: { config: { upstream: 'anthropic' }, endpointUrl: upstream.url, apiKey: 'sk-ant-api-upstream' },
    })
    const { accessToken } = await signedIn(server.core)
    expect((await fetch(`${server.url}${oauthPaths[0]}`)).status).toBe(200)
    expect((await server.form('/oauth/revoke', { token: 'unknown' })).status).toBe(200)
    expect(upstream.received).toEqual([])
    expect((await server.post(request(), { headers: bearer(accessToken) })).status).toBe(200)
    expect(JSON.stringify([...(upstream.received[0]?.headers ?? [])])).not.toContain(accessToken)
  })

  test('no token and no code reaches the log (SI-S5)', async () => {
    const server = startSignInServer()
    const asking = await server.form('/oauth/device_authorization', { surface: 'claude_code' })
    const { device_code, user_code } = (await asking.json()) as { device_code: string; user_code: string }
    server.signIn.approve(user_code)
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const tokens = (await (await server.form('/oauth/token', { grant_type, device_code })).json()) as Record<
      string,
      string
    >
    const { access_token = '', refresh_token = '' } = tokens
    await server.post(request(), { headers: bearer(access_token) })
    await server.form('/oauth/token', { grant_type: 'refresh_token', refresh_token })
    await server.form(`/oauth/revoke?token=${access_token}`, { token: refresh_token })
    const log = JSON.stringify([server.records, server.core.records])
    for (const secret of [device_code, user_code, access_token, refresh_token]) expect(log).not.toContain(secret)
  })

  test.each([
    ['/v1/logs', false],
    ['/v1/logs', true],
    ['/sign-in/approve', false],
    ['/oauth/token', false],
  ])(
    'a client that ends in the middle of its request to %s is no error of the server (SI-O1, forwarded: %p)',
    async (path, isForwarded) => {
      const server = startSignInServer(isForwarded ? { forwardTelemetry() {} } : {})
      const { accessToken } = await signedIn(server.core)
      const token = path === '/sign-in/approve' ? 'the-secret-of-the-commands' : accessToken
      await brokenRequest(server.url, path, { ...bearer(token), 'content-type': 'application/json' })
      await waitUntil(() => server.records.some(({ event }) => event.startsWith('request.')))
      expect(server.records.map(({ level, event }) => [level, event])).toEqual([['info', 'request.cancelled']])
    },
  )
})
