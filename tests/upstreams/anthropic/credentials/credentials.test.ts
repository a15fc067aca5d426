import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../../src/base/errors.ts'
import { Secret } from '../../../../src/base/secret.ts'
import type { CredentialChoice, FailedAnswer } from '../../../../src/upstreams/anthropic/credentials/credential.ts'
import {
  type CredentialSources,
  type CredentialsOptions,
  createCredentials,
} from '../../../../src/upstreams/anthropic/credentials/credentials.ts'
import type { DomainFiles } from '../../../../src/upstreams/anthropic/credentials/domain-files.ts'
import type { LoginTokens, OAuthTokens } from '../../../../src/upstreams/anthropic/credentials/oauth/oauth-tokens.ts'
import type { Caller } from '../../../../src/upstreams/upstream.ts'
import { filesOf, startDomainServer } from '../../../support/domain-files.ts'

const signal = new AbortController().signal

const optionsOf = (options: Partial<CredentialsOptions>): CredentialsOptions => ({
  key: undefined,
  forwardsClientKeys: true,
  ...options,
})

/** The credential of a request with these headers. */
const choose = async (
  options: Partial<CredentialsOptions>,
  headers: Record<string, string> = {},
  members: Partial<Caller> = {},
): Promise<CredentialChoice> => {
  const host = headers['host']
  const domain = host === undefined ? undefined : await options.domainFiles?.find(host)
  const caller = { domain, headers: new Headers(headers), mayForwardKey: true, ...members }
  return createCredentials(optionsOf(options)).choose(caller, signal)
}

const shown = ({ credential }: CredentialChoice): unknown => ({ ...credential, secret: credential.secret.reveal() })

const sent = async (...given: Parameters<typeof choose>): Promise<unknown> => shown(await choose(...given))

const refused = async (...given: Parameters<typeof choose>): Promise<GatewayError> => {
  try {
    await choose(...given)
  } catch (error) {
    if (error instanceof GatewayError) return error
  }
  throw new Error('not refused')
}

const failed = (status: number, headers: Record<string, string> = {}): FailedAnswer => ({
  status,
  headers: new Headers(headers),
  text: '',
})

const oauthFile = {
  type: 'oauth',
  oauth: { accessToken: 'sk-ant-oat01-file', refreshToken: 'r', expiresAt: 1, scopes: [], isMax: false },
}

/** Renews each token once. */
const oauthTokens = (calls: unknown[] = []): OAuthTokens => ({
  async token({ domain, grant }) {
    calls.push(['token', domain])
    return grant.accessToken
  },
  async renew({ domain }, refusedToken, date) {
    calls.push(['renew', domain, refusedToken.reveal(), date])
    return new Secret('renewed')
  },
  problems: () => [],
})

const login: LoginTokens = { token: async () => new Secret('login'), renew: async () => new Secret('login-2') }

