import { isObject, type Json } from '../../base/json.ts'
import { mapInnerSchemas } from '../json-schema.ts'

/**
 * JSON schemas in Moonshot's flavor: its server refuses a request if one tool's schema has another form (OU-Q53).
 * @see https://github.com/MoonshotAI/walle/blob/main/docs/mfjs-spec.md
 */

const combinators = ['anyOf', 'oneOf', 'allOf']

/** Each schema must have one of these. */
const kinds = ['type', 'enum', 'const', '$ref', ...combinators]

/** Keywords whose values are schemas: there `true` is a schema, elsewhere a flag. */
const schemaKeywords: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'items',
  'prefixItems',
  'not',
  ...combinators,
])

/** Allows every value. */
const anything = { anyOf: ['string', 'number', 'boolean', 'array', 'object', 'null'].map((type) => ({ type })) }

const hasKind = (schema: Json): boolean => kinds.some((keyword) => Object.hasOwn(schema, keyword))

/** Renames a list in `items` to its newer name, `prefixItems`. */
const withPrefixItems = (schema: Json): Json => {
  const { items, ...rest } = schema
  return Array.isArray(items) ? { ...rest, prefixItems: items } : schema
}

/** Moves the type of a schema into its branches without a kind. */
const withTypedBranches = (schema: Json): Json => {
  const { type, anyOf, ...rest } = schema
  if (type === undefined || !Array.isArray(anyOf)) return schema
  const branches = anyOf.map((branch: unknown) => {
    if (!isObject(branch)) return { type }
    const isTyped = Object.hasOwn(branch, 'type') || Object.hasOwn(branch, '$ref')
    return isTyped ? branch : { type, ...branch }
  })
  return { ...rest, anyOf: branches }
}

/** Adds a type to a schema without a kind: its other members may show it. */
const withKind = (schema: Json): Json => {
  if (hasKind(schema)) return schema
  if (Object.hasOwn(schema, 'properties')) return { type: 'object', ...schema }
  if (Object.hasOwn(schema, 'items') || Object.hasOwn(schema, 'prefixItems')) return { type: 'array', ...schema }
  return { ...schema, ...anything }
}

const toInner = (schema: unknown): unknown => {
  if (schema === true) return anything
  return isObject(schema) ? mapInner(withKind(withTypedBranches(withPrefixItems(schema)))) : schema
}

const mapInner = (schema: Json): Json =>
  mapInnerSchemas(schema, (inner, keyword) => (schemaKeywords.has(keyword) ? toInner(inner) : inner))

const propertiesOf = (schema: unknown): Json =>
  isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {}

/**
 * A tool's parameters in Moonshot's flavor. The root must not have both `anyOf` and a type: the properties of the
 * branches move to the root, and `onMerge` is called.
 */
export const toMoonshotSchema = (root: Json, onMerge: () => void): Json => {
  const { anyOf, ...rest } = withPrefixItems(root)
  if (!Array.isArray(anyOf)) return mapInner(withPrefixItems(root))
  onMerge()
  const properties = Object.assign({}, ...anyOf.map(propertiesOf), propertiesOf(rest))
  return mapInner({ ...rest, properties })
}
