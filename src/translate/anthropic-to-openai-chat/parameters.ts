import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { CustomTool } from '../../wire/anthropic/request.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import { mapSchema } from '../json-schema.ts'
import type { ChatContext } from './context.ts'
import { toMoonshotSchema } from './moonshot-schema.ts'

/** Bounds that servers compile into a grammar: large or unusual ones fail (OU-Q54). */
const bounds: ReadonlySet<string> = new Set(['pattern', 'format', 'minLength', 'maxLength', 'minItems', 'maxItems'])

const withoutBounds = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !bounds.has(keyword)))

/** Servers require an object schema at the root (OU-Q51). */
const toObjectSchema = ({ $schema: _schema, $id: _id, ...root }: Json): Json => {
  const { required, properties, ...rest } = root
  const isUsable = root['type'] === 'object' && required !== null && properties !== undefined && properties !== null
  if (isUsable) return root
  return {
    ...rest,
    type: 'object',
    properties: properties ?? {},
    ...(required !== undefined && required !== null && { required }),
  }
}

type Adapt = (schema: Json, path: Path, context: ChatContext) => Json

/** The changes for each kind of JSON Schema that a server accepts. */
const adaptations: Readonly<Record<ChatDialect['schema'], Adapt>> = {
  full: (schema) => schema,
  mfjs: (schema, path, { notes }) =>
    toMoonshotSchema(schema, () => notes.changed(path, 'a choice between schemas: its properties were merged')),
  plain: (schema) => mapSchema(schema, withoutBounds) as Json,
}

/** A tool's input schema in the provider's form; `path` is the schema's path in the client's request. */
export const toParameters = (schema: CustomTool['input_schema'], path: Path, context: ChatContext): Json =>
  adaptations[context.dialect.schema](toObjectSchema(schema), path, context)
