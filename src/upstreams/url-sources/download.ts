import { parseHttpsUrl, type Refuse } from '../../messages/public-url.ts'
import type { PinnedGet, PinnedResponse } from './pinned-get.ts'
import { type Lookup, resolveUrl, unableToDownload } from './resolve-url.ts'

/** What a download needs from its environment. */
export interface DownloadOptions {
  readonly lookup: Lookup
  readonly get: PinnedGet
  readonly isAddressAllowed: (address: string) => boolean
}

export interface Download {
  readonly bytes: Buffer
  readonly contentType: string
}

/** Enough for a URL shortener and a canonical name. Anthropic's own limit is not documented. */
const maximumRedirects = 3

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const mebibyte = 1024 * 1024

/** How large a file may be. */
interface SizeLimit {
  readonly bytes: number
  /** Who sets it, for error messages. */
  readonly setBy: string
}

const readBody = async (answer: PinnedResponse, most: SizeLimit, refuse: Refuse): Promise<Buffer> => {
  const tooLarge = () => refuse(`The file is larger than ${most.bytes / mebibyte} MB, which is ${most.setBy}'s limit.`)
  if (Number(answer.header('content-length')) > most.bytes) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.chunks) {
    length += part.byteLength
    if (length > most.bytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

const receive = async (answer: PinnedResponse, most: SizeLimit, refuse: Refuse): Promise<Download> => {
  if (answer.status !== 200) {
    throw unableToDownload(refuse, `Its host answered with status ${answer.status}.`)
  }
  const encoding = answer.header('content-encoding').toLowerCase()
  if (encoding !== '' && encoding !== 'identity') {
    throw unableToDownload(refuse, 'Its host sent it compressed, although the request does not accept that.')
  }
  return { bytes: await readBody(answer, most, refuse), contentType: answer.header('content-type') }
}

const redirectOf = (answer: PinnedResponse): string | undefined => {
  const location = answer.header('location')
  return redirectStatuses.has(answer.status) && location !== '' ? location : undefined
}

/** Follows redirects and checks each like the first URL. Rejects with `refuse`'s error, or the connection's. */
export const download = async (
  text: string,
  most: SizeLimit,
  { lookup, get, isAddressAllowed }: DownloadOptions,
  refuse: Refuse,
  signal: AbortSignal,
): Promise<Download> => {
  const refuseRedirect: Refuse = (sentence) => refuse(`The URL redirects to another. ${sentence}`)
  let url = parseHttpsUrl(text, refuse)
  for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
    const refuseUrl = redirects === 0 ? refuse : refuseRedirect
    const answer = await get(await resolveUrl(url, lookup, isAddressAllowed, refuseUrl), signal)
    try {
      const location = redirectOf(answer)
      if (location === undefined) return await receive(answer, most, refuse)
      url = parseHttpsUrl(location, refuseRedirect, url)
    } finally {
      answer.close()
    }
  }
  throw refuse(`The URL redirects more than ${maximumRedirects} times.`)
}
