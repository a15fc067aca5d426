import { invalidRequest } from '../../base/errors.ts'
import { isBlank } from '../../messages/blank.ts'
import { supportedEffort } from '../../messages/thinking-budget.ts'
import type { Effort, MessagesRequest } from '../../wire/anthropic/request.ts'
import { type InferenceConfig, maximumStopSequences } from '../../wire/converse/request.ts'
import type { TranslationContext } from './context.ts'

const isSet = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null

/** Adds `temperature` and `top_p` as far as the model accepts them, and never with thinking. */
const addSampling = (
  config: InferenceConfig,
  request: MessagesRequest,
  isThinking: boolean,
  translation: TranslationContext,
): void => {
  const { temperature, top_p: topP } = request
  const { sampling } = translation.model
  const drop = (field: 'temperature' | 'top_p', why: string): void => translation.notes.changed([field], why)

  if (sampling === 'none' || isThinking) {
    const why = isThinking ? 'dropped: the model is thinking' : 'dropped: the model accepts no sampling parameters'
    const isNeutral = temperature === 1 && sampling !== 'none'
    if (isSet(temperature) && !isNeutral) drop('temperature', why)
    if (isSet(topP)) drop('top_p', why)
    if (isNeutral) config.temperature = 1
    return
  }
  if (isSet(temperature)) config.temperature = temperature
  if (isSet(temperature) && isSet(topP) && sampling === 'one') {
    drop('top_p', 'dropped: the model accepts temperature or top_p, not both')
  } else if (isSet(topP)) config.topP = topP
}

const toStopSequences = (request: MessagesRequest): string[] | undefined => {
  const sequences = request.stop_sequences ?? []
  if (sequences.length === 0) return undefined
  const blank = sequences.findIndex(isBlank)
  if (blank !== -1) throw invalidRequest(['stop_sequences'], 'each stop sequence must contain non-whitespace')
  if (sequences.length > maximumStopSequences) {
    throw invalidRequest(['stop_sequences'], `List should have at most ${maximumStopSequences} items`)
  }
  return [...sequences]
}

export const toInferenceConfig = (
  request: MessagesRequest,
  isThinking: boolean,
  translation: TranslationContext,
): InferenceConfig => {
  const stopSequences = toStopSequences(request)
  // Converse requires at least 1: see `isPrewarm` of ResponseContext.
  const config: InferenceConfig = { maxTokens: Math.max(request.max_tokens, 1) }
  addSampling(config, request, isThinking, translation)
  if (stopSequences !== undefined) config.stopSequences = stopSequences
  return config
}

/** For `additionalModelRequestFields.top_k`. */
export const toTopK = (
  request: MessagesRequest,
  isThinking: boolean,
  translation: TranslationContext,
): number | undefined => {
  const { top_k: topK } = request
  if (!isSet(topK)) return undefined
  const { sampling, isClaude } = translation.model
  if (!isThinking && isClaude && sampling !== 'none') return topK
  translation.notes.changed(['top_k'], 'dropped: the model does not accept it, or not with thinking')
  return undefined
}

/** For `additionalModelRequestFields.output_config.effort`: the requested level, or the next lower supported one. */
export const toEffort = (request: MessagesRequest, translation: TranslationContext): Effort | undefined => {
  const requested = request.output_config?.effort
  if (!isSet(requested)) return undefined
  const level = supportedEffort(requested, translation.model.effort)
  if (level !== requested) {
    const what =
      level === undefined
        ? 'dropped: the model accepts no effort'
        : `lowered to '${level}', the nearest supported level`
    translation.notes.changed(['output_config', 'effort'], what)
  }
  return level
}
