import { unbracketed } from '../../base/brackets.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { otherDomain } from '../../gateway/observers/token-statistics.ts'
import type { Domain } from '../../upstreams/upstream.ts'

/** A host name or an address, with or without a port. */
const hostForm = /^(?<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/

/**
 * The name of a request's domain for statistics and the log (AU-U5): its `Host`, if the upstream has a file for it, or if
 * it is this machine's or the server's own name. Any other is `other`: clients can invent names.
 */
export const knownDomain = (host: string | null, domain: Domain | undefined, boundHost: string): string => {
  if (domain !== undefined) return domain.name
  const lower = host?.toLowerCase() ?? ''
  const name = hostForm.exec(lower)?.groups?.['name']
  const isKnown = name !== undefined && (isLoopbackHost(name) || unbracketed(name) === boundHost.toLowerCase())
  return isKnown ? lower : otherDomain
}