describe('the credential of a request', () => {
  const domainFiles = (): DomainFiles => filesOf({ team: { type: 'api_key', api_key: 'of-team' } })
  const own = { authorization: 'Bearer sk-ant-oat01-own' }

  test("is that of the domain's file first (AU-K1)", async () => {
    const all = { domainFiles: domainFiles(), key: new Secret('configured'), login }
    expect(await sent(all, { host: 'team:4141', ...own })).toEqual({
      kind: 'api_key',
      header: 'x-api-key',
      secret: 'of-team',
      betas: [],
    })
  })

  test("is then the client's own (AU-K2)", async () => {
    const all = { domainFiles: domainFiles(), key: new Secret('configured'), login }
    expect(await sent(all, { host: 'other', ...own })).toMatchObject({ kind: 'client', secret: 'sk-ant-oat01-own' })
  })

  test('is then the configured key (AU-K3)', async () => {
    const all = { domainFiles: domainFiles(), key: new Secret('configured'), login }
    expect(await sent(all, { host: 'other', 'x-api-key': 'dummy' })).toEqual({
      kind: 'configured',
      header: 'x-api-key',
      secret: 'configured',
      betas: [],
    })
  })

  test("is then Claude Code's own sign-in (AU-K4)", async () => {
    const choice = await choose({ domainFiles: domainFiles(), login }, { host: 'other' })
    expect(shown(choice)).toEqual({
      kind: 'login',
      header: 'authorization',
      secret: 'login',
      betas: ['oauth-2025-04-20'],
    })
    const second = await choice.afterFailure(failed(401))
    expect(second && shown(second)).toMatchObject({ kind: 'login', secret: 'login-2' })
    expect(await second?.afterFailure(failed(401))).toBeUndefined()
  })

  test('is missing: a 401 that names the ways to provide one, before any call (AU-K4)', async () => {
    const error = await refused({ domainFiles: domainFiles() }, { host: 'other', 'x-api-key': 'dummy' })
    expect(error).toMatchObject({ type: 'authentication_error', status: 401, shouldRetry: false })
    for (const way of ['--credentials-dir', '--client-keys forward', 'CLAUDE_API_KEY', '--claude-code-login'])
      expect(error.message).toContain(way)
  })

  test("of the program's own requests comes from the configuration", async () => {
    const { choose: chooseFor } = createCredentials(
      optionsOf({ domainFiles: domainFiles(), key: new Secret('configured') }),
    )
    expect(shown(await chooseFor(undefined, signal))).toMatchObject({ kind: 'configured' })
  })

  test("is never the client's where client keys are ignored, or where clients send placeholders (AU-K5)", async () => {
    const key = new Secret('configured')
    const kindOf = async (...given: Parameters<typeof choose>): Promise<string> =>
      (await choose(...given)).credential.kind
    expect(await kindOf({ key }, own)).toBe('client')
    expect(await kindOf({ key, forwardsClientKeys: false }, own)).toBe('configured')
    const isClientToken = (token: string): boolean => token === 'gate'
    expect(await kindOf({ key, isClientToken }, { ...own, 'x-api-key': 'gate' })).toBe('client')
    expect(await kindOf({ key, isClientToken }, { 'x-api-key': 'gate' })).toBe('configured')
    expect(await kindOf({ key }, own, { mayForwardKey: false })).toBe('configured')
    const isHandedOut = async (token: string): Promise<boolean> => token === 'sk-ant-oat01-own'
    expect(await kindOf({ key, isHandedOut }, own)).toBe('configured')
  })

  test('is relayed with its failure: no other credential replaces it', async () => {
    const choices = [await choose({ key: new Secret('k') }), await choose({}, own)]
    for (const choice of choices) expect(await choice.afterFailure(failed(401))).toBeUndefined()
  })

  test('of an invalid file is an error: no other credential replaces it (AU-K13)', async () => {
    const invalid = filesOf({ team: { type: 'api_key' } })
    const error = await refused({ domainFiles: invalid, key: new Secret('configured') }, { host: 'team', ...own })
    expect(error).toMatchObject({
      type: 'api_error',
      status: 500,
      shouldRetry: false,
      message: 'credentials for this domain are invalid: team.credentials.json: api_key is missing',
    })
  })
})

describe('an OAuth credential of a domain', () => {
  test('is refused without --allow-oauth, with a 403 that names file and switch (AU-T2)', async () => {
    const error = await refused({ domainFiles: filesOf({ team: oauthFile }), key: new Secret('k') }, { host: 'team' })
    expect(error).toMatchObject({
      type: 'permission_error',
      status: 403,
      shouldRetry: false,
      message:
        'team.credentials.json contains an OAuth credential, which this server does not use without --allow-oauth.',
    })
  })

  test('is a bearer token with its beta flag, and is renewed once after a 401 (AU-K1, AU-O9)', async () => {
    const calls: unknown[] = []
    const sources: CredentialSources = { domainFiles: filesOf({ team_4141: oauthFile }), oauth: oauthTokens(calls) }
    const choice = await choose(sources, { host: 'team:4141', 'x-api-key': 'client' })
    expect(shown(choice)).toEqual({
      kind: 'oauth',
      header: 'authorization',
      secret: 'sk-ant-oat01-file',
      betas: ['oauth-2025-04-20'],
    })
    expect(await choice.afterFailure(failed(403))).toBeUndefined()
    const second = await choice.afterFailure(failed(401, { date: 'today' }))
    expect(second && shown(second)).toMatchObject({ kind: 'oauth', secret: 'renewed' })
    expect(await second?.afterFailure(failed(401))).toBeUndefined()
    expect(calls).toEqual([
      ['token', 'team:4141'],
      ['renew', 'team:4141', 'sk-ant-oat01-file', 'today'],
    ])
  })
})

