/** Where the parts of a prompt come from. */
interface Positions {
  readonly positions: Int32Array
  readonly firstUnit: number
  readonly positionBefore: number
}

interface Ends {
  readonly points: readonly { readonly unit: number }[]
  readonly sent: { readonly length: number }
}

/** The last position that the unit and those before it come from. */
export const positionUpTo = ({ positions, firstUnit, positionBefore }: Positions, unit: number): number => {
  let last = positionBefore
  const end = Math.min(unit + 1 - firstUnit, positions.length)
  for (let place = 0; place < end; place += 1) last = Math.max(last, positions[place] ?? -1)
  return last
}

/** The last unit that the cache has; without cache points the last of all. */
export const endOf = ({ points, sent }: Ends): number => points.at(-1)?.unit ?? sent.length - 1
