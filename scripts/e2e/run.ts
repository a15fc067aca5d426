import { cases } from './cases.ts'
import { type Client, installClient, labelOf, resolveClients } from './clients.ts'
import { installPackages, latestClaude } from './install.ts'
import { type Job, parseOptions, selectJobs } from './options.ts'
import { runCase } from './run-case.ts'
import { serverOf } from './server-command.ts'

/**
 * Drives the real Claude Code, Codex and opencode through the server and a simulated upstream: the versions of
 * `src/cli/claude-code/tested-versions.ts` and `clients.ts`, or others. Needs the npm registry the first time, then only
 * this machine.
 *
 *   bun run e2e [--only WORDS] [--client VERSION|newest|latest|codex|opencode]... [--jobs N] [--source | --program FILE]
 *
 * `--only` runs the cases whose names contain all the words. Uses the binary in `dist/` if there is one; `--source`
 * uses the sources, `--program` another binary, for example from an archive.
 */

/** Installs the packages of the jobs. Returns the path of each client. */
const install = async (jobs: readonly Job[]): Promise<ReadonlyMap<Client, string>> => {
  const programs = new Map<Client, string>()
  for (const { client } of jobs) if (!programs.has(client)) programs.set(client, await installClient(client))
  for (const { test } of jobs) if (test.packages !== undefined) await installPackages(test.packages)
  return programs
}

/** Plays one case and prints its line. Returns whether it passed. */
const play = async (job: Job, client: string, server: readonly string[]): Promise<boolean> => {
  const started = performance.now()
  const failure = await runCase(job, { client, server })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const line = `${failure === undefined ? 'pass' : 'FAIL'}  ${labelOf(job.client)}  ${job.test.name} (${seconds} s)`
  console.log(failure === undefined ? line : `${line}\n${failure.replace(/^/gm, '      ')}`)
  return failure === undefined
}

interface JobResult extends Job {
  readonly passed: boolean
}

/** Each player takes the next job after it has finished one. */
const playAll = async (jobs: readonly Job[], server: readonly string[], players: number): Promise<JobResult[]> => {
  const programs = await install(jobs)
  const waiting = [...jobs]
  const outcomes: JobResult[] = []
  const playNext = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
      outcomes.push({ ...job, passed: await play(job, String(programs.get(job.client)), server) })
  }
  await Promise.all(Array.from({ length: players }, playNext))
  return outcomes
}

const counts = (outcomes: readonly JobResult[]): string => {
  const passed = outcomes.filter((outcome) => outcome.passed).length
  return `${passed} passed, ${outcomes.length - passed} failed`
}

/** Returns the exit code. */
const main = async (args: readonly string[]): Promise<number> => {
  const options = parseOptions(args)
  const clients = await resolveClients(options.clients, latestClaude)
  const jobs = selectJobs(cases, clients, options.words)
  if (jobs.length === 0) {
    console.error(
      `No case for ${clients.map(labelOf).join(', ')} contains all of these words in its name: ${options.words.join(' ')}. The cases:`,
    )
    for (const { name } of cases) console.error(`  ${name}`)
    return 1
  }
  const server = serverOf(options)
  console.log(`server: ${server.join(' ')}`)
  const started = performance.now()
  const outcomes = await playAll(jobs, server, options.jobs)
  for (const client of clients)
    console.log(`${labelOf(client)}: ${counts(outcomes.filter((outcome) => outcome.client === client))}`)
  console.log(`${counts(outcomes)}, ${((performance.now() - started) / 60_000).toFixed(1)} minutes`)
  return outcomes.every(({ passed }) => passed) ? 0 : 1
}

try {
  process.exit(await main(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
}