describe('a server with files of credentials', () => {
  test('sends the key of the domain in one header, and none of the client (AU-K1, AU-K6)', async () => {
    const { post, received } = startDomainServer({ 'team.example': { type: 'api_key', api_key: 'of-team' } })
    expect((await post({ host: 'team.example', authorization: 'Bearer own', 'x-api-key': 'own' })).status).toBe(200)
    expect((await post({ authorization: 'Bearer sk-ant-oat01-own', 'x-api-key': 'own' })).status).toBe(200)
    expect(received.map(({ key, bearer }) => [key, bearer])).toEqual([
      ['of-team', null],
      [null, 'Bearer sk-ant-oat01-own'],
    ])
    expect((await post({ 'x-api-key': 'dummy' })).status).toBe(401)
    expect(received.length).toBe(2)
  })

  test.each([
    '../canary',
    '..',
    '../canary.credentials.json',
    'x/../../canary',
    '..\\canary',
    '%2e%2e%2fcanary',
    'canary\0',
    'canary\r\nX-Forwarded-Host: canary',
    '\u00e9canary',
    'canary '.repeat(1462),
    'c'.repeat(10_240),
  ])('opens no file for a hostile host: %j (AU-K9)', async (host) => {
    const { rawStatus, received } = startDomainServer({})
    expect(await rawStatus(host)).toMatch(/^4\d\d$/)
    expect(received).toEqual([])
  })

  test('uses the next key of a domain before the client gets a byte, and logs only the numbers (AU-K8)', async () => {
    const { post, received, records } = startDomainServer(
      { team: { type: 'api_key', api_keys: ['sk-canary-1', 'sk-canary-2'] } },
      { refusedKeys: ['sk-canary-1'] },
    )
    const answers = [await post({ host: 'team' }), await post({ host: 'team' })]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(received.map(({ key }) => key)).toEqual(['sk-canary-1', 'sk-canary-2', 'sk-canary-2'])
    expect(records.filter(({ event }) => event === 'credential.key_changed')).toEqual([
      {
        level: 'info',
        event: 'credential.key_changed',
        fields: { file: 'team.credentials.json', from: 1, to: 2, status: 429 },
      },
    ])
    expect(JSON.stringify(records)).not.toContain('canary')
  })

  test('relays the last answer if each key of a domain fails (AU-K8)', async () => {
    const { post, received } = startDomainServer(
      { team: { type: 'api_key', api_keys: ['sk-1', 'sk-2'] } },
      { refusedKeys: ['sk-1', 'sk-2'] },
    )
    expect((await post({ host: 'team' })).status).toBe(429)
    expect(received.map(({ key }) => key)).toEqual(['sk-1', 'sk-2'])
  })

  test('makes no client look like Claude Code (AU-T4)', async () => {
    const { post, received } = startDomainServer({ team: { type: 'api_key', api_key: 'sk-1' } })
    await post({ host: 'team', 'user-agent': 'curl/8', 'anthropic-beta': 'one-2026-01-01' })
    await post({ 'user-agent': 'curl/8', authorization: 'Bearer sk-ant-oat01-own' })
    expect(received.map(({ agent, betas, body }) => [agent, betas, body])).toEqual([
      ['curl/8', 'one-2026-01-01', '{}'],
      ['curl/8', 'oauth-2025-04-20', '{}'],
    ])
  })

  test('logs no key, and names none of them in an answer (AU-K15)', async () => {
    const { post, records } = startDomainServer({
      keys: { type: 'api_key', api_keys: ['sk-canary-1', 'sk-canary-2'] },
      invalid: { type: 'api_key', api_key: ['sk-canary-3'] },
    })
    const answers = [await post({ host: 'keys' }), await post({ host: 'invalid' })]
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(answers.map(({ status }) => status)).toEqual([200, 500])
    expect(JSON.stringify([records, texts])).not.toContain('canary')
  })
})
