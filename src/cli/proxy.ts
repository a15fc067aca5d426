import { isLoopbackHost } from '../base/loopback.ts'
import type { Machine } from '../config/paths.ts'

/**
 * The proxy that Bun's fetch takes on its own account, as its variables name it: for words alone, so that
 * an error names whom to look at. Never with the user and the password that an address may hold.
 */

type Environment = Machine['environment']

const variables: Record<string, readonly string[]> = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
}

const firstSet = (environment: Environment, names: readonly string[]): string | undefined =>
  names.map((name) => environment[name]?.trim()).find((value) => value !== undefined && value !== '')

/** `*`, a name, a name with its port, or the end of a name with a dot or a star in front. */
const isExempt = (entry: string, { hostname, host }: URL): boolean => {
  if (entry === '*' || entry === hostname || entry === host) return true
  const end = entry.replace(/^\*?\./, '')
  return end !== '' && hostname.endsWith(`.${end}`)
}

/** Host and port; undefined where the endpoint is reached without one. */
export const proxyOnTheWay = (environment: Environment, endpointUrl: string): string | undefined => {
  const endpoint = new URL(endpointUrl)
  if (isLoopbackHost(endpoint.hostname)) return undefined
  const exempt = (firstSet(environment, ['no_proxy', 'NO_PROXY']) ?? '').toLowerCase().split(/[\s,]+/)
  if (exempt.some((entry) => isExempt(entry, endpoint))) return undefined
  const named = firstSet(environment, variables[endpoint.protocol] ?? [])
  if (named === undefined) return undefined
  const proxy = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`)
  return proxy === null || proxy.host === '' ? undefined : proxy.host
}
