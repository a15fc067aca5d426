import { describe, expect, test } from 'bun:test'
import { toOutputFormat } from '../../../src/translate/anthropic-to-openai-chat/output-format.ts'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatContext, chatRequest, notesOf } from '../../support/chat-context.ts'

const strictSchema = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
}
const looseSchema = { type: 'object', properties: { answer: { type: 'string' } } }
const instruction = (schema: object) =>
  `Answer with nothing but one JSON value that matches this JSON schema:\n${JSON.stringify(schema)}`

const format = (schema: object, dialect: ChatDialectChange = {}, member = 'output_config') => {
  const wanted = { type: 'json_schema', schema }
  const context = chatContext(dialect)
  const request = chatRequest(
    member === 'output_config' ? { output_config: { format: wanted } } : { output_format: wanted },
  )
  return { ...toOutputFormat(request, context), notes: notesOf(context) }
}

const jsonSchema = (schema: object, strict: boolean) => ({
  responseFormat: { type: 'json_schema' as const, json_schema: { name: 'response', schema: { ...schema }, strict } },
  notes: [],
})

describe('structured output', () => {
  test('is sent as a JSON schema, strict only in the strict subset (OU-Q8)', () => {
    expect(format(strictSchema)).toEqual(jsonSchema(strictSchema, true))
    expect(format(looseSchema)).toEqual(jsonSchema(looseSchema, false))
    expect(format(looseSchema, {}, 'output_format')).toEqual(jsonSchema(looseSchema, false))
  })

  const notes = ['info output_config.format: the provider accepts no schema: sent in the system message']

  test('is sent as json_object with an instruction, or as the instruction only (OU-Q8)', () => {
    expect(format(looseSchema, { json: 'object' })).toEqual({
      responseFormat: { type: 'json_object' },
      instruction: instruction(looseSchema),
      notes,
    })
    expect(format(looseSchema, { json: 'none' })).toEqual({ instruction: instruction(looseSchema), notes })
  })

  test('is not sent if the client does not request it (OU-Q8)', () => {
    expect(toOutputFormat(chatRequest({ output_config: { effort: 'low' } }), chatContext())).toEqual({})
  })
})
