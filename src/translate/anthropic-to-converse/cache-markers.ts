import type { Path } from '../../base/path.ts'
import { cacheControlOf, longerLived } from '../../messages/cache-control.ts'
import type { CacheControl, ContentBlock as ClientBlock } from '../../wire/anthropic/content.ts'
import type { CachePoint } from '../../wire/converse/content.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'

/** Reads Anthropic's `cache_control` markers from the client's blocks and moves them to units. */

/** Merges the point with the unit's own. */
export const addCachePoint = (unit: MarkedBlock<unknown>, cachePoint: CachePoint): void => {
  unit.cachePoint = longerLived(unit.cachePoint, cachePoint)
}

/** Translates a marker to Converse's cache point, as far as the model accepts cache points and `ttl`. */
export const toCachePoint = (
  control: CacheControl | null | undefined,
  { model }: TranslationContext,
): CachePoint | undefined => {
  if (control === undefined || control === null || !model.cachePoints) return undefined
  const { ttl } = control
  return ttl && model.cacheTtl ? { type: 'default', ttl } : { type: 'default' }
}

/** The longest-lived of the block's marker and the markers inside it, where Converse accepts none. */
export const cachePointOf = (block: ClientBlock, translation: TranslationContext): CachePoint | undefined =>
  translation.model.cachePoints ? toCachePoint(cacheControlOf(block), translation) : undefined

/** Marks the last unit. So the marker of a block that became nothing moves to the unit before it. */
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
