import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../../../../src/base/json.ts'
import { Secret } from '../../../../../src/base/secret.ts'
import { loadConfig } from '../../../../../src/config/load.ts'
import type { TokenServerOptions } from '../../../../../src/simulator/anthropic/token-server.ts'
import type { TokenReply } from '../../../../../src/simulator/anthropic/token-service.ts'
import { challengeOf } from '../../../../../src/simulator/anthropic/token-store.ts'
import { createTokenEndpoint } from '../../../../../src/upstreams/anthropic/credentials/oauth/token-endpoint.ts'
import type { Fetch } from '../../../../../src/upstreams/http/post.ts'
import { settingsOf, startOAuth } from '../../../../support/oauth.ts'

const verifier = 'a-verifier-of-at-least-43-characters-0123456789'
const redirectUri = 'http://localhost:54545/callback'

const setUp = (options: TokenServerOptions = {}) => {
  const oauth = startOAuth(options)
  const requests: RequestInit[] = []
  const watched: Fetch = (url, init) => {
    requests.push(init)
    return fetch(url, init)
  }
  const { tokens, tokenUrl } = oauth.server
  const issued = () => new Secret(tokens.issue('a b', 60).refreshToken)
  const authorized = (state: string) =>
    tokens.authorize({ redirectUri, scope: 'a b', state, codeChallenge: challengeOf(verifier) })
  return {
    ...oauth,
    endpoint: createTokenEndpoint({ settings: settingsOf(tokenUrl), fetch: watched }),
    requests,
    issued,
    authorized,
  }
}

