import { type Fingerprint, unitKinds } from './fingerprint.ts'

/** Whether the cache points still do what the client's markers ask for. */

/** From a cache point, the model looks back over this number of blocks for a prefix that it knows. */
const lookBack = 20

/** No cache point may follow these: it moves to the block before. */
const unmarkable = new Set((['reasoningContent', 'document'] as const).map((name) => unitKinds.indexOf(name)))

/** The unit that a marker at this position ends: of the client's parts up to it, the last that was sent. */
const unitOf = ({ positions, firstUnit }: Fingerprint, position: number): number => {
  let found = -1
  let last = -1
  for (const [place, own] of positions.entries()) {
    if (own > position || own < last) continue
    last = own
    found = place + firstUnit
  }
  return found
}

const reaches = (units: readonly number[], end: number): boolean =>
  units.some((unit) => unit >= end && unit - end <= lookBack)

/** Whether a cache point finds the prefix that ends with the unit. */
export const pointsReach = ({ points }: Fingerprint, end: number): boolean =>
  reaches(
    points.map(({ unit }) => unit),
    end,
  )

/** Whether the translation says why it drops or moves a marker at this position, which ends the unit. */
const isNoted = (fingerprint: Fingerprint, position: number, unit: number): boolean => {
  const { notes, droppedMarkers, positions, firstUnit } = fingerprint
  return [position, positions[Math.max(unit - firstUnit, 0)] ?? -1].some(
    (one) => notes.has(one) || droppedMarkers.has(one),
  )
}

/** The last unit up to this one that a cache point may follow. */
const markableUnit = ({ kinds, firstUnit, points }: Fingerprint, unit: number): number => {
  let found = unit
  while (unmarkable.has(kinds[found - firstUnit] ?? 0) && !points.some((point) => point.unit === found)) found -= 1
  return found
}

/** Whether one of the client's markers would. */
export const markersReach = (fingerprint: Fingerprint, end: number): boolean => {
  const { markers, points } = fingerprint
  const units = markers.flatMap((position) => {
    // The translation may have added blocks behind the cache point.
    const unit = points.findLast((point) => point.position === position)?.unit ?? unitOf(fingerprint, position)
    const moved = markableUnit(fingerprint, unit)
    return [unit, moved].some((one) => isNoted(fingerprint, position, one)) ? [] : [moved]
  })
  return reaches(units, end)
}

/** Whether the client's last marker has no cache point, though nothing is in its way. */
export const hasLostMarker = (fingerprint: Fingerprint): boolean => {
  const { markers, points, kinds, firstUnit, cacheMinimum } = fingerprint
  if (markers.length === 0 || cacheMinimum === undefined) return false
  const last = Math.max(...markers)
  if (points.some(({ position }) => position === last)) return false
  const wanted = unitOf(fingerprint, last)
  if (isNoted(fingerprint, last, wanted)) return false
  const point = points.at(-1)?.unit ?? -1
  for (let unit = point + 1; unit <= wanted; unit += 1) {
    if (!unmarkable.has(kinds[Math.max(unit - firstUnit, 0)] ?? 0)) return true
  }
  return false
}
