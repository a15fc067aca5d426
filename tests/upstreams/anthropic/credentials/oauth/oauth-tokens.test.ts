import { describe, expect, test } from 'bun:test'
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Secret } from '../../../../../src/base/secret.ts'
import { movedPage, type TokenReply } from '../../../../../src/simulator/anthropic/token-service.ts'
import { modeOf } from '../../../../support/files.ts'
import { createTokens, hourMs, readCredentials, startOAuth, toOAuthFile } from '../../../../support/oauth.ts'

const fileName = 'team.example.credentials.json'
const dayMs = 24 * hourMs

/** Replies in their order, then grants. */
const inTurn = (...replies: (TokenReply | undefined)[]) => ({ scenario: () => replies.shift() })

const thrownBy = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a token', () => {
  test('is the one of the file until a minute before it expires (AU-O3)', async () => {
    const { server, path, signIn, calls } = startOAuth()
    const { tokens, pass } = createTokens(server.tokenUrl)
    signIn({ expiresAt: Date.now() + hourMs })
    const { accessToken } = readCredentials(path).oauth
    expect((await tokens.token(toOAuthFile(path))).reveal()).toBe(accessToken)
    pass(hourMs - 62_000)
    expect((await tokens.token(toOAuthFile(path))).reveal()).toBe(accessToken)
    expect(calls()).toBe(0)
    pass(3000)
    expect((await tokens.token(toOAuthFile(path))).reveal()).not.toBe(accessToken)
    expect(calls()).toBe(1)
  })

  test('is renewed and stored with every other member in its place (AU-O3, AU-O5)', async () => {
    const { server, path, journal } = startOAuth({ expiresInSeconds: 7200, ...inTurn({ members: { is_max: true } }) })
    const { accessToken, refreshToken } = server.tokens.issue('a b', 60)
    const text = `{"note":12345678901234567,"oauth":{"extra":[1.0],"accessToken":"${accessToken}","refreshToken":"${refreshToken}","expiresAt":1,"scopes":[],"isMax":false,"more":null},"slack":{"channel":"#a"},"type":"oauth"}`
    writeFileSync(path, text, { mode: 0o644 })
    const { tokens } = createTokens(server.tokenUrl)
    const before = Date.now()
    const token = (await tokens.token(toOAuthFile(path))).reveal()
    const stored = readCredentials(path).oauth
    expect(server.tokens.isValid(token)).toBe(true)
    expect(stored.accessToken).toBe(token)
    expect(stored.expiresAt).toBeGreaterThanOrEqual(before + 7_200_000)
    expect(stored.expiresAt).toBeLessThanOrEqual(Date.now() + 7_200_000)
    expect(readFileSync(path, 'utf8')).toBe(
      `{\n  "note": 12345678901234567,\n  "oauth": {\n    "extra": [\n      1.0\n    ],\n    "accessToken": "${token}",\n    "refreshToken": "${stored.refreshToken}",\n    "expiresAt": ${stored.expiresAt},\n    "scopes": [\n      "a",\n      "b"\n    ],\n    "isMax": true,\n    "more": null\n  },\n  "slack": {\n    "channel": "#a"\n  },\n  "type": "oauth"\n}\n`,
    )
    expect(stored.refreshToken).not.toBe(refreshToken)
    expect(journal[0]?.body).toEqual({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    })
    expect([modeOf(path), readdirSync(join(path, '..'))]).toEqual([0o600, [basename(path)]])
  })

  test('keeps the old refresh token, scopes and plan if the answer has none, and lasts an hour (AU-O3)', async () => {
    const members = { refresh_token: undefined, scope: undefined, expires_in: undefined }
    const { server, path } = startOAuth(inTurn({ members }))
    const before = readCredentials(path).oauth
    const { tokens, records } = createTokens(server.tokenUrl)
    const start = Date.now()
    await tokens.token(toOAuthFile(path))
    const after = readCredentials(path).oauth
    expect(after).toEqual({ ...before, accessToken: after.accessToken, expiresAt: after.expiresAt })
    expect(Math.abs(after.expiresAt - start - hourMs)).toBeLessThan(5000)
    expect(records).toMatchObject([{ event: 'credential.renewed', fields: { assumed: true, expiresInSeconds: 3600 } }])
  })

  test('40 requests with an expired token cause one grant, and get the same token (AU-O4)', async () => {
    const { server, path, grants } = startOAuth(inTurn({ delayMs: 20 }))
    const { tokens } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    const all = await Promise.all(Array.from({ length: 40 }, () => tokens.token(file)))
    expect(new Set(all.map((token) => token.reveal())).size).toBe(1)
    expect(grants()).toBe(1)
  })

  test('two processes on one file cause one grant: the second adopts the token of the first (AU-O4)', async () => {
    const { server, path, grants } = startOAuth(inTurn({ delayMs: 20 }))
    const [one, two] = [createTokens(server.tokenUrl), createTokens(server.tokenUrl)]
    const file = toOAuthFile(path)
    const [first, second] = await Promise.all([one.tokens.token(file), two.tokens.token(file)])
    expect(first.reveal()).toBe(second.reveal())
    expect(grants()).toBe(1)
  })

  test('a file behind a link is renewed, and the link stays (AU-O5)', async () => {
    const { server, folder, path } = startOAuth()
    const real = join(folder, '..', 'real.json')
    renameSync(path, real)
    symlinkSync('../real.json', path)
    const { tokens } = createTokens(server.tokenUrl)
    const token = (await tokens.token(toOAuthFile(path))).reveal()
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(readCredentials(real).oauth.accessToken).toBe(token)
  })

  test('of a login that was stored during a renewal stays (AU-O5, AU-O7)', async () => {
    for (const isValid of [true, false]) {
      const state: { write?: () => void } = {}
      const { server, path, signIn } = startOAuth({
        scenario() {
          state.write?.()
          return undefined
        },
      })
      state.write = () => signIn({ expiresAt: isValid ? Date.now() + 30_000 : 0 })
      const { tokens, records } = createTokens(server.tokenUrl)
      const before = toOAuthFile(path)
      const token = (await tokens.token(before)).reveal()
      const stored = toOAuthFile(path).grant
      expect(server.tokens.isValid(token)).toBe(true)
      expect(stored.refreshToken && before.grant.refreshToken?.equals(stored.refreshToken)).toBe(false)
      // The new login's refresh token is not spent.
      expect(server.tokens.refresh(stored.refreshToken?.reveal() ?? '', 60)).toBeObject()
      expect(token === stored.accessToken.reveal()).toBe(isValid)
      expect(records.map(({ event }) => event)).toEqual(['credential.superseded'])
      expect(tokens.problems()).toEqual([])
    }
  })

  test('a half-written file is read again before it counts as gone', async () => {
    const { server, path } = startOAuth()
    const file = toOAuthFile(path)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, 40))
    const { tokens } = createTokens(server.tokenUrl)
    const pending = tokens.token(file)
    writeFileSync(path, text)
    expect(server.tokens.isValid((await pending).reveal())).toBe(true)
  })
})

