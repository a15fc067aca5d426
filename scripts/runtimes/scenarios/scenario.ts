import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { UpstreamKind } from '../../support/upstream-arguments.ts'
import type { Client } from '../client.ts'
import type { RunningRuntime } from '../start-runtime.ts'

/** What every runtime must do. */

export interface Subject extends Client, Pick<RunningRuntime, 'output'> {
  /** The records of all requests that this kind of upstream got, in order. */
  journal(kind: UpstreamKind): readonly JournalEntry[]
}

export interface Scenario {
  /** The end of the test's name. */
  readonly does: string
  /** Resolves with a value to compare: it is the same on each runtime, and in the program itself. */
  readonly run: (subject: Subject) => Promise<unknown>
  /** What the result has at least. */
  readonly expected: unknown
  /** Another runtime lacks something that the program has. */
  readonly differs?: true
}
