import type { GatewayError } from '../../base/errors.ts'
import type { ResolvedUrl } from './pinned-get.ts'

/** All addresses of a name. Rejects where it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>

/** Makes the 400 that names the source in question. The log gets `rule` where the sentence quotes its host. */
export type Refuse = (sentence: string, rule?: string) => GatewayError

/** Anthropic's own sentence, which clients look for, and what went wrong. */
export const unableToDownload = (refuse: Refuse, detail: string): GatewayError =>
  refuse(`Unable to download the file. Please verify the URL and try again. ${detail}`)

/** The machine's own resolver. */
export const lookupAddresses: Lookup = async (name) => {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

/** At least two labels, the last of which begins with a letter: an address in whatever spelling is none. */
const fullName = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/
const maximumNameLength = 253

/** Never anybody's on the public internet: RFC 6761, 6762 (appendix G), 8375, and ICANN's `internal`. */
const privateDomain =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion)$/

const notPublic = 'Only URLs of hosts on the public internet are supported: send the bytes as base64 instead.'

/** The URL, if its spelling is in order. Throws what `refuse` makes. */
export const parseUrl = (text: string, refuse: Refuse, base?: URL): URL => {
  const url = URL.parse(text, base?.href)
  if (url === null) throw refuse('The URL is not valid.')
  if (url.protocol !== 'https:') throw refuse('Only HTTPS URLs are supported.')
  if (url.username !== '' || url.password !== '') throw refuse('URLs with a user name or password are not supported.')
  if (url.port !== '') throw refuse('Only HTTPS URLs on port 443 are supported.')
  return url
}

/** The parser has made every spelling of an IPv4 address four numbers, and put IPv6 in brackets. */
const publicNameOf = (url: URL): string | undefined => {
  const name = url.hostname.toLowerCase().replace(/\.$/, '')
  return name.length <= maximumNameLength && fullName.test(name) && !privateDomain.test(name) ? name : undefined
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
  const name = publicNameOf(url)
  if (name === undefined) throw refuse(notPublic)
  const addresses = await lookup(name)
  if (!addresses.every(isAddressAllowed)) throw refuse(notPublic)
  return { name, addresses, pathAndQuery: url.pathname + url.search }
}
