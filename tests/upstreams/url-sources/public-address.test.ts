import { describe, expect, test } from 'bun:test'
import { isPublicAddress } from '../../../src/upstreams/url-sources/public-address.ts'

/** The first and the last of each range, and their neighbours outside. */
const refused: readonly (readonly [what: string, ...addresses: string[]])[] = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['private', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255', '100.100.100.200'],
  ['loopback', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
  ['link-local', '169.254.0.0', '169.254.169.254', '169.254.255.255'],
  ['protocol assignments', '192.0.0.0', '192.0.0.192', '192.0.0.255'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '203.0.113.255'],
  ['6to4 relays', '192.88.99.1'],
  ['benchmarking', '198.18.0.0', '198.19.255.255'],
  ['multicast', '224.0.0.0', '239.255.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.254', '255.255.255.255'],
  ["a cloud's own host", '168.63.129.16'],
  ['unspecified and loopback, version 6', '::', '::1', '0:0:0:0:0:0:0:1'],
  ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:808:808', '::ffff:0:808:808'],
  ['IPv4-compatible', '::127.0.0.1', '::7f00:1', '::808:808'],
  ['unique local', 'fc00::', 'fd00:ec2::254', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['link-local, version 6', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  ['site-local', 'fec0::1', 'feff::1'],
  ['multicast, version 6', 'ff00::', 'ff02::1', 'ffff::'],
  ['NAT64 of addresses that are not public', '64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b::a9fe:a9fe'],
  ['NAT64 of a private network', '64:ff9b:1::808:808', '64:ff9b:1:ffff:ffff:ffff:808:808'],
  ['6to4', '2002:7f00:1::', '2002:808:808::1'],
  ['Teredo and other assignments', '2001::1', '2001:0:4136:e378::', '2001:2::1', '2001:10::1', '2001:20::1'],
  ['documentation, version 6', '2001:db8::1', '2001:db8:ffff::', '3fff::1', '3fff:fff:ffff::1'],
  ['discard, segment routing', '100::1', '5f00::1'],
  ['unassigned', '1::1', '1fff:ffff::1', '4000::1', '8000::1', 'e000::1'],
  [
    'oddly spelt',
    ...['', ' ', '8.8.8', '8.8.8.8.', '8.8.8.8.8', '08.8.8.8', '010.8.8.8', '0x8.8.8.8', '134744072', '8.8.8.256'],
    ...['+8.8.8.8', '8.8.8.8 ', '8.8..8', '8.8.8.٨', '[2606:4700::1]', '2606:4700:::1', '2606::4700::1'],
    ...['2606:4700', '2606:4700:0:0:0:0:0:0:1', '1:2:3:4:5:6:7::8', '2606:47000::1', '2606:4700::g', 'example.com'],
    ...['2606:4700::1/64', '2606:4700::8.8.8.8', ':2606:4700::1', '2606:4700:0:0:0:0:0:'],
  ],
]

const allowed: readonly string[] = [
  ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ...['126.255.255.255', '128.0.0.0', '168.63.129.15', '169.253.255.255', '169.255.0.0', '172.15.255.255'],
  ...['172.32.0.0', '192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
  ...['223.255.255.255', '203.0.114.0'],
  ...['2606:4700::1', '2001:200::1', '2001:4860:4860::8888', '2a00:1450:4001:80b::200e', '2003::1', '3ffe:ffff::1'],
  ...['3fff:1000::1', '2001:db7:ffff::1', '2001:db9::1', '2000::', '2606:4700:0:0:0:0:0:1', '2A00:1450::1'],
  ...['64:ff9b::808:808'],
]

describe('B3 D4 a public address', () => {
  test.each(refused.map(([what, ...addresses]) => [what, addresses] as const))('is not %s', (_what, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([])
  })

  test('is any other, up to the edge of each range', () => {
    expect(allowed.filter((address) => !isPublicAddress(address))).toEqual([])
  })
})
