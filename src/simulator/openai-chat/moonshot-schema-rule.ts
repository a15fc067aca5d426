import { isObject, type Json } from '../../base/json.ts'
import { firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'

/** Moonshot's flavor of JSON Schema for the parameters of tools (OU-Q53). */

type Place = readonly (string | number)[]

const combinators = ['anyOf', 'oneOf', 'allOf']
const kinds = ['type', 'enum', 'const', '$ref', ...combinators]

const inner = (schema: Json, place: Place): [unknown, Place][] => [
  ...['properties', '$defs', 'definitions'].flatMap((word) =>
    Object.entries(isObject(schema[word]) ? schema[word] : {}).map(([name, value]): [unknown, Place] => [
      value,
      [...place, word, name],
    ]),
  ),
  ...['prefixItems', ...combinators].flatMap((word) =>
    (Array.isArray(schema[word]) ? schema[word] : []).map((value: unknown, index: number): [unknown, Place] => [
      value,
      [...place, word, index],
    ]),
  ),
  ...('items' in schema ? [[schema['items'], [...place, 'items']] as [unknown, Place]] : []),
]

const ownFault = (schema: unknown, place: Place): string | undefined => {
  if (Array.isArray(schema)) return 'items must be an object'
  if (!isObject(schema) || !kinds.some((kind) => kind in schema)) return 'type is not defined'
  const isRoot = place.length === 0
  if (isRoot && schema['type'] !== 'object') return 'type must be object'
  if ('type' in schema && 'anyOf' in schema)
    return 'when using anyOf, type should be defined in anyOf items instead of the parent schema'
  return undefined
}

/** The first fault of a schema, with its path; undefined if the schema is valid for Moonshot. */
const faultOf = (schema: unknown, place: Place = []): string | undefined => {
  const fault = ownFault(schema, place)
  if (fault !== undefined) return `<At path '${place.join('.')}': ${fault}>`
  for (const [value, at] of inner(schema as Json, place)) {
    const found = faultOf(value, at)
    if (found !== undefined) return found
  }
  return undefined
}

export const moonshotSchemas: ChatRule = ({ body: { tools = [] } }) =>
  firstRefusalOf(tools, ({ function: tool }) => {
    const fault = tool?.parameters === undefined ? undefined : faultOf(tool.parameters)
    return fault === undefined
      ? undefined
      : {
          message: `Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: ${fault}`,
        }
  })
