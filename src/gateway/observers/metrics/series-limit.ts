import { otherLabel } from './label-values.ts'

export type Labels = Readonly<Record<string, string>>

/** Labels with values that an upstream, a client or an administrator adds. */
const openLabels: ReadonlySet<string> = new Set(['method', 'endpoint', 'model', 'status', 'error_type', 'client'])

const collapsed = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, openLabels.has(name) ? otherLabel : value]))

/**
 * Bounds the number of time series. A label set beyond the limit counts as `other`: the sums stay right. `most` has
 * room in addition for one such set of each metric.
 */
export const createSeriesLimit = (most: number): ((metric: string, labels: Labels, samples: number) => Labels) => {
  const known = new Set<string>()
  let count = 0
  return (metric, labels, samples) => {
    const key = `${metric} ${Object.values(labels).join(' ')}`
    if (known.has(key)) return labels
    if (count + samples > most) return collapsed(labels)
    known.add(key)
    count += samples
    return labels
  }
}
