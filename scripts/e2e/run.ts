import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { binary, fromSources, isBuilt } from '../support/binary.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { type ClaudeVersion, claudeVersions, installClaude } from './install.ts'
import { type Session, withFolder, withSession } from './session.ts'

/**
 * Drives the real Claude Code, at the pinned versions, through the server and a simulated Nexus.
 * Needs the npm registry the first time; after that nothing but this machine.
 *
 *   bun run e2e [--only words-of-a-case] [--version 2.1.329] [--source | --program FILE]
 *
 * Uses the binary in `dist/` where there is one; `--source` runs from the sources, `--program` any other,
 * one from an archive for instance.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    version: { type: 'string' },
    source: { type: 'boolean' },
    program: { type: 'string' },
  },
})

const usual = values.source !== true && isBuilt() ? [binary] : fromSources
const server = values.program === undefined ? usual : [resolve(values.program)]

/** Without what it says of every request. */
const toldBy = (log: string): string =>
  log
    .split('\n')
    .filter((line) => !line.includes('"event":"translate.note"'))
    .join('\n')

const describeFailure = (error: unknown, session: Session | undefined): string => {
  const message = error instanceof Error ? error.message : String(error)
  if (session === undefined) return message
  return [
    message,
    ...session.runs.flatMap(({ exitCode, result, stderr }) => [
      `exit code ${exitCode}, result: ${JSON.stringify(result)?.slice(0, 600)}`,
      stderr.slice(0, 2000),
    ]),
    `${session.journal.length} requests`,
    ...session.journal.map((entry) => `  ${entry.path} ${entry.status} ${entry.refusal ?? ''}`),
    toldBy(session.serverLog()).slice(-2000),
  ].join('\n')
}

/** What is wrong whatever the case is about. */
const checkSurroundings = ({ journal, caught }: Session): void => {
  const refusals = journal.flatMap(({ refusal }) => refusal ?? [])
  if (refusals.length > 0) throw new Error(`the simulated Nexus refused: ${refusals.join('; ')}`)
  if (caught.length > 0) throw new Error(`the client wanted to leave this machine: ${caught.join('; ')}`)
}

/** Undefined where the case passed. */
const runCase = (test: Case, version: ClaudeVersion, claude: string): Promise<string | undefined> =>
  withFolder(async (folder) => {
    let started: Session | undefined
    try {
      const setup = await test.setup(folder, version)
      return await withSession({ ...setup, version, claude, server, folder }, async (session) => {
        started = session
        try {
          await test.play(session)
        } finally {
          // The reason, if there is one, of whatever else went wrong.
          checkSurroundings(session)
        }
        return undefined
      })
    } catch (error) {
      return describeFailure(error, started)
    }
  })

const isWanted = (test: Case, version: ClaudeVersion): boolean =>
  (test.versions ?? claudeVersions).includes(version) && (values.only === undefined || test.name.includes(values.only))

console.log(`server: ${server.join(' ')}`)
let passed = 0
let failed = 0
for (const version of claudeVersions) {
  if (values.version !== undefined && values.version !== version) continue
  const claude = await installClaude(version)
  for (const test of cases.filter((candidate) => isWanted(candidate, version))) {
    const started = performance.now()
    const failure = await runCase(test, version, claude)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${failure === undefined ? 'pass' : 'FAIL'}  ${version}  ${test.name} (${seconds} s)`)
    if (failure === undefined) passed += 1
    else {
      failed += 1
      console.log(failure.replace(/^/gm, '      '))
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
