import { UsageError } from './options.ts'
import type { TestedVersion } from './result.ts'

/** The versions of Claude Code that a run plays. */

/** What npm says about Claude Code. Each call rejects without npm. */
export interface Registry {
  latest(): Promise<string>
  published(): Promise<readonly string[]>
  integrity(version: string): Promise<Readonly<Record<string, string>>>
}

/** The clients of this machine. */
export interface Installed {
  readonly oldest: string
  /** The newest version that is known to work: the newest one of a run without npm. */
  readonly newestKnown: string
  readonly versions: readonly string[]
}

export interface ChosenVersions {
  /** Oldest first. */
  readonly versions: readonly TestedVersion[]
  /** Whether npm answered. */
  readonly isOnline: boolean
}

/** A version as a number. The last part may have four digits. */
const numberOf = (version: string): number =>
  version.split('.').reduce((sum, part) => sum * 10_000 + Number.parseInt(part, 10), 0)

const nearestTo = (wanted: number, published: readonly string[]): string | undefined =>
  [...published]
    .sort(Bun.semver.order)
    .reduce<string | undefined>(
      (best, version) =>
        best === undefined || Math.abs(numberOf(version) - wanted) < Math.abs(numberOf(best) - wanted) ? version : best,
      undefined,
    )

/** The published version whose number is nearest to the mean of both; the older one of two. */
export const middleOf = (oldest: string, newest: string, published: readonly string[]): string | undefined =>
  nearestTo(
    (numberOf(oldest) + numberOf(newest)) / 2,
    published.filter((version) => Bun.semver.order(version, oldest) > 0 && Bun.semver.order(version, newest) < 0),
  )

type Roles = readonly (readonly [TestedVersion['role'], string | undefined])[]

const threeOf = (oldest: string, newest: string, published: readonly string[]): Roles => [
  ['oldest', oldest],
  ['middle', middleOf(oldest, newest, published)],
  ['newest', newest],
]

const withoutHashes = (roles: Roles): TestedVersion[] =>
  roles.flatMap(([role, version]) => (version === undefined ? [] : [{ version, role, integrity: {} }]))

const chosen = (versions: readonly string[]): Roles =>
  [...new Set(versions)].sort(Bun.semver.order).map((version) => ['chosen', version] as const)

const checkPublished = (versions: readonly string[], published: readonly string[]): void => {
  for (const version of versions) {
    if (published.includes(version)) continue
    const nearest = nearestTo(numberOf(version), published)
    throw new UsageError(`Claude Code ${version} is not published. The nearest version: ${nearest}`)
  }
}

/** `wanted`: the versions of `--versions`; empty for the three of the page. Throws UsageError. */
export const chooseVersions = async (
  wanted: readonly string[],
  registry: Registry,
  { oldest, newestKnown, versions: installed }: Installed,
): Promise<ChosenVersions> => {
  const answer = await Promise.all([registry.latest(), registry.published()]).catch(() => undefined)
  if (answer === undefined) {
    const known = wanted.map((version) => (version === 'newest' ? newestKnown : version))
    const roles = known.length > 0 ? chosen(known) : threeOf(oldest, newestKnown, installed)
    return { versions: withoutHashes(roles), isOnline: false }
  }
  const [latest, published] = answer
  const resolved = wanted.map((version) => (version === 'newest' ? latest : version))
  checkPublished(resolved, published)
  const roles = resolved.length > 0 ? chosen(resolved) : threeOf(oldest, latest, published)
  const versions = withoutHashes(roles).map(async (tested) => ({
    ...tested,
    integrity: await registry.integrity(tested.version),
  }))
  return { versions: await Promise.all(versions), isOnline: true }
}
