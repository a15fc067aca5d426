import type { NexusProfile } from '../../src/simulator/profiles.ts'
import { isWanted, type Options } from './options.ts'
import type { Cell, TestedVersion } from './result.ts'
import { type Column, type MatrixCase, nexusNames, type Row } from './row.ts'

/** Decides for each cell whether it is played. */

export interface PlannedCell {
  readonly row: Row
  readonly column: Column
  /** The result of a cell that is not played. */
  readonly skipped?: Cell
}

export interface PlanOptions {
  readonly rows: readonly Row[]
  /** Oldest first. */
  readonly versions: readonly Pick<TestedVersion, 'version'>[]
  readonly options: Pick<Options, 'words' | 'nexus'>
  readonly isInstalled: (version: string) => boolean
}

/** A partial run. */
export const notInRun = 'not in this run'

const notTested = (reason: string): Cell => ({ status: 'not_tested', reason })
const notApplicable = (reason: string): Cell => ({ status: 'not_applicable', reason })

/** Why the version cannot have the feature. */
const unavailable = ({ since, until, notApplicable: reasonFor }: Row, column: Column): string | undefined => {
  const { version } = column
  if (since !== undefined && Bun.semver.order(version, since.version) < 0)
    return `needs Claude Code ${since.version}: ${since.reason}`
  if (until !== undefined && Bun.semver.order(version, until.version) > 0)
    return `ended with Claude Code ${until.version}: ${until.reason}`
  return reasonFor?.(column)
}

const isOutside = ({ onlyOn }: Row, { version, nexus }: Column, newest: string): boolean =>
  (onlyOn?.version === 'newest' && version !== newest) || (onlyOn?.nexus !== undefined && !onlyOn.nexus.includes(nexus))

const skip = (row: Row, column: Column, newest: string, plan: PlanOptions): Cell | undefined => {
  const missing = unavailable(row, column)
  if (missing !== undefined) return notApplicable(missing)
  if (row.onlyOn !== undefined && isOutside(row, column, newest)) return notTested(row.onlyOn.reason)
  if (!isWanted(plan.options, row) || !plan.options.nexus.includes(column.nexus)) return notTested(notInRun)
  return plan.isInstalled(column.version) ? undefined : notTested('not installed')
}

const longest = (cases: readonly MatrixCase[]): number => Math.max(...cases.map(({ limitSeconds = 0 }) => limitSeconds))

/** Every cell of the page, row by row. */
export const planCells = (plan: PlanOptions): PlannedCell[] => {
  const newest = plan.versions.at(-1)?.version ?? ''
  return plan.rows.flatMap((row) =>
    plan.versions.flatMap(({ version }) =>
      nexusNames.map((nexus: NexusProfile) => {
        const column = { version, nexus }
        const skipped = skip(row, column, newest, plan)
        return { row, column, ...(skipped && { skipped }) }
      }),
    ),
  )
}

/** The cells to play. The longest begin first, so that none of them runs alone at the end. */
export const cellsToPlay = (cells: readonly PlannedCell[]): PlannedCell[] =>
  cells
    .filter(({ skipped }) => skipped === undefined)
    .sort((one, other) => longest(other.row.cases(other.column)) - longest(one.row.cases(one.column)))
