import type { ConverseTool } from '../wire/converse/request.ts'
import { byModel, firstOf, isBlank, type Rule } from './rule.ts'

/** Bedrock's rules for tools, and the model's for their schemas. */

type Spec = Extract<ConverseTool, { toolSpec: unknown }>['toolSpec']

const specsOf = (tools: readonly ConverseTool[]): Spec[] =>
  tools.flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec] : []))

const neededByHistory: Rule = ({ body: { messages, toolConfig } }) =>
  toolConfig === undefined &&
  messages.some(({ content }) => content.some((block) => 'toolUse' in block || 'toolResult' in block))
    ? 'The toolConfig field must be defined when using toolUse and toolResult content blocks.'
    : undefined

const uniqueNames: Rule = ({ body: { toolConfig } }) => {
  const specs = specsOf(toolConfig?.tools ?? [])
  return firstOf(specs, ({ name }, index) => {
    const first = specs.findIndex((spec) => spec.name === name)
    return first < index ? `The tool ${name} is already defined at toolConfig.tools.${first}.` : undefined
  })
}

const knownChoice: Rule = ({ body: { toolConfig } }) => {
  const choice = toolConfig?.toolChoice
  if (choice === undefined || !('tool' in choice)) return undefined
  const { name } = choice.tool
  return specsOf(toolConfig?.tools ?? []).some((spec) => spec.name === name)
    ? undefined
    : `The tool ${name} at toolConfig.toolChoice.tool is not defined in toolConfig.tools.`
}

const combinators = ['oneOf', 'anyOf', 'allOf']

const schemas: Rule = ({ body: { toolConfig } }) =>
  firstOf(specsOf(toolConfig?.tools ?? []), ({ description, inputSchema }, index) => {
    const path = `tools.${index}.custom`
    const { json } = inputSchema
    if (description !== undefined && isBlank(description))
      return byModel(`${path}.description: must contain non-whitespace text`)
    if (json['type'] === undefined) return byModel(`${path}.input_schema.type: Field required`)
    if (json['type'] !== 'object') return byModel(`${path}.input_schema.type: Input should be 'object'`)
    if (json['properties'] === null)
      return byModel(`${path}.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12`)
    if (combinators.some((word) => word in json)) {
      return byModel(`${path}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`)
    }
    return undefined
  })

export const toolRules: readonly Rule[] = [neededByHistory, uniqueNames, knownChoice, schemas]