describe('the time in a file', () => {
  const cases: [string, unknown, boolean][] = [
    ['seconds are accepted', Math.round((Date.now() + hourMs) / 1000), false],
    ['zero counts as expired', 0, true],
    ['a negative number counts as expired', -1, true],
    ['no number counts as expired', undefined, true],
  ]
  test.each(cases)('%s (AU-O10)', async (_name, expiresAt, isRenewed) => {
    const { server, path, signIn, grants } = startOAuth()
    signIn({ expiresAt })
    const { tokens } = createTokens(server.tokenUrl)
    await tokens.token(toOAuthFile(path))
    expect(grants()).toBe(isRenewed ? 1 : 0)
  })

  test('a clock that is a day off still gives valid tokens, and is reported once (AU-O10)', async () => {
    for (const offsetMs of [dayMs, -dayMs]) {
      const { server, path } = startOAuth()
      const { tokens, records, pass } = createTokens(server.tokenUrl)
      pass(offsetMs)
      const first = await tokens.token(toOAuthFile(path))
      expect(server.tokens.isValid(first.reveal())).toBe(true)
      expect(await tokens.token(toOAuthFile(path))).toMatchObject({})
      const second = await tokens.renew(toOAuthFile(path), first, new Date().toUTCString())
      expect(second && server.tokens.isValid(second.reveal())).toBe(true)
      const warnings = records.filter(({ event }) => event === 'credential.clock')
      expect(warnings).toMatchObject([{ level: 'warn' }])
      expect(Math.abs(Number(warnings[0]?.fields['aheadSeconds']) - offsetMs / 1000)).toBeLessThan(5)
    }
  })
})

