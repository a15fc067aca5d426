import type { Path } from '../../base/path.ts'
import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import { type HourShare, noHours, toHourShare, toSentMarker } from '../cache-lifetime.ts'
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

const markerPath = ({ path }: Marked): Path => [...path, 'cache_control']

/** Moves each point back to the nearest valid position in its turn; drops it if there is none. */
const settle = (units: readonly MarkedContentBlock[], translation: TranslationContext): void => {
  let valid: MarkedContentBlock | undefined
  for (const unit of units) {
    const { cachePoint } = unit
    if (mayPrecedeCachePoint(unit.block)) valid = unit
    else if (cachePoint !== undefined) {
      delete unit.cachePoint
      if (valid !== undefined) addCachePoint(valid, cachePoint)
      else translation.notes.dropped(markerPath(unit), 'cache marker where Bedrock accepts none')
    }
  }
}

const isMarked = (unit: Marked): boolean => unit.cachePoint !== undefined
const isMarkedTurn = ({ units }: Turn): boolean => units.some(isMarked)
const withPoint = (units: readonly Marked[]): Marked[] => units.filter(isMarked)

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
    translation.notes.dropped(markerPath(unit), `cache marker over Bedrock's limit of ${maximumCachePoints}`)
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

/** The units of a prompt that cache points may follow. */
interface MarkedPrompt {
  readonly tools: readonly Marked[]
  readonly system: readonly Marked[]
  readonly turns: readonly Turn[]
}

/** An hour must come before five minutes: so the tools and the system prompt get it, and never messages alone. */
const setLifetimes = (
  marked: readonly Marked[],
  section: 'prefix' | 'messages',
  { model, policy: { cacheTtl: ttl }, notes }: TranslationContext,
): void => {
  if (!model.cacheTtl) return
  for (const unit of marked) {
    if (unit.cachePoint !== undefined)
      unit.cachePoint = toSentMarker(unit.cachePoint, { ttl, section, path: unit.path }, notes)
  }
}

/** The lifetimes of the points that were sent, for usage that does not name them. */
const hourShareOf = (points: readonly CachePoint[], { tools, system, turns }: MarkedPrompt): HourShare =>
  toHourShare(points, () =>
    [...tools, ...system, ...turns.flatMap(({ units }) => units)].map(({ block, cachePoint }) => ({
      block,
      marker: cachePoint,
    })),
  )

/**
 * Makes positions, number and lifetimes of the cache points valid for Bedrock. Returns which part of the prompt they
 * cache for an hour.
 */
export const placeCachePoints = (prompt: MarkedPrompt, translation: TranslationContext): HourShare => {
  const { tools, system, turns } = prompt
  if (!tools.some(isMarked) && !system.some(isMarked) && !turns.some(isMarkedTurn)) return noHours
  const inMessages = settledPoints(turns, translation)
  const inSystem = withPoint(system)
  const inTools = withPoint(tools)
  const count = inMessages.length + inSystem.length + inTools.length
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
  setLifetimes([...inTools, ...inSystem], 'prefix', translation)
  setLifetimes(inMessages, 'messages', translation)
  return hourShareOf(
    [...inTools, ...inSystem, ...inMessages].map(({ cachePoint }) => cachePoint as CachePoint),
    prompt,
  )
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
