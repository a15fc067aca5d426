import type { Config } from '../config/load.ts'
import { upstreamSettings } from '../config/settings/upstream.ts'
import { createOpenAiNames, type OpenAiNames } from '../models/openai-names.ts'
import type { ModelResolver } from '../models/resolver.ts'

/** Names that clients put in front of a model's, such as `anthropic/`. */
const providers = [...upstreamSettings[0].type.options, 'claude']

/** Models by the names that OpenAI clients use. */
export const openAiNamesOf = ({ openaiEntrance, model }: Config, models: ModelResolver): OpenAiNames => {
  const { modelMap, unknownModel } = openaiEntrance
  const refusesUnknown = unknownModel === 'refuse'
  return createOpenAiNames({ models, modelMap, refusesUnknown, defaultModel: model, providers })
}
