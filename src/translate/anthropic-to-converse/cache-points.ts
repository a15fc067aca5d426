import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import { addCachePoint } from './cache-markers.ts'
import type { MarkedBlock, MarkedContentBlock, TranslationContext, Turn } from './context.ts'

/** Bedrock's limit for one request, tools, system and messages together. */
const maximumCachePoints = 4
/** If there are too many points, at least this many of the messages' points are kept. */
const keptMessagePoints = 2

/**
 * Bedrock refuses a cache point after reasoning (`Cache point cannot be inserted after reasoning block`) and after a
 * document that is not a PDF (`messages.0.content.3.type: Field required`).
 */
const mayPrecedeCachePoint = (block: ContentBlock): boolean =>
  !('reasoningContent' in block) && !('document' in block && block.document.format !== 'pdf')

type Marked = MarkedBlock<unknown>

/** Moves each point back to the nearest valid position in its turn; drops it if there is none. */
const settle = (units: readonly MarkedContentBlock[], translation: TranslationContext): void => {
  let valid: MarkedContentBlock | undefined
  for (const unit of units) {
    const { cachePoint } = unit
    if (mayPrecedeCachePoint(unit.block)) valid = unit
    else if (cachePoint !== undefined) {
      delete unit.cachePoint
      if (valid === undefined) translation.notes.dropped(unit.path, 'cache marker where Bedrock accepts none')
      else addCachePoint(valid, cachePoint)
    }
  }
}

const withPoint = (units: readonly Marked[]): Marked[] => units.filter(isMarked)
const isMarked = (unit: Marked): boolean => unit.cachePoint !== undefined

/** The messages' units with a point, after all points are at valid positions. */
const settledPoints = (turns: readonly Turn[], translation: TranslationContext): Marked[] => {
  const marked: Marked[] = []
  for (const { units } of turns) {
    if (!units.some(isMarked)) continue
    settle(units, translation)
    for (const unit of units) if (isMarked(unit)) marked.push(unit)
  }
  return marked
}

/** Removes the first `count` points of a list. */
const removeFirst = (marked: Marked[], count: number, translation: TranslationContext): void => {
  for (const unit of marked.splice(0, count)) {
    delete unit.cachePoint
    translation.notes.dropped(unit.path, `cache marker over Bedrock's limit of ${maximumCachePoints}`)
  }
}

/** The newest points of each part are the most useful: drops the oldest, the messages' first. */
const clamp = (
  parts: readonly { readonly marked: Marked[]; readonly kept: number }[],
  translation: TranslationContext,
): void => {
  let surplus = parts.reduce((sum, { marked }) => sum + marked.length, -maximumCachePoints)
  for (const { marked, kept } of parts) {
    const removed = Math.min(Math.max(surplus, 0), Math.max(marked.length - kept, 0))
    removeFirst(marked, removed, translation)
    surplus -= removed
  }
}

/** Makes positions and number of the cache points valid for Bedrock. Returns the remaining points. */
export const placeCachePoints = (
  tools: readonly Marked[],
  system: readonly Marked[],
  turns: readonly Turn[],
  translation: TranslationContext,
): CachePoint[] => {
  const inMessages = settledPoints(turns, translation)
  const inSystem = withPoint(system)
  const inTools = withPoint(tools)
  const count = inMessages.length + inSystem.length + inTools.length
  if (count === 0) return []
  if (count > maximumCachePoints) {
    clamp(
      [
        { marked: inMessages, kept: keptMessagePoints },
        { marked: inSystem, kept: 1 },
        { marked: inTools, kept: 1 },
      ],
      translation,
    )
  }
  return [...inTools, ...inSystem, ...inMessages].map(({ cachePoint }) => cachePoint as CachePoint)
}

/** The blocks to send, each followed by its cache point. */
export const withCachePoints = <Block>(
  units: readonly MarkedBlock<Block>[],
): (Block | { cachePoint: CachePoint })[] => {
  const sent: (Block | { cachePoint: CachePoint })[] = []
  for (const { block, cachePoint } of units) {
    sent.push(block)
    if (cachePoint !== undefined) sent.push({ cachePoint })
  }
  return sent
}
