import type { Notes } from '../../messages/notes.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { DownloadOptions } from './download.ts'
import { fetchSource, type SizeLimits } from './fetch-source.ts'
import { isPublicAddress } from './public-address.ts'
import { asText, findUrlBlocks, type MediaSource, type UrlBlock, withReplacements, withSource } from './url-blocks.ts'

/** An upstream's limits of images and documents in one request. */
interface MediaLimit extends SizeLimits {
  /** Returns how many of the oldest to omit. Throws GatewayError if the policy refuses more than the limit. */
  omitted(countByMessage: readonly number[]): number
  /** The text that replaces an omitted one. */
  omissionText(kind: 'image' | 'document'): string
}

/** The upstream's limits; `notes` get what is omitted. */
interface About {
  readonly notes: Notes
  readonly mediaLimit: MediaLimit
  /** Whether URLs of this kind are fetched; all are without it. Others stay as they are. */
  readonly isFetched?: (kind: 'image' | 'document') => boolean
}

/**
 * Replaces each URL with the bytes, for an upstream that accepts only bytes. Returns the same object if there are no
 * URLs. Above the upstream's limit, a text replaces the oldest, and `notes` say so. Rejects with GatewayError: a 400
 * that names the source, or the client's disconnect.
 */
export type InlineUrlSources = (request: MessagesRequest, signal: AbortSignal, about: About) => Promise<MessagesRequest>

interface Limits {
  /** For one source: look-up, redirects and body together. */
  readonly milliseconds: number
  readonly atOnce: number
}

const defaultLimits: Limits = {
  /** As long as a client waits for the first byte. */
  milliseconds: 10_000,
  /** Bounds the connections of one request. */
  atOnce: 4,
}

interface UrlSourcesOptions extends Pick<DownloadOptions, 'lookup' | 'get'> {
  /** For tests with servers on this machine. Default: only public addresses. */
  readonly isAddressAllowed?: DownloadOptions['isAddressAllowed']
  readonly limits?: Partial<Limits>
}

/** Fetches each different URL once. The first failure ends the others. */
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

/** Creates the step that replaces URL sources with bytes. */
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
    const found = findUrlBlocks(request)
    if (found.length === 0) return Promise.resolve(request)
    const { isFetched = () => true } = about
    const urlBlocks = found.filter(({ block }) => isFetched(block.type))
    return urlBlocks.length === 0 ? Promise.resolve(request) : inline(request, urlBlocks, signal, about)
  }
}
