import { isObject, type Json } from '../../base/json.ts'
import type { ModelCapabilities } from './table.ts'

/** Kinds of thinking that a model may refuse by name. */
type RefusedThinking = 'enabled' | 'adaptive'

/**
 * What a model has refused since the start; it overrides the capability table. Bedrock's schema lags behind Anthropic's
 * and differs between models, so every table becomes outdated.
 */
export interface CapabilityOverrides {
  readonly capabilities: Partial<ModelCapabilities>
  readonly refusedThinking: readonly RefusedThinking[]
  /** Dotted paths in `additionalModelRequestFields` not to send (`thinking.display`). */
  readonly refusedFields: readonly string[]
  /** By dotted path: the values that the model accepts there. Other values are not sent. */
  readonly takenValues: Readonly<Record<string, readonly string[]>>
  /** Beta flags not to send. */
  readonly refusedBetas: readonly string[]
  /** Beta flags of which at least one was refused. Each request sends half of its suspects, to find out which. */
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

/** Merges both; for the same capability, the second counts. */
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

/** The types of thinking not refused. If none of the table's is left, the other type, unless it was refused, too. */
const thinkingLeft = (
  known: ModelCapabilities['thinking'],
  refused: CapabilityOverrides['refusedThinking'],
): ModelCapabilities['thinking'] => {
  const isLeft = (type: ModelCapabilities['thinking'][number]): boolean => !refused.some((name) => name === type)
  const left = known.filter(isLeft)
  return left.length > 0 || refused.length === 0 ? left : (['enabled', 'adaptive'] as const).filter(isLeft)
}

/** Applies the overrides to a model's capabilities. */
export const withOverrides = (table: ModelCapabilities, overrides: CapabilityOverrides): ModelCapabilities => {
  if (overrides === noOverrides) return table
  return {
    ...table,
    ...overrides.capabilities,
    thinking: thinkingLeft(table.thinking, overrides.refusedThinking),
  }
}

/** Returns the value at a dotted path, or undefined. */
export const valueAt = (fields: Json, place: string): unknown => {
  let value: unknown = fields
  for (const name of place.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

const withoutPath = (object: Json, path: readonly string[]): Record<string, unknown> => {
  const [name = '', ...rest] = path
  const { [name]: inner, ...others } = object
  if (rest.length === 0) return others
  if (!isObject(inner)) return { ...object }
  const left = withoutPath(inner, rest)
  return Object.keys(left).length === 0 ? others : { ...object, [name]: left }
}

/** Removes a dotted path from fields, and objects that become empty. */
export const withoutField = (fields: Json, place: string): Json =>
  valueAt(fields, place) === undefined ? fields : withoutPath(fields, place.split('.'))

/** The additional fields without fields and values that were refused before. */
export const withoutRefused = (fields: Json, overrides: CapabilityOverrides): Json => {
  if (overrides === noOverrides) return fields
  const { refusedFields, takenValues } = overrides
  const refusedValues = Object.entries(takenValues).flatMap(([place, taken]) => {
    const value = valueAt(fields, place)
    return typeof value === 'string' && !taken.includes(value) ? [place] : []
  })
  return [...refusedFields, ...refusedValues].reduce(withoutField, fields)
}
