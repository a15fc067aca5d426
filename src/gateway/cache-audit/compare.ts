import { firstDifference } from './chain.ts'
import type { Fingerprint } from './fingerprint.ts'
import { endOf, positionUpTo } from './prompt-positions.ts'

/** Compares two prompts of one conversation. */

export interface Comparison {
  /** The last unit of the earlier prompt that the cache has: its last cache point. */
  readonly end: number
  /** The first unit up to that point that differs; undefined if none does. */
  readonly difference: number | undefined
  /** Units up to the earlier prompt's last cache point before the difference (CA-C1). */
  readonly reach: number
  /** Whether the client has sent the same up to the difference. */
  readonly isClientEqual: boolean
}

const placeOf = ({ firstUnit }: Fingerprint, unit: number): number => Math.max(unit - firstUnit, 0)

/** The position that the unit comes from; -1 for what the client did not send. */
export const positionOf = (fingerprint: Fingerprint, unit: number): number =>
  fingerprint.positions[placeOf(fingerprint, unit)] ?? -1

/** Characters of a unit; 0 for a unit beyond the end. */
export const sizeAt = (fingerprint: Fingerprint, unit: number): number =>
  fingerprint.sizes[placeOf(fingerprint, unit)] ?? 0

/** Characters of the first `count` units. */
export const sizeUpTo = ({ sizes, sizeBefore, firstUnit }: Fingerprint, count: number): number => {
  let size = sizeBefore
  for (let place = 0; place < count - firstUnit; place += 1) size += sizes[place] ?? 0
  return size
}

/** Whether the client's conversation goes on from the earlier one, up to its last cache point. */
export const continues = (earlier: Fingerprint, later: Fingerprint): boolean => {
  const count = positionUpTo(earlier, endOf(earlier)) + 1
  return firstDifference(earlier.client, later.client, count) === count
}

/** A difference comes from the client if it has sent something else, for what either prompt has there. */
const isClientEqualAt = (earlier: Fingerprint, later: Fingerprint, unit: number): boolean => {
  const count = Math.max(positionUpTo(earlier, unit), positionUpTo(later, unit)) + 1
  return firstDifference(earlier.client, later.client, count) === count
}

export const compare = (earlier: Fingerprint, later: Fingerprint): Comparison => {
  const end = endOf(earlier)
  const found = firstDifference(earlier.sent, later.sent, end + 1)
  if (found === end + 1) return { end, difference: undefined, reach: found, isClientEqual: true }
  const reached = earlier.points.findLast(({ unit }) => unit < found)
  return {
    end,
    difference: found,
    reach: reached === undefined ? 0 : reached.unit + 1,
    isClientEqual: isClientEqualAt(earlier, later, found),
  }
}

/** Whether the translation has said, for a part of the earlier conversation, that it changed something (CA-A6). */
export const hasNewNotes = (earlier: Fingerprint, later: Fingerprint, unit: number): boolean => {
  const last = Math.max(positionUpTo(earlier, unit), positionUpTo(later, unit))
  const isNew = (left: Fingerprint, right: Fingerprint): boolean =>
    [...left.notes].some(([position, hash]) => position <= last && right.notes.get(position) !== hash)
  return isNew(later, earlier) || isNew(earlier, later)
}
