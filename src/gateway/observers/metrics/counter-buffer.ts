import type { Labels } from './series-limit.ts'

/** A counter of prom-client. */
interface Target {
  inc(labels: Record<string, string>, value: number): void
}

/** Adds up by label set, and passes the sums on at a scrape: prom-client takes 1 to 2 us for each addition. */
export const createCounterBuffer = (target: Target, limited: (labels: Labels) => Labels) => {
  const sums = new Map<string, { readonly labels: Labels; value: number; isNew: boolean }>()
  const keyOf = (labels: Labels): string => Object.values(labels).join(' ')
  const sumOf = (labels: Labels) => {
    const admitted = limited(labels)
    const key = keyOf(admitted)
    const known = sums.get(key)
    if (known !== undefined) return known
    const sum = { labels: admitted, value: 0, isNew: true }
    sums.set(key, sum)
    return sum
  }
  return {
    add(labels: Labels, value: number): void {
      const sum = sums.get(keyOf(labels)) ?? sumOf(labels)
      sum.value += value
    },
    flush(): void {
      for (const sum of sums.values()) {
        if (sum.value > 0 || sum.isNew) target.inc({ ...sum.labels }, sum.value)
        sum.value = 0
        sum.isNew = false
      }
    },
  }
}
