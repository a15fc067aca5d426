import type { Path } from '../../base/path.ts'
import { innerBlocks } from '../../messages/inner-blocks.ts'
import type { CacheControl, ContentBlock as ClientBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { CachePoint } from '../../wire/converse/content.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'

/** Anthropic's `cache_control` markers, read from the client's blocks and handed to units. */

/** The longer of two cache points: an hour is worth more than five minutes. */
const longerCachePoint = (left: CachePoint | undefined, right: CachePoint): CachePoint =>
  left?.ttl === '1h' ? left : right

/** Points that meet become one. */
export const addCachePoint = (unit: MarkedBlock<unknown>, cachePoint: CachePoint): void => {
  unit.cachePoint = longerCachePoint(unit.cachePoint, cachePoint)
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
export const cachePointOf = (
  block: ClientBlock | ToolResultContent,
  translation: TranslationContext,
): CachePoint | undefined => {
  let cachePoint = toCachePoint('cache_control' in block ? block.cache_control : undefined, translation)
  const inside = innerBlocks(block)
  if (inside === undefined) return cachePoint
  for (const inner of inside) {
    const innerPoint = cachePointOf(inner, translation)
    if (innerPoint !== undefined) cachePoint = longerCachePoint(cachePoint, innerPoint)
  }
  return cachePoint
}

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
