import { isObject, type Json } from '../../base/json.ts'
import type { Tool, ToolChoice } from '../../wire/anthropic/request.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { booleanAt, listAt, objectAt } from '../openai-entrance/members.ts'
import { refusal } from '../openai-entrance/refusal.ts'
import { toToolChoice } from '../openai-entrance/tool-choice.ts'
import { checkToolNames, toTool } from '../openai-entrance/tools.ts'

export interface TranslatedTools {
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | undefined
  /** By the tool's name in the canonical request. */
  readonly identities: ReadonlyMap<string, ToolIdentity>
  /** The client declared `functions`, the form before `tools`. */
  readonly usesFunctions: boolean
}

const webSearch = { type: 'web_search_20250305', name: 'web_search' }

/** The search itself is the point of such a request, so an upstream without one refuses it (OE-C15). */
const toWebSearch = (body: Json, tools: readonly Tool[], { searchesWeb, notes }: OpenAiContext): Tool[] => {
  const options = objectAt(body, 'web_search_options')
  if (options === undefined) return []
  const path = ['web_search_options']
  if (!searchesWeb) throw refusal('unsupported_parameter', path, 'the upstream does not search the web')
  if (tools.some(({ name }) => name === webSearch.name))
    throw refusal('invalid_value', path, 'a tool has the name of the search')
  if ((options['search_context_size'] ?? 'medium') !== 'medium')
    notes.changed([...path, 'search_context_size'], 'the search has no sizes')
  const location = objectAt(options, 'user_location', path)
  const approximate = location === undefined ? undefined : objectAt(location, 'approximate', [...path, 'user_location'])
  return [{ ...webSearch, ...(approximate && { user_location: { type: 'approximate', ...approximate } }) }]
}

/** The list of tools, in the form that the client uses (OE-C9). */
const declaredTools = (body: Json) => {
  const tools = listAt(body, 'tools') ?? []
  const functions = listAt(body, 'functions') ?? []
  if (functions.length === 0) return { name: 'tools', list: tools, usesFunctions: false }
  if (tools.length > 0)
    throw refusal('invalid_value', ['functions'], 'a request has either tools or functions, not both')
  return { name: 'functions', list: functions, usesFunctions: true }
}

/** A choice in the form before `tool_choice`: an object only names the function. */
const functionCallOf = ({ function_call: choice }: Json): unknown =>
  isObject(choice) ? { type: 'function', ...choice } : choice

/** Translates the tools of Chat Completions and the choice between them (OE-C9, OE-C10, OE-C15, OE-C52). */
export const toChatTools = (body: Json, context: OpenAiContext): TranslatedTools => {
  const { name, list, usesFunctions } = declaredTools(body)
  const identities = new Map<string, ToolIdentity>()
  const tools = list.map((definition, index) => {
    const { tool, identity } = toTool(definition, [name, index], context)
    if (tool.name !== undefined) identities.set(tool.name, identity)
    return tool
  })
  checkToolNames(tools, [name])
  tools.push(...toWebSearch(body, tools, context))
  const choice = toToolChoice(
    {
      choice: usesFunctions ? functionCallOf(body) : body['tool_choice'],
      path: [usesFunctions ? 'function_call' : 'tool_choice'],
      // The older form of an answer has place for one call.
      isOneAtATime: usesFunctions || booleanAt(body, 'parallel_tool_calls') === false,
    },
    { tools, identities },
    context,
  )
  return { ...choice, identities, usesFunctions }
}
