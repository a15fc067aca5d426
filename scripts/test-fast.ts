import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/**
 * Runs the tests that start no program and no terminal. Selects them by their code, so that no list gets out of date.
 *
 *   bun run test:fast [--bail ...]      takes the flags of `bun test`
 */

const root = join(import.meta.dir, '..')
/** `packRelease` runs the CLI once per shell, for its completions. */
const startsProgram = /\b(?:startCli|cliInTerminal|doctorProgram|packRelease|Bun\.spawn|Bun\.spawnSync|spawnSync)\(/

const fast = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('tests', name))
  .filter((path) => !startsProgram.test(readFileSync(join(root, path), 'utf8')))
  .sort()

/** One process more than cores, because many of these tests wait for a timeout. */
const processes = `--parallel=${availableParallelism() + 1}`
/** The slowest files of the last run start first, so that no process works on one of them after the others have ended. */
const timings = [`--timings=${join(root, 'node_modules', '.cache', 'test-fast.json')}`, '--update-timings']
const command = [process.execPath, 'run', 'test', processes, ...timings, ...process.argv.slice(2), ...fast]
process.exit(await Bun.spawn(command, { cwd: root, stdio: ['inherit', 'inherit', 'inherit'] }).exited)
