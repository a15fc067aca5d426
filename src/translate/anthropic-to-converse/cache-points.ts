import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import { addCachePoint } from './cache-markers.ts'
import type { MarkedBlock, MarkedContentBlock, TranslationContext, Turn } from './context.ts'

/** Bedrock's limit for one request, tools, system and messages together. */
const maximumCachePoints = 4
/** Of the messages' points at least this many are kept when there are too many. */
const keptMessagePoints = 2

/**
 * Bedrock refuses a cache point behind reasoning (`Cache point cannot be inserted after reasoning
 * block`) and behind a document that is no PDF (`messages.0.content.3.type: Field required`).
 */
const mayPrecedeCachePoint = (block: ContentBlock): boolean =>
  !('reasoningContent' in block) && !('document' in block && block.document.format !== 'pdf')

type Marked = MarkedBlock<unknown>

/** Moves points to the nearest lawful place before them in their turn; without one they go. */
const settle = (units: readonly MarkedContentBlock[], translation: TranslationContext): void => {
  let home: MarkedContentBlock | undefined
  for (const unit of units) {
    const { cachePoint } = unit
    if (mayPrecedeCachePoint(unit.block)) home = unit
    else if (cachePoint !== undefined) {
      delete unit.cachePoint
      if (home === undefined) translation.notes.dropped(unit.path, 'cache marker where Bedrock takes none')
      else addCachePoint(home, cachePoint)
    }
  }
}

const withPoint = (units: readonly Marked[]): Marked[] => units.filter(isMarked)
const isMarked = (unit: Marked): boolean => unit.cachePoint !== undefined

/** The messages' units with a point, each at its lawful place. */
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

/** The newest points of each part are worth the most: the oldest go, the messages' first. */
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

/** Brings every cache point to a place, and their number to one, that Bedrock accepts. Returns those left. */
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

/** The blocks as they go out, each followed by its cache point. */
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
