import {
  type Static,
  type TLiteral,
  type TNull,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TUnion,
  Type,
} from '@sinclair/typebox'

/**
 * An object that we read: unknown members are valid and kept. `wire/` must not use a plain `Type.Object`, because it
 * does not say whether unknown members are valid.
 */
export const Open = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: true })

/** An object that we send to an upstream: it must not contain unknown members. */
export const Closed = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false })

/** A member that may be absent or null; clients use both for "not set". */
export const Maybe = <T extends TSchema>(schema: T): TOptional<TUnion<[T, TNull]>> =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** One of a closed list of strings. */
export const OneOf = <const T extends readonly string[]>(
  ...values: T
): TUnion<{ -readonly [K in keyof T]: TLiteral<T[K]> }> =>
  Type.Union(values.map((value) => Type.Literal(value))) as never

/** A JSON object whose members we do not check. */
export const JsonObject = Type.Record(Type.String(), Type.Unknown())
export type JsonObject = Static<typeof JsonObject>
