import type { Case } from './case.ts'
import type { Job } from './options.ts'
import { type Session, withFolder, withSession } from './session.ts'

/** Plays one case, and describes its failure. */

/** The log without the notes on each request. */
const withoutNotes = (log: string): string =>
  log
    .split('\n')
    .filter((line) => !line.includes('"event":"translate.note"'))
    .join('\n')

const describeFailure = (error: unknown, session: Session | undefined): string => {
  const message = error instanceof Error ? error.message : String(error)
  if (session === undefined) return message
  return [
    message,
    ...session.runs.flatMap(({ exitCode, events, result, stderr }) => [
      `exit code ${exitCode}, result: ${JSON.stringify(result ?? events.at(-1))?.slice(0, 600)}`,
      stderr.slice(0, 2000),
    ]),
    `${session.journal.length} requests`,
    ...session.journal.map((entry) => `  ${entry.path} ${entry.status} ${entry.refusal ?? ''}`),
    withoutNotes(session.serverLog()).slice(-2000),
  ].join('\n')
}

/** Checks that apply to every case. */
const checkSession = ({ expectedRefusal, expectedTraffic }: Case, { journal, caught, serverLog }: Session): void => {
  const refusals = journal.flatMap(({ refusal }) => refusal ?? []).filter((words) => !expectedRefusal?.test(words))
  if (refusals.length > 0) throw new Error(`the simulated upstream refused: ${refusals.join('; ')}`)
  const traffic = caught.filter((line) => !expectedTraffic?.test(line))
  if (traffic.length > 0) throw new Error(`the client tried to connect to another machine: ${traffic.join('; ')}`)
  const faults = serverLog()
    .split('\n')
    .filter((line) => line.includes('cache.our_fault'))
  if (faults.length > 0) throw new Error(`the translation changed a cached prompt: ${faults.join('; ')}`)
}

export interface Programs {
  /** The path of the client. */
  readonly client: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
}

/** Returns the description of a failure; undefined if the case passed. */
export const runCase = ({ test, client: { version } }: Job, programs: Programs): Promise<string | undefined> =>
  withFolder(async (folder) => {
    let started: Session | undefined
    try {
      const setup = await test.setup(folder, version)
      return await withSession({ ...setup, ...programs, version, folder }, async (session) => {
        started = session
        try {
          await test.play(session)
        } finally {
          // Runs also after a failure, because it can be the reason.
          checkSession(test, session)
        }
        return undefined
      })
    } catch (error) {
      return describeFailure(error, started)
    }
  })
