import { isObject, type Json } from '../../base/json.ts'
import { toUnicodeJson } from '../../base/unicode-json.ts'
import { formatInstruction, outputFormatOf } from '../../messages/output-format.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { OutputConfig } from '../../wire/converse/request.ts'
import type { TranslationContext } from './context.ts'

const schemaName = 'response'

/** Bounds that Bedrock's grammar compiler refuses. The model still reads them in the prompt's own words. */
const refusedKeywords: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

/** Members whose keys are names of the user's own, not keywords. */
const namedSchemas: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
])

/** Literal values, in which nothing is a keyword. */
const literals: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

const mapValues = (value: Json, map: (inner: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner)]))

const toSupportedKeyword = (keyword: string, value: unknown): unknown => {
  if (literals.has(keyword)) return value
  return namedSchemas.has(keyword) && isObject(value) ? mapValues(value, toSupportedSchema) : toSupportedSchema(value)
}

const toSupportedSchema = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(toSupportedSchema)
  if (!isObject(schema)) return schema
  const kept = Object.entries(schema).filter(([keyword]) => !refusedKeywords.has(keyword))
  const result: Json = Object.fromEntries(kept.map(([keyword, value]) => [keyword, toSupportedKeyword(keyword, value)]))
  const isObjectSchema =
    result['type'] === 'object' || (Object.hasOwn(result, 'properties') && isObject(result['properties']))
  return isObjectSchema ? { ...result, additionalProperties: false } : result
}

export interface TranslatedFormat {
  readonly textFormat?: OutputConfig['textFormat']
  /** Said in the system prompt where the model takes no schema. */
  readonly instruction?: string
}

/** Structured output, by Converse's own means where the model has them, else by asking for it. */
export const toOutputFormat = (request: MessagesRequest, translation: TranslationContext): TranslatedFormat => {
  const format = outputFormatOf(request)
  if (format === undefined) return {}
  if (translation.model.structuredOutput) {
    const schema = toUnicodeJson(toSupportedSchema(format.schema))
    return { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: schemaName, schema } } } }
  }
  translation.notes.changed(['output_config', 'format'], 'the model takes no schema: asked for in the system prompt')
  return { instruction: formatInstruction(toUnicodeJson(format.schema)) }
}
