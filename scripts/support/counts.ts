/** Counts by name. */
export type Counts = Map<string, number>

export const count = (counts: Counts, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1)

/** The most frequent first. */
export const listed = (counts: Counts): string =>
  [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ')
