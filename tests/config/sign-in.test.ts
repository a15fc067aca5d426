import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/base/secret.ts'
import type { Config } from '../../src/config/load.ts'
import { checkSignIn, signInUrlOf } from '../../src/config/sign-in.ts'
import { defaultConfig } from '../support/chain.ts'

const check = (members: Partial<Config>, publicUrl?: string) => () =>
  checkSignIn({ ...defaultConfig, ...members, signIn: { ...defaultConfig.signIn, publicUrl } })

describe('checkSignIn', () => {
  test('takes the default settings, and https at any host (SI-A1)', () => {
    expect(check({})).not.toThrow()
    expect(check({ host: '0.0.0.0' })).not.toThrow()
    expect(check({ host: '192.0.2.1' }, 'https://nexus.example')).not.toThrow()
    expect(check({ host: '192.0.2.1', tls: { ...defaultConfig.tls, cert: 'cert.pem' } })).not.toThrow()
  })

  test('refuses port 0: Claude Code keeps the address (SI-A1)', () => {
    expect(check({ port: 0 })).toThrow('fixed port')
  })

  test('refuses plain http for another machine than this one (SI-A1)', () => {
    const words = 'Claude Code takes plain http only on this machine'
    expect(check({}, 'http://nexus.example')).toThrow(words)
    expect(check({ host: '192.0.2.1' })).toThrow(words)
    for (const url of ['http://localhost:4141', 'http://127.0.0.1:80', 'http://[::1]:4141'])
      expect(check({}, url)).not.toThrow()
  })

  test('refuses an address with a path or a login, and never quotes the login (SI-A1)', () => {
    for (const url of ['https://nexus.example/claude', 'https://nexus.example/?a=b', 'https://anna:pass@nexus.example'])
      expect(check({}, url)).toThrow(
        'signIn.publicUrl: write scheme, host and port alone, like https://nexus.example.com.',
      )
  })

  test('refuses several processes and a shared state: one process has the sessions (SI-S3)', () => {
    expect(check({ workers: 2 })).toThrow('--workers 1')
    const url = new Secret('redis://:pass@127.0.0.1:6379')
    expect(check({ state: { ...defaultConfig.state, url } })).toThrow('needs one server')
  })

  test('refuses the token that clients send to an open server (SI-T1)', () => {
    expect(check({ clientToken: new Secret('dummy') })).toThrow('dummy is no token')
    expect(check({ clientToken: new Secret('a-client-token') })).not.toThrow()
  })
})

describe('signInUrlOf', () => {
  test('has no slash at its end (SI-A1)', () => {
    const urlOf = (publicUrl?: string) => signInUrlOf({ signIn: { ...defaultConfig.signIn, publicUrl } })
    expect(urlOf('https://nexus.example/')).toBe('https://nexus.example')
    expect(urlOf('https://nexus.example:8443')).toBe('https://nexus.example:8443')
    expect(urlOf()).toBeUndefined()
  })
})
