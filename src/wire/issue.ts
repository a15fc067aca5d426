import { KindGuard, type TObject, type TSchema, type TUnion } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { isObject, type Json } from '../base/json.ts'
import type { Path } from '../base/path.ts'

/** The first mismatch between a value and its schema. */
export type Issue = { readonly path: Path } & (
  | { readonly kind: 'required' }
  | { readonly kind: 'unknownMember' }
  | { readonly kind: 'type'; readonly expected: string }
  /** No member of the union has this discriminator. */
  | { readonly kind: 'tag'; readonly found: unknown; readonly expected: readonly string[] }
  | { readonly kind: 'enum'; readonly expected: readonly string[] }
  | { readonly kind: 'length'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'range'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'pattern'; readonly pattern: string }
)

const isWithin = (size: number, minimum: number | undefined, maximum: number | undefined): boolean =>
  (minimum === undefined || size >= minimum) && (maximum === undefined || size <= maximum)

const stringIssue = ({ minLength, maxLength, pattern }: TSchema, value: unknown, path: Path): Issue | undefined => {
  if (typeof value !== 'string') return { path, kind: 'type', expected: 'string' }
  if (!isWithin(value.length, minLength, maxLength)) {
    return { path, kind: 'length', minimum: minLength, maximum: maxLength }
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return { path, kind: 'pattern', pattern }
  return undefined
}

const numberIssue = (schema: TSchema, value: unknown, path: Path): Issue | undefined => {
  const isInteger = KindGuard.IsInteger(schema)
  if (typeof value !== 'number' || !(isInteger ? Number.isInteger : Number.isFinite)(value)) {
    return { path, kind: 'type', expected: isInteger ? 'integer' : 'number' }
  }
  const { minimum, maximum } = schema
  return isWithin(value, minimum, maximum) ? undefined : { path, kind: 'range', minimum, maximum }
}

const arrayIssue = ({ items, minItems, maxItems }: TSchema, value: unknown, path: Path): Issue | undefined => {
  if (!Array.isArray(value)) return { path, kind: 'type', expected: 'array' }
  if (!isWithin(value.length, minItems, maxItems)) return { path, kind: 'length', minimum: minItems, maximum: maxItems }
  for (const [index, item] of value.entries()) {
    const issue = findIssue(items, item, [...path, index])
    if (issue !== undefined) return issue
  }
  return undefined
}

const objectIssue = (schema: TObject, value: unknown, path: Path): Issue | undefined => {
  if (!isObject(value)) return { path, kind: 'type', expected: 'object' }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (value[name] === undefined) {
      if (KindGuard.IsOptional(property)) continue
      return { path: [...path, name], kind: 'required' }
    }
    const issue = findIssue(property, value[name], [...path, name])
    if (issue !== undefined) return issue
  }
  if (schema.additionalProperties === false) {
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(schema.properties, name))
    if (unknown !== undefined) return { path: [...path, unknown], kind: 'unknownMember' }
  }
  return undefined
}

/** The literals that a schema accepts, or undefined for a schema that is neither a literal nor a union of literals. */
const literalsOf = (schema: TSchema): string[] | undefined => {
  if (KindGuard.IsLiteral(schema)) return [String(schema.const)]
  if (!KindGuard.IsUnion(schema)) return undefined
  const lists = membersOf(schema).map(literalsOf)
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined
}

/** A union's members, without the null of `Maybe`. */
const membersOf = ({ anyOf }: TUnion): TSchema[] => anyOf.filter((member) => !KindGuard.IsNull(member))

/** Anthropic's unions name their kind in `type`. */
const taggedIssue = (members: readonly TObject[], value: Json, path: Path): Issue | undefined => {
  const tagOf = (member: TObject): TSchema => member.properties['type'] as TSchema
  const tag = value['type']
  const named = members.find((member) =>
    tag === undefined ? KindGuard.IsOptional(tagOf(member)) : findIssue(tagOf(member), tag) === undefined,
  )
  if (named !== undefined) return objectIssue(named, value, path)
  if (tag === undefined) return { path: [...path, 'type'], kind: 'required' }
  return { path, kind: 'tag', found: tag, expected: members.flatMap((member) => literalsOf(tagOf(member)) ?? []) }
}

/** Other unions name their kind by the presence of a member: the first one in the schema. */
const namedIssue = (members: readonly TObject[], value: Json, path: Path): Issue | undefined => {
  const nameOf = (member: TObject): string => Object.keys(member.properties)[0] ?? ''
  const [named, other] = members.filter((member) => value[nameOf(member)] !== undefined)
  if (named !== undefined && other === undefined) return objectIssue(named, value, path)
  return { path, kind: 'tag', found: Object.keys(value).join(', '), expected: members.map(nameOf) }
}

const unionIssue = (schema: TUnion, value: unknown, path: Path): Issue | undefined => {
  const members = membersOf(schema)
  if (value === null && members.length < schema.anyOf.length) return undefined
  const [only] = members
  if (only !== undefined && members.length === 1) return findIssue(only, value, path)

  const literals = literalsOf(schema)
  if (literals !== undefined) {
    return typeof value === 'string' && literals.includes(value)
      ? undefined
      : { path, kind: 'enum', expected: literals }
  }
  if (members.every((member) => KindGuard.IsObject(member))) {
    if (!isObject(value)) return { path, kind: 'type', expected: 'object' }
    const isTagged = members.every((member) => member.properties['type'] !== undefined)
    return (isTagged ? taggedIssue : namedIssue)(members, value, path)
  }
  // A string or a list: an issue inside the list is more precise than "neither".
  const issues = members.map((member) => findIssue(member, value, path))
  if (issues.includes(undefined)) return undefined
  const inside = issues.find((issue) => issue !== undefined && issue.path.length > path.length)
  const expected = issues.map((issue) => (issue?.kind === 'type' ? issue.expected : '')).filter((name) => name !== '')
  return inside ?? { path, kind: 'type', expected: expected.join(' or ') }
}

/**
 * Returns the first issue of `value`, or undefined if there is none. TypeBox's own errors stop at a union, so that a
 * message would be wrong as a whole, and list missing members before an issue in an earlier member.
 */
export const findIssue = (schema: TSchema, value: unknown, path: Path = []): Issue | undefined => {
  if (KindGuard.IsObject(schema)) return objectIssue(schema, value, path)
  if (KindGuard.IsArray(schema)) return arrayIssue(schema, value, path)
  if (KindGuard.IsUnion(schema)) return unionIssue(schema, value, path)
  if (KindGuard.IsString(schema)) return stringIssue(schema, value, path)
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return numberIssue(schema, value, path)
  if (KindGuard.IsUnknown(schema)) return undefined
  // The remaining kinds have no parts: TypeBox checks them.
  if (Value.Check(schema, value)) return undefined
  return KindGuard.IsLiteral(schema)
    ? { path, kind: 'enum', expected: [String(schema.const)] }
    : { path, kind: 'type', expected: schema['type'] }
}
