import { newestTestedClaude, testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'
import {
  installClaude,
  installedClaude,
  installPackages,
  integrityOfClaude,
  latestClaude,
  publishedClaude,
} from '../e2e/install.ts'
import { nexusNames, type Row } from './row.ts'
import { type ChosenVersions, chooseVersions } from './versions.ts'

/** Everything of a run that needs npm. After it, the run needs only this machine. */

export interface Prepared extends ChosenVersions {
  /** The path of each installed version's program. */
  readonly programs: Readonly<Record<string, string>>
}

const install = async (version: string): Promise<readonly [string, string] | undefined> => {
  try {
    return [version, await installClaude(version)]
  } catch (error) {
    console.error(`Claude Code ${version} is not installed: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/** Throws UsageError. */
export const prepare = async (wanted: readonly string[], rows: readonly Row[]): Promise<Prepared> => {
  const chosen = await chooseVersions(
    wanted,
    { latest: latestClaude, published: publishedClaude, integrity: integrityOfClaude },
    { oldest: testedClaudeVersions[0], newestKnown: newestTestedClaude, versions: installedClaude() },
  )
  const programs: (readonly [string, string])[] = []
  for (const { version } of chosen.versions) {
    const program = await install(version)
    if (program !== undefined) programs.push(program)
  }
  const packages = chosen.versions.flatMap(({ version }) =>
    rows.flatMap((row) =>
      nexusNames.flatMap((nexus) => row.cases({ version, nexus }).flatMap(({ packages: needed }) => needed ?? [])),
    ),
  )
  for (const needed of packages) await installPackages(needed)
  return { ...chosen, programs: Object.fromEntries(programs) }
}
