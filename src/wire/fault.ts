import type { TSchema } from '@sinclair/typebox'
import { isObject, type Json } from '../base/json.ts'
import type { Path } from '../base/path.ts'
import { isOptional, isWithin, kindOf } from './schema-parts.ts'

/**
 * Finds the first place where a value breaks its schema, and looks into unions: TypeBox's own errors
 * stop at the union, which for a message means "something in here is wrong".
 */
export type Fault = { readonly path: Path } & (
  | { readonly kind: 'required' }
  | { readonly kind: 'unknownMember' }
  | { readonly kind: 'type'; readonly expected: string }
  /** None of the union's members has this discriminator. */
  | { readonly kind: 'tag'; readonly found: unknown; readonly expected: readonly string[] }
  | { readonly kind: 'enum'; readonly expected: readonly string[] }
  | { readonly kind: 'length'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'range'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'pattern'; readonly pattern: string }
)

const stringFault = (schema: TSchema, value: unknown, path: Path): Fault | undefined => {
  if (typeof value !== 'string') return { path, kind: 'type', expected: 'string' }
  const { minLength, maxLength, pattern } = schema
  if (!isWithin(value.length, minLength, maxLength)) {
    return { path, kind: 'length', minimum: minLength, maximum: maxLength }
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return { path, kind: 'pattern', pattern }
  return undefined
}

const numberFault = (schema: TSchema, value: unknown, path: Path): Fault | undefined => {
  const isInteger = kindOf(schema) === 'Integer'
  if (typeof value !== 'number' || !Number.isFinite(value) || (isInteger && !Number.isInteger(value))) {
    return { path, kind: 'type', expected: isInteger ? 'integer' : 'number' }
  }
  const { minimum, maximum } = schema
  return isWithin(value, minimum, maximum) ? undefined : { path, kind: 'range', minimum, maximum }
}

const arrayFault = (schema: TSchema, value: unknown, path: Path): Fault | undefined => {
  if (!Array.isArray(value)) return { path, kind: 'type', expected: 'array' }
  const { minItems, maxItems } = schema
  if (!isWithin(value.length, minItems, maxItems)) return { path, kind: 'length', minimum: minItems, maximum: maxItems }
  for (const [index, item] of value.entries()) {
    const fault = findFault(schema['items'], item, [...path, index])
    if (fault !== undefined) return fault
  }
  return undefined
}

const objectFault = (schema: TSchema, value: unknown, path: Path): Fault | undefined => {
  if (!isObject(value)) return { path, kind: 'type', expected: 'object' }
  const properties: Record<string, TSchema> = schema['properties']
  for (const [name, property] of Object.entries(properties)) {
    if (value[name] === undefined) {
      if (isOptional(property)) continue
      return { path: [...path, name], kind: 'required' }
    }
    const fault = findFault(property, value[name], [...path, name])
    if (fault !== undefined) return fault
  }
  if (schema['additionalProperties'] === false) {
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(properties, name))
    if (stranger !== undefined) return { path: [...path, stranger], kind: 'unknownMember' }
  }
  return undefined
}

/** The literals that a schema accepts, or undefined where it is no literal and no list of them. */
const literalsOf = (schema: TSchema): string[] | undefined => {
  if (kindOf(schema) === 'Literal') return [String(schema['const'])]
  if (kindOf(schema) !== 'Union') return undefined
  const lists = membersOf(schema).map(literalsOf)
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined
}

/** A union's members, without the null of `Maybe`. */
const membersOf = (schema: TSchema): TSchema[] =>
  (schema['anyOf'] as TSchema[]).filter((member) => kindOf(member) !== 'Null')

/** Anthropic's unions name their kind in `type`. */
const taggedFault = (members: readonly TSchema[], value: Json, path: Path): Fault | undefined => {
  const tagOf = (member: TSchema): TSchema => member['properties'].type
  const meant = members.find((member) =>
    value['type'] === undefined ? isOptional(tagOf(member)) : findFault(tagOf(member), value['type']) === undefined,
  )
  if (meant !== undefined) return findFault(meant, value, path)
  if (value['type'] === undefined) return { path: [...path, 'type'], kind: 'required' }
  return {
    path,
    kind: 'tag',
    found: value['type'],
    expected: members.flatMap((member) => literalsOf(tagOf(member)) ?? []),
  }
}

/** Converse's unions name their kind by a member's name, which stands first in the schema. */
const namedFault = (members: readonly TSchema[], value: Json, path: Path): Fault | undefined => {
  const nameOf = (member: TSchema): string => Object.keys(member['properties'])[0] ?? ''
  const [meant, other] = members.filter((member) => value[nameOf(member)] !== undefined)
  if (meant !== undefined && other === undefined) return findFault(meant, value, path)
  return { path, kind: 'tag', found: Object.keys(value).join(', '), expected: members.map(nameOf) }
}

const unionFault = (schema: TSchema, value: unknown, path: Path): Fault | undefined => {
  const members = membersOf(schema)
  if (value === null && members.length < schema['anyOf'].length) return undefined
  const [only] = members
  if (only !== undefined && members.length === 1) return findFault(only, value, path)

  const literals = literalsOf(schema)
  if (literals !== undefined) {
    return typeof value === 'string' && literals.includes(value)
      ? undefined
      : { path, kind: 'enum', expected: literals }
  }
  if (members.every((member) => kindOf(member) === 'Object')) {
    if (!isObject(value)) return { path, kind: 'type', expected: 'object' }
    const isTagged = members.every((member) => member['properties'].type !== undefined)
    return (isTagged ? taggedFault : namedFault)(members, value, path)
  }
  // A string or a list: a fault inside the list says more than "neither".
  const faults = members.map((member) => findFault(member, value, path))
  if (faults.includes(undefined)) return undefined
  const inside = faults.find((fault) => fault !== undefined && fault.path.length > path.length)
  const expected = faults.map((fault) => (fault?.kind === 'type' ? fault.expected : '')).filter((name) => name !== '')
  return inside ?? { path, kind: 'type', expected: expected.join(' or ') }
}

const recordFault = (value: unknown, path: Path): Fault | undefined =>
  isObject(value) ? undefined : { path, kind: 'type', expected: 'object' }

/** The first fault of `value`, or undefined where the schema holds. */
export const findFault = (schema: TSchema, value: unknown, path: Path = []): Fault | undefined => {
  switch (kindOf(schema)) {
    case 'Object':
      return objectFault(schema, value, path)
    case 'Array':
      return arrayFault(schema, value, path)
    case 'Union':
      return unionFault(schema, value, path)
    case 'String':
      return stringFault(schema, value, path)
    case 'Integer':
    case 'Number':
      return numberFault(schema, value, path)
    case 'Boolean':
      return typeof value === 'boolean' ? undefined : { path, kind: 'type', expected: 'boolean' }
    case 'Literal':
      return value === schema['const'] ? undefined : { path, kind: 'enum', expected: [String(schema['const'])] }
    case 'Record':
      return recordFault(value, path)
    case 'Null':
      return value === null ? undefined : { path, kind: 'type', expected: 'null' }
    case 'Unknown':
      return undefined
    default:
      throw new TypeError(`no rule for schema kind ${kindOf(schema)}`)
  }
}
