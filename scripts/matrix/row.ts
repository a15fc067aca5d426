import type { NexusProfile } from '../../src/simulator/profiles.ts'
import type { Case } from '../e2e/case.ts'

/** What a row of the matrix is: a feature, and the cases that show it. */

/** The simulated Nexus of a column, from the one that accepts most to the one that refuses most. */
export const nexusNames = ['lenient', 'strict', 'poor'] as const satisfies readonly NexusProfile[]

/** The models that rows play whose words depend on the model. A cell passes only if all pass. */
export const matrixModels = ['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5'] as const

/** The client and the Nexus of one cell. */
export interface Column {
  readonly version: string
  readonly nexus: NexusProfile
}

export interface MatrixCase extends Case {
  /**
   * What the case asserts on the requests that the simulated Nexus got. Never empty: a case that looks only at the
   * client's output proves nothing about the translation.
   */
  readonly checks: readonly string[]
  /** Seconds of one attempt. Default: 120. */
  readonly limitSeconds?: number
}

/** A version, and why it matters. */
interface Bound {
  readonly version: string
  readonly reason: string
}

export interface Row {
  /** Stays the same forever: other tools compare tables by it. */
  readonly id: string
  /** The feature, for people. */
  readonly name: string
  /** `published`: the feature has a row in a published matrix of others, with the same id. */
  readonly group: 'published' | 'ours'
  /** What the run does, in one sentence for the page. */
  readonly what: string
  /** One case for each model that matters. All must pass. Never empty. */
  readonly cases: (column: Column) => readonly MatrixCase[]
  /** The first version of the client that has the feature. */
  readonly since?: Bound
  /** The last version of the client that has the feature. */
  readonly until?: Bound
  /** Played in these columns alone; the other cells are `not_tested`, for this reason. */
  readonly onlyOn?: {
    readonly version?: 'newest'
    readonly nexus?: readonly NexusProfile[]
    readonly reason: string
  }
  /** The reason why a column cannot have the feature. Undefined if it can. */
  readonly notApplicable?: (column: Column) => string | undefined
}

/** Adds to a case of e2e what it asserts on the captured requests. */
export const withChecks = (
  test: Case & Pick<MatrixCase, 'limitSeconds'>,
  ...checks: readonly string[]
): MatrixCase => ({
  ...test,
  checks,
})

/** Of the cases of e2e, the one with this name. Throws if it has another name now. */
export const caseNamed = (cases: readonly Case[], name: string): Case => {
  const found = cases.find((test) => test.name === name)
  if (found === undefined) throw new Error(`no case of e2e is named "${name}"`)
  return found
}
