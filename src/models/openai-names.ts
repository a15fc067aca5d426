import type { Model } from './model.ts'
import type { ModelResolver } from './resolver.ts'

/** Finds the model for a name that an OpenAI client sends (section 5). */
export interface OpenAiNames {
  /** Throws GatewayError (`not_found_error`). */
  resolve(requested: string): ResolvedName
}

interface ResolvedName {
  /** The name for the canonical request. */
  readonly name: string
  readonly model: Model
  /** Another model answers than the client named, and no table says so. */
  readonly isGuessed: boolean
}

export interface OpenAiNameOptions {
  readonly models: ModelResolver
  /** From the configuration; `*` in a name stands for any text. */
  readonly modelMap: ReadonlyMap<string, string>
  readonly refusesUnknown: boolean
  /** For unknown names. */
  readonly defaultModel: string
}

export const createOpenAiNames = ({
  models,
  modelMap,
  defaultModel,
  refusesUnknown,
}: OpenAiNameOptions): OpenAiNames => ({
  resolve(requested) {
    const name = modelMap.get(requested) ?? requested
    const found = models.find(name)
    if (found !== undefined) return { name, model: found.model, isGuessed: false }
    const fallback = refusesUnknown ? requested : defaultModel
    return { name: fallback, model: models.resolve(fallback).model, isGuessed: true }
  },
})
