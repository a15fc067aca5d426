import { isObject, type Json } from '../../base/json.ts'
import { mapInnerSchemas } from '../json-schema.ts'

/**
 * JSON schemas in Moonshot's flavor, whose server refuses a request for one schema of a tool that is not (OU-Q53).
 * @see https://github.com/MoonshotAI/walle/blob/main/docs/mfjs-spec.md
 */

const combinators = ['anyOf', 'oneOf', 'allOf']

/** Each schema must have one of these. */
const kinds = ['type', 'enum', 'const', '$ref', ...combinators]

/** Keywords whose values are schemas, where `true` stands for one. Elsewhere it is a flag. */
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

/** A list of items goes under its newer name. */
const withPrefixItems = (schema: Json): Json => {
  const { items, ...rest } = schema
  return Array.isArray(items) ? { ...rest, prefixItems: items } : schema
}

/** The type of a schema moves into the branches that have no kind of their own. */
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

/** A schema that does not say what it is: its members may tell. */
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
 * A tool's parameters in Moonshot's flavor. At the root `anyOf` may not stand beside the type: the properties of its
 * branches become the root's own. `onMerge` is called where that happens.
 */
export const toMoonshotSchema = (root: Json, onMerge: () => void): Json => {
  const { anyOf, ...rest } = withPrefixItems(root)
  if (!Array.isArray(anyOf)) return mapInner(withPrefixItems(root))
  onMerge()
  const properties = Object.assign({}, ...anyOf.map(propertiesOf), propertiesOf(rest))
  return mapInner({ ...rest, properties })
}
