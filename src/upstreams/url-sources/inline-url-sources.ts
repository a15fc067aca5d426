import type { Notes } from '../../messages/notes.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { DownloadOptions } from './download.ts'
import { fetchSource, type SizeLimits } from './fetch-source.ts'
import { isPublicAddress } from './public-address.ts'
import { asText, findUrlBlocks, type MediaSource, type UrlBlock, withReplacements, withSource } from './url-blocks.ts'

/** What an upstream takes of images and documents in one request. */
interface MediaLimit extends SizeLimits {
  /** How many of the oldest are left out. Throws GatewayError where more than the limit are refused. */
  omitted(countByMessage: readonly number[]): number
  /** The text in place of one that is left out. */
  omissionText(kind: 'image' | 'document'): string
}

/** What the upstream takes; `notes` get what was left out. */
interface About {
  readonly notes: Notes
  readonly mediaLimit: MediaLimit
}

/**
 * The request with the bytes in place of each URL, for an upstream that takes only bytes; the very same
 * object where it holds no URL. Of more than a request may hold the oldest are not fetched: a text stands
 * in their place, and `notes` say so. Rejects with GatewayError: a 400 that names the source, or that the
 * client has gone.
 */
export type InlineUrlSources = (request: MessagesRequest, signal: AbortSignal, about: About) => Promise<MessagesRequest>

interface Limits {
  /** Of one source: look-up, redirects and body together. */
  readonly milliseconds: number
  readonly atOnce: number
}

const defaultLimits: Limits = {
  /** As long as a client waits for its first sign of life. */
  milliseconds: 10_000,
  /** One request is no flood. */
  atOnce: 4,
}

interface UrlSourcesOptions extends Pick<DownloadOptions, 'lookup' | 'get'> {
  /** For tests, whose servers are on this machine; public addresses only otherwise. */
  readonly isAddressAllowed?: DownloadOptions['isAddressAllowed']
  readonly limits?: Partial<Limits>
}

/** Each URL once, however often it stands there; the first failure ends the others. */
const fetchAll = async (
  urlBlocks: readonly UrlBlock[],
  downloadOptions: DownloadOptions,
  limits: Limits & SizeLimits,
  callerSignal: AbortSignal,
): Promise<ReadonlyMap<UrlBlock, MediaSource>> => {
  const groups = Map.groupBy(urlBlocks, ({ block, url }) => `${block.type} ${url}`)
  const sources = new Map<UrlBlock, MediaSource>()
  const all = new AbortController()
  const signal = AbortSignal.any([all.signal, callerSignal])
  const waiting = groups.values()
  const worker = async (): Promise<void> => {
    for (const group of waiting) {
      const [first] = group
      if (first === undefined) continue
      const source = await fetchSource(first, downloadOptions, limits, signal)
      for (const urlBlock of group) sources.set(urlBlock, source)
    }
  }
  try {
    await Promise.all(Array.from({ length: limits.atOnce }, worker))
    return sources
  } finally {
    all.abort()
  }
}

const countByMessage = ({ messages }: MessagesRequest, urlBlocks: readonly UrlBlock[]): number[] => {
  const counts = messages.map(() => 0)
  for (const { path } of urlBlocks) {
    const index = Number(path[1])
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

/** The room that turns URL sources into bytes. */
export const createUrlSources = (options: UrlSourcesOptions): InlineUrlSources => {
  const { lookup, get, isAddressAllowed = isPublicAddress } = options
  const limits = { ...defaultLimits, ...options.limits }
  const inline = async (
    request: MessagesRequest,
    urlBlocks: readonly UrlBlock[],
    signal: AbortSignal,
    { notes, mediaLimit }: About,
  ): Promise<MessagesRequest> => {
    const surplus = mediaLimit.omitted(countByMessage(request, urlBlocks))
    const downloadOptions = { lookup, get, isAddressAllowed }
    const sources = await fetchAll(urlBlocks.slice(surplus), downloadOptions, { ...limits, ...mediaLimit }, signal)
    const replacements = new Map<object, ReturnType<typeof asText>>()
    for (const urlBlock of urlBlocks.slice(0, surplus)) {
      const text = mediaLimit.omissionText(urlBlock.block.type)
      notes.changed(urlBlock.path, text)
      replacements.set(urlBlock.block, asText(urlBlock, text))
    }
    for (const [urlBlock, source] of sources) replacements.set(urlBlock.block, withSource(urlBlock, source))
    return withReplacements(request, replacements)
  }
  return (request, signal, about) => {
    const urlBlocks = findUrlBlocks(request)
    return urlBlocks.length === 0 ? Promise.resolve(request) : inline(request, urlBlocks, signal, about)
  }
}
