import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/base/secret.ts'
import { checkState, shownStateAddress, stateAddressOf } from '../../src/config/state-address.ts'
import { defaultConfig } from '../support/chain.ts'

const parse = (url: string) => {
  const address = stateAddressOf(new Secret(url))
  return address && { ...address, login: address.login && `${address.login.user} ${address.login.password.reveal()}` }
}

const messageOf = (url: string): string => {
  try {
    stateAddressOf(new Secret(url))
    return ''
  } catch (error) {
    return String(error)
  }
}

const plain = { isTls: false, hostname: 'redis.example', port: 6379, path: undefined, login: undefined, database: 0 }

describe('the address of Redis (OP-R6)', () => {
  test.each([
    ['redis://redis.example', { ...plain, withoutLogin: 'redis://redis.example:6379/0' }],
    ['valkey://redis.example:7000/', { ...plain, port: 7000, withoutLogin: 'valkey://redis.example:7000/0' }],
    [
      'rediss://bob:p%40s%2Fs@redis.example/3',
      { ...plain, isTls: true, login: 'bob p@s/s', database: 3, withoutLogin: 'rediss://redis.example:6379/3' },
    ],
    [
      'valkeys://:sesame@[::1]:1',
      { ...plain, isTls: true, hostname: '::1', port: 1, login: 'default sesame', withoutLogin: 'valkeys://[::1]:1/0' },
    ],
    ['redis+tls://redis.example', { ...plain, isTls: true, withoutLogin: 'redis+tls://redis.example:6379/0' }],
    [
      'redis+unix:///run/redis.sock',
      { ...plain, hostname: '', port: 0, path: '/run/redis.sock', withoutLogin: 'redis+unix:///run/redis.sock' },
    ],
    [
      'redis+unix://:sesame@localhost/run/redis.sock',
      {
        ...plain,
        hostname: 'localhost',
        port: 0,
        path: '/run/redis.sock',
        login: 'default sesame',
        withoutLogin: 'redis+unix:///run/redis.sock',
      },
    ],
  ])('%s is read', (url, expected) => {
    expect(parse(url)).toEqual(expected)
  })

  test('memory, and no address, are no Redis', () => {
    expect([stateAddressOf(undefined), stateAddressOf(new Secret('memory'))]).toEqual([undefined, undefined])
  })

  test.each([
    ['redis.example:6379', 'is not an address'],
    ['sesame', 'is not an address'],
    ['https://me:sesame@redis.example', 'begins with https://'],
    ['redis+tls+unix://:sesame@localhost/x', 'begins with redis+tls+unix://'],
    ['redis://:sesame@redis.example:port', 'is not an address'],
    ['redis://:ses#ame@redis.example', 'Percent-encode special characters'],
    ['redis://:sesame@redis.example/#x', 'has a part behind ? or #'],
    ['redis://:sesame@redis.example/0?ssl=true', 'has a part behind ? or #'],
    ['redis://:sesame%zz@redis.example', 'has a % without two hexadecimal digits'],
    ['redis://sesame@redis.example', 'has a user without a password'],
    ['redis://:sesame@redis.example/cache', 'is not the number of a database'],
    ['redis://:sesame@redis.example:0', 'has the port 0'],
    ['redis:///0', 'names no host'],
    ['redis+unix://:sesame@localhost', 'needs the path of a socket'],
    ['redis+unix://:sesame@redis.example/x', 'needs the path of a socket'],
  ])('%s is refused with a reason and a remedy, and without the password', (url, reason) => {
    const message = messageOf(url)
    expect(message).toStartWith('UsageError: state.url ')
    expect(message).toContain(reason)
    expect(message).toMatch(/(?:Write|Use|Remove|Percent-encode|redis\+unix:)/)
    expect(message).not.toMatch(/ses#?ame/)
  })

  test('users see it without the login', () => {
    expect(shownStateAddress(new Secret('redis://bob:sesame@redis.example/1'))).toBe(
      'redis://redis.example:6379/1 (with a login)',
    )
    expect(shownStateAddress(new Secret('memory'))).toBe('memory')
    expect(shownStateAddress(new Secret('sesame-open'))).toBe('…(11 characters)')
  })

  test('a prefix has at most 64 visible characters', () => {
    const check = (prefix: string) => () => checkState({ state: { ...defaultConfig.state, prefix } })
    for (const prefix of ['', 'nexus:1:', '{team}:']) expect(check(prefix)).not.toThrow()
    for (const prefix of ['my keys:', 'é:', 'x'.repeat(65)]) expect(check(prefix)).toThrow('state.prefix')
  })
})
