import { describe, expect, test } from 'bun:test'
import { networkOf } from '../../src/config/network.ts'
import { defaultConfig } from '../support/chain.ts'

describe('the network of the configuration', () => {
  test('trusts no proxy, allows each host and has no HTTPS by default (OP-W1)', () => {
    expect(networkOf(defaultConfig)).toEqual({ trustedProxies: [], allowedHosts: [], isTls: false })
  })

  test('has names in lower case, and IPv6 addresses in brackets (OP-W3)', () => {
    const allowedHosts = ['Claude.Example.com', '*.example.com', '2001:db8::1', '[::1]', 'nas']
    expect(networkOf({ ...defaultConfig, allowedHosts }).allowedHosts).toEqual([
      'claude.example.com',
      '*.example.com',
      '[2001:db8::1]',
      '[::1]',
      'nas',
    ])
  })

  test.each(['https://x.example', 'x.example:443', '*', '*.', 'a.*.example', 'a..b', '.example', 'a b', 'x/'])(
    'refuses the host %p by its name (OP-W3)',
    (host) => {
      expect(() => networkOf({ ...defaultConfig, allowedHosts: ['fine.example', host] })).toThrow(
        `allowedHosts: ${host} is not a host name.`,
      )
    },
  )

  test('refuses a wrong proxy by its name (OP-W1)', () => {
    expect(() => networkOf({ ...defaultConfig, trustProxy: ['loopback', 'proxy.example'] })).toThrow(
      'trustProxy: proxy.example is not an address.',
    )
  })
})
