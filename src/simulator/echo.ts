import { isObject, type Json } from '../base/json.ts'
import type { Reply, ReplyBlock } from './reply.ts'
import type { RequestView } from './request-view.ts'
import { flagNothing, isSafetyCheck } from './safety-check.ts'

/** The reply without a scenario: repeats the user's text, in the requested form. */

const longestEcho = 2000
/** The length of a text in an example of a schema. */
const longestExample = 60

/** Repeats the last text, with its speaker. */
const lastWords = ({ lastTurn }: RequestView): string => {
  for (const part of lastTurn.toReversed()) {
    if ('toolResult' in part) return `The tool said: ${part.toolResult.slice(0, longestEcho)}`
    if (!part.text.startsWith('<system-reminder>')) return `You said: ${part.text.slice(0, longestEcho)}`
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

/** The call that the request forces, with the smallest input that the tool's schema allows. */
const forcedCall = ({ forcedTool, tools }: RequestView, words: string): ReplyBlock | undefined => {
  const tool = forcedTool === true ? tools[0] : tools.find(({ name }) => name === forcedTool)
  return tool && { tool: tool.name, input: exampleOf(tool.schema, words.slice(0, longestExample)) }
}

export const echo = (request: RequestView): Reply => {
  if (isSafetyCheck(request)) return flagNothing(request)
  const words = lastWords(request)
  const call = forcedCall(request, words)
  if (call !== undefined) return { content: [call] }
  const { answerSchema: schema, thinking } = request
  const text = schema === undefined ? words : JSON.stringify(exampleOf(schema, words.slice(0, longestExample)))
  const thought: ReplyBlock[] =
    thinking === 'none' ? [] : [{ thinking: thinking === 'omitted' ? '' : 'The user said something. I repeat it.' }]
  return { content: [...thought, { text }] }
}
