import { toolNotFound } from '../../messages/tool-loading.ts'
import type { MessagesRequest, ToolChoice } from '../../wire/anthropic/request.ts'
import type { ChatToolChoice } from '../../wire/openai-chat/request.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import type { ChatContext } from './context.ts'
import type { OfferedTool, OfferedTools } from './tools.ts'

/** The values of `tool_choice` for a provider. Undefined if it has no such value. */
interface ChoiceWords {
  readonly any: ChatToolChoice | undefined
  readonly none: ChatToolChoice | undefined
  readonly tool: (name: string) => ChatToolChoice | undefined
  /** To force one tool, the request offers no other tool. */
  readonly isNarrowed: boolean
}

const choiceWords: Readonly<Record<ChatDialect['choice'], ChoiceWords>> = {
  object: {
    any: 'required',
    none: 'none',
    tool: (name) => ({ type: 'function', function: { name } }),
    isNarrowed: false,
  },
  string: { any: 'required', none: 'none', tool: () => 'required', isNarrowed: true },
  any: { any: 'any', none: 'none', tool: () => 'any', isNarrowed: true },
  none: { any: undefined, none: undefined, tool: () => undefined, isNarrowed: true },
  free: { any: undefined, none: undefined, tool: () => undefined, isNarrowed: false },
}

type ForcedChoice = Extract<ToolChoice, { type: 'any' | 'tool' }>

/** The choice of a request, if it forces the use of a tool. */
export const forcedChoiceOf = (
  { tool_choice: choice }: MessagesRequest,
  { tools, areStandIns }: OfferedTools,
): ForcedChoice | undefined =>
  (choice?.type === 'any' || choice?.type === 'tool') && tools.length > 0 && !areStandIns ? choice : undefined

export interface TranslatedChoice {
  /** The tools that are sent. */
  readonly tools: readonly OfferedTool[]
  readonly toolChoice?: ChatToolChoice | undefined
}

/** Drops a choice if no tools are left. Throws a 400 if it names a tool, because that tool is not offered. */
const dropChoice = (choice: ToolChoice, { notes, policy }: ChatContext): void => {
  if (choice.type === 'tool' && !policy.disableTools) throw toolNotFound(choice.name)
  notes.dropped(['tool_choice'], 'there is no tool to choose')
}

/** For `none`. A provider without that choice gets no tools, except those that the history requires. */
const toUnused = ({ tools }: OfferedTools, { dialect, blockKinds }: ChatContext): TranslatedChoice => {
  const { none } = choiceWords[dialect.choice]
  if (none !== undefined) return { tools, toolChoice: none }
  return { tools: dialect.toolsForHistory && blockKinds.toolUses ? tools : [] }
}

const toForced = (choice: ForcedChoice, { tools }: OfferedTools, context: ChatContext): TranslatedChoice => {
  const { dialect, notes, toolNames } = context
  const words = choiceWords[dialect.choice]
  if (choice.type === 'any') {
    if (words.any === undefined)
      notes.changed(['tool_choice'], 'the provider does not support a tool choice: the model chooses')
    return { tools, toolChoice: words.any }
  }
  const name = toolNames.toUpstream(choice.name)
  const chosen = tools.filter(({ tool }) => tool.function.name === name)
  if (words.isNarrowed) {
    notes.dropped(['tool_choice'], 'the provider does not support a tool name here: only this tool is sent')
    return { tools: chosen, toolChoice: words.tool(name) }
  }
  const toolChoice = words.tool(name)
  if (toolChoice === undefined)
    notes.changed(['tool_choice'], 'the provider does not support a tool choice: the model chooses')
  return { tools, toolChoice }
}

/**
 * The choice of a tool, and the tools to send with it (OU-Q60 to Q66). `mayForce`: with the reasoning fields of this
 * request, the model accepts a forced tool. Throws a 400 for a tool that is not offered.
 */
export const toToolChoice = (
  request: MessagesRequest,
  offered: OfferedTools,
  mayForce: boolean,
  context: ChatContext,
): TranslatedChoice => {
  const { tools, areStandIns } = offered
  const choice = request.tool_choice ?? undefined
  if (choice !== undefined && choice.type !== 'none' && (tools.length === 0 || areStandIns)) dropChoice(choice, context)
  if (areStandIns || (choice?.type === 'none' && tools.length > 0)) return toUnused(offered, context)
  const forced = forcedChoiceOf(request, offered)
  if (forced === undefined) return { tools }
  if (forced.type === 'tool' && !hasTool(offered, forced.name, context)) throw toolNotFound(forced.name)
  if (mayForce) return toForced(forced, offered, context)
  context.notes.changed(['tool_choice'], 'the model does not support a forced tool while it thinks: the model chooses')
  return { tools }
}

const hasTool = ({ tools }: OfferedTools, name: string, { toolNames }: ChatContext): boolean => {
  const upstreamName = toolNames.toUpstream(name)
  return tools.some(({ tool }) => tool.function.name === upstreamName)
}

/** False for one call at a time, if the provider supports it; otherwise undefined (OU-Q64). */
export const toParallelToolCalls = (
  request: MessagesRequest,
  { tools }: TranslatedChoice,
  { dialect }: ChatContext,
): false | undefined => (isOneCallAllowed(request) && tools.length > 0 && dialect.parallelToolCalls ? false : undefined)

/** Whether the client allows at most one tool call in a turn. */
export const isOneCallAllowed = ({ tool_choice: choice }: MessagesRequest): boolean =>
  choice !== undefined && choice !== null && choice.type !== 'none' && choice.disable_parallel_tool_use === true
