import { describe, expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { toInputSchema } from '../../../src/translate/openai-entrance/tool-schema.ts'

const path = ['tools', 0, 'function', 'parameters']
const translated = (schema: Record<string, unknown> | undefined) => {
  const notes = createNotes()
  return { schema: toInputSchema(schema, path, notes), noted: notes.all.map(({ path: place }) => place) }
}
const text = { type: 'string' }

describe('schemas of tools', () => {
  test('an object schema stays the same object (OE-C50)', () => {
    const schema = {
      type: 'object',
      properties: { a: { anyOf: [text, { type: 'null' }] } },
      additionalProperties: false,
    }
    expect(translated(schema).schema).toBe(schema)
    expect(translated(schema).noted).toEqual([])
  })

  test('without parameters there are no properties (OE-C50)', () => {
    expect(translated(undefined).schema).toEqual({ type: 'object', properties: {} })
  })

  test.each([[{ properties: { a: text } }], [{ type: null, properties: { a: text } }]])(
    'a missing type becomes an object (OE-C50)',
    (schema) => {
      expect(translated(schema)).toEqual({ schema: { type: 'object', properties: { a: text } }, noted: [] })
    },
  )

  test('another type becomes an object, with a note (OE-C50)', () => {
    expect(translated({ type: 'string' })).toEqual({
      schema: { type: 'object' },
      noted: ['tools.0.function.parameters.type'],
    })
  })

  const left = { type: 'object', properties: { a: text, b: text }, required: ['a', 'b'] }
  const right = { type: 'object', properties: { b: text, c: text }, required: ['b', 'c'] }
  test.each(['anyOf', 'oneOf', 'allOf'])('%s at the top is merged, with a note (OE-C50)', (keyword) => {
    expect(translated({ [keyword]: [left, right] })).toEqual({
      schema: { type: 'object', properties: { a: text, b: text, c: text }, required: ['b'] },
      noted: ['tools.0.function.parameters'],
    })
  })

  test('a merge keeps what stands next to the alternatives (OE-C50)', () => {
    const schema = { description: 'd', properties: { z: text }, required: ['z'], anyOf: [left, { type: 'null' }] }
    expect(translated(schema).schema).toEqual({
      description: 'd',
      type: 'object',
      properties: { a: text, b: text, z: text },
      required: ['z', 'a', 'b'],
    })
  })

  test('alternatives that only require properties are merged (OE-C50)', () => {
    const properties = { a: text, b: text }
    expect(translated({ properties, anyOf: [{ required: ['a', 'b'] }, { required: ['b'] }] }).schema).toEqual({
      type: 'object',
      properties,
      required: ['b'],
    })
  })

  test('alternatives that are references are merged (OE-C50)', () => {
    const $defs = { Left: left, Right: right }
    const schema = { $defs, anyOf: [{ $ref: '#/$defs/Left' }, { $ref: '#/$defs/Right' }, { $ref: '#/$defs/None' }] }
    expect(translated(schema).schema).toEqual({
      $defs,
      type: 'object',
      properties: { a: text, b: text, c: text },
      required: ['b'],
    })
  })
})
