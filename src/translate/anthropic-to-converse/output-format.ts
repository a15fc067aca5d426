import { toUnicodeJson } from '../../base/unicode-json.ts'
import { formatInstruction, outputFormatOf } from '../../messages/output-format.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { OutputConfig } from '../../wire/converse/request.ts'
import { toGrammarSchema } from '../grammar-schema.ts'
import type { TranslationContext } from './context.ts'

const schemaName = 'response'

export interface TranslatedFormat {
  readonly textFormat?: OutputConfig['textFormat']
  /** For the system prompt, if the model accepts no schema. */
  readonly instruction?: string
}

const noFormat: TranslatedFormat = {}

/** Structured output: as Converse's own format if the model supports it, otherwise as an instruction. */
export const toOutputFormat = (request: MessagesRequest, translation: TranslationContext): TranslatedFormat => {
  const format = outputFormatOf(request)
  if (format === undefined) return noFormat
  if (translation.model.structuredOutput) {
    const schema = toUnicodeJson(toGrammarSchema(format.schema))
    return { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: schemaName, schema } } } }
  }
  translation.notes.changed(['output_config', 'format'], 'the model accepts no schema: sent in the system prompt')
  return { instruction: formatInstruction(toUnicodeJson(format.schema)) }
}
