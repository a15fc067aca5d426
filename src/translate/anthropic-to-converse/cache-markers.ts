import type { Path } from '../../base/path.ts'
import { cacheControlOf, longerLived } from '../../messages/cache-control.ts'
import type { CacheControl, ContentBlock as ClientBlock } from '../../wire/anthropic/content.ts'
import type { CachePoint } from '../../wire/converse/content.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'

/** Anthropic's `cache_control` markers, read from the client's blocks and handed to units. */

/** Points that meet become one. */
export const addCachePoint = (unit: MarkedBlock<unknown>, cachePoint: CachePoint): void => {
  unit.cachePoint = longerLived(unit.cachePoint, cachePoint)
}

/** Anthropic's marker as Converse's. `ttl` goes only where the model takes one, the marker itself likewise. */
export const toCachePoint = (
  control: CacheControl | null | undefined,
  { model }: TranslationContext,
): CachePoint | undefined => {
  if (control === undefined || control === null || !model.cachePoints) return undefined
  const { ttl } = control
  return ttl && model.cacheTtl ? { type: 'default', ttl } : { type: 'default' }
}

/** The block's own marker, or the longest-lived of those inside it, where Converse takes none. */
export const cachePointOf = (block: ClientBlock, translation: TranslationContext): CachePoint | undefined =>
  translation.model.cachePoints ? toCachePoint(cacheControlOf(block), translation) : undefined

/** Marks the end of a list: the marker of a block that left nothing goes to the one before it. */
export const markLast = (
  units: readonly MarkedBlock<unknown>[],
  cachePoint: CachePoint | undefined,
  path: Path,
  translation: TranslationContext,
): void => {
  if (cachePoint === undefined) return
  const last = units.at(-1)
  if (last === undefined) translation.notes.dropped(path, 'cache marker with nothing before it')
  else addCachePoint(last, cachePoint)
}
