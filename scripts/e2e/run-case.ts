import type { NexusProfile } from '../../src/simulator/profiles.ts'
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

const linesWith = ({ serverLog }: Session, words: string): string[] =>
  serverLog()
    .split('\n')
    .filter((line) => line.includes(words))

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

/** The server's output arrives later than the answer to its client. */
const logLimitMs = 5000
const pollMs = 20

/** Whether the server sent requests again without a part that was refused, this number of times. */
const hasResent = async (session: Session, times: number): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < logLimitMs; waitedMs += pollMs) {
    if (linesWith(session, '"event":"upstream.resent"').length >= times) return true
    await Bun.sleep(pollMs)
  }
  return false
}

/** Checks that apply to every case. */
const checkSession = async (
  { expectedRefusal, expectedTraffic }: Case,
  session: Session,
  isHealing: boolean,
): Promise<void> => {
  const { journal, caught, runs } = session
  const refusals = journal.flatMap(({ refusal }) => refusal ?? []).filter((words) => !expectedRefusal?.test(words))
  const isHealed = isHealing && (await hasResent(session, refusals.length))
  if (refusals.length > 0 && !isHealed) throw new Error(`the simulated upstream refused: ${refusals.join('; ')}`)
  const traffic = caught.filter((line) => !expectedTraffic?.test(line))
  if (traffic.length > 0) throw new Error(`the client tried to connect to another machine: ${traffic.join('; ')}`)
  const faults = linesWith(session, 'cache.our_fault')
  if (faults.length > 0) throw new Error(`the translation changed a cached prompt: ${faults.join('; ')}`)
  const crash = runs.find(({ endedBy }) => endedBy !== undefined)
  if (crash !== undefined) throw new Error(`the client ended by ${crash.endedBy}`)
}

export interface Programs {
  /** The path of the client. */
  readonly client: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
}

export interface PlayOptions extends Programs {
  readonly test: Case
  /** Of the client. */
  readonly version: string
  /** Default: the case's own. A poor Nexus may refuse optional parts of requests, which the server then leaves out. */
  readonly nexus?: NexusProfile
  /** Ends the attempt; its reason becomes the error. */
  readonly signal?: AbortSignal
}

export interface CaseOutcome {
  /** Undefined if the case passed. */
  readonly failure: { readonly error: unknown; readonly description: string } | undefined
  /** What the simulated Nexus refused, and the server left out. */
  readonly healed: readonly string[]
}

/** Hides the refused requests that the server repeated without the refused part. */
const withoutHealed = (session: Session, { expectedRefusal }: Case): Session => ({
  ...session,
  get journal() {
    return session.journal.filter(({ refusal }) => refusal === undefined || expectedRefusal?.test(refusal))
  },
})

/** Rejects when the signal is aborted; never otherwise. */
const rejection = (signal: AbortSignal | undefined): Promise<never> => {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal?.aborted) reject(signal.reason)
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}

const playSession = async ({ test, nexus, signal }: PlayOptions, session: Session): Promise<void> => {
  const isHealing = nexus === 'poor'
  try {
    await Promise.race([test.play(isHealing ? withoutHealed(session, test) : session), rejection(signal)])
  } finally {
    // Runs also after a failure, because it can be the reason. An ended attempt has its own.
    if (signal?.aborted !== true) await checkSession(test, session, isHealing)
  }
}

/** Plays a case once. */
export const playCase = (options: PlayOptions): Promise<CaseOutcome> =>
  withFolder(async (folder) => {
    const { test, nexus, version } = options
    let started: Session | undefined
    try {
      const setup = await test.setup(folder, version)
      return await withSession({ ...setup, ...(nexus && { nexus }), ...options, folder }, async (session) => {
        started = session
        await playSession(options, session)
        const refusals = session.journal.flatMap(({ refusal }) => refusal ?? [])
        return { failure: undefined, healed: refusals.filter((words) => !test.expectedRefusal?.test(words)) }
      })
    } catch (error) {
      return { failure: { error, description: describeFailure(error, started) }, healed: [] }
    }
  })

/** Returns the description of a failure; undefined if the case passed. */
export const runCase = async ({ test, client: { version } }: Job, programs: Programs): Promise<string | undefined> =>
  (await playCase({ test, version, ...programs })).failure?.description
