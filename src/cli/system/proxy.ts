import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'

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

/** Whether `NO_PROXY` keeps an address from the proxy. */
export const bypassesProxy = (environment: Environment, address: URL): boolean =>
  (firstSet(environment, ['no_proxy', 'NO_PROXY']) ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => isExempt(entry, address))

/** What the environment names as the proxy for an address, before `NO_PROXY` is asked. */
export interface NamedProxy {
  readonly variable: string
  /** May hold a user and a password: not to be shown. Undefined where the text is no address. */
  readonly url: URL | undefined
}

export const namedProxy = (environment: Environment, { protocol }: URL): NamedProxy | undefined => {
  const names = variables[protocol] ?? []
  const variable = names.find((name) => firstSet(environment, [name]) !== undefined)
  if (variable === undefined) return undefined
  const text = firstSet(environment, [variable]) ?? ''
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  // An odd character in a password, not encoded, makes the user's name pass for the host.
  const isTorn = text.includes('@') && url?.username === ''
  return { variable, url: url === null || url.host === '' || isTorn ? undefined : url }
}

/** The proxy that fetch takes to an endpoint; undefined where it is reached without one. */
export const proxyFor = (environment: Environment, endpointUrl: string): NamedProxy | undefined => {
  const endpoint = new URL(endpointUrl)
  if (isLoopbackHost(endpoint.hostname) || bypassesProxy(environment, endpoint)) return undefined
  return namedProxy(environment, endpoint)
}

/** Host and port; undefined where the endpoint is reached without one. */
export const proxyOnTheWay = (environment: Environment, endpointUrl: string): string | undefined =>
  proxyFor(environment, endpointUrl)?.url?.host
