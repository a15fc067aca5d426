import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { findClaude, installLines } from '../claude-code/claude-program.ts'
import { newestTestedClaude, testedClaudeVersions } from '../claude-code/tested-versions.ts'
import { programCommand } from '../system/program-command.ts'
import { outputOf } from '../system/run-program.ts'
import { type Finding, info, ok, warn } from './check.ts'
import { hasOpenAiClient } from './openai-client-checks.ts'

/** Claude Code reads many files when it starts, and a virus scanner slows that down. */
const versionDeadlineMs = 15_000

/** Compares a version with the tested ones. */
const versionFinding = (version: string, path: string): Finding => {
  const data = { path, version, newestTested: newestTestedClaude }
  const [oldestTested] = testedClaudeVersions
  if (Bun.semver.order(version, newestTestedClaude) > 0)
    return info(`${version} (${path}), newer than ${newestTestedClaude}, the newest tested version`, data)
  if (Bun.semver.order(version, oldestTested) >= 0) return ok(`${version} (${path})`, data)
  return warn(
    `${version} (${path}), older than ${oldestTested}, the oldest tested version`,
    'Update it: claude update',
    data,
  )
}

/** Finds the installed Claude Code, and compares its version with the tested ones. */
export const programFinding = async (machine: Machine): Promise<Finding> => {
  const found = findClaude(machine)
  if (found === undefined) {
    if (hasOpenAiClient(machine)) return info(`not found on PATH; only ${productName} claude needs it`, { path: null })
    const [official, npm] = installLines(machine.platform)
    return warn('not found on PATH', `Install it with\n  ${official}\nor with\n  ${npm}`, { path: null })
  }
  const { path } = found
  const { environment } = machine
  const { command, args, isVerbatim } = programCommand(path, ['--version'], machine)
  const printed = await outputOf([command, ...args], { environment, deadlineMs: versionDeadlineMs, isVerbatim })
  const version = /\d+\.\d+\.\d+[\w.+-]{0,40}/.exec(printed ?? '')?.[0]
  if (version !== undefined) return versionFinding(version, path)
  return warn(`${path} does not print its version`, `Run ${path} --version. If it fails, install Claude Code again.`, {
    path,
    version: null,
  })
}
