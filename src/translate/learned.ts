import type { ModelCapabilities } from './model-capabilities.ts'

/**
 * What a model was found to refuse while we run, over what the capability table says of it: Bedrock's
 * schema lags behind Anthropic's and differs from model to model, so that every table is wrong one day.
 */
export interface Learned {
  readonly capabilities: Partial<ModelCapabilities>
  /** Places in `additionalModelRequestFields` that are not to be sent, dotted (`thinking.display`). */
  readonly refusedFields: readonly string[]
  /** Lists of beta flags that were refused as a whole, each joined by commas. */
  readonly refusedBetas: readonly string[]
}

export const nothingLearned: Learned = { capabilities: {}, refusedFields: [], refusedBetas: [] }

/** Both together; the later one counts. */
export const learnMore = (known: Learned, lesson: Partial<Learned>): Learned => ({
  capabilities: { ...known.capabilities, ...lesson.capabilities },
  refusedFields: [...new Set([...known.refusedFields, ...(lesson.refusedFields ?? [])])],
  refusedBetas: [...new Set([...known.refusedBetas, ...(lesson.refusedBetas ?? [])])],
})

/** Takes a dotted place out of an object, and the objects that it leaves empty. */
const without = (object: Readonly<Record<string, unknown>>, path: readonly string[]): Record<string, unknown> => {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = object
  if (rest.length === 0 || typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
    return rest.length === 0 ? others : { ...object }
  }
  const left = without(inner as Record<string, unknown>, rest)
  return Object.keys(left).length === 0 ? others : { ...object, [name]: left }
}

/** The additional fields without those that were refused before. */
export const withoutRefused = (
  fields: Readonly<Record<string, unknown>>,
  refusedFields: Learned['refusedFields'],
): Record<string, unknown> =>
  refusedFields.reduce<Record<string, unknown>>((left, place) => without(left, place.split('.')), { ...fields })
