import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'

/**
 * Finds the proxy that Bun's fetch uses, by its variables. Only for messages, so that an error names the proxy; never
 * with the user and the password of the proxy's URL.
 */

type Environment = Machine['environment']

const variables: Record<string, readonly string[]> = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
}

const firstSet = (environment: Environment, names: readonly string[]): string | undefined =>
  names.map((name) => environment[name]?.trim()).find((value) => value !== undefined && value !== '')

/** Matches `*`, a name, a name with a port, or the end of a name after a dot or a star. */
const isExempt = (entry: string, { hostname, host }: URL): boolean => {
  if (entry === '*' || entry === hostname || entry === host) return true
  const end = entry.replace(/^\*?\./, '')
  return end !== '' && hostname.endsWith(`.${end}`)
}

/** Whether `NO_PROXY` exempts an address. */
export const bypassesProxy = (environment: Environment, address: URL): boolean =>
  (firstSet(environment, ['no_proxy', 'NO_PROXY']) ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => isExempt(entry, address))

/** The proxy that the environment names for an address, without a look at `NO_PROXY`. */
export interface NamedProxy {
  readonly variable: string
  /** May contain a user and a password: never show it. Undefined for an invalid URL. */
  readonly url: URL | undefined
}

export const namedProxy = (environment: Environment, { protocol }: URL): NamedProxy | undefined => {
  const names = variables[protocol] ?? []
  const variable = names.find((name) => firstSet(environment, [name]) !== undefined)
  if (variable === undefined) return undefined
  const text = firstSet(environment, [variable]) ?? ''
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  // An unencoded character in a password makes the parser read the user's name as the host.
  const isMisread = text.includes('@') && url?.username === ''
  return { variable, url: url === null || url.host === '' || isMisread ? undefined : url }
}

/** The proxy that fetch uses for an endpoint; undefined without a proxy. */
export const proxyFor = (environment: Environment, endpointUrl: string): NamedProxy | undefined => {
  const endpoint = new URL(endpointUrl)
  if (isLoopbackHost(endpoint.hostname) || bypassesProxy(environment, endpoint)) return undefined
  return namedProxy(environment, endpoint)
}

/** Host and port of the proxy; undefined without a proxy. */
export const proxyOnTheWay = (environment: Environment, endpointUrl: string): string | undefined =>
  proxyFor(environment, endpointUrl)?.url?.host
