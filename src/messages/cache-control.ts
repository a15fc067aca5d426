import type { CacheControl, ContentBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import { innerBlocks } from './inner-blocks.ts'

/** Of two cache markers the one that lives longer: an hour is worth more than five minutes. */
export const longerLived = <Marker extends { readonly ttl?: string | null }>(
  left: Marker | undefined,
  right: Marker,
): Marker => (left?.ttl === '1h' ? left : right)

/** The block's own marker, or the longest-lived of those inside it, where upstreams take none. */
export const cacheControlOf = (block: ContentBlock | ToolResultContent): CacheControl | undefined => {
  let control = ('cache_control' in block ? block.cache_control : undefined) ?? undefined
  const inside = innerBlocks(block)
  if (inside === undefined) return control
  for (const inner of inside) {
    const innerControl = cacheControlOf(inner)
    if (innerControl !== undefined) control = longerLived(control, innerControl)
  }
  return control
}
