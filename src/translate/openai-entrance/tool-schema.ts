import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Notes } from '../../messages/notes.ts'

/** Anthropic refuses these keywords at the top of a tool's schema. */
const unions = ['anyOf', 'oneOf', 'allOf'] as const

/** A reference to a part of the same schema: `#/$defs/Name`. */
const localReference = /^#\/(\$defs|definitions)\/([^/]+)$/

const resolved = (branch: unknown, root: Json): Json | undefined => {
  if (!isObject(branch)) return undefined
  const reference = typeof branch['$ref'] === 'string' ? localReference.exec(branch['$ref']) : null
  if (reference === null) return branch
  const [, section = '', name = ''] = reference
  const definitions = root[section]
  const target = isObject(definitions) ? definitions[name] : undefined
  return isObject(target) ? target : undefined
}

const propertiesOf = ({ properties }: Json): Json => (isObject(properties) ? properties : {})

const requiredOf = ({ required }: Json): readonly unknown[] => (Array.isArray(required) ? required : [])

const describesObject = (branch: Json | undefined): branch is Json =>
  branch !== undefined &&
  (branch['type'] === 'object' || isObject(branch['properties']) || Array.isArray(branch['required']))

/** One object schema that accepts what any branch accepts. */
const merged = (schema: Json): Json => {
  const { anyOf, oneOf, allOf, ...root } = schema
  const branches = [anyOf, oneOf, allOf]
    .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
    .map((branch) => resolved(branch, schema))
    .filter(describesObject)
  const properties: Json = Object.fromEntries(
    [...branches, root].flatMap((branch) => Object.entries(propertiesOf(branch))),
  )
  const [first, ...others] = branches.map(requiredOf)
  const shared = (first ?? []).filter((name) => others.every((names) => names.includes(name)))
  const required = [...new Set([...requiredOf(root), ...shared])]
  return { ...root, type: 'object', properties, ...(required.length > 0 && { required }) }
}

/** A tool's schema for Anthropic, which requires an object at the top. Unchanged where it already is one (OE-C50). */
export const toInputSchema = (parameters: Json | undefined, path: Path, notes: Notes): Json => {
  if (parameters === undefined) return { type: 'object', properties: {} }
  if (unions.some((keyword) => Object.hasOwn(parameters, keyword))) {
    notes.changed(path, 'alternatives at the top of the schema are merged into one object')
    return merged(parameters)
  }
  const type = parameters['type'] ?? undefined
  if (type === 'object') return parameters
  if (type !== undefined) notes.changed([...path, 'type'], 'the input of a tool is an object')
  return { ...parameters, type: 'object' }
}
