import { describe, expect, test } from 'bun:test'
import { toOutputFormat } from '../../../src/translate/openai-entrance/output-format.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const translated = (format: unknown) => {
  const context = openAiContext()
  return { ...toOutputFormat({ response_format: format }, 'response_format', [], context), noted: notedPaths(context) }
}
const jsonObject = {
  instruction: { type: 'text', text: 'Answer with nothing but one JSON object.' },
  isJsonObject: true,
  noted: [],
}

describe('structured output', () => {
  test.each([[undefined], [null], [{ type: 'text' }]])('%j requests nothing (OE-C11)', (format) => {
    expect<unknown>(translated(format)).toEqual({ isJsonObject: false, noted: [] })
  })

  test.each([
    [{ type: 'json_schema', json_schema: { name: 'n', schema, strict: true } }],
    [{ type: 'json_schema', json_schema: { name: 'n', schema, strict: false } }],
    [{ type: 'json_schema', name: 'codex_output_schema', schema, strict: true }],
    [{ type: 'json_object', schema }],
  ])('a schema becomes the format, unchanged (OE-C55, OE-R6): %#', (format) => {
    const result = translated(format)
    expect<unknown>(result).toEqual({ format: { type: 'json_schema', schema }, isJsonObject: false, noted: [] })
    expect<unknown>(result.format?.schema).toBe(schema)
  })

  test('the description of a schema is noted (OE-C55)', () => {
    const { noted } = translated({ type: 'json_schema', json_schema: { name: 'n', description: 'd', schema } })
    expect(noted).toEqual(['response_format.json_schema.description'])
  })

  test.each([[{ type: 'json_object' }], [{ type: 'json_schema', json_schema: { name: 'n' } }]])(
    '%j becomes a sentence of the system prompt (OE-C55, OE-C56)',
    (format) => {
      expect<unknown>(translated(format)).toEqual(jsonObject)
    },
  )

  test.each([
    ['json', 'response_format'],
    [{ type: 'grammar' }, 'response_format.type'],
    [{ type: 'json_schema', json_schema: { schema: 'x' } }, 'response_format.json_schema.schema'],
    [{ type: 'json_object', schema: 'x' }, 'response_format.schema'],
  ])('%j is refused with its path (OE-C11)', (format, param) => {
    expect(refusalOf(() => translated(format)).param).toBe(param)
  })
})
