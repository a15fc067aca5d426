import { isObject, type Json } from '../base/json.ts'
import { mapSchema } from './json-schema.ts'

/** Bounds that the grammar compilers of Bedrock and of Anthropic's API refuse. The prompt's text can still state them. */
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

const toSupported = (schema: Json): Json => {
  const result: Json = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !refusedKeywords.has(keyword)))
  const isObjectSchema =
    result['type'] === 'object' || (Object.hasOwn(result, 'properties') && isObject(result['properties']))
  return isObjectSchema ? { ...result, additionalProperties: false } : result
}

/** A schema for structured output that the grammar compiler accepts. */
export const toGrammarSchema = (schema: Json): unknown => mapSchema(schema, toSupported)
