import { type Type as Builder, Kind, OptionalKind, type TSchema } from '@sinclair/typebox'
import { isOptional } from './schema-parts.ts'

/**
 * The parts of TypeBox's `Type` that our shapes are made of. The schemas are the same, which a test holds; TypeBox
 * clones and inspects each on its way, and some hundreds of them took a sixth of a start, with the compilers that ran
 * hot on it.
 */

type Members = Readonly<Record<string, unknown>>

const requiredOf = (properties: Readonly<Record<string, TSchema>>): Members => {
  const required: string[] = []
  for (const name in properties) if (!isOptional(properties[name] as TSchema)) required.push(name)
  return required.length === 0 ? {} : { required }
}

const plain =
  (kind: string, type: string) =>
  (options: Members = {}): TSchema =>
    ({ [Kind]: kind, type, ...options }) as unknown as TSchema

const object = (properties: Readonly<Record<string, TSchema>>, options: Members = {}): TSchema =>
  ({ [Kind]: 'Object', type: 'object', properties, ...requiredOf(properties), ...options }) as unknown as TSchema

/** Of a list, one schema for any of its items. */
const array = (items: TSchema, options: Members = {}): TSchema =>
  ({ [Kind]: 'Array', type: 'array', items, ...options }) as unknown as TSchema

/** Of at least two: TypeBox has rules of its own for fewer. */
const union = (anyOf: readonly TSchema[]): TSchema => ({ [Kind]: 'Union', anyOf }) as unknown as TSchema

const literal = (value: string | number | boolean): TSchema =>
  ({ [Kind]: 'Literal', type: typeof value, const: value }) as unknown as TSchema

const optional = (schema: TSchema): TSchema => ({ ...schema, [OptionalKind]: 'Optional' })

/** Members of any name. */
const record = (_: TSchema, value: TSchema): TSchema =>
  ({ [Kind]: 'Record', type: 'object', patternProperties: { '^(.*)$': value } }) as unknown as TSchema

export const Type = {
  Array: array,
  Boolean: plain('Boolean', 'boolean'),
  Integer: plain('Integer', 'integer'),
  Literal: literal,
  Null: plain('Null', 'null'),
  Number: plain('Number', 'number'),
  Object: object,
  Optional: optional,
  Record: record,
  String: plain('String', 'string'),
  Union: union,
  Unknown: (): TSchema => ({ [Kind]: 'Unknown' }) as unknown as TSchema,
} as unknown as Pick<
  typeof Builder,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
>
