import { describe, expect, test } from 'bun:test'
import { startTokenServer, type TokenServerOptions } from '../../../src/simulator/anthropic/token-server.ts'
import { movedPage, type TokenReply } from '../../../src/simulator/anthropic/token-service.ts'
import { challengeOf } from '../../../src/simulator/anthropic/token-store.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import { afterTest } from '../../support/cleanup.ts'

const clientId = '9d1c250a-e61b-44d9-88ed-5944d1962f5e'
const scope = 'user:profile user:inference'
const verifier = 'a-verifier-of-at-least-43-characters-0123456789'

const start = (options: TokenServerOptions = {}) => {
  const journal: JournalEntry[] = []
  const server = startTokenServer({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => server.stop())
  const post = (body: object, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(server.tokenUrl, { method: 'POST', body: JSON.stringify(body), headers })
  const refresh = (token: string) => post({ grant_type: 'refresh_token', refresh_token: token, client_id: clientId })
  const grants = () => journal.filter(({ status, method }) => status === 200 && method === 'POST').length
  return { server, journal, post, refresh, grants }
}

interface Granted {
  readonly access_token: string
  readonly refresh_token: string
}

const granted = async (response: Promise<Response>): Promise<Granted> => (await (await response).json()) as Granted

/** Replies to the first request only. */
const once = (reply: TokenReply) => {
  let left = 1
  return () => (left-- > 0 ? reply : undefined)
}

describe('the token endpoint', () => {
  test('a refresh returns a new pair without token_type, as the real endpoint does', async () => {
    const { server, refresh } = start()
    const { refreshToken } = server.tokens.issue(scope, 60)
    const response = await refresh(refreshToken)
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(body).toEqual({
      access_token: expect.stringMatching(/^sk-ant-oat01-/),
      refresh_token: expect.stringMatching(/^sk-ant-ort01-/),
      expires_in: 28_800,
      scope,
    })
    expect(server.tokens.isValid((body as Granted).access_token)).toBe(true)
  })

  test('a refresh token is used once: its second use is an invalid_grant', async () => {
    const { server, refresh, grants } = start()
    const { refreshToken } = server.tokens.issue(scope, 60)
    const { refresh_token: next } = await granted(refresh(refreshToken))
    const second = await refresh(refreshToken)
    expect([second.status, await second.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Refresh token not found or invalid' },
    ])
    expect((await refresh(next)).status).toBe(200)
    expect(grants()).toBe(2)
  })

  test('a server that repeats its answers returns the same pair for the same refresh token', async () => {
    const { server, refresh } = start({ repeatsAnswers: true })
    const { refreshToken } = server.tokens.issue(scope, 60)
    expect(await granted(refresh(refreshToken))).toEqual(await granted(refresh(refreshToken)))
  })

  test('a form-encoded request, another client and a missing member are refused', async () => {
    const { server, post, grants } = start()
    const { refreshToken } = server.tokens.issue(scope, 60)
    const members = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }
    const form = await fetch(server.tokenUrl, { method: 'POST', body: new URLSearchParams(members) })
    expect([form.status, await form.json()]).toEqual([
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'Invalid request format' },
        request_id: form.headers.get('request-id'),
      },
    ])
    const errorFor = async (body: object) => ((await (await post(body)).json()) as { error: unknown }).error
    expect(await errorFor({ ...members, client_id: 'other' })).toBe('invalid_client')
    expect(await errorFor({ ...members, grant_type: 'password' })).toBe('unsupported_grant_type')
    expect(await errorFor({ ...members, refresh_token: '' })).toMatchObject({ message: 'Invalid request format' })
    expect(grants()).toBe(0)
    expect((await post(members)).status).toBe(200)
  })

  test('a scenario fails, moves, shortens and changes an answer', async () => {
    const replies: TokenReply[] = [
      { error: { status: 500 } },
      { error: { status: 429, headers: { 'retry-after': '7' } } },
      { error: movedPage },
      { expiresInSeconds: 1, members: { token_type: 'Bearer', scope: undefined, is_max: true } },
    ]
    const { server, refresh } = start({ scenario: () => replies.shift() })
    const { refreshToken } = server.tokens.issue(scope, 60)
    const [failed, limited, moved] = [
      await refresh(refreshToken),
      await refresh(refreshToken),
      await refresh(refreshToken),
    ]
    expect([failed.status, limited.status, moved.status]).toEqual([500, 429, 404])
    expect(limited.headers.get('retry-after')).toBe('7')
    expect(moved.headers.get('content-type')).toBe('text/html')
    expect(await granted(refresh(refreshToken))).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: 1,
      token_type: 'Bearer',
      is_max: true,
    } as never)
  })

  test('a lost answer has used the refresh token up', async () => {
    const { server, refresh, grants } = start({ scenario: once({ fault: 'lost' }) })
    const { refreshToken } = server.tokens.issue(scope, 60)
    await expect(granted(refresh(refreshToken))).rejects.toThrow('closed unexpectedly')
    expect((await refresh(refreshToken)).status).toBe(400)
    expect(grants()).toBe(1)
  })

  test('a hanging request gets no answer, and the next one does', async () => {
    const { server, refresh } = start({ scenario: once({ fault: 'hang' }) })
    const { refreshToken } = server.tokens.issue(scope, 60)
    const hanging = refresh(refreshToken).then(
      () => 'answered',
      () => 'stopped',
    )
    expect((await refresh(refreshToken)).status).toBe(200)
    await server.stop()
    expect(await hanging).toBe('stopped')
  })

  test('an access token is invalid after it expires, and after a revocation', () => {
    let time = 0
    const { server } = start({ now: () => time })
    const { accessToken } = server.tokens.issue(scope, 60)
    const { accessToken: revoked } = server.tokens.issue(scope, 60)
    server.tokens.revoke(revoked)
    expect([server.tokens.isValid(accessToken), server.tokens.isValid(revoked)]).toEqual([true, false])
    time = 60_000
    expect(server.tokens.isValid(accessToken)).toBe(false)
  })

  test('any other path is not found', async () => {
    const { server } = start()
    expect((await fetch(`${server.url}/v1/messages`)).status).toBe(404)
    expect((await fetch(server.tokenUrl)).status).toBe(404)
  })
})

