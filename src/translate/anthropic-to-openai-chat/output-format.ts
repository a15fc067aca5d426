import { toUnicodeJsonWithoutNul } from '../../base/unicode-json.ts'
import { formatInstruction, outputFormatOf } from '../../messages/output-format.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ResponseFormat } from '../../wire/openai-chat/request.ts'
import type { ChatContext } from './context.ts'
import { isStrictSchema } from './strict-schema.ts'

export interface TranslatedFormat {
  readonly responseFormat?: ResponseFormat
  /** For the end of the system message, if the provider accepts no schema. */
  readonly instruction?: string
}

/** Structured output (OU-Q8). */
export const toOutputFormat = (request: MessagesRequest, { dialect, notes }: ChatContext): TranslatedFormat => {
  const format = outputFormatOf(request)
  if (format === undefined) return {}
  const { schema } = format
  if (dialect.json === 'schema') {
    const jsonSchema = { name: 'response', schema, strict: isStrictSchema(schema) }
    return { responseFormat: { type: 'json_schema', json_schema: jsonSchema } }
  }
  notes.changed(['output_config', 'format'], 'the provider accepts no schema: sent in the system message')
  const instruction = formatInstruction(toUnicodeJsonWithoutNul(schema))
  return dialect.json === 'object' ? { responseFormat: { type: 'json_object' }, instruction } : { instruction }
}
