import type { Notes } from '../../messages/notes.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Surroundings } from './download.ts'
import { fetchSource, type SizeLimits } from './fetch-source.ts'
import { isPublicAddress } from './public-address.ts'
import { asText, findPlaces, type Place, type Source, withReplacements, withSource } from './url-blocks.ts'

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

interface UrlSourcesOptions extends Pick<Surroundings, 'lookup' | 'get'> {
  /** For tests, whose servers are on this machine; public addresses only otherwise. */
  readonly isAddressAllowed?: Surroundings['isAddressAllowed']
  readonly limits?: Partial<Limits>
}

/** Each URL once, however often it stands there; the first failure ends the others. */
const fetchAll = async (
  places: readonly Place[],
  surroundings: Surroundings,
  limits: Limits & SizeLimits,
  callerSignal: AbortSignal,
): Promise<ReadonlyMap<Place, Source>> => {
  const groups = Map.groupBy(places, ({ block, url }) => `${block.type} ${url}`)
  const sources = new Map<Place, Source>()
  const all = new AbortController()
  const signal = AbortSignal.any([all.signal, callerSignal])
  const waiting = groups.values()
  const worker = async (): Promise<void> => {
    for (const group of waiting) {
      const [first] = group
      if (first === undefined) continue
      const source = await fetchSource(first, surroundings, limits, signal)
      for (const place of group) sources.set(place, source)
    }
  }
  try {
    await Promise.all(Array.from({ length: limits.atOnce }, worker))
    return sources
  } finally {
    all.abort()
  }
}

const countByMessage = ({ messages }: MessagesRequest, places: readonly Place[]): number[] => {
  const counts = messages.map(() => 0)
  for (const { path } of places) {
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
    places: readonly Place[],
    signal: AbortSignal,
    { notes, mediaLimit }: About,
  ): Promise<MessagesRequest> => {
    const surplus = mediaLimit.omitted(countByMessage(request, places))
    const surroundings = { lookup, get, isAddressAllowed }
    const sources = await fetchAll(places.slice(surplus), surroundings, { ...limits, ...mediaLimit }, signal)
    const replacements = new Map<object, ReturnType<typeof asText>>()
    for (const place of places.slice(0, surplus)) {
      const text = mediaLimit.omissionText(place.block.type)
      notes.changed(place.path, text)
      replacements.set(place.block, asText(place, text))
    }
    for (const [place, source] of sources) replacements.set(place.block, withSource(place, source))
    return withReplacements(request, replacements)
  }
  return (request, signal, about) => {
    const places = findPlaces(request)
    return places.length === 0 ? Promise.resolve(request) : inline(request, places, signal, about)
  }
}
