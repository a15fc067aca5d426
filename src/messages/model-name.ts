/** Parses a Claude model's name, in any spelling that clients and clouds use. */

const modelFamilies = ['opus', 'sonnet', 'haiku', 'fable', 'mythos', 'instant'] as const
export type ModelFamily = (typeof modelFamilies)[number]

export interface ModelName {
  /** Undefined for a name without a family (`claude-2.1`). */
  readonly family: ModelFamily | undefined
  /** Undefined for a name that is only a family (`sonnet`, `claude-opus-latest`). */
  readonly version: ModelVersion | undefined
}

export interface ModelVersion {
  readonly major: number
  readonly minor: number
}

const contextSuffix = /\[\d+m\]$/i

/** `claude-opus-4-6[1m]` without `[1m]`, with which clients select the context window of a million tokens. */
export const withoutContextSuffix = (model: string): string => model.replace(contextSuffix, '')

/** Returns the suffix (`[1m]`), or an empty string. */
export const contextSuffixOf = (model: string): string => contextSuffix.exec(model)?.[0].toLowerCase() ?? ''

/** Lower case, hyphens for dots, no context suffix: `Claude-Sonnet-4.6` is `claude-sonnet-4-6`. */
export const canonicalSpelling = (model: string): string =>
  withoutContextSuffix(model.trim()).toLowerCase().replaceAll('.', '-')

const familyPattern = new RegExp(`(?:^|[^a-z])(${modelFamilies.join('|')})(?:[^a-z]|$)`)
// A minor version has at most two digits; eight digits are a date.
const versionAfterFamily = /^-?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/
const versionBeforeFamily = /claude-(\d{1,2})(?:-(\d{1,2}))?(?!\d)/

const toVersion = (match: RegExpExecArray | null): ModelVersion | undefined =>
  match === null ? undefined : { major: Number(match[1]), minor: Number(match[2] ?? 0) }

/**
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` is sonnet 4.5, `claude-3-5-haiku-20241022` is haiku 3.5, `opus` is
 * opus without a version. Returns undefined for a name that is not Claude's.
 */
export const parseModelName = (model: string): ModelName | undefined => {
  const name = canonicalSpelling(model)
  const found = familyPattern.exec(name)
  if (found === null) {
    return name.includes('claude')
      ? { family: undefined, version: toVersion(versionBeforeFamily.exec(name)) }
      : undefined
  }
  const family = found[1] as ModelFamily
  const after = name.slice(name.indexOf(family, found.index) + family.length)
  return { family, version: toVersion(versionAfterFamily.exec(after)) ?? toVersion(versionBeforeFamily.exec(name)) }
}

/** Negative if `left` is older. */
export const compareVersions = (left: ModelVersion, right: ModelVersion): number =>
  left.major - right.major || left.minor - right.minor