describe('the token endpoint', () => {
  test('gets JSON with the name of this program, and no other request (AU-O2, AU-O3)', async () => {
    const { endpoint, issued, journal, requests } = setUp()
    expect(await endpoint.refresh(issued())).toMatchObject({
      kind: 'granted',
      tokens: { expiresInSeconds: 28_800, scopes: ['a', 'b'], isMax: undefined },
    })
    expect(journal.map(({ method, path }) => [method, path])).toEqual([['POST', '/v1/oauth/token']])
    expect(requests).toMatchObject([
      {
        headers: {
          'content-type': 'application/json',
          'user-agent': expect.stringMatching(/^nexus-claude-api\/\d/),
        },
        redirect: 'manual',
        // A company's proxy cannot reach this machine.
        proxy: false,
      },
    ])
  })

  test('exchanges a code with its state and verifier (AU-O13)', async () => {
    const { endpoint, authorized, journal } = setUp()
    const code = authorized('a-state')
    const outcome = await endpoint.exchange({ code, state: 'a-state', redirectUri, codeVerifier: verifier })
    expect(outcome).toMatchObject({ kind: 'granted', tokens: { scopes: ['a', 'b'] } })
    expect(journal[0]?.body).toEqual({
      grant_type: 'authorization_code',
      code,
      state: 'a-state',
      redirect_uri: redirectUri,
      client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
      code_verifier: verifier,
    })
  })

  test('refuses a code with another state or verifier', async () => {
    const { endpoint, authorized } = setUp()
    const exchanges = [
      { state: 'b-state', codeVerifier: verifier },
      { state: 'a-state', codeVerifier: `${verifier}-other` },
    ]
    for (const exchange of exchanges) {
      const outcome = await endpoint.exchange({ code: authorized('a-state'), redirectUri, ...exchange })
      expect(outcome).toMatchObject({ kind: 'refused', status: 400, code: 'invalid_grant' })
    }
  })

  const answers: [string, TokenReply, object][] = [
    ['an error of the API', { error: { status: 401 } }, { kind: 'refused', code: 'authentication_error' }],
    ['a text as its error', { error: { status: 400, body: '{"error":"your token x"}' } }, { code: undefined }],
    ['a busy server', { error: { status: 529 } }, { kind: 'unavailable', retryAfterSeconds: undefined }],
    ['an answer without a token', { members: { access_token: undefined } }, { kind: 'unavailable', status: 200 }],
    ['a list', { error: { status: 200, body: '[]' } }, { kind: 'unavailable', status: 200 }],
    [
      'a date as retry-after',
      { error: { status: 503, headers: { 'retry-after': 'Sun, 29 Nov 2026 06:00:00 GMT' } } },
      { kind: 'unavailable', retryAfterSeconds: undefined },
    ],
  ]
  test.each(answers)('%s has its kind (AU-O7)', async (_name, reply, expected) => {
    const { endpoint, issued } = setUp({ scenario: () => reply })
    expect(await endpoint.refresh(issued())).toMatchObject(expected)
  })

  test('keeps a new pair whatever the other members of the answer are (AU-O3, AU-O5)', async () => {
    const odd: readonly (readonly [members: Json, tokens: object])[] = [
      [{ refresh_token: null }, { refreshToken: undefined }],
      [{ refresh_token: '' }, { refreshToken: undefined }],
      [{ expires_in: null }, { expiresInSeconds: undefined }],
      [{ expires_in: 'soon' }, { expiresInSeconds: undefined }],
      [{ expires_in: -1 }, { expiresInSeconds: undefined }],
      [{ expires_in: 0 }, { expiresInSeconds: undefined }],
      [{ expires_in: '28800' }, { expiresInSeconds: 28_800 }],
      [{ scope: null }, { scopes: undefined }],
      [{ scope: '' }, { scopes: undefined }],
      [{ scope: ['a', 'b', null] }, { scopes: ['a', 'b'] }],
      [{ token_type: null }, {}],
      [{ token_type: 'session' }, {}],
      [{ id_token: 'not one' }, {}],
      [{ is_max: 'yes' }, { isMax: undefined }],
    ]
    for (const [members, tokens] of odd) {
      const { endpoint, issued, calls } = setUp({ scenario: () => ({ members }) })
      const outcome = await endpoint.refresh(issued())
      expect({ members, outcome }).toMatchObject({ members, outcome: { kind: 'granted', tokens } })
      expect(calls()).toBe(1)
    }
  })

  test('does not take a token that is not valid in a header (AU-O3)', async () => {
    for (const accessToken of [undefined, null, '', 5, 'two words', 'a\r\nx-injected: 1']) {
      const { endpoint, issued } = setUp({ scenario: () => ({ members: { access_token: accessToken } }) })
      expect(await endpoint.refresh(issued())).toMatchObject({ kind: 'unavailable', status: 200 })
    }
  })

  test('a call ends after a time of its own, which --timeout does not change (AU-O11)', async () => {
    const { server, issued } = setUp({ scenario: () => ({ fault: 'hang' }) })
    const settings = settingsOf(server.tokenUrl)
    const endpoint = createTokenEndpoint({ settings, fetch: fetch as Fetch, callMs: 20 })
    expect(await endpoint.refresh(issued())).toMatchObject({ kind: 'unavailable', status: undefined })
  })

  test('reads an answer that waits when the machine wakes up, although the time is over (AU-O5, AU-O11)', async () => {
    const callMs = 100
    const suspended: Fetch = (_url, { signal }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Response>()
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
      const wakeUp = performance.now() + 2 * callMs
      while (performance.now() < wakeUp);
      // The socket is read after the timers that are due.
      setTimeout(() => resolve(Response.json({ access_token: 'a', refresh_token: 'r' })), 5)
      return promise
    }
    const endpoint = createTokenEndpoint({ settings: settingsOf('http://127.0.0.1:9/token'), fetch: suspended, callMs })
    expect(await endpoint.refresh(new Secret('spent'))).toMatchObject({ kind: 'granted' })
  })

  test('its address, the page of the login and the client are those of Claude Code (AU-O1)', () => {
    const { config } = loadConfig({ flags: { upstream: 'anthropic' }, environment: {}, files: [] })
    expect(config.anthropic.oauth).toEqual({
      tokenUrl: 'https://platform.claude.com/v1/oauth/token',
      authorizeUrl: 'https://claude.ai/oauth/authorize',
      clientId: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    })
    const environment = {
      CLAUDE_OAUTH_TOKEN_URL: 'https://a.example/token',
      CLAUDE_OAUTH_AUTHORIZE_URL: 'https://a.example/authorize',
      CLAUDE_OAUTH_CLIENT_ID: 'b',
    }
    expect(loadConfig({ flags: { upstream: 'anthropic' }, environment, files: [] }).config.anthropic.oauth).toEqual({
      tokenUrl: 'https://a.example/token',
      authorizeUrl: 'https://a.example/authorize',
      clientId: 'b',
    })
  })

  test('its library is loaded with the first request only (AU-O2)', () => {
    const source = join(import.meta.dir, '../../../../../src/upstreams/anthropic/credentials/oauth/token-endpoint.ts')
    const imports = readFileSync(source, 'utf8').match(/.*'openid-client'.*/g)
    expect(imports?.map((line) => /import type|typeof import|await import/.exec(line)?.[0])).toEqual([
      'import type',
      'typeof import',
      'await import',
    ])
  })
})
