import { describe, expect, test } from 'bun:test'
import { accessRecords } from '../../support/access-records.ts'
import { signedIn, startSignInServer } from '../../support/sign-in.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const poll = (server: ReturnType<typeof startSignInServer>, code: string) =>
  server.form('/oauth/token', { grant_type: deviceGrant, device_code: code })

const errorOf = async (response: Response) => {
  const body = (await response.json()) as { error: string; error_description: string }
  expect(body.error_description).toBeString()
  expect(response.headers.get('cache-control')).toBe('no-store')
  return [response.status, body.error]
}

describe('the metadata', () => {
  test('names the endpoints at the public address, and no endpoint that redirects (SI-A2)', async () => {
    const { url } = startSignInServer({ publicUrl: 'https://nexus.example' })
    const response = await fetch(`${url}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toEqual({
      issuer: 'https://nexus.example',
      device_authorization_endpoint: 'https://nexus.example/oauth/device_authorization',
      token_endpoint: 'https://nexus.example/oauth/token',
      revocation_endpoint: 'https://nexus.example/oauth/revoke',
      grant_types_supported: [deviceGrant, 'refresh_token'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['none'],
      gateway_protocol_version: 1,
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('POST /oauth/device_authorization', () => {
  test('returns codes, the page and how to approve (SI-A3, SI-V1)', async () => {
    const server = startSignInServer()
    const agent = { 'user-agent': 'claude-code/2.1.332 (external)' }
    const response = await server.form('/oauth/device_authorization', { surface: 'claude_code', scope: 'x' }, agent)
    const body = (await response.json()) as Record<string, unknown>
    const [pending] = server.signIn.pending()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: pending?.userCode,
      verification_uri: 'http://127.0.0.1:4141/device',
      verification_uri_complete: `http://127.0.0.1:4141/device?user_code=${pending?.userCode}`,
      expires_in: 600,
      interval: 2,
      login_notice: expect.stringContaining(`sign-in approve ${pending?.userCode}`),
    })
    expect(String(body['login_notice']).length).toBeLessThan(500)
    expect(pending).toMatchObject({
      surface: 'claude_code',
      clientVersion: 'claude-code/2.1.332',
      address: '127.0.0.1',
    })
  })

  test('takes an empty form, and one with unknown fields (SI-A4, SI-V1)', async () => {
    const server = startSignInServer({ approve: 'invite' })
    const empty = await fetch(`${server.url}/oauth/device_authorization`, { method: 'POST' })
    expect(empty.status).toBe(200)
    expect(await empty.json()).toMatchObject({ login_notice: expect.stringContaining('invite') })
    const unknown = await server.form('/oauth/device_authorization', { later: 'x'.repeat(500) })
    expect(unknown.status).toBe(200)
  })

  test('does not keep a name that a terminal must not show (SI-V1)', async () => {
    const server = startSignInServer()
    await server.form('/oauth/device_authorization', { surface: '\u001b[2J' }, { 'user-agent': 'x'.repeat(100) })
    expect(server.signIn.pending()[0]).toMatchObject({ surface: undefined, clientVersion: undefined })
  })

  test('a body over 8 KB is 413, and one that is not a form is 400 (SI-A4)', async () => {
    const { url, form } = startSignInServer()
    expect(await errorOf(await form('/oauth/device_authorization', { x: 'x'.repeat(9000) }))).toEqual([
      413,
      'invalid_request',
    ])
    const send = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      fetch(`${url}/oauth/token`, { method: 'POST', body, headers: { 'content-type': type } })
    expect(await errorOf(await send('{}', 'application/json'))).toEqual([400, 'invalid_request'])
    const bytes = Uint8Array.of(0xff, 0xfe)
    expect(await errorOf(await send(bytes, 'application/x-www-form-urlencoded'))).toEqual([400, 'invalid_request'])
  })

  test('the thirty-first of a minute is 429 (SI-A10)', async () => {
    const { form } = startSignInServer()
    for (let count = 0; count < 30; count += 1) expect((await form('/oauth/device_authorization', {})).status).toBe(200)
    expect(await errorOf(await form('/oauth/device_authorization', {}))).toEqual([429, 'slow_down'])
  })
})

