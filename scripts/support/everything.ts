/**
 * All switches of docs/operate.md that one process can have at once, with limits that no script reaches. The caller adds
 * the address of a collector, OTEL_EXPORTER_OTLP_ENDPOINT.
 */

const names = ['alice', 'bob', 'carol'] as const

/** Of the length that `clients add` gives them. */
const tokenOf = (name: string): string => `nxc_${name.padEnd(43, '0')}`

export const clientTokens: readonly string[] = names.map(tokenOf)
export const adminToken = tokenOf('admin')

const manyRequests = '100000000'
const mostWaiting = '100'

/** `places`: requests that may be upstream at once; the others wait. */
export const everythingFlags = (places: number): readonly string[] => [
  ...['--metrics', 'on', '--history', '--dashboard', '--otel'],
  ...['--rate-limit', manyRequests, '--max-concurrency', String(places), '--queue', mostWaiting],
]

export const everythingEnvironment: Readonly<Record<string, string>> = {
  NEXUS_CLIENT_TOKEN: adminToken,
  NEXUS_CLIENT_TOKENS: names.map((name) => `${name}:${tokenOf(name)}`).join(','),
  NEXUS_TOKENS_PER_DAY: '1000000000',
}
