import { canonicalSpelling, compareVersions, parseModelName } from '../messages/model-name.ts'

/** Which models a client may use (OP-A6). */

/** The names of the model that a request leads to. */
export interface RequestedModel {
  /** As the client sends it, and as a map of names replaces it. */
  readonly requested: readonly string[]
  /** Of the model itself, the upstream's id first. */
  readonly served: readonly string[]
}

/** `sonnet`, `claude-sonnet`, `claude-sonnet-latest`: any other name may be an alias with a word of a family in it. */
const familyName = /^(?:claude-)?([a-z]+)(?:-latest)?$/

const claudeName = /(?:^|[^a-z])claude-/

/** Whether the list of names and families has this model. A name of one version stands for its dated names, too. */
export const isAllowedModel = (allowed: readonly string[], { requested, served }: RequestedModel): boolean => {
  const spellings = [...served, ...requested].map(canonicalSpelling)
  const model = served.map(parseModelName).find((name) => name?.family !== undefined)
  return allowed.some((entry) => {
    const spelling = canonicalSpelling(entry)
    if (spellings.includes(spelling)) return true
    if (model === undefined) return false
    if (familyName.exec(spelling)?.[1] === model.family) return true
    const name = claudeName.test(spelling) ? parseModelName(spelling) : undefined
    if (name?.family !== model.family || name?.version === undefined || model.version === undefined) return false
    return compareVersions(name.version, model.version) === 0
  })
}
