import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { version as productVersion } from '../../src/version.ts'
import { serverOf } from '../e2e/server-command.ts'
import { withFolder } from '../e2e/session.ts'
import { root } from '../support/binary.ts'
import { toBadge } from './badge.ts'
import { regressions } from './check.ts'
import { readCommitted } from './committed.ts'
import { isolated } from './namespace.ts'
import { isComplete, isWanted, type Options, parseOptions, UsageError } from './options.ts'
import { planCells } from './plan.ts'
import { playAll, toFeatures } from './play-all.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type MatrixResult, providers } from './result.ts'
import { matrixModels } from './row.ts'
import { rows } from './rows.ts'
import { writeResults } from './write-results.ts'

/**
 * Plays the rows of the compatibility matrix: the real Claude Code in several versions, against three simulated Nexus.
 *
 *   bun run matrix [--only WORDS] [--versions a,b,c] [--nexus NAMES] [--jobs N] [--out DIR] [--check]
 *                  [--source | --program FILE]
 *
 * docs/matrix.md describes the options, the results and the exit codes.
 */

const exitCodes = { succeeded: 0, failed: 1, usage: 2, incomplete: 3 } as const

const docs = join(root, 'docs')

const git = (...args: readonly string[]): string =>
  Bun.spawnSync(['git', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
    .stdout.toString()
    .trim()

const play = async (options: Options, prepared: Prepared): Promise<MatrixResult> => {
  const started = performance.now()
  const generatedAt = new Date().toISOString()
  const { versions, programs } = prepared
  const cells = planCells({ rows, versions, options, isInstalled: (version) => Object.hasOwn(programs, version) })
  const server = serverOf(options)
  console.log(`server: ${server.join(' ')}`)
  const results = await playAll({
    cells,
    clients: new Map(Object.entries(programs)),
    server,
    jobs: options.jobs,
    logs: resolve(options.out, 'logs'),
    print: console.log,
  })
  return {
    schema_version: '1.0',
    generated_at: generatedAt,
    nexus_claude_api_version: productVersion,
    claude_code_version: versions.at(-1)?.version ?? '',
    providers: [...providers],
    features: toFeatures(
      rows,
      versions.map(({ version }) => version),
      results,
    ),
    commit: `${git('rev-parse', '--short', 'HEAD') || 'unknown'}${git('status', '--porcelain') === '' ? '' : '-dirty'}`,
    platform: `${process.platform}-${process.arch}`,
    versions: [...versions],
    models: [...matrixModels],
    flaky: [...results.values()].filter(({ flaky }) => flaky === true).length,
    durationMs: Math.round(performance.now() - started),
  }
}

const countOf = (result: MatrixResult, status: string): number =>
  JSON.stringify(result.features).split(`"status":"${status}"`).length - 1

const isAllInstalled = ({ isOnline, versions, programs }: Prepared): boolean =>
  isOnline && versions.every(({ version }) => Object.hasOwn(programs, version))

/** Writes the files, prints the summary, and returns the exit code. */
const finish = async (options: Options, prepared: Prepared, result: MatrixResult): Promise<number> => {
  const statuses = ['pass', 'healed', 'fail', 'not_applicable', 'not_tested']
  console.log(statuses.map((status) => `${countOf(result, status)} ${status}`).join(', '))
  console.log(`${result.flaky} flaky, ${(result.durationMs / 60_000).toFixed(1)} minutes`)
  if (!isAllInstalled(prepared)) {
    console.error('npm cannot be reached, or a version is not installed: no page is written.')
    return exitCodes.incomplete
  }
  await writeResults(options.out, result)
  // Only a run of all cells writes the page of the project, and never a run that is compared with it.
  if (isComplete(options) && !options.check) await writeResults(docs, result)
  console.log(`${toBadge(result).message}. Results and logs: ${options.out}`)
  if (!options.check) return countOf(result, 'fail') === 0 ? exitCodes.succeeded : exitCodes.failed
  const committed = readCommitted(docs)
  const worse = committed === undefined ? [] : regressions(committed, result)
  console.log(worse.length === 0 ? 'No cell is worse than in the committed results.' : worse.join('\n'))
  return worse.length === 0 ? exitCodes.succeeded : exitCodes.failed
}

const preparedFlag = '--prepared'

/** Plays in a namespace if the system has one. Returns the exit code. */
const playIsolated = (options: Options, prepared: Prepared, args: readonly string[]): Promise<number> =>
  withFolder(async (folder) => {
    const file = join(folder, 'prepared.json')
    const command = isolated([process.execPath, import.meta.path, preparedFlag, file, ...args], process.env)
    if (command === undefined) return await finish(options, prepared, await play(options, prepared))
    await Bun.write(file, JSON.stringify(prepared))
    return await Bun.spawn(command, { stdio: ['inherit', 'inherit', 'inherit'] }).exited
  })

/** Returns the exit code. */
const main = async (args: readonly string[]): Promise<number> => {
  const [first, file = '', ...others] = args
  if (first === preparedFlag) {
    const options = parseOptions(others)
    const prepared = JSON.parse(readFileSync(file, 'utf8')) as Prepared
    return await finish(options, prepared, await play(options, prepared))
  }
  const options = parseOptions(args)
  const wanted = rows.filter((row) => isWanted(options, row))
  if (wanted.length === 0) {
    const list = rows.map(({ id, name }) => `  ${id}: ${name}`).join('\n')
    throw new UsageError(`No row has all of these words: ${options.words.join(' ')}. The rows:\n${list}`)
  }
  if (options.check) readCommitted(docs)
  return await playIsolated(options, await prepare(options.versions, wanted), args)
}

try {
  process.exit(await main(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(error instanceof UsageError ? exitCodes.usage : exitCodes.failed)
}
