import type { Path } from '../base/path.ts'
import type { Notes } from '../messages/notes.ts'
import type { Usage } from '../wire/anthropic/response.ts'
import type { CacheTtl } from './policy.ts'

/** The lifetimes of cache markers, by the setting `cache.ttl` (CA-T4), and in the usage of an answer (CA-T6). */

type Lifetime = '5m' | '1h'

/** A marker of either protocol. Without `ttl`, it lives for five minutes. */
interface Marker {
  readonly ttl?: Lifetime | null
}

/** `prefix`: the tools and the system prompt, which come before the messages. */
type Section = 'prefix' | 'messages'

const lifetimeOf = (ttl: CacheTtl, section: Section): Lifetime | undefined => {
  switch (ttl) {
    case 'client':
    case '1h':
      return undefined
    case '5m':
      return '5m'
    case 'mixed':
      return section === 'messages' ? '5m' : '1h'
  }
}

const changes: Readonly<Record<Lifetime, string>> = {
  '5m': 'one hour of a cache marker: sent as five minutes (cache.ttl)',
  '1h': 'five minutes of a cache marker: sent as one hour (cache.ttl)',
}

/** Gives a marker the lifetime of the setting. Only for a model that accepts lifetimes. */
export const toSentMarker = <T extends Marker>(
  marker: T,
  { ttl, section, path }: { readonly ttl: CacheTtl; readonly section: Section; readonly path: Path },
  notes: Notes,
): T => {
  const lifetime = lifetimeOf(ttl, section)
  if (lifetime === undefined || (marker.ttl ?? '5m') === lifetime) return marker
  notes.dropped([...path, 'cache_control', 'ttl'], changes[lifetime])
  return { ...marker, ttl: lifetime }
}

/** The part of the marked prefix that is cached for an hour, from 0 to 1. */
export type HourShare = () => number

/** A block as it is sent, and the marker after it. */
export interface CachedBlock {
  readonly block: unknown
  readonly marker: Marker | undefined
}

/** Characters of an image or a document, about 1,500 tokens. */
const mediaCharacters = 6000
const mediaMembers = new Set(['bytes', 'data'])

const charactersIn = (value: unknown): number => {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (mediaMembers.has(name) ? mediaCharacters : charactersIn(inner)),
    0,
  )
}

const measure = (blocks: readonly CachedBlock[]): number => {
  let length = 0
  let marked = 0
  let hour = 0
  for (const { block, marker } of blocks) {
    length += charactersIn(block)
    if (marker === undefined) continue
    marked = length
    if (marker.ttl === '1h') hour = length
  }
  return marked === 0 ? 0 : hour / marked
}

/** Of a prompt without markers for an hour. */
export const noHours: HourShare = () => 0
const everything: HourShare = () => 1

/**
 * The share, by the length of the blocks. It reads the blocks only if the markers differ and the upstream does not
 * report what it wrote for each lifetime.
 */
export const toHourShare = (markers: readonly Marker[], blocks: () => readonly CachedBlock[]): HourShare => {
  const hours = markers.filter(({ ttl }) => ttl === '1h').length
  if (hours === 0) return noHours
  return hours === markers.length ? everything : () => measure(blocks())
}

/** Divides the written tokens by lifetime. The tokens that were read are the beginning of the marked prefix. */
export const toCacheCreation = (
  { read, written }: { readonly read: number; readonly written: number },
  hourShare: HourShare,
): Usage['cache_creation'] => {
  const hour = written === 0 ? 0 : Math.min(written, Math.max(0, Math.round(hourShare() * (read + written)) - read))
  return { ephemeral_5m_input_tokens: written - hour, ephemeral_1h_input_tokens: hour }
}
