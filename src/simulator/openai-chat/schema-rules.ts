import { isObject, type Json } from '../../base/json.ts'

/** Messages of OpenAI's validator about a JSON Schema: the text after `Invalid schema for ...: `. */

const quoted = (path: readonly (string | number)[]): string =>
  `(${path.map((step) => (typeof step === 'number' ? `'${step}'` : `'${step}'`)).join(', ')}${path.length === 1 ? ',' : ''})`

type Place = readonly (string | number)[]
type Words = string | undefined

const typesOf = (schema: Json): readonly unknown[] =>
  Array.isArray(schema['type']) ? schema['type'] : [schema['type']]

/** Each schema inside a schema, with its path. */
const innerSchemas = (schema: Json, place: Place): [unknown, Place][] => [
  ...['properties', '$defs', 'definitions'].flatMap((word) => {
    const members = schema[word]
    if (!isObject(members)) return []
    return Object.entries(members).map(([name, inner]): [unknown, Place] => [inner, [...place, word, name]])
  }),
  ...['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
    const members = schema[word]
    if (!Array.isArray(members)) return []
    return members.map((inner: unknown, index): [unknown, Place] => [inner, [...place, word, index]])
  }),
  ...(isObject(schema['items']) ? [[schema['items'], [...place, 'items']] as [unknown, Place]] : []),
]

/** The first message about a schema or a schema inside it. */
const firstWords = (schema: unknown, judge: (schema: Json, place: Place) => Words, place: Place = []): Words => {
  if (!isObject(schema)) return undefined
  const words = judge(schema, place)
  if (words !== undefined) return words
  for (const [inner, at] of innerSchemas(schema, place)) {
    const found = firstWords(inner, judge, at)
    if (found !== undefined) return found
  }
  return undefined
}

const looseWords = (schema: Json, place: Place): Words => {
  if ('required' in schema && !Array.isArray(schema['required'])) {
    return `In context=${quoted(place)}, ${schema['required'] === null ? 'None' : String(schema['required'])} is not of type 'array'`
  }
  if (typesOf(schema).includes('array') && schema['items'] === undefined && schema['prefixItems'] === undefined)
    return `In context=${quoted(place)}, array schema missing items.`
  return undefined
}

/** The message about the parameters of any function. */
export const parametersWords = (schema: Json): Words => {
  if (schema['type'] !== 'object') {
    const found = schema['type'] === undefined ? 'None' : String(schema['type'])
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`
  }
  if (!isObject(schema['properties'])) return 'In context=(), object schema missing properties.'
  return firstWords(schema, looseWords)
}

/** Keywords that structured outputs do not support. */
const unsupported = [
  'oneOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'minProperties',
  'maxProperties',
  'unevaluatedItems',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
]

const strictWords = (schema: Json, place: Place): Words => {
  const context = `In context=${quoted(place)}`
  const word = unsupported.find((name) => name in schema)
  if (word !== undefined) return `${context}, '${word}' is not permitted.`
  if (!typesOf(schema).includes('object') && !isObject(schema['properties'])) return undefined
  if (schema['additionalProperties'] !== false)
    return `${context}, 'additionalProperties' is required to be supplied and to be false.`
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const missing = Object.keys(isObject(schema['properties']) ? schema['properties'] : {}).find(
    (name) => !required.includes(name),
  )
  return missing === undefined
    ? undefined
    : `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
}

/** The message about a schema with `strict: true`. */
export const strictSchemaWords = (schema: Json): Words => {
  if (schema['type'] !== 'object') {
    const found = schema['type'] === undefined ? 'None' : String(schema['type'])
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`
  }
  return firstWords(schema, looseWords) ?? firstWords(schema, strictWords)
}
