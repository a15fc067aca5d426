import { isObject, type Json } from '../../base/json.ts'
import type { ModelCapabilities } from './table.ts'

/** Kinds of thinking that a model may refuse by name. */
type RefusedThinking = 'enabled' | 'adaptive'

/**
 * What a model was found to refuse while we run, over what the capability table says of it: Bedrock's
 * schema lags behind Anthropic's and differs from model to model, so that every table is wrong one day.
 */
export interface CapabilityOverrides {
  readonly capabilities: Partial<ModelCapabilities>
  readonly refusedThinking: readonly RefusedThinking[]
  /** Places in `additionalModelRequestFields` that are not to be sent, dotted (`thinking.display`). */
  readonly refusedFields: readonly string[]
  /** By place, dotted: the words that the model takes there. Others are not to be sent. */
  readonly takenValues: Readonly<Record<string, readonly string[]>>
  /** Beta flags that are not to be sent. */
  readonly refusedBetas: readonly string[]
  /** Beta flags of which at least one was refused. A request sends half of those that it has, to find out which. */
  readonly suspectedBetas: readonly string[]
}

export const noOverrides: CapabilityOverrides = {
  capabilities: {},
  refusedThinking: [],
  refusedFields: [],
  takenValues: {},
  refusedBetas: [],
  suspectedBetas: [],
}

const union = <T>(left: readonly T[], right: readonly T[] = []): T[] => [...new Set([...left, ...right])]

/** Both together; of two capabilities the later one counts. */
export const mergeOverrides = (
  known: CapabilityOverrides,
  overrides: Partial<CapabilityOverrides>,
): CapabilityOverrides => ({
  capabilities: { ...known.capabilities, ...overrides.capabilities },
  refusedThinking: union(known.refusedThinking, overrides.refusedThinking),
  refusedFields: union(known.refusedFields, overrides.refusedFields),
  takenValues: { ...known.takenValues, ...overrides.takenValues },
  refusedBetas: union(known.refusedBetas, overrides.refusedBetas),
  suspectedBetas: union(known.suspectedBetas, overrides.suspectedBetas),
})

/** What is left of the kinds of thinking; where none is, the kind that the table did not know of, unless that was refused, too. */
const thinkingLeft = (
  known: ModelCapabilities['thinking'],
  refused: CapabilityOverrides['refusedThinking'],
): ModelCapabilities['thinking'] => {
  const isLeft = (type: ModelCapabilities['thinking'][number]): boolean => !refused.some((name) => name === type)
  const left = known.filter(isLeft)
  return left.length > 0 || refused.length === 0 ? left : (['enabled', 'adaptive'] as const).filter(isLeft)
}

/** The table's word on a model, as far as it was not found to be wrong. */
export const withOverrides = (table: ModelCapabilities, overrides: CapabilityOverrides): ModelCapabilities => {
  if (overrides === noOverrides) return table
  return {
    ...table,
    ...overrides.capabilities,
    thinking: thinkingLeft(table.thinking, overrides.refusedThinking),
  }
}

/** What stands at a dotted place; undefined where nothing does. */
export const valueAt = (fields: Json, place: string): unknown =>
  place
    .split('.')
    .reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), fields)

const withoutPath = (object: Json, path: readonly string[]): Record<string, unknown> => {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = object
  if (rest.length === 0) return others
  if (!isObject(inner)) return { ...object }
  const left = withoutPath(inner, rest)
  return Object.keys(left).length === 0 ? others : { ...object, [name]: left }
}

/** Takes a dotted place out of fields, and the objects that it leaves empty. */
export const withoutField = (fields: Json, place: string): Json =>
  valueAt(fields, place) === undefined ? fields : withoutPath(fields, place.split('.'))

/** The additional fields without those, and without those values, that were refused before. */
export const withoutRefused = (fields: Json, { refusedFields, takenValues }: CapabilityOverrides): Json => {
  const refusedValues = Object.entries(takenValues).flatMap(([place, taken]) => {
    const value = valueAt(fields, place)
    return typeof value === 'string' && !taken.includes(value) ? [place] : []
  })
  return [...refusedFields, ...refusedValues].reduce(withoutField, fields)
}