describe('the login', () => {
  const redirectUri = 'http://localhost:54545/callback'
  const query = (changes: Record<string, string> = {}) =>
    new URLSearchParams({
      code: 'true',
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      state: 'the-state',
      ...changes,
    })

  const authorize = (authorizeUrl: string, changes: Record<string, string> = {}) =>
    fetch(`${authorizeUrl}?${query(changes)}`, { redirect: 'manual' })

  const locationOf = (response: Response): URL => new URL(response.headers.get('location') ?? '')

  const exchange = (code: string, changes: Record<string, string> = {}) => ({
    grant_type: 'authorization_code',
    code,
    state: 'the-state',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  })

  test('the page redirects with a code and the state, and the code buys one pair', async () => {
    const { server, post } = start()
    const target = locationOf(await authorize(server.authorizeUrl))
    expect(`${target.origin}${target.pathname}`).toBe(redirectUri)
    expect(target.searchParams.get('state')).toBe('the-state')
    const code = target.searchParams.get('code') ?? ''
    const response = await post(exchange(code))
    expect([response.status, ((await response.json()) as { scope: string }).scope]).toEqual([200, scope])
    expect((await post(exchange(code))).status).toBe(400)
  })

  test.each([
    ['code_verifier', { code_verifier: 'another-verifier' }],
    ['redirect_uri', { redirect_uri: 'http://localhost:1/callback' }],
    ['state', { state: 'another-state' }],
  ])('a code is refused with another %s', async (name, changes) => {
    const { server, post } = start()
    const code = locationOf(await authorize(server.authorizeUrl)).searchParams.get('code') ?? ''
    const response = await post(exchange(code, changes))
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_grant',
      error_description: `Invalid '${name}' in request.`,
    })
  })

  test('a code without its state is refused', async () => {
    const { server, post } = start()
    const code = locationOf(await authorize(server.authorizeUrl)).searchParams.get('code') ?? ''
    expect((await post(exchange(code, { state: '' }))).status).toBe(400)
  })

  test('the manual page shows code and state in one text', async () => {
    const { server, post } = start()
    const manual = 'https://platform.claude.com/oauth/code/callback'
    const response = await fetch(`${server.authorizeUrl}?${query({ redirect_uri: manual })}`)
    const [, code, state] = /<pre>(\w+)#([\w-]+)<\/pre>/.exec(await response.text()) ?? []
    expect(state).toBe('the-state')
    expect((await post(exchange(code ?? '', { redirect_uri: manual }))).status).toBe(200)
  })

  test.each([
    ['response_type', { response_type: 'token' }],
    ['client_id', { client_id: 'other' }],
    ['code_challenge_method', { code_challenge_method: 'plain' }],
    ['state', { state: '' }],
    ['Redirect URI', { redirect_uri: 'https://example.com/callback' }],
    ['Redirect URI', { redirect_uri: 'http://localhost:54545/other' }],
  ])('the page refuses a wrong %s', async (name, changes) => {
    const { server } = start()
    const response = await authorize(server.authorizeUrl, changes)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(name)
  })

  test('a user who declines returns with access_denied', async () => {
    const { server } = start({ declines: true })
    const target = locationOf(await authorize(server.authorizeUrl))
    expect(target.searchParams.get('error')).toBe('access_denied')
    expect(target.searchParams.has('code')).toBe(false)
    const manual = await fetch(`${server.authorizeUrl}?${query({ redirect_uri: `${server.url}/oauth/code/callback` })}`)
    expect(await manual.text()).toContain('The user declined the request.')
  })
})
