import { errorCode } from '../../src/base/error-code.ts'
import { type CaseOutcome, type Programs, playCase } from '../e2e/run-case.ts'
import type { Session } from '../e2e/session.ts'
import { toErrorLine } from './error-line.ts'
import type { PlannedCell } from './plan.ts'
import type { Cell } from './result.ts'
import type { Column, MatrixCase } from './row.ts'

/** Plays the cases of a cell. A failed case is repeated once. */

const defaultLimitSeconds = 120

/** Before the model's own words. */
const byModel = /^The model returned the following errors: /

/** The machine fails, not the client: the other cells would fail, too. */
const machineFaults: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'EADDRINUSE'])

/** Fails after a play that never looked at the requests, so that a `pass` says something about the translation. */
const proving = (test: MatrixCase): MatrixCase => ({
  ...test,
  async play(session: Session) {
    let isRead = false
    await test.play({
      ...session,
      get journal() {
        isRead = true
        return session.journal
      },
    })
    if (!isRead) throw new Error('the case asserts nothing on the requests that the simulated Nexus got')
  },
})

const attempt = async (test: MatrixCase, column: Column, programs: Programs): Promise<CaseOutcome> => {
  const seconds = test.limitSeconds ?? defaultLimitSeconds
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error(`no result within ${seconds} s`)), seconds * 1000)
  try {
    const outcome = await playCase({ test: proving(test), ...column, ...programs, signal: limit.signal })
    if (machineFaults.has(errorCode(outcome.failure?.error))) throw outcome.failure?.error
    return outcome
  } finally {
    clearTimeout(timer)
  }
}

export interface CellOutcome {
  readonly cell: Cell
  /** For the log: the name of each failed case, and what is known about it. */
  readonly failures: readonly string[]
}

const describe = ({ name }: MatrixCase, { failure }: CaseOutcome): string[] =>
  failure === undefined ? [] : [`${name}\n${failure.description}`]

/** Rejects if the machine itself fails. */
export const playCell = async ({ row, column }: PlannedCell, programs: Programs): Promise<CellOutcome> => {
  const failures: string[] = []
  const healed = new Set<string>()
  let isFlaky = false
  for (const test of row.cases(column)) {
    const first = await attempt(test, column, programs)
    failures.push(...describe(test, first))
    const last = first.failure === undefined ? first : await attempt(test, column, programs)
    if (last.failure !== undefined) {
      failures.push(...describe(test, last))
      return { cell: { status: 'fail', error: toErrorLine(last.failure.error) }, failures }
    }
    isFlaky ||= last !== first
    for (const words of last.healed) healed.add(toErrorLine(words.replace(byModel, '')))
  }
  const status = healed.size > 0 ? 'healed' : 'pass'
  return {
    cell: {
      status,
      ...(healed.size > 0 && { reason: `Nexus refused: ${[...healed].sort().join('; ')}` }),
      ...(isFlaky && { flaky: true }),
    },
    failures,
  }
}
