import { expect, test } from 'bun:test'
import { toGrammarSchema } from '../../src/translate/grammar-schema.ts'

test('bounds are left out, and objects are closed, except in names and data', () => {
  const schema = {
    type: 'object',
    properties: {
      minimum: { type: 'integer', minimum: 1 },
      list: { type: 'array', items: { properties: {} }, minItems: 1 },
    },
    examples: [{ minimum: 2 }],
  }
  expect(toGrammarSchema(schema)).toEqual({
    type: 'object',
    properties: {
      minimum: { type: 'integer' },
      list: { type: 'array', items: { properties: {}, additionalProperties: false } },
    },
    examples: [{ minimum: 2 }],
    additionalProperties: false,
  })
})
