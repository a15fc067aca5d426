import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { type AccessOptions, createAccess, expiryOf, tokenHashOf } from '../../../src/gateway/policy/access.ts'
import type { ClientEntry } from '../../../src/wire/clients-file.ts'

const now = Date.parse('2026-11-29T12:00:00Z')

const accessOf = (options: Partial<AccessOptions> = {}) => createAccess({ tokens: [], date: () => now, ...options })

const entry = (name: string, members: Partial<ClientEntry> = {}): ClientEntry => ({
  name,
  tokenHash: tokenHashOf(`token of ${name}`),
  ...members,
})

const fileOf = (...entries: readonly ClientEntry[]) => ({ current: () => entries })

const nameOf = (token: string, options: Partial<AccessOptions>): string | undefined =>
  accessOf(options).identify(token)?.name

describe('the clients of a server', () => {
  test('a server without tokens and clients is open (OP-A1)', () => {
    const access = accessOf()
    expect([access.isOpen(), access.hasNames]).toEqual([true, false])
    expect(access.identify('anything')).toBeUndefined()
  })

  test('the shared token is the client default, an administrator (OP-A1, OP-A2)', () => {
    const access = accessOf({ tokens: [new Secret('token'), new Secret('alias')] })
    expect(access.identify('token')).toEqual({ name: 'default', isAdmin: true, limits: {} })
    expect(access.identify('alias')?.name).toBe('default')
    expect(access.identify('Token')).toBeUndefined()
    expect([access.isOpen(), access.hasNames]).toEqual([false, false])
  })

  test('clients of the file and of the variable work next to the shared token (OP-A2)', () => {
    const access = accessOf({
      tokens: [new Secret('shared')],
      namedTokens: new Map([['bob', new Secret('token of bob in a variable')]]),
      clients: fileOf(entry('alice'), entry('carol', { admin: true })),
    })
    expect(access.identify('shared')?.name).toBe('default')
    expect(access.identify('token of bob in a variable')).toEqual({ name: 'bob', isAdmin: false, limits: {} })
    expect(access.identify('token of alice')).toEqual({ name: 'alice', isAdmin: false, limits: {} })
    expect(access.identify('token of carol')?.isAdmin).toBe(true)
    for (const wrong of ['', 'alice', tokenHashOf('token of alice'), 'token of dave'])
      expect(access.identify(wrong)).toBeUndefined()
  })

  test('a client has the limits and models of its entry (OP-A2)', () => {
    const limits = {
      requestsPerMinute: 60,
      burst: 0,
      concurrency: 4,
      tokensPerDay: 5,
      requestsPerDay: 6,
      costPerMonth: 7.5,
    }
    const access = accessOf({ clients: fileOf(entry('alice', { ...limits, models: ['sonnet'] })) })
    expect(access.identify('token of alice')).toEqual({ name: 'alice', isAdmin: false, models: ['sonnet'], limits })
  })

  test('a file without clients opens the server to no client (OP-A2)', () => {
    const access = accessOf({ clients: fileOf() })
    expect([access.isOpen(), access.hasNames]).toEqual([false, true])
    expect(access.identify('anything')).toBeUndefined()
  })

  test('a disabled or expired client has no token that works (OP-A6)', () => {
    const clients = fileOf(
      entry('off', { disabled: true }),
      entry('on', { disabled: false }),
      entry('past', { expires: '2026-11-29T12:00:00Z' }),
      entry('soon', { expires: '2026-11-29T12:00:01Z' }),
      entry('yesterday', { expires: '2026-11-28' }),
      entry('today', { expires: '2026-11-29' }),
    )
    const working = ['off', 'on', 'past', 'soon', 'yesterday', 'today'].filter((name) =>
      nameOf(`token of ${name}`, { clients }),
    )
    expect(working).toEqual(['on', 'soon', 'today'])
  })

  test('expiry counts at each request, without a new version of the file (OP-A6)', () => {
    let date = now
    const access = accessOf({ clients: fileOf(entry('soon', { expires: '2026-11-29T12:00:01Z' })), date: () => date })
    expect(access.identify('token of soon')?.name).toBe('soon')
    date += 1000
    expect(access.identify('token of soon')).toBeUndefined()
  })

  test('the token before a rotation works until its time is over (OP-A5)', () => {
    const rotated = (previousTokenExpires: string, members: Partial<ClientEntry> = {}) =>
      fileOf(entry('alice', { previousTokenHash: tokenHashOf('old token'), previousTokenExpires, ...members }))
    const later = '2026-11-30T00:00:00Z'
    expect(nameOf('old token', { clients: rotated(later) })).toBe('alice')
    expect(nameOf('token of alice', { clients: rotated(later) })).toBe('alice')
    expect(nameOf('old token', { clients: rotated('2026-11-29T00:00:00Z') })).toBeUndefined()
    expect(nameOf('old token', { clients: rotated(later, { disabled: true }) })).toBeUndefined()
    expect(nameOf('old token', { clients: rotated(later, { expires: '2026-11-01' }) })).toBeUndefined()
  })

  test('a new version of the file counts at once (OP-A4)', () => {
    let entries = [entry('alice'), entry('bob')]
    const access = accessOf({ clients: { current: () => entries } })
    expect(access.identify('token of bob')?.name).toBe('bob')
    entries = [entry('alice')]
    expect(access.identify('token of bob')).toBeUndefined()
    expect(access.identify('token of alice')?.name).toBe('alice')
  })
})

describe('an expiry', () => {
  test.each([
    ['2026-11-29', '2026-11-30T00:00:00.000Z'],
    ['2026-11-29T10:00Z', '2026-11-29T10:00:00.000Z'],
    ['2026-11-29T10:00:00+02:00', '2026-11-29T08:00:00.000Z'],
  ])('%s is over at %s (OP-A2)', (text, time) => {
    expect(new Date(expiryOf(text)).toISOString()).toBe(time)
  })

  test.each(['2026-13-01', '2026-11-31', '2027-02-29', '2027-02-30T10:00:00Z', '2026-11-29T25:00:00Z'])(
    '%s does not exist, and is not a number (OP-A2)',
    (text) => {
      expect(expiryOf(text)).toBeNaN()
    },
  )

  test('29 February of a leap year exists (OP-A2)', () => {
    expect(new Date(expiryOf('2028-02-29')).toISOString()).toBe('2028-03-01T00:00:00.000Z')
  })
})
