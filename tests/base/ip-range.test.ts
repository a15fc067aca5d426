import { describe, expect, test } from 'bun:test'
import { contains, ipText, networkKey, parseRange } from '../../src/base/ip-range.ts'

const isIn = (range: string, address: string): boolean => contains(parseRange(range) ?? [], address)

describe('a range of addresses (OP-W1)', () => {
  test.each([
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3', '::ffff:a01:203'], ['9.255.255.255', '11.0.0.0']],
    ['10.1.2.3/8', ['10.9.9.9'], ['11.1.2.3']],
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.6', '::192.0.2.7']],
    ['0.0.0.0/0', ['1.2.3.4', '255.255.255.255'], ['::1', '2001:db8::1']],
    ['::/0', ['1.2.3.4', '2001:db8::1'], []],
    ['2001:db8::/32', ['2001:db8::', '2001:DB8:ffff::1'], ['2001:db9::1', '10.0.0.1']],
    ['2001:db8::1/128', ['2001:db8::1', '2001:db8:0:0:0:0:0:1'], ['2001:db8::2']],
    ['::ffff:10.0.0.0/104', ['10.0.0.1', '10.255.0.1'], ['11.0.0.1']],
    ['fe80::/10', ['fe80::1%eth0', 'febf::1'], ['fec0::1']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1'], ['128.0.0.1', '::2', '0.0.0.0']],
    [
      'private',
      ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fc00::1', 'fdff::1'],
      ['172.15.255.255', '172.32.0.0', '192.169.0.1', '127.0.0.1', '8.8.8.8', 'fe80::1', 'fbff::1'],
    ],
  ])('%s has its own addresses only', (range, inside, outside) => {
    expect(inside.filter((address) => !isIn(range, address))).toEqual([])
    expect(outside.filter((address) => isIn(range, address))).toEqual([])
  })

  test('refuses any other text', () => {
    const texts = [
      ...['', ' ', 'localhost', 'Loopback', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8'],
      ...[
        '10.0.0',
        '::ffff:10.0.0.0/8',
        '::ffff:0:0/95',
        '10.0.0.256',
        '010.0.0.1',
        '10.0.0.0 /8',
        '2001:db8::/129',
        '2001:db8::/x',
        '[::1]',
        '1::2::3',
      ],
      ...['::ffff:10.0.0.256', '::ffff:10.0.0', 'fe80::1%eth0', '10.0.0.0/255.0.0.0', '*'],
    ]
    expect(texts.filter((text) => parseRange(text) !== undefined)).toEqual([])
  })

  test('does not have a text that is not an address', () => {
    expect(['', 'unknown', '10.0.0', '10.0.0.1:80', '[::1]'].filter((text) => isIn('::/0', text))).toEqual([])
  })
})

describe('the key of an address (OP-L1)', () => {
  test('is the whole IPv4 address, also of its IPv4-mapped form', () => {
    expect(networkKey('192.0.2.7')).toBe('192.0.2.7')
    expect(networkKey('::ffff:192.0.2.7')).toBe(networkKey('192.0.2.7'))
    expect(networkKey('192.0.2.8')).not.toBe(networkKey('192.0.2.7'))
  })

  test('is the /64 network of an IPv6 address', () => {
    expect(networkKey('2001:db8:1:2:3:4:5:6')).toBe('20010db800010002::/64')
    expect(networkKey('2001:db8:1:2::1')).toBe(networkKey('2001:db8:1:2:ffff::9'))
    expect(networkKey('2001:db8:1:3::1')).not.toBe(networkKey('2001:db8:1:2::1'))
    expect(networkKey('fe80::1%eth0')).toBe(networkKey('fe80::2%eth1'))
  })

  test('does not exist for a text that is not an address', () => {
    expect(networkKey('unknown')).toBeUndefined()
  })
})

describe('the usual spelling (OP-W2)', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:0', '::ffff:0'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('of %s is %s', (text, expected) => expect(ipText(text)).toBe(expected))

  test.each(['', 'localhost', '192.0.2', '192.0.2.256', '192.0.02.1', '2001:db8', '1::2::3', '::12345', '1.2.3.4:80'])(
    'is undefined for %p',
    (text) => expect(ipText(text)).toBeUndefined(),
  )
})