describe('POST /oauth/token', () => {
  test('is logged at level debug while the sign-in waits for its approval (SI-A5, SI-S5)', async () => {
    const server = startSignInServer()
    const device = server.signIn.ask({})
    await poll(server, device?.deviceCode ?? '')
    await poll(server, 'guess')
    const levels = accessRecords(server.records).map(({ level }) => level)
    expect(levels).toEqual(['debug', 'info'])
  })

  test('uses the words of RFC 8628 for each state of a device code (SI-A5, SI-A7)', async () => {
    const server = startSignInServer()
    const { signIn, clock } = server
    const [first, second] = [signIn.ask({}), signIn.ask({})]
    const codes = { first: first?.deviceCode ?? '', second: second?.deviceCode ?? '' }
    expect(await errorOf(await poll(server, codes.first))).toEqual([400, 'authorization_pending'])
    expect(await errorOf(await poll(server, codes.first))).toEqual([400, 'slow_down'])
    expect(await errorOf(await poll(server, 'guess'))).toEqual([400, 'expired_token'])
    signIn.deny(second?.userCode ?? '')
    expect(await errorOf(await poll(server, codes.second))).toEqual([400, 'access_denied'])
    signIn.approve(first?.userCode ?? '')
    clock.now += 2000
    const response = await poll(server, codes.first)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^nca_at_/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^nca_rt_/),
    })
    // A replayed code gets no second pair.
    expect(await errorOf(await poll(server, codes.first))).toEqual([400, 'expired_token'])
  })

  test('names the client only after an invite: an e-mail costs the user a question (SI-P6)', async () => {
    const server = startSignInServer({ isLoopback: false, approve: 'invite' })
    const device = server.signIn.ask({})
    const invite = (await server.signIn.invite('anna', 60_000)) ?? ''
    await server.signIn.approveByInvite(device?.userCode ?? '', invite, undefined)
    expect(await (await poll(server, device?.deviceCode ?? '')).json()).toMatchObject({ email: 'anna' })
  })

  test('refreshes, and answers a token that has ended with 401 invalid_grant (SI-T2)', async () => {
    const server = startSignInServer()
    const { refreshToken } = await signedIn(server.core)
    const refresh = (token: string) =>
      server.form('/oauth/token', { grant_type: 'refresh_token', refresh_token: token })
    expect(await (await refresh(refreshToken)).json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    server.clock.now += 61_000
    expect(await errorOf(await refresh(refreshToken))).toEqual([401, 'invalid_grant'])
    expect(await errorOf(await refresh('guess'))).toEqual([401, 'invalid_grant'])
  })

  test('refuses an unknown grant, and a field that is missing or given twice (SI-A5)', async () => {
    const { form, url } = startSignInServer()
    expect(await errorOf(await form('/oauth/token', { grant_type: 'password' }))).toEqual([
      400,
      'unsupported_grant_type',
    ])
    expect(await errorOf(await form('/oauth/token', {}))).toEqual([400, 'invalid_request'])
    expect(await errorOf(await form('/oauth/token', { grant_type: deviceGrant }))).toEqual([400, 'invalid_request'])
    const body = new URLSearchParams([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'a'],
      ['refresh_token', 'b'],
    ])
    expect(await errorOf(await fetch(`${url}/oauth/token`, { method: 'POST', body }))).toEqual([400, 'invalid_request'])
  })
})

describe('POST /oauth/revoke', () => {
  test('is 200 without a body for every token, and ends the session of a known one (SI-A6)', async () => {
    const server = startSignInServer()
    const { accessToken } = await signedIn(server.core)
    for (const token of ['unknown', accessToken, accessToken]) {
      const response = await server.form('/oauth/revoke', { token, token_type_hint: 'refresh_token' })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
    expect(server.signIn.identify(accessToken)).toBeUndefined()
  })
})

describe('the OAuth paths', () => {
  test('have their own format for every error, and never redirect (SI-A7)', async () => {
    const { url } = startSignInServer()
    const get = (path: string) => fetch(url + path, { redirect: 'manual' })
    expect(await errorOf(await get('/oauth/token'))).toEqual([405, 'invalid_request'])
    expect(await errorOf(await get('/oauth/authorize'))).toEqual([404, 'invalid_request'])
  })
})
