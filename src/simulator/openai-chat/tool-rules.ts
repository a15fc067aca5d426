import { isObject } from '../../base/json.ts'
import { type ChatRefusal, firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatBody } from './schema.ts'
import { parametersWords, strictSchemaWords } from './schema-rules.ts'

/** OpenAI's rules for tools, the choice of one, and the schema of an answer. */

export const chosenTool = ({ tool_choice: choice }: ChatBody): string | undefined =>
  isObject(choice) ? (choice['function'] as { name?: string } | undefined)?.name : undefined

const needTools = ({
  tools,
  tool_choice: choice,
  parallel_tool_calls: parallel,
}: ChatBody): ChatRefusal | undefined => {
  if (tools !== undefined) return undefined
  const param = choice !== undefined ? 'tool_choice' : parallel !== undefined ? 'parallel_tool_calls' : undefined
  return (
    param && { message: `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`, param }
  )
}

const withTools: ChatRule = ({ body }) => needTools(body)

const knownChoice: ChatRule = ({ body }) => {
  const name = chosenTool(body)
  if (name === undefined || (body.tools ?? []).some((tool) => tool.function?.name === name)) return undefined
  return { message: `Tool choice '${name}' not found in 'tools' parameter.`, param: 'tool_choice' }
}

const functions: ChatRule = ({ body: { tools = [] } }) =>
  firstRefusalOf(tools, ({ function: tool }, index) => {
    if (tool?.parameters === undefined) return undefined
    const words =
      parametersWords(tool.parameters) ?? (tool.strict === true ? strictSchemaWords(tool.parameters) : undefined)
    if (words === undefined) return undefined
    return {
      message: `Invalid schema for function '${tool.name}': ${words}`,
      param: `tools[${index}].function.parameters`,
      code: 'invalid_function_parameters',
    }
  })

const answerSchema: ChatRule = ({ body: { response_format: format } }) => {
  if (format?.type !== 'json_schema' || format.json_schema === undefined) return undefined
  const { name, schema, strict } = format.json_schema
  if (schema === undefined) {
    const param = 'response_format.json_schema.schema'
    return { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
  }
  const words = strict === true && isObject(schema) ? strictSchemaWords(schema) : undefined
  return words === undefined
    ? undefined
    : { message: `Invalid schema for response_format '${name}': ${words}`, param: 'response_format' }
}

const saysJson: ChatRule = ({ body: { response_format: format, messages } }) =>
  format?.type !== 'json_object' || /json/i.test(JSON.stringify(messages))
    ? undefined
    : {
        message:
          "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        param: 'messages',
      }

export const toolRules: readonly ChatRule[] = [withTools, knownChoice, functions]
export const formatRules: readonly ChatRule[] = [answerSchema, saysJson]