describe('a refused renewal', () => {
  test('is not repeated until the file has other tokens, and the file keeps what it has (AU-O7, AU-O8)', async () => {
    const { server, path, signIn, calls } = startOAuth()
    const spent = toOAuthFile(path)
    server.tokens.refresh(readCredentials(path).oauth.refreshToken ?? '', 60)
    const text = readFileSync(path, 'utf8')
    const { tokens, records, pass } = createTokens(server.tokenUrl)
    const error = await thrownBy(tokens.token(spent))
    expect(error).toMatchObject({
      type: 'authentication_error',
      status: 401,
      shouldRetry: false,
      message: `the OAuth credential of \`${fileName}\` has expired and could not be renewed: run \`nexus-claude-api auth login team.example\``,
    })
    pass(dayMs)
    await thrownBy(tokens.token(spent))
    expect(calls()).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(records).toMatchObject([
      {
        level: 'error',
        event: 'credential.renewal_failed',
        fields: { file: fileName, reason: 'refused', status: 400, error: 'invalid_grant' },
      },
    ])
    expect(tokens.problems()).toEqual([
      { file: fileName, note: 'its tokens could not be renewed: run `nexus-claude-api auth login team.example`' },
    ])
    signIn()
    expect(server.tokens.isValid((await tokens.token(toOAuthFile(path))).reveal())).toBe(true)
    expect(tokens.problems()).toEqual([])
  })

  test('takes the token that another program has written meanwhile, or its refresh token (AU-O7)', async () => {
    for (const isValid of [true, false]) {
      const state: { write?: () => void } = {}
      const scenario = (): TokenReply | undefined => {
        const { write } = state
        delete state.write
        write?.()
        return write && { error: { status: 400, body: '{"error":"invalid_grant"}' } }
      }
      const { server, path, signIn, calls } = startOAuth({ scenario })
      // A second more than a fresh one needs is not necessary: it is valid for half a minute.
      state.write = () => signIn({ expiresAt: isValid ? Date.now() + 30_000 : 0 })
      const { tokens } = createTokens(server.tokenUrl)
      const token = (await tokens.token(toOAuthFile(path))).reveal()
      expect(server.tokens.isValid(token)).toBe(true)
      expect(readCredentials(path).oauth.accessToken).toBe(token)
      expect(calls()).toBe(isValid ? 1 : 2)
    }
  })

  test('takes an access token that another program has renewed alone (AU-O7)', async () => {
    const state: { write?: () => void } = {}
    const refused = { error: { status: 400, body: '{"error":"invalid_grant"}' } }
    const scenario = (): TokenReply => {
      state.write?.()
      return refused
    }
    const { server, path, writeGrant, calls } = startOAuth({ scenario })
    const { refreshToken } = readCredentials(path).oauth
    const { accessToken } = server.tokens.issue('a', 3600)
    state.write = () =>
      writeGrant({ accessToken, ...(refreshToken && { refreshToken }) }, { expiresAt: Date.now() + 30_000 })
    const { tokens } = createTokens(server.tokenUrl)
    expect((await tokens.token(toOAuthFile(path))).reveal()).toBe(accessToken)
    expect(calls()).toBe(1)
  })

  test('is no problem any more after a login (AU-O7)', async () => {
    const { server, path, signIn } = startOAuth({ scenario: () => ({ error: { status: 400 } }) })
    const { tokens } = createTokens(server.tokenUrl)
    await thrownBy(tokens.token(toOAuthFile(path)))
    expect(tokens.problems()).toHaveLength(1)
    signIn({ expiresAt: Date.now() + hourMs })
    await tokens.token(toOAuthFile(path))
    expect(tokens.problems()).toEqual([])
  })

  test('a file without a refresh token is one problem until it changes, and one line in the log (AU-O7, AU-O8)', async () => {
    const { server, path, writeGrant } = startOAuth()
    writeGrant({ accessToken: 'sk-ant-oat01-alone' })
    const { tokens, records } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    for (const _ of [1, 2, 3]) expect(await thrownBy(tokens.token(file))).toMatchObject({ status: 401 })
    expect(records.map(({ event, fields }) => [event, fields['reason']])).toEqual([
      ['credential.renewal_failed', 'unrenewable'],
    ])
    expect(tokens.problems()).toEqual([
      { file: fileName, note: 'its tokens could not be renewed: run `nexus-claude-api auth login team.example`' },
    ])
  })

  test('a token that has not expired goes on being used (AU-O7)', async () => {
    for (const reply of [{ error: { status: 401 } }, { error: { status: 500 } }, { error: movedPage }]) {
      const { server, path, signIn } = startOAuth({ scenario: () => reply })
      signIn({ expiresAt: Date.now() + 30_000 })
      const { tokens } = createTokens(server.tokenUrl)
      const file = toOAuthFile(path)
      expect((await tokens.token(file)).reveal()).toBe(file.grant.accessToken.reveal())
    }
  })

  test('a file without a refresh token, and one that was deleted, need a login (AU-O8)', async () => {
    const { server, path, writeGrant, calls } = startOAuth()
    writeGrant({ accessToken: 'sk-ant-oat01-alone' })
    const { tokens } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    expect(await thrownBy(tokens.token(file))).toMatchObject({ status: 401, shouldRetry: false })
    rmSync(path)
    expect(await thrownBy(tokens.token(file))).toMatchObject({ status: 401, shouldRetry: false })
    expect([calls(), readdirSync(join(path, '..'))]).toEqual([0, []])
  })
})

