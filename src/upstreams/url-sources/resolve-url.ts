import type { GatewayError } from '../../base/errors.ts'
import { notPublic, publicNameOf, type Refuse } from '../../messages/public-url.ts'
import type { ResolvedUrl } from './pinned-get.ts'

/** Returns all addresses of a name. Rejects if it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>

/** Anthropic's own message, which clients look for, with the cause. */
export const unableToDownload = (refuse: Refuse, detail: string): GatewayError =>
  refuse(`Unable to download the file. Please verify the URL and try again. ${detail}`)

/** Uses the machine's resolver. */
export const lookupAddresses: Lookup = async (name) => {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

/**
 * Resolves a URL's host. Every address must be allowed: a forbidden one means an internal name or an attack. Rejects
 * with `refuse`'s error, or with the look-up's.
 */
export const resolveUrl = async (
  url: URL,
  lookup: Lookup,
  isAddressAllowed: (address: string) => boolean,
  refuse: Refuse,
): Promise<ResolvedUrl> => {
  const name = publicNameOf(url, refuse)
  const addresses = await lookup(name)
  if (!addresses.every(isAddressAllowed)) throw refuse(notPublic)
  return { name, addresses, pathAndQuery: url.pathname + url.search }
}
