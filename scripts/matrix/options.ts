import { parseArgs } from 'node:util'
import type { NexusProfile } from '../../src/simulator/profiles.ts'
import { listed } from '../docs/markdown.ts'
import { nexusNames, type Row } from './row.ts'

/** The selection of a run: rows, columns, and how many cells at once. */

export interface Options {
  /** A row runs if its id, name or group contains each of them. */
  readonly words: readonly string[]
  /** Empty: oldest, middle and newest. `newest` is npm's `latest`. */
  readonly versions: readonly string[]
  readonly nexus: readonly NexusProfile[]
  readonly jobs: number
  /** The folder of the results and the logs. */
  readonly out: string
  /** Compares the run with the committed results. */
  readonly check: boolean
  /** Runs the server from its sources. */
  readonly source: boolean
  /** Runs the server from this file. */
  readonly program: string | undefined
}

/** A fault of the command line, with one line for the user. */
export class UsageError extends Error {}

const defaultOut = 'dist/matrix'

/** A second client uses the processor while the first one waits for its timers. */
const defaultJobs = 2

const wordsOf = (text = ''): string[] =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)

const toJobs = (text: string): number => {
  const jobs = Number(text)
  if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError(`--jobs takes a whole number from 1, not "${text}"`)
  return jobs
}

const toNexus = (word: string): NexusProfile => {
  const name = nexusNames.find((known) => known === word)
  if (name === undefined) throw new UsageError(`--nexus takes ${listed(nexusNames, 'or')}, not "${word}"`)
  return name
}

const toVersion = (word: string): string => {
  if (word === 'newest' || /^\d+\.\d+\.\d+$/.test(word)) return word
  throw new UsageError(`--versions takes versions of Claude Code, or newest, not "${word}"`)
}

const flags = {
  only: { type: 'string' },
  versions: { type: 'string' },
  nexus: { type: 'string' },
  jobs: { type: 'string' },
  out: { type: 'string' },
  check: { type: 'boolean' },
  source: { type: 'boolean' },
  program: { type: 'string' },
} as const

const parseFlags = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: flags })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Throws UsageError. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values, positionals } = parseFlags(args)
  if (values.only === undefined && positionals.length > 0)
    throw new UsageError(`unexpected argument "${positionals[0]}". To choose rows: --only ${positionals.join(' ')}`)
  const wanted = wordsOf(values.nexus).map(toNexus)
  return {
    words: wordsOf([values.only ?? '', ...positionals].join(' ')),
    versions: wordsOf(values.versions).map(toVersion),
    nexus: nexusNames.filter((name) => wanted.length === 0 || wanted.includes(name)),
    jobs: values.jobs === undefined ? defaultJobs : toJobs(values.jobs),
    out: values.out ?? defaultOut,
    check: values.check === true,
    source: values.source === true,
    program: values.program,
  }
}

/** Whether `--only` selects the row. */
export const isWanted = ({ words }: Pick<Options, 'words'>, { id, name, group }: Row): boolean => {
  const text = `${id} ${name} ${group}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Whether the run has every cell of the page, which it then writes. */
export const isComplete = ({ words, versions, nexus }: Options): boolean =>
  words.length === 0 && versions.length === 0 && nexus.length === nexusNames.length
