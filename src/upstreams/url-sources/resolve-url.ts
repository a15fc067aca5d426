import type { GatewayError } from '../../base/errors.ts'
import { notPublic, publicNameOf, type Refuse } from '../../messages/public-url.ts'
import type { ResolvedUrl } from './pinned-get.ts'

/** All addresses of a name. Rejects where it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>

/** Anthropic's own sentence, which clients look for, and what went wrong. */
export const unableToDownload = (refuse: Refuse, detail: string): GatewayError =>
  refuse(`Unable to download the file. Please verify the URL and try again. ${detail}`)

/** The machine's own resolver. */
export const lookupAddresses: Lookup = async (name) => {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

/**
 * Where to go for a URL. Every address of its name has to be allowed: one that is not shows that the
 * name is not meant for us, or that somebody plays with it. Rejects with what `refuse` makes, or with
 * what the look-up says.
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
