import { unbracketed } from '../../base/brackets.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { rememberLast } from '../../base/remember-last.ts'
import { otherDomain } from '../../gateway/observers/token-statistics.ts'
import type { Domain } from '../../upstreams/upstream.ts'
import { hostNameOf } from './host-name.ts'

/** A name of the server, which statistics and the log may have; `other` for any other. */
const serverNameOf = (host: string | null, boundHost: string, allowedHosts: readonly string[]): string => {
  const lower = host?.toLowerCase() ?? ''
  const name = hostNameOf(lower)
  if (name !== undefined && allowedHosts.includes(name)) return name
  const isKnown = name !== undefined && (isLoopbackHost(name) || unbracketed(name) === boundHost.toLowerCase())
  return isKnown ? lower : otherDomain
}

/**
 * Creates a function that returns the name of a request's domain for statistics and the log (AU-U5): its `Host`, if the
 * upstream has a file for it, or if it is this machine's or the server's own name. `allowedHosts` are names of the
 * server, with any port. Any other is `other`: clients can invent names.
 */
export const createKnownDomain = (boundHost: string, allowedHosts: readonly string[] = []) => {
  const serverName = rememberLast((host: string | null) => serverNameOf(host, boundHost, allowedHosts))
  return (host: string | null, domain: Pick<Domain, 'name'> | undefined): string => domain?.name ?? serverName(host)
}
