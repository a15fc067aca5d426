import { contains, ipText, type Range } from '../../base/ip-range.ts'
import { hostNameOf } from './host-name.ts'

/** Finds the client of a request that comes through proxies (OP-W1, OP-W2). */

/** How the client reached the server. Behind a trusted proxy: how it reached the proxy. */
export interface ClientConnection {
  /** In the usual spelling; undefined if the peer is not known. */
  readonly address: () => string | undefined
  /** The name that the client uses for this server, with its port if there is one; null without one. */
  readonly host: string | null
  /** Whether the client uses HTTPS. */
  readonly isSecure: boolean
}

export interface ClientConnectionOptions {
  /** The proxies whose `X-Forwarded-*` headers count; without any, no request's headers count. */
  readonly trustedProxies: readonly Range[]
  /** Whether this server itself uses HTTPS. */
  readonly isTls: boolean
  /** The address of the other end of the request's connection; undefined for a Unix socket. Absent if it is not kept. */
  readonly peerOf?: ((request: Request) => string | undefined) | undefined
}

/** More proxies in a row than any real network has. A client can write any number of entries. */
const maximumHops = 20

/** Some proxies add the port: `192.0.2.1:50000`, `[2001:db8::1]:50000`. */
const withoutPort = (entry: string): string => {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(entry) ?? []
  return bracketed ?? dotted ?? entry
}

/** From the right: each trusted proxy has added the address that it got the request from. */
const clientAmong = (header: string, peer: string, isTrusted: (address: string) => boolean): string | undefined => {
  let client = peer
  for (const entry of header.split(',').slice(-maximumHops).reverse()) {
    if (!isTrusted(client)) break
    const next = ipText(withoutPort(entry.trim()))
    // A proxy that writes something else cannot be understood.
    if (next === undefined) return ipText(peer)
    client = next
  }
  return ipText(client)
}

/** The first proxy has written the first value. */
const firstOf = (headers: Headers, name: string): string => headers.get(name)?.split(',')[0]?.trim() ?? ''

/** By the word of a proxy; undefined for any other word. */
const secureWords: ReadonlyMap<string, boolean> = new Map([
  ['https', true],
  ['http', false],
])

/** Finds the address once, and only if a part of the server needs it: Bun takes 13 us for that (measured). */
const addressOf = (peerOf: () => string | undefined): (() => string | undefined) => {
  let found: { readonly address: string | undefined } | undefined
  return () => {
    if (found === undefined) {
      const peer = peerOf()
      found = { address: peer === undefined ? undefined : ipText(peer) }
    }
    return found.address
  }
}

const unknownAddress = (): undefined => undefined

const forwarded = (
  headers: Headers,
  peer: string,
  isTrusted: (address: string) => boolean,
  isTls: boolean,
): ClientConnection => {
  const host = firstOf(headers, 'x-forwarded-host')
  return {
    address: () => clientAmong(headers.get('x-forwarded-for') ?? '', peer, isTrusted),
    host: hostNameOf(host) === undefined ? headers.get('host') : host,
    isSecure: secureWords.get(firstOf(headers, 'x-forwarded-proto').toLowerCase()) ?? isTls,
  }
}

/** Creates a function that reads a request's connection from its headers and its peer. */
export const createConnectionOf = ({ trustedProxies, isTls, peerOf }: ClientConnectionOptions) => {
  const isTrusted = (address: string): boolean => trustedProxies.some((range) => contains(range, address))
  return (request: Request): ClientConnection => {
    const { headers } = request
    const own = { host: headers.get('host'), isSecure: isTls }
    if (peerOf === undefined) return { address: unknownAddress, ...own }
    if (trustedProxies.length > 0) {
      const peer = peerOf(request)
      if (peer !== undefined && isTrusted(peer)) return forwarded(headers, peer, isTrusted, isTls)
    }
    return { address: addressOf(() => peerOf(request)), ...own }
  }
}
