/**
 * The rules of the translation, by the ids that tests carry in their names. A rule without a passing
 * test, and without a sentence in docs/translation.md that says why not, fails the build.
 */
export interface Rule {
  readonly id: string
  readonly says: string
}

/** Rules of one part of a specification. */
export const section = (rows: Readonly<Record<string, string>>, prefix = ''): Rule[] =>
  Object.entries(rows).map(([id, says]) => ({ id: prefix + id, says }))
