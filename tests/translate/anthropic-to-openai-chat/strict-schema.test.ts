import { expect, test } from 'bun:test'
import { isStrictSchema } from '../../../src/translate/anthropic-to-openai-chat/strict-schema.ts'

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})
const text = { type: 'string', description: 'Words.' }

const strict: object[] = [
  object({}),
  object({ a: text, b: { type: ['string', 'null'] }, c: { enum: ['x', 1] }, d: { const: 1 } }),
  object({ a: object({ b: text }), c: { type: 'array', items: object({ d: text }), minItems: 1 } }),
  object(
    { a: { anyOf: [text, { type: 'null' }] }, b: { $ref: '#/$defs/node' } },
    { $defs: { node: object({ a: text }) } },
  ),
  object({ at: { type: 'string', format: 'date-time' }, n: { type: 'integer', minimum: 0 } }, { title: 'T' }),
  // A property may be called like a keyword.
  object({ allOf: text, default: text }),
]

const loose: object[] = [
  { type: 'object' },
  { type: 'object', properties: {} },
  object({ a: text }, { required: [] }),
  object({ a: text }, { required: ['a', 'b'] }),
  object({ a: text }, { additionalProperties: true }),
  object({ a: text }, { additionalProperties: { type: 'string' } }),
  object({ a: { type: 'object', properties: {} } }),
  object({ a: { type: ['object', 'null'] } }),
  object({ a: { type: 'array', items: { type: 'object' } } }),
  object({ a: { anyOf: [text, { type: 'object' }] } }),
  object({ a: { $ref: '#/$defs/b' } }, { $defs: { b: { type: 'object' } } }),
  object({ a: { oneOf: [text] } }),
  object({ a: { allOf: [text] } }),
  object({ a: { type: 'string', default: 'x' } }),
  object({ a: { type: 'string', minLength: 1 } }),
  object({ a: { type: 'string', format: 'uri' } }),
  object({ a: { description: 'Anything.' } }),
  object({ a: true }),
  object({}, { anyOf: [] }),
  { type: 'array', items: text },
  { anyOf: [object({})] },
  {},
]

test.each(strict.map((schema) => [schema]))('OpenAI takes %j with strict (OU-Q8, OU-Q52)', (schema) => {
  expect(isStrictSchema(schema as Record<string, unknown>)).toBe(true)
})

test.each(loose.map((schema) => [schema]))('OpenAI refuses %j with strict (OU-Q8, OU-Q52)', (schema) => {
  expect(isStrictSchema(schema as Record<string, unknown>)).toBe(false)
})
