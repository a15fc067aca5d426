import { ipv4Bits, ipv6Bits, isIPv4, parseIPv4, parseIPv6 } from './ip-address.ts'

/** Ranges of IP addresses. An IPv4 address and its IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) are the same one. */

interface Block {
  /** A number of 128 bits. */
  readonly network: bigint
  readonly prefixBits: number
}

/** One or more blocks of addresses. */
export type Range = readonly Block[]

const mappedPrefix = 0xffffn << BigInt(ipv4Bits)
const mappedPrefixBits = ipv6Bits - ipv4Bits

/** IPv4 at the end: `::ffff:10.0.0.1`. */
const dottedEnd = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/
const zone = /%[^%]*$/

/** Writes an IPv4 address at the end as two hexadecimal groups. */
const withoutDots = (text: string): string =>
  text.replace(dottedEnd, (whole, head: string, tail: string) => {
    const address = parseIPv4(tail)
    if (address === undefined) return whole
    return `${head}${(address >> 16n).toString(16)}:${(address & 0xffffn).toString(16)}`
  })

/** An address of either version as a number of 128 bits; undefined if the text is not an address. */
const parseAddress = (text: string): bigint | undefined => {
  const ipv4 = parseIPv4(text)
  return ipv4 === undefined ? parseIPv6(withoutDots(text)) : mappedPrefix | ipv4
}

/** The address without the network interface that a link-local one may have (`fe80::1%eth0`). */
const parseSentAddress = (text: string): bigint | undefined => parseAddress(text.replace(zone, ''))

const networkOf = (address: bigint, prefixBits: number): bigint => address >> BigInt(ipv6Bits - prefixBits)

const isMapped = (address: bigint): boolean =>
  networkOf(address, mappedPrefixBits) === networkOf(mappedPrefix, mappedPrefixBits)

/** `10.0.0.0/8`, or a single address. */
const parseBlock = (text: string): Block | undefined => {
  const [address = '', prefix, ...rest] = text.split('/')
  const network = parseAddress(address)
  if (network === undefined || rest.length > 0) return undefined
  if (prefix === undefined) return { network, prefixBits: ipv6Bits }
  const [mostBits, skippedBits] = address.includes(':') ? [ipv6Bits, 0] : [ipv4Bits, mappedPrefixBits]
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > mostBits) return undefined
  // `::ffff:10.0.0.0/8` means 10.0.0.0/8, but would contain each IPv4 address.
  if (mostBits === ipv6Bits && isMapped(network) && Number(prefix) < mappedPrefixBits) return undefined
  return { network, prefixBits: Number(prefix) + skippedBits }
}

const blocksByName: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

/** Reads an address, a CIDR block, `loopback` or `private`. Returns undefined for any other text. */
export const parseRange = (text: string): Range | undefined => {
  const blocks = (blocksByName.get(text) ?? [text]).map(parseBlock)
  return blocks.every((block) => block !== undefined) ? blocks : undefined
}

/** Whether the range has this address. A text that is not an address is in no range. */
export const contains = (range: Range, address: string): boolean => {
  const number = parseSentAddress(address)
  if (number === undefined) return false
  return range.some(({ network, prefixBits }) => networkOf(number, prefixBits) === networkOf(network, prefixBits))
}

/** The usual spelling of an address: `2001:db8::1`, `10.0.0.1` for `::ffff:10.0.0.1`. Undefined for any other text. */
export const ipText = (address: string): string | undefined => {
  if (isIPv4(address)) return address
  const number = parseSentAddress(address)
  if (number === undefined) return undefined
  const long = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  const ipv6 = new URL(`http://[${long.join(':')}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(ipv6) ?? []
  if (high === undefined || low === undefined) return ipv6
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

/** A provider gives each IPv6 customer at least this much. */
const ipv6CustomerBits = 64

/**
 * A key for the client with this address: its IPv4 address, or the /64 network of its IPv6 address, in which one client
 * has all addresses. Undefined if the text is not an address.
 */
export const networkKey = (address: string): string | undefined => {
  if (isIPv4(address)) return address
  const number = parseSentAddress(address)
  if (number === undefined) return undefined
  const isMapped = networkOf(number, mappedPrefixBits) === networkOf(mappedPrefix, mappedPrefixBits)
  return isMapped ? ipText(address) : `${networkOf(number, ipv6CustomerBits).toString(16)}::/${ipv6CustomerBits}`
}
