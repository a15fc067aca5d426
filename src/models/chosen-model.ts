import { didYouMean } from '../base/did-you-mean.ts'
import { UsageError } from '../base/usage-error.ts'
import { parseModelName } from '../messages/model-name.ts'
import type { ModelResolver, ResolvedModel } from './resolver.ts'

/** A model's name in the configuration. */
export interface NamedModel {
  readonly name: string
  /** Whether the user chose it. */
  readonly isGiven: boolean
  /** Names the source in messages. */
  readonly where: string
  /** Stands for the model if the upstream takes any name and the user chose none. */
  readonly family: 'sonnet' | 'haiku'
}

/** `where` names the source in messages. Throws UsageError for an unknown model. */
export const findModel = ({ find, spellings }: ModelResolver, name: string, where: string): ResolvedModel => {
  const found = find(name)
  if (found !== undefined) return found
  const available = `Available: ${spellings.join(', ')}.`
  throw new UsageError(`${where}: unknown model '${name}'.${didYouMean(name, spellings)} ${available}`)
}

/**
 * A server's own name sets the models that the families stand for: Claude Code starts with the name of the family.
 * Throws UsageError for an unknown model.
 */
export const chosenModel = (models: ModelResolver, { name, isGiven, where, family }: NamedModel): ResolvedModel => {
  if (models.takesAnyName && (!isGiven || (!models.keepsNames && parseModelName(name) === undefined)))
    return models.resolve(family)
  return findModel(models, name, where)
}
