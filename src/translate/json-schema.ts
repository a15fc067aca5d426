import { isObject, type Json } from '../base/json.ts'

/** Members whose keys are the user's names, not keywords. */
const namedSchemas: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
])

/** Members whose values are data, in which nothing is a keyword. */
const literals: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

const mapValues = (value: Json, map: (inner: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner)]))

/** Rebuilds a value where a keyword has its schemas: one schema, a list, or schemas by name. */
const mapKeyword = (keyword: string, value: unknown, mapInner: (schema: unknown) => unknown): unknown => {
  if (literals.has(keyword)) return value
  if (namedSchemas.has(keyword) && isObject(value)) return mapValues(value, mapInner)
  return Array.isArray(value) ? value.map(mapInner) : mapInner(value)
}

/** Rebuilds the schemas inside a schema. `mapInner` gets any value in their places, not only objects. */
export const mapInnerSchemas = (schema: Json, mapInner: (inner: unknown, keyword: string) => unknown): Json =>
  Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      mapKeyword(keyword, value, (inner) => mapInner(inner, keyword)),
    ]),
  )

/** Rebuilds a schema from its root down: `change` gets each object in it, and may remove or add members. */
export const mapSchema = (schema: unknown, change: (schema: Json) => Json): unknown =>
  isObject(schema) ? mapInnerSchemas(change(schema), (inner) => mapSchema(inner, change)) : schema