describe('a renewal that fails for another reason', () => {
  const fiveSeconds: [string, TokenReply][] = [
    ['a 500', { error: { status: 500 } }],
    ['a 503 page of a proxy', { error: { ...movedPage, status: 503 } }],
  ]
  test.each(fiveSeconds)('%s is tried twice, and not again for 5 seconds (AU-O7, AU-O11)', async (_name, reply) => {
    const { server, path, calls } = startOAuth({ scenario: () => reply })
    const { tokens, pass } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    const error = await thrownBy(tokens.token(file))
    expect(error).toMatchObject({ type: 'overloaded_error', status: 503, retryAfterSeconds: 5 })
    expect(calls()).toBe(2)
    await thrownBy(tokens.token(file))
    expect(calls()).toBe(2)
    pass(5000)
    await thrownBy(tokens.token(file))
    expect(calls()).toBe(4)
  })

  test('a server that cannot be reached is no reason for a login (AU-O7)', async () => {
    const { server, path } = startOAuth()
    await server.stop()
    const { tokens } = createTokens(server.tokenUrl)
    expect(await thrownBy(tokens.token(toOAuthFile(path)))).toMatchObject({ status: 503, retryAfterSeconds: 5 })
  })

  test('a lost answer is requested again: the server repeats it, or the refresh token is spent (AU-O11)', async () => {
    for (const repeatsAnswers of [true, false]) {
      const { server, path, calls } = startOAuth({ repeatsAnswers, ...inTurn({ fault: 'lost' }) })
      const { tokens } = createTokens(server.tokenUrl)
      const result = await tokens.token(toOAuthFile(path)).catch((error: unknown) => error)
      if (repeatsAnswers) expect(readCredentials(path).oauth.accessToken).toBe((result as Secret).reveal())
      else expect(result).toMatchObject({ status: 401, shouldRetry: false })
      expect(calls()).toBe(2)
    }
  })

  test('one failure passes by itself: the second try of the same request succeeds (AU-O11)', async () => {
    const { server, path, grants } = startOAuth(inTurn({ error: { status: 502 } }))
    const { tokens } = createTokens(server.tokenUrl)
    expect(server.tokens.isValid((await tokens.token(toOAuthFile(path))).reveal())).toBe(true)
    expect(grants()).toBe(1)
  })

  test('a 429 is not repeated before its retry-after, which clients get, too (AU-O7, AU-O11)', async () => {
    const limited = { error: { status: 429, headers: { 'retry-after': '30' } } }
    const { server, path, calls } = startOAuth(inTurn(limited))
    const { tokens, pass } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    expect(await thrownBy(tokens.token(file))).toMatchObject({ status: 503, retryAfterSeconds: 30 })
    pass(23_000)
    expect(await thrownBy(tokens.token(file))).toMatchObject({ status: 503, retryAfterSeconds: 7 })
    expect(calls()).toBe(1)
    pass(7000)
    expect(server.tokens.isValid((await tokens.token(file)).reveal())).toBe(true)
  })

  const moved: [string, TokenReply][] = [
    ['a 404', { error: { status: 404 } }],
    ['a 405', { error: { status: 405 } }],
    ['a redirect', { error: { status: 302, headers: { location: 'https://elsewhere.example/' } } }],
    ['a page with status 400', { error: { ...movedPage, status: 400 } }],
    ['a page with status 200', { error: { ...movedPage, status: 200 } }],
  ]
  test.each(moved)('%s is a wrong address for a minute, never a revoked token (AU-O7)', async (_name, reply) => {
    const { server, path, calls } = startOAuth(inTurn(reply))
    const { host } = new URL(server.tokenUrl)
    const { tokens, records, pass } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    const error = await thrownBy(tokens.token(file))
    expect(String(error)).toContain(`${host} has no token endpoint at this address. Correct anthropic.oauth.tokenUrl`)
    expect(records).toMatchObject([
      { level: 'error', fields: { reason: 'moved', host, setting: 'anthropic.oauth.tokenUrl' } },
    ])
    pass(59_000)
    await thrownBy(tokens.token(file))
    expect(calls()).toBe(1)
    pass(1000)
    expect(server.tokens.isValid((await tokens.token(file)).reveal())).toBe(true)
  })

  test('an endpoint that hangs holds no request while the token is valid (AU-O7, AU-O11)', async () => {
    const { server, path, signIn } = startOAuth({ scenario: () => ({ fault: 'hang' }) })
    signIn({ expiresAt: Date.now() + 30_000 })
    const { tokens } = createTokens(server.tokenUrl, { validWaitMs: 20 })
    const file = toOAuthFile(path)
    const all = await Promise.all([tokens.token(file), tokens.token(file), tokens.token(file)])
    for (const token of all) expect(token.equals(file.grant.accessToken)).toBe(true)
  })

  test('an endpoint that hangs holds a request only for a time; the renewal goes on (AU-O11)', async () => {
    const { server, path, signIn } = startOAuth({ scenario: () => ({ fault: 'hang' }) })
    const { tokens } = createTokens(server.tokenUrl, { waitMs: 20, validWaitMs: 20 })
    expect(await thrownBy(tokens.token(toOAuthFile(path)))).toMatchObject({
      type: 'overloaded_error',
      status: 503,
      retryAfterSeconds: 5,
    })
    signIn({ expiresAt: Date.now() + 30_000 })
    const file = toOAuthFile(path)
    expect((await tokens.token(file)).reveal()).toBe(file.grant.accessToken.reveal())
  })
})

