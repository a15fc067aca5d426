import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { TextBlock } from '../../wire/anthropic/content.ts'
import type { OutputFormat } from '../../wire/anthropic/request.ts'
import type { OpenAiContext } from './context.ts'
import { objectAt } from './members.ts'
import { refusal } from './refusal.ts'

export interface TranslatedFormat {
  /** For `output_config.format`. */
  readonly format?: OutputFormat
  /** The last block of the system prompt. */
  readonly instruction?: TextBlock
  /** The fence around the answer is removed. */
  readonly isJsonObject: boolean
}

/** The same bytes in each turn, so that the prompt cache stays valid. */
const objectInstruction = 'Answer with nothing but one JSON object.'

const jsonObject = (): TranslatedFormat => ({
  instruction: { type: 'text', text: objectInstruction },
  isJsonObject: true,
})

const ofSchema = (schema: Json | undefined): TranslatedFormat =>
  schema === undefined ? jsonObject() : { format: { type: 'json_schema', schema }, isJsonObject: false }

/**
 * Translates `response_format`, or `text.format` of Responses, where a schema stands flat (OE-C55, OE-C56). No tool is
 * forced in place of a schema: that would end thinking and streaming (OE-C58).
 */
export const toOutputFormat = (holder: Json, name: string, path: Path, { notes }: OpenAiContext): TranslatedFormat => {
  const requested = objectAt(holder, name, path)
  if (requested === undefined) return { isJsonObject: false }
  const formatPath = [...path, name]
  switch (requested['type']) {
    case 'text':
      return { isJsonObject: false }
    case 'json_object':
      // llama.cpp and Together put a schema here, and so does Instructor.
      return ofSchema(objectAt(requested, 'schema', formatPath))
    case 'json_schema': {
      const nested = objectAt(requested, 'json_schema', formatPath)
      const memberPath = nested === undefined ? formatPath : [...formatPath, 'json_schema']
      const members = nested ?? requested
      const schema = objectAt(members, 'schema', memberPath)
      if (members['description'] !== undefined && members['description'] !== null)
        notes.changed([...memberPath, 'description'], 'a schema is sent without a description of its own')
      return ofSchema(schema)
    }
    default:
      throw refusal('unsupported_value', [...formatPath, 'type'], "expected 'text', 'json_object' or 'json_schema'")
  }
}
