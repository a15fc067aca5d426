import type { GatewayError } from '../base/errors.ts'

/** Checks which URLs of images and documents we or an upstream may fetch. */

/** Makes the 400 that names the source. If the sentence quotes the source's host, the log gets `rule` instead. */
export type Refuse = (sentence: string, rule?: string) => GatewayError

/** At least two labels, the last of which begins with a letter. No spelling of an address matches. */
const fullName = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/
const maximumNameLength = 253

/** Never public: RFC 6761, 6762 (appendix G), 8375, and ICANN's `internal`. */
const privateDomain =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion)$/

export const notPublic = 'Only URLs of hosts on the public internet are supported: send the bytes as base64 instead.'

/** Returns a valid URL. Throws the error of `refuse` for any other. */
export const parseHttpsUrl = (text: string, refuse: Refuse, base?: URL): URL => {
  const url = URL.parse(text, base?.href)
  if (url === null) throw refuse('The URL is not valid.')
  if (url.protocol !== 'https:') throw refuse('Only HTTPS URLs are supported.')
  if (url.username !== '' || url.password !== '') throw refuse('URLs with a user name or password are not supported.')
  if (url.port !== '') throw refuse('Only HTTPS URLs on port 443 are supported.')
  return url
}

/** Returns the host's name. Throws the error of `refuse` for an address in any spelling, and for a private name. */
export const publicNameOf = (url: URL, refuse: Refuse): string => {
  const name = url.hostname.toLowerCase().replace(/\.$/, '')
  const isPublic = name.length <= maximumNameLength && fullName.test(name) && !privateDomain.test(name)
  if (!isPublic) throw refuse(notPublic)
  return name
}
