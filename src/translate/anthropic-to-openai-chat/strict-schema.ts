import { isObject, type Json } from '../../base/json.ts'

/**
 * OpenAI's subset of JSON Schema for `strict: true`; it refuses a request with any other schema (OU-Q8, Q52).
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */

const keywords: ReadonlySet<string> = new Set([
  'type',
  'title',
  'description',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
  'pattern',
  'format',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
])

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
])

/** Each schema has one of these. */
const kinds = ['type', 'enum', 'const', 'anyOf', '$ref']

const mayBeObject = ({ type }: Json): boolean =>
  type === 'object' || (Array.isArray(type) && type.some((one) => one === 'object'))

/** Allows no additional properties, and requires every property. */
const isStrictObject = ({ properties = {}, required = [], additionalProperties }: Json): boolean =>
  additionalProperties === false &&
  isObject(properties) &&
  Array.isArray(required) &&
  Object.keys(properties).every((name) => required.includes(name)) &&
  required.every((name) => typeof name === 'string' && Object.hasOwn(properties, name))

const areStrict = (schemas: unknown): boolean => isObject(schemas) && Object.values(schemas).every(isStrict)

/** Checks the inner schemas of each keyword; a keyword without an entry has no inner schemas. */
const innerChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  properties: areStrict,
  $defs: areStrict,
  definitions: areStrict,
  items: (value) => isStrict(value),
  anyOf: (value) => Array.isArray(value) && value.every(isStrict),
  format: (value) => formats.has(value),
}

const isStrict = (schema: unknown): boolean =>
  isObject(schema) &&
  kinds.some((kind) => Object.hasOwn(schema, kind)) &&
  (!mayBeObject(schema) || isStrictObject(schema)) &&
  Object.entries(schema).every(([keyword, value]) => keywords.has(keyword) && (innerChecks[keyword]?.(value) ?? true))

/** Whether OpenAI accepts the schema with `strict: true`. The root must be an object, not a union. */
export const isStrictSchema = (schema: Json): boolean =>
  schema['type'] === 'object' && !Object.hasOwn(schema, 'anyOf') && isStrict(schema)