describe('a 401 of the upstream', () => {
  test('causes one renewal for all requests that got it (AU-O9)', async () => {
    const { server, path, signIn, grants } = startOAuth()
    signIn({ expiresAt: Date.now() + hourMs })
    const { tokens } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    const refused = file.grant.accessToken
    const all = await Promise.all(Array.from({ length: 10 }, () => tokens.renew(file, refused)))
    const [token] = all
    expect(new Set(all.map((each) => each?.reveal())).size).toBe(1)
    expect(token && server.tokens.isValid(token.reveal())).toBe(true)
    expect(grants()).toBe(1)
    // A request that began earlier reports its refusal later: the token of the file is another one by now.
    expect((await tokens.renew(file, refused))?.reveal()).toBe(token?.reveal())
    expect(grants()).toBe(1)
  })

  test('is relayed if the renewal is refused, and is not repeated (AU-O9)', async () => {
    const { server, path, signIn, calls } = startOAuth({ scenario: () => ({ error: { status: 401 } }) })
    signIn({ expiresAt: Date.now() + hourMs })
    const { tokens } = createTokens(server.tokenUrl)
    const file = toOAuthFile(path)
    expect(await tokens.renew(file, file.grant.accessToken)).toBeUndefined()
    expect(await tokens.renew(file, file.grant.accessToken)).toBeUndefined()
    expect(calls()).toBe(1)
    expect((await tokens.token(file)).reveal()).toBe(file.grant.accessToken.reveal())
  })

  test('for a token that has just replaced a refused one is relayed: no renewal for each request (AU-O9)', async () => {
    const { server, path, signIn, grants } = startOAuth()
    signIn({ expiresAt: Date.now() + hourMs })
    const { tokens, pass } = createTokens(server.tokenUrl)
    const refuse = async () => {
      const file = toOAuthFile(path)
      return tokens.renew(file, await tokens.token(file))
    }
    expect(await refuse()).toBeDefined()
    expect([await refuse(), await refuse()]).toEqual([undefined, undefined])
    expect(grants()).toBe(1)
    pass(60_000)
    expect(await refuse()).toBeDefined()
    expect(grants()).toBe(2)
  })

  test('during a renewal that adopts the refused token causes another renewal (AU-O9)', async () => {
    const { server, path, signIn, grants } = startOAuth()
    const old = toOAuthFile(path)
    signIn({ expiresAt: Date.now() + hourMs })
    const { tokens } = createTokens(server.tokenUrl)
    const refused = toOAuthFile(path).grant.accessToken
    const [adopted, renewed] = await Promise.all([tokens.token(old), tokens.renew(old, refused)])
    expect(adopted.reveal()).toBe(refused.reveal())
    expect(renewed && server.tokens.isValid(renewed.reveal())).toBe(true)
    expect(renewed?.reveal()).not.toBe(refused.reveal())
    expect(grants()).toBe(1)
  })
})

describe('the log', () => {
  test('tells tokens apart and has none of them (AU-O12)', async () => {
    const { server, path, writeGrant } = startOAuth(
      inTurn(undefined, { error: { status: 500 } }, { error: { status: 400 } }),
    )
    const { tokens, records, pass } = createTokens(server.tokenUrl)
    const seen: string[] = []
    const note = (): void => {
      const { accessToken, refreshToken = '' } = readCredentials(path).oauth
      seen.push(accessToken, refreshToken)
    }
    note()
    await tokens.token(toOAuthFile(path))
    note()
    pass(dayMs)
    await thrownBy(tokens.token(toOAuthFile(path)))
    writeGrant({ accessToken: seen[0] ?? '', refreshToken: seen[1] ?? '' })
    await thrownBy(tokens.token(toOAuthFile(path)))
    const text = JSON.stringify([records, tokens.problems()])
    expect(seen.filter((token) => text.includes(token))).toEqual([])
    expect(records[0]).toMatchObject({
      event: 'credential.renewed',
      fields: { before: new Secret(seen[0] ?? '').fingerprint(), token: new Secret(seen[2] ?? '').fingerprint() },
    })
  })
})
