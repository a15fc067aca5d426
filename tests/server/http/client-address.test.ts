import { describe, expect, test } from 'bun:test'
import { networkOf } from '../../../src/config/network.ts'
import { createConnectionOf } from '../../../src/server/http/client-address.ts'
import { defaultConfig } from '../../support/chain.ts'

interface Given {
  readonly peer?: string
  readonly trust?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly isTls?: boolean
}

const connection = ({ peer, trust = [], headers = {}, isTls = false }: Given) => {
  const connectionOf = createConnectionOf({
    ...networkOf({ ...defaultConfig, trustProxy: trust }),
    isTls,
    peerOf: () => peer,
  })
  const { address, host, isSecure } = connectionOf(
    new Request('http://x/', { headers: { host: 'own.example', ...headers } }),
  )
  return { address: address(), host, isSecure }
}

const addressOf = (forwardedFor: string, trust: readonly string[], peer = '10.0.0.1'): string | undefined =>
  connection({ peer, trust, headers: { 'x-forwarded-for': forwardedFor } }).address

const forged = {
  'x-forwarded-for': '198.51.100.9',
  'x-forwarded-host': 'forged.example',
  'x-forwarded-proto': 'https',
  forwarded: 'for=198.51.100.9;host=forged.example;proto=https',
}

describe('the connection of a client', () => {
  test.each([[[]], [['10.0.0.2']], [['private']]])(
    'has no forwarded header of a peer outside of %p (OP-W1, OP-W2)',
    (trust) => {
      const expected = { address: '192.0.2.1', host: 'own.example', isSecure: false }
      expect(connection({ peer: '192.0.2.1', trust, headers: forged })).toEqual(expected)
    },
  )

  test('is unknown without a peer, which no list trusts (OP-W2)', () => {
    const expected = { address: undefined, host: 'own.example', isSecure: true }
    expect(connection({ trust: ['0.0.0.0/0', '::/0'], headers: forged, isTls: true })).toEqual(expected)
  })

  test('behind a trusted proxy has the first forwarded host and protocol (OP-W2)', () => {
    const headers = {
      'x-forwarded-for': '198.51.100.9',
      'x-forwarded-host': 'gateway.example, inner.example',
      'x-forwarded-proto': 'HTTPS, http',
    }
    const expected = { address: '198.51.100.9', host: 'gateway.example', isSecure: true }
    expect(connection({ peer: '10.0.0.1', trust: ['private'], headers })).toEqual(expected)
  })

  test.each(['', 'a b', 'a/b', 'user@host', 'x'.repeat(300), 'http://gateway.example'])(
    'keeps its own host instead of the forwarded %p, and its own protocol (OP-W2)',
    (host) => {
      const headers = { 'x-forwarded-host': host, 'x-forwarded-proto': 'gopher' }
      const expected = { address: '10.0.0.1', host: 'own.example', isSecure: true }
      expect(connection({ peer: '10.0.0.1', trust: ['private'], headers, isTls: true })).toEqual(expected)
    },
  )
})

describe('the forwarded address', () => {
  test.each([
    ['198.51.100.9', ['10.0.0.1'], '198.51.100.9'],
    // A client writes entries on the left.
    ['203.0.113.5, 198.51.100.9', ['10.0.0.1'], '198.51.100.9'],
    ['203.0.113.5, 198.51.100.9, 10.0.0.7', ['private'], '198.51.100.9'],
    // All are trusted: the first is the client.
    ['10.0.0.9, 10.0.0.8', ['private'], '10.0.0.9'],
    ['', ['private'], '10.0.0.1'],
    ['2001:DB8::1', ['private'], '2001:db8::1'],
    ['[2001:db8::1]:443', ['private'], '2001:db8::1'],
    ['198.51.100.9:50000', ['private'], '198.51.100.9'],
    ['::ffff:198.51.100.9', ['private'], '198.51.100.9'],
  ])('of %p with the proxies %p is %s, read from the right (OP-W2)', (header, trust, expected) =>
    expect(addressOf(header, trust)).toBe(expected),
  )

  test.each(['unknown', '_hidden', '198.51.100.9 198.51.100.8', 'localhost', '198.51.100.9,,', '1.2.3.4:x'])(
    'is the peer if an entry is malformed: %p (OP-W2)',
    (header) => expect(addressOf(header, ['private'])).toBe('10.0.0.1'),
  )

  test('ignores a malformed entry that an untrusted proxy forwarded (OP-W2)', () => {
    expect(addressOf('nonsense, 198.51.100.9', ['private'])).toBe('198.51.100.9')
  })

  test('reads at most 20 hops (OP-W2)', () => {
    const hops = Array.from({ length: 25 }, (_, index) => `10.0.1.${index}`)
    expect(addressOf(hops.join(', '), ['private'])).toBe('10.0.1.5')
    expect(addressOf(['198.51.100.9', ...hops.slice(6)].join(', '), ['private'])).toBe('198.51.100.9')
    expect(addressOf(['198.51.100.9', ...hops.slice(5)].join(', '), ['private'])).toBe('10.0.1.5')
  })

  test.each([
    ['::ffff:127.0.0.1', ['loopback'], '198.51.100.9'],
    ['::1', ['loopback'], '198.51.100.9'],
    ['fd00::1', ['private'], '198.51.100.9'],
    ['fe80::1%eth0', ['fe80::/10'], '198.51.100.9'],
    ['172.32.0.1', ['private', 'loopback'], '172.32.0.1'],
  ])('from the peer %s with the proxies %p is %s (OP-W1)', (peer, trust, expected) =>
    expect(addressOf('198.51.100.9', trust, peer)).toBe(expected),
  )
})
