import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { productName } from '../../src/version.ts'
import { type Case, cases } from './cases.ts'
import { type ClaudeVersion, claudeVersions, installClaude } from './install.ts'
import { runSession, type SessionResult, withFolder } from './session.ts'

/**
 * Drives the real Claude Code, at the pinned versions, through the server and a simulated Nexus.
 * Needs the npm registry the first time; after that nothing but this machine.
 *
 *   bun run e2e [--only words-of-a-case] [--version 2.1.329] [--source]
 *
 * Uses the binary in `dist/` where there is one; `--source` runs from the sources.
 */

const { values } = parseArgs({
  options: { only: { type: 'string' }, version: { type: 'string' }, source: { type: 'boolean' } },
})

const root = join(import.meta.dir, '..', '..')
const binary = join(root, 'dist', productName)
const server =
  values.source !== true && existsSync(binary) ? [binary] : [process.execPath, join(root, 'src', 'main.ts')]

const describeFailure = (error: unknown, session: SessionResult | undefined): string => {
  const message = error instanceof Error ? error.message : String(error)
  if (session === undefined) return message
  return [
    message,
    `exit code ${session.exitCode}, ${session.journal.length} requests`,
    ...session.journal.map((entry) => `  ${entry.path} ${entry.status} ${entry.refusal ?? ''}`),
    `result: ${JSON.stringify(session.result)?.slice(0, 600)}`,
    session.stderr.slice(0, 2000),
    session.serverLog.slice(-2000),
  ].join('\n')
}

/** Undefined where the case passed. */
const runCase = (test: Case, claude: string): Promise<string | undefined> =>
  withFolder(async (folder) => {
    let session: SessionResult | undefined
    try {
      session = await runSession({ claude, server, workFolder: folder, ...(await test.prepare(folder)) })
      const refused = session.journal.filter(({ refusal }) => refusal !== undefined)
      if (refused.length > 0)
        throw new Error(`the simulated Nexus refused: ${refused.map(({ refusal }) => refusal).join('; ')}`)
      await test.check(session, folder)
      return undefined
    } catch (error) {
      return describeFailure(error, session)
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
    const failure = await runCase(test, claude)
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
