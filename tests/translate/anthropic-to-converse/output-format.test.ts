import { describe, expect, test } from 'bun:test'
import { type TranslateOptions, translate, user, validBody } from '../../support/translate.ts'

const newer: TranslateOptions = { modelId: 'us.anthropic.claude-opus-4-8' }

const ask = { messages: [user('a')], max_tokens: 8000 }

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: {
      minimum: { type: 'integer', minimum: 1, maximum: 9 },
      list: { type: 'array', maxItems: 3, items: { type: 'object', properties: { x: { const: { maxItems: 1 } } } } },
    },
    required: ['minimum'],
  }

  test('1.1 output format: bounds are removed, every object is closed, names and literals stay', () => {
    const { outputConfig } = validBody({ ...ask, output_config: { format: { type: 'json_schema', schema } } })
    expect(JSON.parse(outputConfig?.textFormat?.structure.jsonSchema.schema ?? '')).toEqual({
      type: 'object',
      properties: {
        minimum: { type: 'integer' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { x: { const: { maxItems: 1 } } }, additionalProperties: false },
        },
      },
      required: ['minimum'],
      additionalProperties: false,
    })
    expect(validBody({ ...ask, output_format: { type: 'json_schema', schema } }).outputConfig).toEqual(outputConfig)
  })

  test('1.1 output format: models without it get an instruction', () => {
    const body = validBody(
      { ...ask, system: 'Be good.', output_config: { format: { type: 'json_schema', schema } } },
      newer,
    )
    expect(body.outputConfig).toBeUndefined()
    expect(body.system?.[0]).toEqual({ text: 'Be good.' })
    expect(JSON.stringify(body.system?.[1])).toContain('matches this JSON schema')
  })

  test('1.1 output format: a schema with odd keywords stays a schema', () => {
    const odd = JSON.parse(
      '{"type":"object","properties":{},"anyOf":[{"__proto__":{"type":"object"}}],"dependentSchemas":{"minimum":{"type":"object"}}}',
    )
    const { outputConfig } = validBody({ ...ask, output_config: { format: { type: 'json_schema', schema: odd } } })
    expect(outputConfig?.textFormat?.structure.jsonSchema.schema).toBe(
      '{"type":"object","properties":{},"anyOf":[{"__proto__":{"type":"object","additionalProperties":false}}],"dependentSchemas":{"minimum":{"type":"object","additionalProperties":false}},"additionalProperties":false}',
    )
  })

  test('D6 search results with citations do not hide the pages of a PDF', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }
    const found = {
      type: 'search_result',
      source: 's',
      title: 't',
      content: [{ type: 'text', text: 'x' }],
      citations: { enabled: true },
    }
    const { body, responseContext: reply } = translate({ messages: [user('a', pdf, found)] })
    expect(JSON.stringify(body.messages[0]?.content[1])).toContain('"citations":{"enabled":true}')
    expect([reply.keepsCitations.documents, reply.keepsCitations.searchResults, reply.joinsTexts]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('D6 no citations for page images next to it', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }
    const body = validBody({ messages: [user('a', pdf)], output_config: { format: { type: 'json_schema', schema } } })
    expect(JSON.stringify(body)).not.toContain('citations')
    expect(JSON.stringify(validBody({ messages: [user('a', pdf)] }))).toContain('"citations":{"enabled":true}')
  })
})
