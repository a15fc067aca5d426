import { describe, expect, test } from 'bun:test'
import { createTestSignIn, signedIn, type TestSignIn } from '../../support/sign-in.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const address = '127.0.0.1'

const ask = ({ signIn }: TestSignIn, client = {}) => {
  const device = signIn.ask(client)
  if (device === undefined) throw new Error('too many requests')
  return device
}

describe('a request to sign in', () => {
  test('has a device code of 256 bits and a user code of eight letters, good for ten minutes (SI-A3)', () => {
    const device = ask(createTestSignIn())
    expect(Buffer.from(device.deviceCode, 'base64url')).toHaveLength(32)
    expect(device.userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(device).toMatchObject({ expiresIn: 600, interval: 2 })
    expect(ask(createTestSignIn({ isLoopback: false })).interval).toBe(5)
  })

  test('the twenty-first pending one drops the oldest (SI-A3)', () => {
    const chain = createTestSignIn()
    const device = Array.from({ length: 21 }, () => ask(chain))
    expect(chain.signIn.pending().map(({ userCode }) => userCode)).toEqual(
      device.slice(1).map(({ userCode }) => userCode),
    )
  })

  test('keeps what the client says about itself, and tells a listener (SI-V1)', () => {
    const chain = createTestSignIn()
    const seen: string[] = []
    const stop = chain.signIn.onAsked(({ userCode }) => seen.push(userCode))
    const { userCode } = ask(chain, { surface: 'claude_code', clientVersion: 'claude-code/2.1.332', address })
    stop()
    ask(chain)
    expect(seen).toEqual([userCode])
    expect(chain.signIn.pending()[0]).toMatchObject({
      userCode,
      surface: 'claude_code',
      clientVersion: 'claude-code/2.1.332',
      address,
    })
  })

  test('an address gets thirty a minute, another address its own thirty (SI-A10)', () => {
    const { signIn, clock } = createTestSignIn()
    const times = (count: number, from: string) =>
      Array.from({ length: count }, () => signIn.ask({ address: from })).filter((device) => device !== undefined).length
    expect(times(31, address)).toBe(30)
    expect(times(1, '192.0.2.1')).toBe(1)
    clock.now += minuteMs
    expect(times(31, address)).toBe(30)
  })
})

describe('a poll', () => {
  test('waits for the approval, then gets tokens once (SI-A5)', async () => {
    const chain = createTestSignIn()
    const { signIn, clock } = chain
    const { deviceCode, userCode } = ask(chain)
    expect(await signIn.poll(deviceCode, address)).toEqual({ kind: 'refused', error: 'authorization_pending' })
    // In any case, without the hyphen.
    expect(signIn.approve(userCode.toLowerCase().replace('-', ''))).toBe('approved')
    clock.now += 2000
    const outcome = await signIn.poll(deviceCode, address)
    expect(outcome).toEqual({
      kind: 'tokens',
      tokens: {
        accessToken: expect.stringMatching(/^nca_at_[\w-]{43}$/),
        refreshToken: expect.stringMatching(/^nca_rt_[\w-]{65}$/),
        expiresIn: 3600,
      },
      email: undefined,
    })
    clock.now += 2000
    expect(await signIn.poll(deviceCode, address)).toEqual({ kind: 'refused', error: 'expired_token' })
  })

  test('faster than the interval is refused, and does not lose the approval (SI-A5)', async () => {
    const chain = createTestSignIn()
    const { signIn, clock } = chain
    const { deviceCode, userCode } = ask(chain)
    await signIn.poll(deviceCode, address)
    signIn.approve(userCode)
    clock.now += 1000
    expect(await signIn.poll(deviceCode, address)).toEqual({ kind: 'refused', error: 'slow_down' })
    clock.now += 1000
    expect((await signIn.poll(deviceCode, address)).kind).toBe('tokens')
  })

  test('with a wrong or expired code gets no token, even if its request was approved (SI-A5)', async () => {
    const chain = createTestSignIn()
    const { signIn, clock } = chain
    const { deviceCode, userCode } = ask(chain)
    const refused = { kind: 'refused', error: 'expired_token' } as const
    expect(await signIn.poll('guess', address)).toEqual(refused)
    signIn.approve(userCode)
    clock.now += 10 * minuteMs
    expect(await signIn.poll(deviceCode, address)).toEqual(refused)
    expect(signIn.sessions()).toEqual([])
  })

  test('of two at the same time, one gets tokens (SI-A3, SI-A5)', async () => {
    const chain = createTestSignIn()
    const { deviceCode, userCode } = ask(chain)
    chain.signIn.approve(userCode)
    const polls = await Promise.all([chain.signIn.poll(deviceCode, address), chain.signIn.poll(deviceCode, address)])
    expect(polls.map(({ kind }) => kind)).toEqual(['tokens', 'refused'])
    expect(chain.signIn.sessions()).toHaveLength(1)
  })

  test('of a denied request is refused; a decision is final (SI-A5)', async () => {
    const chain = createTestSignIn()
    const { signIn } = chain
    const { deviceCode, userCode } = ask(chain)
    expect(signIn.deny(userCode)).toBe(true)
    expect(signIn.deny(userCode)).toBe(false)
    expect(signIn.approve(userCode)).toBe('unknownCode')
    expect(await signIn.poll(deviceCode, address)).toEqual({ kind: 'refused', error: 'access_denied' })
  })

  test('does not wait for a clock that is set back (SI-A5, SI-A10)', async () => {
    const clock = { now: Date.UTC(2026, 10, 29) }
    const monotonic = { now: 0 }
    const chain = createTestSignIn({ clock, monotonic })
    const { deviceCode, userCode } = ask(chain)
    const outcomes = await Promise.all(Array.from({ length: 120 }, () => chain.signIn.poll(deviceCode, address)))
    expect(outcomes[0]).toMatchObject({ error: 'authorization_pending' })
    chain.signIn.approve(userCode)
    clock.now -= hourMs
    monotonic.now += 2000
    expect((await chain.signIn.poll(deviceCode, address)).kind).toBe('tokens')
  })

  test('an address gets 120 a minute (SI-A10)', async () => {
    const { signIn } = createTestSignIn()
    const outcomes = await Promise.all(Array.from({ length: 121 }, () => signIn.poll('guess', address)))
    expect(outcomes.filter(({ kind }) => kind === 'tooMany')).toHaveLength(1)
  })
})

describe('an approval', () => {
  test('needs a pending code: a guessed or used one approves nothing (SI-A5)', async () => {
    const chain = createTestSignIn()
    const { userCode } = ask(chain)
    expect(chain.signIn.approve('BBBB-BBBB')).toBe('unknownCode')
    expect(chain.signIn.approve(userCode)).toBe('approved')
    expect(chain.signIn.approve(userCode)).toBe('unknownCode')
  })

  test('of a server with named clients needs the name of one that may use it (SI-P2)', async () => {
    const chain = createTestSignIn({ isClient: (name) => name === 'anna' })
    const { userCode } = ask(chain)
    expect(chain.signIn.approve(userCode)).toBe('nameNeeded')
    expect(chain.signIn.approve(userCode, 'eve')).toBe('unknownName')
    expect(await chain.signIn.invite('eve', hourMs)).toBeUndefined()
    expect(chain.signIn.approve(userCode, 'anna')).toBe('approved')
  })

  test('by invite works once, and names the client (SI-P4, SI-P6)', async () => {
    const chain = createTestSignIn({ isLoopback: false })
    const { signIn, clock } = chain
    const [first, second] = [ask(chain), ask(chain)]
    const invite = (await signIn.invite('anna', hourMs)) ?? ''
    expect(Buffer.from(invite, 'base64url')).toHaveLength(16)
    expect(await signIn.approveByInvite('BBBB-BBBB', invite, address)).toBe('unknownCode')
    expect(await signIn.approveByInvite(first.userCode, invite, address)).toBe('approved')
    expect(await signIn.approveByInvite(second.userCode, invite, address)).toBe('wrongInvite')
    clock.now += 5000
    expect(await signIn.poll(first.deviceCode, address)).toMatchObject({ kind: 'tokens', email: 'anna' })
  })

  test('by invite ends with the time of the invite (SI-P4)', async () => {
    const chain = createTestSignIn()
    const invite = (await chain.signIn.invite('anna', minuteMs)) ?? ''
    const { userCode } = ask(chain)
    chain.clock.now += minuteMs
    expect(await chain.signIn.approveByInvite(userCode, invite, address)).toBe('wrongInvite')
  })

  test('by invite is blocked for a minute after five wrong ones from an address (SI-P4)', async () => {
    const chain = createTestSignIn()
    const { signIn, clock } = chain
    const invite = (await signIn.invite('anna', hourMs)) ?? ''
    const { userCode } = ask(chain)
    for (let tries = 0; tries < 5; tries += 1)
      expect(await signIn.approveByInvite(userCode, 'guess', address)).toBe('wrongInvite')
    expect(await signIn.approveByInvite(userCode, invite, address)).toBe('tooMany')
    clock.now += minuteMs
    expect(await signIn.approveByInvite(userCode, invite, address)).toBe('approved')
  })
})

describe('tokens', () => {
  test('an access token works for an hour, and identifies its session (SI-T2)', async () => {
    const chain = createTestSignIn()
    const { accessToken } = await signedIn(chain)
    const [session] = chain.signIn.sessions()
    expect(chain.signIn.identify(accessToken)).toEqual({ sessionId: session?.id ?? '', name: 'default' })
    expect(chain.signIn.identify(`${accessToken}x`)).toBeUndefined()
    chain.clock.now += hourMs
    expect(chain.signIn.identify(accessToken)).toBeUndefined()
  })

  test('a refresh gives a new pair; the token before works for 60 s more (SI-T2)', async () => {
    const chain = createTestSignIn()
    const first = await signedIn(chain)
    const refresh = async (token: string) => {
      const outcome = await chain.signIn.refresh(token, address)
      if (outcome.kind !== 'tokens') throw new Error(JSON.stringify(outcome))
      return outcome.tokens
    }
    const second = await refresh(first.refreshToken)
    chain.clock.now += minuteMs
    // Another process of the client, which has not read the new token yet.
    const third = await refresh(first.refreshToken)
    chain.clock.now += hourMs - 1
    expect(chain.signIn.identify(third.accessToken)).toBeDefined()
    // Either of the two may be the one that the client has kept.
    await refresh(second.refreshToken)
    await refresh(third.refreshToken)
    expect(chain.signIn.sessions()).toHaveLength(1)
  })

  test('a refresh token used again after 60 s ends its session, and is logged (SI-T2)', async () => {
    const chain = createTestSignIn()
    const first = await signedIn(chain)
    const second = await chain.signIn.refresh(first.refreshToken, address)
    chain.clock.now += minuteMs + 1
    const invalid = { kind: 'refused', error: 'invalid_grant' } as const
    expect(await chain.signIn.refresh(first.refreshToken, address)).toEqual(invalid)
    if (second.kind !== 'tokens') throw new Error(second.kind)
    expect(await chain.signIn.refresh(second.tokens.refreshToken, address)).toEqual(invalid)
    expect(chain.signIn.identify(second.tokens.accessToken)).toBeUndefined()
    expect(chain.records.at(-1)).toEqual({
      level: 'warn',
      event: 'sign_in.reuse',
      fields: { sessionId: expect.stringMatching(/^signin_/), name: 'default' },
    })
  })

  test('as many processes as the rate allows refresh with one token, and stay signed in (SI-T2, SI-A10)', async () => {
    const chain = createTestSignIn()
    const { refreshToken } = await signedIn(chain)
    chain.clock.now += minuteMs
    const all = await Promise.all(Array.from({ length: 120 }, () => chain.signIn.refresh(refreshToken, address)))
    expect(all.filter(({ kind }) => kind !== 'tokens')).toEqual([])
    const [first] = all
    chain.clock.now += minuteMs
    expect(
      await chain.signIn.refresh(first?.kind === 'tokens' ? first.tokens.refreshToken : '', address),
    ).toMatchObject({
      kind: 'tokens',
    })
  })

  test('an old refresh token still counts as reuse after many refreshes and a restart (SI-T2)', async () => {
    const chain = createTestSignIn()
    const first = await signedIn(chain)
    let { refreshToken } = first
    for (let hours = 0; hours < 50; hours += 1) {
      chain.clock.now += hourMs
      const outcome = await chain.signIn.refresh(refreshToken, address)
      if (outcome.kind !== 'tokens') throw new Error(outcome.kind)
      refreshToken = outcome.tokens.refreshToken
    }
    const restarted = chain.restart()
    await restarted.signIn.refresh(first.refreshToken, address)
    expect(restarted.records.map(({ event }) => event)).toEqual(['sign_in.reuse'])
    expect(restarted.signIn.sessions()).toEqual([])
  })

  test('a session ends 30 days after its last refresh, and 90 days after the sign-in (SI-T2)', async () => {
    const idle = createTestSignIn()
    const { refreshToken } = await signedIn(idle)
    idle.clock.now += 30 * dayMs
    expect(await idle.signIn.refresh(refreshToken, address)).toEqual({ kind: 'refused', error: 'invalid_grant' })
    const used = createTestSignIn()
    let token = (await signedIn(used)).refreshToken
    let days = 0
    for (; days < 100; days += 1) {
      used.clock.now += dayMs
      const outcome = await used.signIn.refresh(token, address)
      if (outcome.kind !== 'tokens') break
      token = outcome.tokens.refreshToken
    }
    expect(days).toBe(89)
    expect(used.records.some(({ event }) => event === 'sign_in.reuse')).toBe(false)
  })

  test('a client that is disabled or removed gets no tokens any more, also under its name of before (SI-S4, SI-T2)', async () => {
    const clients = new Set(['anna'])
    const chain = createTestSignIn({ isClient: (name) => clients.has(name) })
    const { refreshToken } = await signedIn(chain, 'anna')
    const waiting = ask(chain)
    chain.signIn.approve(waiting.userCode, 'anna')
    clients.clear()
    expect(await chain.signIn.refresh(refreshToken, address)).toMatchObject({ error: 'invalid_grant' })
    expect(chain.records.at(-1)?.event).toBe('sign_in.revoked')
    expect(await chain.signIn.poll(waiting.deviceCode, address)).toMatchObject({ error: 'access_denied' })
    clients.add('anna')
    expect(await chain.signIn.refresh(refreshToken, address)).toMatchObject({ error: 'invalid_grant' })
    expect(chain.signIn.sessions()).toEqual([])
  })

  test('a ninth access token of a session ends the oldest (SI-T3)', async () => {
    const chain = createTestSignIn()
    const { accessToken, refreshToken } = await signedIn(chain)
    const tokens = [accessToken]
    for (let count = 0; count < 8; count += 1) {
      const outcome = await chain.signIn.refresh(refreshToken, address)
      if (outcome.kind === 'tokens') tokens.push(outcome.tokens.accessToken)
    }
    expect(tokens.map((token) => chain.signIn.identify(token) !== undefined)).toEqual([false, ...Array(8).fill(true)])
  })

  test('either token ends the whole session (SI-A6)', async () => {
    for (const which of ['accessToken', 'refreshToken'] as const) {
      const chain = createTestSignIn()
      const tokens = await signedIn(chain)
      await chain.signIn.revoke(tokens[which])
      expect(chain.signIn.identify(tokens.accessToken)).toBeUndefined()
      expect(await chain.signIn.refresh(tokens.refreshToken, address)).toMatchObject({ error: 'invalid_grant' })
      await chain.signIn.revoke('unknown')
    }
  })

  test('an administrator ends one session, those of a name, or all, at once (SI-S4)', async () => {
    const chain = createTestSignIn()
    const [first, second, third] = [await signedIn(chain), await signedIn(chain, 'anna'), await signedIn(chain, 'anna')]
    const works = () =>
      [first, second, third].map(({ accessToken }) => chain.signIn.identify(accessToken) !== undefined)
    const id = chain.signIn.identify(second.accessToken)?.sessionId ?? ''
    expect(await chain.signIn.end({ id })).toEqual([{ sessionId: id, name: 'anna' }])
    expect(works()).toEqual([true, false, true])
    await chain.signIn.end({ name: 'anna' })
    expect(works()).toEqual([true, false, false])
    const waiting = ask(chain)
    chain.signIn.approve(waiting.userCode)
    expect(await chain.signIn.end('all')).toHaveLength(2)
    expect(works()).toEqual([false, false, false])
    // Nor does an approval stay that no client has fetched yet.
    expect(await chain.signIn.poll(waiting.deviceCode, address)).toMatchObject({ error: 'expired_token' })
  })
})

describe('what is kept', () => {
  test('has hashes alone, and what the list of sessions shows (SI-S2)', async () => {
    const chain = createTestSignIn()
    const tokens = await signedIn(chain)
    const invite = (await chain.signIn.invite('anna', hourMs)) ?? ''
    const text = JSON.stringify([chain.stored(), chain.signIn.sessions(), chain.records])
    for (const secret of [tokens.accessToken, tokens.refreshToken, tokens.refreshToken.slice(7, 29), invite, address])
      expect(text).not.toContain(secret)
    expect(Object.keys(chain.stored().sessions[0] ?? {}).sort()).toEqual([
      'access',
      'clientVersion',
      'createdAt',
      'familyHash',
      'id',
      'lastUsedAt',
      'name',
      'refresh',
      'surface',
    ])
    expect(chain.signIn.sessions()).toEqual([
      {
        id: expect.stringMatching(/^signin_[0-9a-f]{12}$/),
        name: 'default',
        surface: 'claude_code',
        clientVersion: 'claude-code/2.1.332',
        createdAt: chain.clock.now,
        lastUsedAt: chain.clock.now,
      },
    ])
  })

  test('survives a restart of the server: tokens and invites work, ended sessions stay ended (SI-S1)', async () => {
    const chain = createTestSignIn()
    const [kept, ended] = [await signedIn(chain), await signedIn(chain)]
    const invite = (await chain.signIn.invite('anna', hourMs)) ?? ''
    await chain.signIn.revoke(ended.accessToken)
    const restarted = chain.restart()
    expect(restarted.signIn.identify(kept.accessToken)).toBeDefined()
    expect(restarted.signIn.identify(ended.accessToken)).toBeUndefined()
    expect((await restarted.signIn.refresh(kept.refreshToken, address)).kind).toBe('tokens')
    expect(await restarted.signIn.approveByInvite(ask(restarted).userCode, invite, address)).toBe('approved')
    expect(restarted.signIn.installationId).toBe(chain.signIn.installationId)
  })

  test('a store that fails is logged, and the session works until the server ends (SI-S3)', async () => {
    const store = { read: () => createTestSignIn().stored(), write: () => Promise.reject(new Error('/home/anna')) }
    const chain = createTestSignIn({ store })
    const { accessToken } = await signedIn(chain)
    expect(chain.signIn.identify(accessToken)).toBeDefined()
    expect(chain.records.at(-1)).toEqual({ level: 'error', event: 'sign_in.not_stored', fields: {} })
  })

  test('each change is logged with session and name, and nothing else (SI-S5)', async () => {
    const chain = createTestSignIn()
    const { refreshToken, accessToken } = await signedIn(chain, 'anna')
    await chain.signIn.refresh(refreshToken, address)
    chain.signIn.deny(ask(chain).userCode)
    await chain.signIn.revoke(accessToken)
    const sessionId = chain.records[0]?.fields['sessionId']
    const session = { sessionId, name: 'anna' }
    const denied = { sessionId: expect.stringMatching(/^signin_/) }
    expect(chain.records.map(({ event, fields }) => [event, fields])).toEqual([
      ['sign_in.asked', { sessionId }],
      ['sign_in.approved', session],
      ['sign_in.refreshed', session],
      ['sign_in.asked', denied],
      ['sign_in.denied', denied],
      ['sign_in.revoked', session],
    ])
  })
})
