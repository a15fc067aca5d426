import { parseArgs } from 'node:util'
import type { Case } from './case.ts'
import type { Client } from './clients.ts'

/** The selection of a run: clients, cases, and how many at once. */

export interface Options {
  /** Versions of Claude Code, `newest`, `latest`, `codex` or `opencode`. Empty: every tested client. */
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

/** A case, and the client that plays it. */
export interface Job {
  readonly test: Case
  readonly client: Client
}

const canPlay = ({ since, client: name = 'claude' }: Case, client: Client): boolean =>
  name === client.name && (since === undefined || Bun.semver.order(client.version, since) >= 0)

/** The jobs of a run, client by client. */
export const selectJobs = (cases: readonly Case[], clients: readonly Client[], words: readonly string[]): Job[] => {
  const isWanted = ({ name }: Case): boolean => words.every((word) => name.toLowerCase().includes(word))
  const isNewest = (client: Client): boolean =>
    clients.every(({ name, version }) => name !== client.name || Bun.semver.order(version, client.version) <= 0)
  return clients.flatMap((client) =>
    cases
      .filter((test) => isWanted(test) && canPlay(test, client) && (test.newestOnly !== true || isNewest(client)))
      .map((test) => ({ test, client })),
  )
}
