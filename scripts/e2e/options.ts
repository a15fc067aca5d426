import { parseArgs } from 'node:util'
import { newestTestedClaude, testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'
import type { Case } from './case.ts'

/** The selection of a run: clients, cases, and how many at once. */

export interface Options {
  /** Versions, `newest` or `latest`. Empty: every tested version. */
  readonly clients: readonly string[]
  /** A case runs if its name contains each of them. */
  readonly words: readonly string[]
  readonly jobs: number
  /** Runs the server from its sources. */
  readonly source: boolean
  /** Runs the server from this file. */
  readonly program: string | undefined
}

/** A second client uses the processor while the first one waits for its timers; more clients slow each other down. */
const defaultJobs = 2

const toJobs = (text: string): number => {
  const jobs = Number(text)
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs takes a whole number from 1, not "${text}"`)
  return jobs
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

/** Throws with one line for the user. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      client: { type: 'string', multiple: true },
      only: { type: 'string' },
      jobs: { type: 'string' },
      source: { type: 'boolean' },
      program: { type: 'string' },
    },
  })
  if (values.only === undefined && positionals.length > 0)
    throw new Error(`unexpected argument "${positionals[0]}". To choose cases: --only ${positionals.join(' ')}`)
  return {
    clients: values.client ?? [],
    words: wordsOf([values.only ?? '', ...positionals].join(' ')),
    jobs: values.jobs === undefined ? defaultJobs : toJobs(values.jobs),
    source: values.source === true,
    program: values.program,
  }
}

/** The versions to run, each once. `latestVersion` reads npm's `latest`. */
export const resolveClients = async (
  clients: readonly string[],
  latestVersion: () => Promise<string>,
): Promise<string[]> => {
  if (clients.length === 0) return [...testedClaudeVersions]
  const versions = clients.map(async (client) => {
    if (client === 'newest') return newestTestedClaude
    if (client === 'latest') return await latestVersion()
    if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(client)) return client
    throw new Error(`--client takes a version, newest or latest, not "${client}"`)
  })
  return [...new Set(await Promise.all(versions))]
}

/** A case, and the version of the client that plays it. */
export interface Job {
  readonly test: Case
  readonly version: string
}

const canPlay = ({ since }: Case, version: string): boolean =>
  since === undefined || Bun.semver.order(version, since) >= 0

/** The jobs of a run, client by client. */
export const selectJobs = (cases: readonly Case[], versions: readonly string[], words: readonly string[]): Job[] => {
  const newest = [...versions].sort(Bun.semver.order).at(-1)
  const isWanted = ({ name }: Case): boolean => words.every((word) => name.toLowerCase().includes(word))
  return versions.flatMap((version) =>
    cases
      .filter((test) => isWanted(test) && canPlay(test, version) && (test.newestOnly !== true || version === newest))
      .map((test) => ({ test, version })),
  )
}
