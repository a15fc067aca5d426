import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import { addCachePoint } from './cache-markers.ts'
import type { Translation, Unit } from './context.ts'
import type { ContentUnit, Turn } from './turns.ts'

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

/** Moves points to the nearest lawful place before them in their turn; without one they go. */
const settle = (units: readonly ContentUnit[], translation: Translation): void => {
  let home: ContentUnit | undefined
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

const withPoint = <Block>(units: readonly Unit<Block>[]): Unit<Block>[] =>
  units.filter((unit) => unit.cachePoint !== undefined)

/** Removes the first `count` points of a list. */
const removeFirst = (units: readonly Unit<unknown>[], count: number, translation: Translation): void => {
  for (const unit of units.slice(0, count)) {
    delete unit.cachePoint
    translation.notes.dropped(unit.path, `cache marker over Bedrock's limit of ${maximumCachePoints}`)
  }
}

/** The newest points of each part are worth the most: the oldest go, the messages' first. */
const clamp = (
  parts: readonly { readonly units: readonly Unit<unknown>[]; readonly kept: number }[],
  translation: Translation,
): void => {
  const pointsOf = parts.map((part) => ({ units: withPoint(part.units), kept: part.kept }))
  let surplus = pointsOf.reduce((sum, part) => sum + part.units.length, -maximumCachePoints)
  for (const { units, kept } of pointsOf) {
    const removed = Math.min(Math.max(surplus, 0), Math.max(units.length - kept, 0))
    removeFirst(units, removed, translation)
    surplus -= removed
  }
}

/** Brings every cache point to a place, and their number to one, that Bedrock accepts. Returns those left. */
export const placeCachePoints = (
  tools: readonly Unit<unknown>[],
  system: readonly Unit<unknown>[],
  turns: readonly Turn[],
  translation: Translation,
): CachePoint[] => {
  for (const turn of turns) settle(turn.units, translation)
  const messages = turns.flatMap((turn) => turn.units)
  clamp(
    [
      { units: messages, kept: keptMessagePoints },
      { units: system, kept: 1 },
      { units: tools, kept: 1 },
    ],
    translation,
  )
  return [...tools, ...system, ...messages].flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [cachePoint]))
}

/** The blocks as they go out, each followed by its cache point. */
export const withCachePoints = <Block>(units: readonly Unit<Block>[]): (Block | { cachePoint: CachePoint })[] =>
  units.flatMap(({ block, cachePoint }) => (cachePoint === undefined ? [block] : [block, { cachePoint }]))
