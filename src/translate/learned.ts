import { isObject } from '../base/json.ts'
import type { ModelCapabilities } from './model-capabilities.ts'

/** Kinds of thinking that a model may refuse by name. */
export type RefusedThinking = 'enabled' | 'adaptive'

/**
 * What a model was found to refuse while we run, over what the capability table says of it: Bedrock's
 * schema lags behind Anthropic's and differs from model to model, so that every table is wrong one day.
 */
export interface Learned {
  readonly capabilities: Partial<ModelCapabilities>
  readonly refusedThinking: readonly RefusedThinking[]
  /** Places in `additionalModelRequestFields` that are not to be sent, dotted (`thinking.display`). */
  readonly refusedFields: readonly string[]
  /** Lists of beta flags that were refused as a whole, each joined by commas. */
  readonly refusedBetas: readonly string[]
}

export const nothingLearned: Learned = { capabilities: {}, refusedThinking: [], refusedFields: [], refusedBetas: [] }

const union = <T>(left: readonly T[], right: readonly T[] = []): T[] => [...new Set([...left, ...right])]

/** Both together; of two capabilities the later one counts. */
export const learnMore = (known: Learned, lesson: Partial<Learned>): Learned => ({
  capabilities: { ...known.capabilities, ...lesson.capabilities },
  refusedThinking: union(known.refusedThinking, lesson.refusedThinking),
  refusedFields: union(known.refusedFields, lesson.refusedFields),
  refusedBetas: union(known.refusedBetas, lesson.refusedBetas),
})

/** What is left of the kinds of thinking; where none is, the kind that the table did not know of, unless that was refused, too. */
const thinkingLeft = (
  known: ModelCapabilities['thinking'],
  refused: Learned['refusedThinking'],
): ModelCapabilities['thinking'] => {
  const isLeft = (type: ModelCapabilities['thinking'][number]): boolean => !refused.some((name) => name === type)
  const left = known.filter(isLeft)
  return left.length > 0 || refused.length === 0 ? left : (['enabled', 'adaptive'] as const).filter(isLeft)
}

/** The table's word on a model, as far as it was not found to be wrong. */
export const withLearned = (table: ModelCapabilities, learned: Learned): ModelCapabilities => {
  if (learned === nothingLearned) return table
  return {
    ...table,
    ...learned.capabilities,
    thinking: thinkingLeft(table.thinking, learned.refusedThinking),
  }
}

/** Takes a dotted place out of an object, and the objects that it leaves empty. */
const without = (object: Readonly<Record<string, unknown>>, path: readonly string[]): Record<string, unknown> => {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = object
  if (rest.length === 0) return others
  if (!isObject(inner)) return { ...object }
  const left = without(inner, rest)
  return Object.keys(left).length === 0 ? others : { ...object, [name]: left }
}

/** The additional fields without those that were refused before. */
export const withoutRefused = (
  fields: Readonly<Record<string, unknown>>,
  refusedFields: Learned['refusedFields'],
): Readonly<Record<string, unknown>> =>
  refusedFields.reduce<Readonly<Record<string, unknown>>>((left, place) => without(left, place.split('.')), fields)
