import { parseExact } from '../base/exact-json.ts'
import { isObject, type Json } from '../base/json.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import { lastBlocks, textOf } from './read-request.ts'
import type { Reply, ReplyBlock, SimulatedRequest } from './reply.ts'
import { flagNothing, isSafetyCheck } from './safety-check.ts'

/** What the model says where the scenario says nothing: the user's own words, in the form that was asked for. */

const longestEcho = 2000
/** What stands for a text in an example of a schema. */
const longestExample = 60

/** The last thing that was said, and who said it. */
const lastWords = (request: SimulatedRequest): string => {
  for (const block of lastBlocks(request).toReversed()) {
    if ('text' in block && !block.text.startsWith('<system-reminder>'))
      return `You said: ${block.text.slice(0, longestEcho)}`
    if ('toolResult' in block) return `The tool said: ${textOf(block.toolResult.content).slice(0, longestEcho)}`
  }
  return 'You said nothing that I can read.'
}

/** The smallest value that a schema allows. */
const exampleOf = (schema: unknown, text: string): unknown => {
  if (!isObject(schema)) return text
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  if ('const' in schema) return schema['const']
  const options = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(options)) return exampleOf(options[0], text)
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema['properties'] ?? {}) as Json).map(([name, inner]) => [name, exampleOf(inner, text)]),
      )
    case 'array':
      return []
    case 'number':
    case 'integer':
      return 0
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      return text
  }
}

const thinkingOf = ({ additionalModelRequestFields }: ConverseRequest): Json | undefined => {
  const thinking = additionalModelRequestFields?.['thinking']
  return isObject(thinking) && thinking['type'] !== 'disabled' ? thinking : undefined
}

/** The call that the request insists on, with the smallest input that the tool's schema allows. */
const forcedCall = ({ toolConfig }: ConverseRequest, words: string): ReplyBlock | undefined => {
  const choice = toolConfig?.toolChoice
  if (choice === undefined || 'auto' in choice) return undefined
  const specs = (toolConfig?.tools ?? []).flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec] : []))
  const spec = 'tool' in choice ? specs.find(({ name }) => name === choice.tool.name) : specs[0]
  return spec && { tool: spec.name, input: exampleOf(spec.inputSchema.json, words.slice(0, longestExample)) }
}

export const echo = (request: SimulatedRequest): Reply => {
  if (isSafetyCheck(request)) return flagNothing(request)
  const { body } = request
  const words = lastWords(request)
  const call = forcedCall(body, words)
  if (call !== undefined) return { content: [call] }
  const schema = body.outputConfig?.textFormat?.structure.jsonSchema.schema
  const text =
    schema === undefined ? words : JSON.stringify(exampleOf(parseExact(schema), words.slice(0, longestExample)))
  const thinking = thinkingOf(body)
  const thought: ReplyBlock[] =
    thinking === undefined
      ? []
      : [{ thinking: thinking['display'] === 'omitted' ? '' : 'Somebody said something. I say it again.' }]
  return { content: [...thought, { text }] }
}
