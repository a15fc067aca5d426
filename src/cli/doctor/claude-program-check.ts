import type { Machine } from '../../config/paths.ts'
import { findClaude, installLines } from '../claude-code/claude-program.ts'
import { newestTestedClaude, testedClaudeVersions } from '../claude-code/tested-versions.ts'
import { programCommand } from '../system/program-command.ts'
import { outputOf } from '../system/run-program.ts'
import { type Finding, info, ok, warn } from './check.ts'

/** Its start reads many files, and a virus scanner reads along. */
const versionDeadlineMs = 15_000

/** What is known of a version. */
const versionFinding = (version: string, path: string): Finding => {
  const data = { path, version, newestTested: newestTestedClaude }
  const [oldestTested] = testedClaudeVersions
  if (Bun.semver.order(version, newestTestedClaude) > 0)
    return info(`${version} (${path}), newer than ${newestTestedClaude}, the newest version that was tested`, data)
  if (Bun.semver.order(version, oldestTested) >= 0) return ok(`${version} (${path})`, data)
  return warn(
    `${version} (${path}), older than ${oldestTested}, the oldest version that was tested`,
    'Update it: claude update',
    data,
  )
}

/** Finds the installed Claude Code, and compares its version with the tested ones. */
export const programFinding = async (machine: Machine): Promise<Finding> => {
  const found = findClaude(machine)
  if (found === undefined) {
    const [official, npm] = installLines(machine.platform)
    return warn('not found on PATH', `Install it with\n  ${official}\nor with\n  ${npm}`, { path: null })
  }
  const { path } = found
  const { environment } = machine
  const { command, args, isVerbatim } = programCommand(path, ['--version'], machine)
  const printed = await outputOf([command, ...args], { environment, deadlineMs: versionDeadlineMs, isVerbatim })
  const version = /\d+\.\d+\.\d+[\w.+-]{0,40}/.exec(printed ?? '')?.[0]
  if (version !== undefined) return versionFinding(version, path)
  return warn(`${path} does not tell its version`, `Run it by hand: ${path} --version. If it fails, install it anew.`, {
    path,
    version: null,
  })
}
