import { hintOf, type Setting } from '../../../config/settings/setting.ts'
import { settings } from '../../../config/settings/settings.ts'
import { clientSpelling } from '../../../models/resolver.ts'
import { allModels } from '../../config/set-up.ts'
import type { NamedArgument } from '../../parse/arguments.ts'
import { type Catalogue, topLevel } from '../help.ts'

/** Candidates for a flag's value or an argument, by its `valueHint` or its name. */

export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** What the candidates come from. */
export interface Completions {
  readonly catalogue: Catalogue
  /** The clients of the file (OP-A5). */
  readonly clientNames: readonly string[]
}

/** For `files`, the shell lists them. */
export type Candidates = readonly Candidate[] | 'files'

const toCandidates = (values: readonly string[]): Candidate[] => values.map((value) => ({ value }))

/** Only one spelling of each model and the name of its family, to keep the list short. */
const models = (): Candidate[] =>
  allModels.models.flatMap((model) => {
    const { id, family, displayName: description } = model
    const isDefault = allModels.find(family)?.model === model
    return [clientSpelling(id), ...(isDefault ? [family] : [])].map((value) => ({ value, description }))
  })

/** `file`, `model` and `text|json` have candidates; for any other hint only the user knows the value. */
const byHint = (hint: string): Candidates => {
  if (hint === 'file') return 'files'
  if (hint === 'model') return models()
  return hint.includes('|') ? toCandidates(hint.split('|')) : []
}

const allSettings: readonly Setting[] = settings

/** Candidates for the value of a flag. */
export const flagValues = ([name, flag]: NamedArgument, { clientNames }: Completions): Candidates => {
  if ('options' in flag && flag.options !== undefined) return toCandidates(flag.options)
  const { valueHint = '' } = flag
  if (valueHint === 'client') return toCandidates(clientNames)
  // The help shows one word for a choice whose list is long.
  const type = allSettings.find((setting) => setting.flag === name && hintOf(setting) === valueHint)?.type
  return type?.kind === 'choice' ? toCandidates(type.options) : byHint(valueHint)
}

const settingValues = (key: string | undefined): Candidates => {
  const setting = allSettings.find((candidate) => candidate.key === key)
  if (setting === undefined) return []
  if (setting.type.kind === 'choice') return toCandidates(setting.type.options)
  if (setting.type.kind === 'switch') return toCandidates(['true', 'false'])
  return setting.type.kind === 'text' ? byHint(hintOf(setting)) : []
}

export const commandCandidates = (catalogue: Catalogue): Candidates =>
  topLevel(catalogue).map(({ name, description }) => ({ value: name, description }))

/** The second words of a group's commands; an empty list for an unknown group. */
export const memberCandidates = (group: string | undefined, { commands }: Catalogue): readonly Candidate[] =>
  commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, description }) => ({ value: name.slice(name.indexOf(' ') + 1), description }))

/** The arguments before the current one, by name. */
type Earlier = Readonly<Record<string, string | undefined>>

/** Candidates for a positional argument, by its hint or its name. */
export const positionalValues = (
  [name, { valueHint = name }]: NamedArgument,
  earlier: Earlier,
  { catalogue, clientNames }: Completions,
): Candidates => {
  switch (valueHint) {
    case 'key':
      return allSettings.map(({ key, description }) => ({ value: key, description }))
    case 'value':
      return settingValues(earlier['key'])
    case 'client':
      return toCandidates(clientNames)
    case 'command':
      return commandCandidates(catalogue)
    case 'member':
      return memberCandidates(earlier['command'], catalogue)
    default:
      return byHint(valueHint)
  }
}
