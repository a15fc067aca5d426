import { unbracketed } from '../../base/brackets.ts'
import { ipText } from '../../base/ip-range.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { rememberLast } from '../../base/remember-last.ts'
import { hostNameOf } from './host-name.ts'

/** Decides which names are names of this server (OP-W3). */

export interface AllowedHostsOptions {
  /** The address the server is bound to. */
  readonly host: string
  /** In lower case; `*.example.com` stands for each name below it. Empty: any name. */
  readonly allowedHosts: readonly string[]
}

/** The names of a request. */
interface RequestHosts {
  /** The `Host` header of the connection to this server. */
  readonly own: string | null
  /** The host that the client named: a trusted proxy may forward it. */
  readonly named: string | null
  /** Whether the upstream has a file for the named host. */
  readonly hasDomain: boolean
}

const createIsListed = (allowedHosts: readonly string[]) => {
  const names = new Set(allowedHosts.filter((host) => !host.startsWith('*')))
  const endings = allowedHosts.filter((host) => host.startsWith('*')).map((host) => host.slice(1))
  return (name: string): boolean => names.has(name) || endings.some((ending) => name.endsWith(ending))
}

/** `localhost:4141` and `[::1]:4141` without their port. */
const withoutPort = (host: string): string => host.replace(/:\d+$/, '')

/** Returns whether a request for these names is for another server, or from a web page that renamed this one. */
export const createIsForeignHost = ({ host, allowedHosts }: AllowedHostsOptions) => {
  const isBoundToLoopback = isLoopbackHost(host)
  const isListed = createIsListed(allowedHosts)
  const isKnown = rememberLast(
    (name: string | null): boolean =>
      name === null || isLoopbackHost(withoutPort(name)) || isListed(hostNameOf(name) ?? ''),
  )
  /** No web page has an address for its name. Probes and scrapers use addresses. */
  const isAddress = (name: string | null): boolean => ipText(unbracketed(hostNameOf(name ?? '') ?? '')) !== undefined
  return ({ own, named, hasDomain }: RequestHosts): boolean => {
    // DNS rebinding: a page can also write the headers of a proxy, but not its own Host.
    if (isBoundToLoopback && !isKnown(own) && !(hasDomain && own === named)) return true
    return allowedHosts.length > 0 && !hasDomain && !isKnown(named) && !isAddress(named)
  }
}
