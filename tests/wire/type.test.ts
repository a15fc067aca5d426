import { expect, test } from 'bun:test'
import { Type as TypeBox } from '@sinclair/typebox'
import { Type } from '../../src/wire/type.ts'

const shapes = (T: typeof Type) => [
  T.Array(T.String()),
  T.Array(T.Unknown(), { minItems: 1 }),
  T.Boolean(),
  T.Integer({ minimum: 0 }),
  T.Literal('text'),
  T.Null(),
  T.Number({ minimum: 0, maximum: 1 }),
  T.Object({}),
  T.Object({ a: T.Optional(T.String()) }, { additionalProperties: true }),
  T.Object(
    { a: T.String({ minLength: 1, pattern: '^x' }), b: T.Optional(T.Number()), c: T.Unknown() },
    { additionalProperties: false },
  ),
  T.Optional(T.Union([T.Literal(1), T.Literal(true)])),
  T.Optional(T.Optional(T.Null())),
  T.Record(T.String(), T.Unknown()),
  T.Union([T.String(), T.Array(T.Object({ type: T.Literal('a') }))]),
]

test("our schemas are TypeBox's", () => {
  expect(shapes(Type)).toEqual(shapes(TypeBox))
  // Symbols, which a comparison may leave out, are what they are known by.
  const symbols = (schema: object) =>
    Reflect.ownKeys(schema)
      .filter((key) => typeof key === 'symbol')
      .sort((a, b) => (String(a) < String(b) ? -1 : 1))
      .map((key) => [key, Reflect.get(schema, key)])
  expect(shapes(Type).map(symbols)).toEqual(shapes(TypeBox).map(symbols))
})
