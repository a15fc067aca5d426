import { describe, expect, test } from 'bun:test'
import { startSignInServer } from '../../support/sign-in.ts'

type Server = ReturnType<typeof startSignInServer>

const secret = 'the-secret-of-the-commands'

const call = async (
  { url }: Pick<Server, 'url'>,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
) => {
  const response = await fetch(`${url}/sign-in/${path}`, {
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  return { status: response.status, body: await response.json(), cache: response.headers.get('cache-control') }
}

/** The user code of a new request. */
const requestOf = ({ core }: Server): string => {
  const device = core.signIn.ask({ clientVersion: 'claude-code/2.1.332', address: '127.0.0.1' })
  if (device === undefined) throw new Error('too many requests')
  return device.userCode
}

const messageOf = (body: unknown): string => (body as { error: { message: string } }).error.message

describe('/sign-in/*', () => {
  test('lists and approves a request, in any case and without its hyphen (SI-P2)', async () => {
    const server = startSignInServer()
    const userCode = requestOf(server)
    expect(await call(server, 'pending')).toEqual({
      status: 200,
      cache: 'no-store',
      body: {
        pending: [
          { userCode, clientVersion: 'claude-code/2.1.332', address: '127.0.0.1', expiresAt: expect.any(Number) },
        ],
      },
    })
    const typed = userCode.toLowerCase().replace('-', '')
    expect(await call(server, 'approve', { userCode: typed })).toMatchObject({ status: 200, body: { userCode } })
    expect(await call(server, 'pending')).toMatchObject({ body: { pending: [] } })
  })

  test('refuses a request (SI-P2)', async () => {
    const server = startSignInServer()
    const userCode = requestOf(server)
    expect(await call(server, 'deny', { userCode })).toMatchObject({ status: 200, body: { userCode } })
    expect(server.core.signIn.approve(userCode)).toBe('unknownCode')
  })

  test.each(['approve', 'deny'])('%s marks a wrong code, and quotes nothing of it (SI-P2)', async (action) => {
    const server = startSignInServer()
    requestOf(server)
    const { status, body } = await call(server, action, { userCode: 'BBBB-BBBB' })
    expect([status, body]).toMatchObject([
      400,
      { error: { message: 'No sign-in with this code is pending.', details: { reason: 'unknownCode' } } },
    ])
  })

  test('wants the name of a known client if the server has named clients, and suggests the nearest (SI-P2, SI-P4)', async () => {
    const names = ['alice', 'bob']
    const server = startSignInServer({
      isClient: (name) => names.includes(name),
      clientNames: () => names,
      approve: 'invite',
    })
    const userCode = requestOf(server)
    expect(messageOf((await call(server, 'approve', { userCode })).body)).toBe(
      'This server has named clients. Give the name of the client with --as.',
    )
    expect(messageOf((await call(server, 'approve', { userCode, name: 'alcie' })).body)).toBe(
      'No client has the name alcie, or it may not use the server. Did you mean alice?',
    )
    expect(messageOf((await call(server, 'invite', { name: 'bobb', lifetimeMs: 1000 })).body)).toContain(
      'Did you mean bob?',
    )
    expect((await call(server, 'approve', { userCode, name: 'alice' })).status).toBe(200)
  })

  test.each([{ name: 'Alice' }, { name: 'a b' }, { name: '' }])(
    'refuses %j: a name has the form of a client (SI-P2, SI-P4)',
    async ({ name }) => {
      const server = startSignInServer({ approve: 'invite' })
      const userCode = requestOf(server)
      for (const answer of [
        await call(server, 'approve', { userCode, name }),
        await call(server, 'invite', { name, lifetimeMs: 1000 }),
      ]) {
        expect(answer.status).toBe(400)
        expect(messageOf(answer.body)).toContain('must have 1 to 32 characters')
      }
    },
  )

  test('makes an invite that approves once, until it expires (SI-P4)', async () => {
    const server = startSignInServer({ approve: 'invite', publicUrl: 'https://claude.example' })
    const { status, body } = await call(server, 'invite', { name: 'alice', lifetimeMs: 60_000 })
    expect([status, body]).toEqual([
      200,
      // 128 bits.
      { invite: expect.stringMatching(/^[\w-]{22}$/), page: 'https://claude.example/device' },
    ])
    const { invite } = body as { invite: string }
    const { signIn } = server.core
    expect(await signIn.approveByInvite(requestOf(server), invite, '127.0.0.1')).toBe('approved')
    expect(await signIn.approveByInvite(requestOf(server), invite, '127.0.0.1')).toBe('wrongInvite')
  })

  test.each([{ lifetimeMs: 0 }, { lifetimeMs: 1.5 }, { lifetimeMs: 31 * 24 * 3_600_000 }, {}])(
    'refuses an invite for %j (SI-P4)',
    async (lifetime) => {
      const server = startSignInServer({ approve: 'invite' })
      expect((await call(server, 'invite', { name: 'alice', ...lifetime })).status).toBe(400)
    },
  )

  test('makes no invite unless the server takes them (SI-P5)', async () => {
    const { status, body } = await call(startSignInServer(), 'invite', { name: 'alice', lifetimeMs: 1000 })
    expect(status).toBe(400)
    expect(messageOf(body)).toContain('signIn.approve')
  })

  test('lists sessions without a token or a hash, and ends them by id, by name, or all (SI-S4, SI-S5)', async () => {
    const server = startSignInServer()
    const tokens: string[] = []
    for (const name of ['alice', 'alice', 'bob', 'carol']) tokens.push((await server.signedIn(name)).accessToken)
    const listed = (await call(server, 'sessions')).body as { sessions: { id: string; name: string }[] }
    expect(listed.sessions.map(({ name }) => name)).toEqual(['alice', 'alice', 'bob', 'carol'])
    expect(Object.keys(listed.sessions[0] ?? {}).sort()).toEqual(
      ['clientVersion', 'createdAt', 'id', 'lastUsedAt', 'name', 'surface'].sort(),
    )
    const isOut = (index: number): boolean => server.core.signIn.identify(tokens[index] ?? '') === undefined
    const [, second] = listed.sessions
    expect(await call(server, 'revoke', { session: second?.id })).toMatchObject({
      status: 200,
      body: { ended: [{ id: second?.id, name: 'alice' }] },
    })
    expect([isOut(0), isOut(1)]).toEqual([false, true])
    expect(await call(server, 'revoke', { session: 'alice' })).toMatchObject({ body: { ended: [{ name: 'alice' }] } })
    expect([isOut(0), isOut(2)]).toEqual([true, false])
    expect(messageOf((await call(server, 'revoke', { session: 'carl' })).body)).toBe(
      'No session has the id or name carl. Did you mean carol?',
    )
    expect(await call(server, 'revoke', { all: true })).toMatchObject({
      body: { ended: [{ name: 'bob' }, { name: 'carol' }] },
    })
    expect(await call(server, 'revoke', { all: true })).toMatchObject({ status: 200, body: { ended: [] } })
  })

  test('a revoked session gets 401 for its next request, without a restart (SI-S4, SI-E1)', async () => {
    const server = startSignInServer()
    const { accessToken } = await server.signedIn()
    const models = async (): Promise<number> =>
      (await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${accessToken}` } })).status
    expect(await models()).toBe(200)
    await call(server, 'revoke', { all: true })
    expect(await models()).toBe(401)
  })

  test.each(['pending', 'sessions', 'approve', 'deny', 'invite', 'revoke'])(
    '%s wants the secret, from this machine, and not from a web page (SI-P2, SI-A8)',
    async (path) => {
      const server = startSignInServer({ approve: 'invite' })
      const userCode = requestOf(server)
      const body = path === 'pending' || path === 'sessions' ? undefined : { userCode, all: true, name: 'alice' }
      for (const authorization of ['', 'Bearer', `Bearer ${secret}x`, secret.slice(1), 'Bearer dummy'])
        expect((await call(server, path, body, { authorization })).status).toBe(401)
      const { accessToken } = await server.signedIn()
      expect((await call(server, path, body, { authorization: `Bearer ${accessToken}` })).status).toBe(401)
      for (const origin of [server.url, 'https://evil.example', 'null'])
        expect((await call(server, path, body, { origin })).status).toBe(403)
      expect(server.core.signIn.pending().map((request) => request.userCode)).toEqual([userCode])
    },
  )

  test('refuses another machine, also behind a trusted proxy, and with the right secret (SI-P2)', async () => {
    const server = startSignInServer({ chain: { config: { trustProxy: ['loopback'] } } })
    const forwarded = (address: string) => call(server, 'pending', undefined, { 'x-forwarded-for': address })
    expect((await forwarded('192.0.2.7')).status).toBe(403)
    expect((await forwarded('127.0.0.1')).status).toBe(200)
  })

  test.each([
    ['no JSON', '{', 400],
    ['another shape', '{"userCode":1}', 400],
    ['no object', '[]', 400],
    ['a large body', JSON.stringify({ userCode: 'x'.repeat(9000) }), 413],
  ])('refuses %s, and quotes nothing of it (SI-P2)', async (_, body, status) => {
    const answer = await call(startSignInServer(), 'approve', body)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).not.toContain('xxxx')
  })

  test('takes each path with its own method (SI-P2)', async () => {
    const server = startSignInServer()
    expect((await call(server, 'approve')).status).toBe(405)
    expect((await call(server, 'sessions', {})).status).toBe(405)
    expect((await call(server, 'other')).status).toBe(404)
  })
})
