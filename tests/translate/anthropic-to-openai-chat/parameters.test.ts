import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isObject, type Json } from '../../../src/base/json.ts'
import { toParameters } from '../../../src/translate/anthropic-to-openai-chat/parameters.ts'
import type { ChatDialect } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatContext, notesOf } from '../../support/chat-context.ts'

// Random, and the same every time.
fc.configureGlobal({ seed: 20261129 })

const translate = (schema: object, kind: ChatDialect['schema'] = 'full') => {
  const context = chatContext({ schema: kind })
  return { schema: toParameters({ ...schema }, ['tools', 0, 'input_schema'], context), notes: notesOf(context) }
}
const parameters = (schema: object, kind?: ChatDialect['schema']) => translate(schema, kind).schema

const anything = { anyOf: ['string', 'number', 'boolean', 'array', 'object', 'null'].map((type) => ({ type })) }

describe('input schemas', () => {
  test.each([
    [{}, { type: 'object', properties: {} }],
    [{ type: 'object' }, { type: 'object', properties: {} }],
    [
      { type: 'object', properties: null },
      { type: 'object', properties: {} },
    ],
    [{ properties: { a: {} } }, { type: 'object', properties: { a: {} } }],
    [
      { type: ['object', 'null'], properties: {} },
      { type: 'object', properties: {} },
    ],
    [
      { type: 'object', properties: { a: true }, required: null },
      { type: 'object', properties: { a: true } },
    ],
    [
      { $schema: 'https://s.example', $id: 'x', type: 'object', properties: {}, required: [] },
      { type: 'object', properties: {}, required: [] },
    ],
  ])('%j becomes an object at its root: %j (OU-Q51)', (schema, sent) => {
    expect(parameters(schema)).toEqual(sent as Json)
  })

  test('stay unchanged below the root (OU-Q51)', () => {
    const inner = { $id: 'x', $schema: 'y', required: null, anyOf: [{ pattern: '\\d' }], type: 'string', items: [true] }
    const schema = { type: 'object', properties: { a: inner }, additionalProperties: false }
    expect(JSON.stringify(parameters(schema))).toBe(JSON.stringify(schema))
  })
})

describe('plain schemas', () => {
  test('have no patterns, formats and lengths, at any depth (OU-Q54)', () => {
    const bounds = { pattern: '\\d', format: 'uri', minLength: 1, maxLength: 2, minItems: 1, maxItems: 2 }
    const nest = (inner: object) => ({
      type: 'object',
      properties: { a: inner, pattern: inner, format: { type: 'array', items: inner } },
      anyOf: [inner],
      $defs: { maxItems: inner },
      enum: [bounds],
      default: bounds,
      minimum: 1,
    })
    const bounded = nest({ ...bounds, type: 'string', description: 'format' })
    expect(parameters(bounded, 'plain')).toEqual(nest({ type: 'string', description: 'format' }))
  })
})

describe("Moonshot's flavor", () => {
  const property = (schema: unknown) => {
    const { properties } = parameters({ type: 'object', properties: { a: schema } }, 'mfjs')
    return (properties as Json)['a']
  }

  test.each([
    [
      'the type next to anyOf moves into its branches',
      { type: 'string', description: 'd', anyOf: [{ enum: ['x'] }, { type: 'null' }, { $ref: '#/$defs/b' }, true] },
      {
        description: 'd',
        anyOf: [{ type: 'string', enum: ['x'] }, { type: 'null' }, { $ref: '#/$defs/b' }, { type: 'string' }],
      },
    ],
    [
      'through nested branches',
      { type: 'string', anyOf: [{ anyOf: [{ const: 'x' }] }] },
      { anyOf: [{ anyOf: [{ type: 'string', const: 'x' }] }] },
    ],
    [
      'the type next to oneOf stays',
      { type: 'string', oneOf: [{ const: 'x' }] },
      { type: 'string', oneOf: [{ const: 'x' }] },
    ],
    [
      'a list of items becomes prefixItems alone',
      { type: 'array', items: [{ type: 'string' }, true] },
      { type: 'array', prefixItems: [{ type: 'string' }, anything] },
    ],
    ['true allows everything by name', true, anything],
    ['so does a schema without a kind', { description: 'd' }, { description: 'd', ...anything }],
    ['properties tell an object', { properties: {} }, { type: 'object', properties: {} }],
    ['items tell an array', { items: {} }, { type: 'array', items: anything }],
    [
      'flags are no schemas',
      { type: 'object', properties: {}, additionalProperties: true, nullable: true },
      { type: 'object', properties: {}, additionalProperties: true, nullable: true },
    ],
    ['data is no schema', { enum: [true, {}], default: {} }, { enum: [true, {}], default: {} }],
  ])('%s (OU-Q53)', (_name, schema, sent) => {
    expect(property(schema)).toEqual(sent)
  })

  test('at the root, anyOf is removed and its properties are merged, with a note (OU-Q53)', () => {
    const schema = {
      anyOf: [
        { properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } } },
        { $ref: '#/$defs/c' },
      ],
      properties: { a: { type: 'integer' } },
      required: ['a'],
    }
    expect(translate(schema, 'mfjs')).toEqual({
      schema: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'number' } },
        required: ['a'],
      },
      notes: ['info tools.0.input_schema: a choice between schemas: its properties were merged'],
    })
  })

  /** Moonshot's rules, as the server's refusals state them. */
  const faultIn = (schema: unknown, isRoot = true): string | undefined => {
    if (!isObject(schema)) return 'not an object'
    const has = (keyword: string): boolean => Object.hasOwn(schema, keyword)
    if (!['type', 'enum', 'const', '$ref', 'anyOf', 'oneOf', 'allOf'].some(has)) return 'type is not defined'
    if (has('anyOf') && (has('type') || isRoot)) return 'type should be defined in anyOf items'
    if (Array.isArray(schema['items'])) return 'items must be an object'
    const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((keyword) => (schema[keyword] as unknown[]) ?? [])
    const named = Object.values((schema['properties'] as Json) ?? {})
    const single = has('items') ? [schema['items']] : []
    for (const inner of [...lists, ...named, ...single]) {
      const fault = faultIn(inner, false)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  const { schema: randomSchema } = fc.letrec<{ schema: unknown; node: object }>((tie) => ({
    schema: fc.oneof({ maxDepth: 4 }, fc.constant(true), fc.constant({}), tie('node')),
    node: fc.record(
      {
        type: fc.constantFrom('string', 'object', 'array'),
        description: fc.string(),
        enum: fc.constant(['x']),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        items: fc.oneof(tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
        properties: fc.dictionary(fc.constantFrom('a', 'type', 'anyOf', 'items'), tie('schema'), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
  }))

  test('any schema becomes valid, and a valid schema stays unchanged (OU-Q53)', () => {
    fc.assert(
      fc.property(randomSchema, (random) => {
        const once = parameters(isObject(random) ? random : {}, 'mfjs')
        expect(faultIn(once)).toBeUndefined()
        expect(parameters(once, 'mfjs')).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })
})
