/**
 * A rule of a specification. Tests have its id in their names. A rule without a passing test fails the build, unless a
 * page of the docs gives the reason.
 */
export interface Rule {
  readonly id: string
  readonly says: string
}

/** The rules of one part of a specification. */
export const section = (rows: Readonly<Record<string, string>>, prefix = ''): Rule[] =>
  Object.entries(rows).map(([id, says]) => ({ id: prefix + id, says }))
