import { ipv4Bits, ipv6Bits, parseIPv4, parseIPv6 } from '../../base/ip-address.ts'

/**
 * Which addresses belong to the public internet. Fails closed: an unusual spelling is not public.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */

type Range = readonly [network: string, prefixBits: number]

const reservedIPv4: readonly Range[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's host, for its virtual machines
  ['169.254.0.0', 16], // link-local, the clouds' metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
]

/**
 * All addresses assigned for public use. Loopback, IPv4-mapped, discard, segment routing, unique local, link-local,
 * site-local and multicast addresses are outside of it.
 */
const globalIPv6: Range = ['2000::', 3]

const reservedIPv6: readonly Range[] = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarking, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: any IPv4 address inside
  ['3fff::', 20], // documentation
]

/** For networks without IPv4 (NAT64): the last 32 bits are the IPv4 address. 64:ff9b:1::/48 is private. */
const translatedIPv4: Range = ['64:ff9b::', 96]

const ipv4Mask = 0xffff_ffffn

const isWithin = (
  address: bigint,
  [network, prefixBits]: Range,
  parse: (text: string) => bigint | undefined,
  bits: number,
): boolean => {
  const rest = BigInt(bits - prefixBits)
  return address >> rest === (parse(network) ?? 0n) >> rest
}

const isPublicIPv4 = (address: bigint): boolean =>
  !reservedIPv4.some((range) => isWithin(address, range, parseIPv4, ipv4Bits))

const isPublicIPv6 = (address: bigint): boolean => {
  const isIn = (range: Range): boolean => isWithin(address, range, parseIPv6, ipv6Bits)
  if (isIn(translatedIPv4)) return isPublicIPv4(address & ipv4Mask)
  return isIn(globalIPv6) && !reservedIPv6.some(isIn)
}

/** Whether an address, as the resolver spells it, is certainly on the public internet. */
export const isPublicAddress = (address: string): boolean => {
  const ipv4 = parseIPv4(address)
  if (ipv4 !== undefined) return isPublicIPv4(ipv4)
  const ipv6 = parseIPv6(address)
  return ipv6 !== undefined && isPublicIPv6(ipv6)
}
