import { cellsOf, type MatrixResult, providerOf } from './result.ts'
import { nexusNames } from './row.ts'

/** Compares a run with the committed results. */

/** Cells that passed before and do not now. A version or row that only one of both has is not compared. */
export const regressions = (before: MatrixResult, now: MatrixResult): string[] =>
  now.features.flatMap((feature) => {
    const earlier = before.features.find(({ id }) => id === feature.id)
    if (earlier === undefined) return []
    return now.versions.flatMap(({ version }) =>
      nexusNames.flatMap((nexus) => {
        const was = cellsOf(before, earlier, version)?.[providerOf(nexus)]
        const is = cellsOf(now, feature, version)?.[providerOf(nexus)]
        // A run of other cells says nothing about this one.
        if (was?.status !== 'pass' || is === undefined || is.status === 'pass' || is.status === 'not_tested') return []
        const why = is.error ?? is.reason
        return [
          `${feature.id}, ${version}, ${nexus}: ${is.status}${why === undefined ? '' : `: ${why}`}\n` +
            `  repeat it: bun run matrix --only ${feature.id} --versions ${version} --nexus ${nexus}`,
        ]
      }),
    )
  })
