import { unbracketed } from '../../base/brackets.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { otherDomain } from '../../gateway/observers/token-statistics.ts'
import type { Domain } from '../../upstreams/upstream.ts'
import { hostNameOf } from './host-name.ts'

/**
 * The name of a request's domain for statistics and the log (AU-U5): its `Host`, if the upstream has a file for it, or if
 * it is this machine's or the server's own name. `allowedHosts` are names of the server, with any port. Any other is
 * `other`: clients can invent names.
 */
export const knownDomain = (
  host: string | null,
  domain: Domain | undefined,
  boundHost: string,
  allowedHosts: readonly string[] = [],
): string => {
  if (domain !== undefined) return domain.name
  const lower = host?.toLowerCase() ?? ''
  const name = hostNameOf(lower)
  if (name !== undefined && allowedHosts.includes(name)) return name
  const isKnown = name !== undefined && (isLoopbackHost(name) || unbracketed(name) === boundHost.toLowerCase())
  return isKnown ? lower : otherDomain
}
