/**
 * A rule of the translation. Tests have its id in their names. A rule without a passing test fails the build, unless
 * docs/translation.md gives the reason.
 */
export interface Rule {
  readonly id: string
  readonly says: string
}

/** The rules of one part of a specification. */
export const section = (rows: Readonly<Record<string, string>>, prefix = ''): Rule[] =>
  Object.entries(rows).map(([id, says]) => ({ id: prefix + id, says }))
