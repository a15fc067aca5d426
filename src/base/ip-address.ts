/** IP addresses as numbers. */

export const ipv4Bits = 32
export const ipv6Bits = 128

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** Four decimal numbers without leading zeros: programs read other spellings differently. */
export const isIPv4 = (text: string): boolean => ipv4.test(text)

export const parseIPv4 = (text: string): bigint | undefined =>
  isIPv4(text) ? text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) : undefined

/** Only hexadecimal groups: no zone, and no IPv4 address at the end. */
export const parseIPv6 = (text: string): bigint | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
