import { type GatewayError, invalidRequest } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import type { Path } from '../base/path.ts'
import type { ContentBlock, ServerToolBlock } from '../wire/anthropic/content.ts'
import { isCustomTool, type MessagesRequest, Tool } from '../wire/anthropic/request.ts'
import { findIssue } from '../wire/issue.ts'
import type { Notes } from './notes.ts'
import { toCustomTool } from './typed-tools.ts'

/**
 * Selects the request's tools that the model sees. Anthropic's API hides a tool with `defer_loading` until a
 * `tool_reference` names it. For an upstream that cannot defer, we send the tools that were named.
 */

interface LoadedTool {
  readonly tool: Tool
  readonly path: Path
}

export const toolNotFound = (name: string): GatewayError =>
  invalidRequest(
    ['tool_choice'],
    `Tool '${name}' not found in provided tools`,
    'The tool is not among the provided tools',
  )

/** The fields that decide which tools are sent, of messages requests and of count requests. */
type ToolRequest = Pick<MessagesRequest, 'messages' | 'tools' | 'tool_choice'>

/** What the conversation says about the tools. */
interface Mentions {
  /** Named by a tool search, used before, or added during the conversation. */
  readonly named: Set<string>
  /** Used in the history: to remove one would leave uses without a tool. */
  readonly used: Set<string>
  readonly removed: Set<string>
  /** Defined during the conversation, by name. */
  readonly defined: Map<string, LoadedTool>
}

/** Returns the tools that a server-side search found: from then on the model may use them. */
const foundTools = (block: ServerToolBlock): string[] => {
  const content: unknown = block.type === 'tool_search_tool_result' ? block.content : undefined
  const references: unknown = isObject(content) ? content['tool_references'] : undefined
  if (!Array.isArray(references)) return []
  return references.flatMap((reference) =>
    isObject(reference) && typeof reference['tool_name'] === 'string' ? [reference['tool_name']] : [],
  )
}

const mentionBlock = (block: ContentBlock, path: Path, mentions: Mentions): void => {
  switch (block.type) {
    case 'tool_use':
      mentions.named.add(block.name)
      mentions.used.add(block.name)
      return
    case 'tool_result':
      if (!Array.isArray(block.content)) return
      for (const part of block.content) if (part.type === 'tool_reference') mentions.named.add(part.tool_name)
      return
    case 'tool_search_tool_result':
      for (const name of foundTools(block)) mentions.named.add(name)
      return
    case 'tool_addition':
      addTool(block.tool, path, mentions)
      return
    case 'tool_removal':
      // References to MCP servers name tools that Anthropic would fetch, and none in this request.
      if (block.tool.type === 'tool_reference' && block.tool.name !== undefined) mentions.removed.add(block.tool.name)
      return
    default:
  }
}

type ToolChange = Extract<ContentBlock, { type: 'tool_addition' | 'tool_removal' }>['tool']

const definedTool = (change: ToolChange, path: Path): LoadedTool => {
  const definition: unknown = 'definition' in change ? change.definition : undefined
  const definitionPath = [...path, 'tool', 'definition']
  if (findIssue(Tool, definition) !== undefined) throw invalidRequest(definitionPath, 'Input should be a tool')
  return { tool: untyped(definition as Tool), path: definitionPath }
}

/** A definition replaces an earlier tool of the same name. */
const addTool = (change: ToolChange, path: Path, mentions: Mentions): void => {
  const defined = change.type === 'tool_definition' ? definedTool(change, path) : undefined
  const name = defined?.tool.name ?? (change.type === 'tool_reference' ? change.name : undefined)
  if (name === undefined) return
  mentions.named.add(name)
  mentions.removed.delete(name)
  if (defined !== undefined) mentions.defined.set(name, defined)
}

const readMentions = (request: ToolRequest): Mentions => {
  const mentions: Mentions = { named: new Set(), used: new Set(), removed: new Set(), defined: new Map() }
  for (const [index, message] of request.messages.entries()) {
    if (!Array.isArray(message.content)) continue
    for (const [position, block] of message.content.entries()) {
      mentionBlock(block, ['messages', index, 'content', position], mentions)
    }
  }
  return mentions
}

/** Moves the cache marker of a hidden tool to the tool before it. Of two lifetimes, the longer counts. */
const handOnMarker = ({ cache_control: control }: Tool, offered: LoadedTool[]): void => {
  const last = offered.at(-1)
  if (!control || last === undefined || last.tool.cache_control?.ttl === '1h') return
  offered[offered.length - 1] = { ...last, tool: { ...last.tool, cache_control: control } }
}

/**
 * Anthropic refuses to force a tool if the request has no tools, with these messages, and accepts `auto` and `none`
 * (observed in September 2026).
 */
const checkForcedChoice = ({ tool_choice: choice }: ToolRequest, hasTools: boolean): void => {
  if (hasTools) return
  if (choice?.type === 'any') throw invalidRequest([], 'tool_choice.any may only be specified while providing tools')
  if (choice?.type === 'tool') throw toolNotFound(choice.name)
}

/** To an upstream, all tools that the client runs are alike, also those whose schema Anthropic defines. */
const untyped = (tool: Tool): Tool => (isCustomTool(tool) ? tool : (toCustomTool(tool) ?? tool))

/**
 * Returns the tools that the model sees, in the request's order, then those defined during the conversation. Throws a
 * 400 for a choice that forces a missing tool. `hasChanges`: whether the conversation may add or remove tools.
 */
export const offeredTools = (request: ToolRequest, notes: Notes, hasChanges = true): LoadedTool[] => {
  const declared = (request.tools ?? []).map(
    (tool, index): LoadedTool => ({ tool: untyped(tool), path: ['tools', index] }),
  )
  // Then the conversation does not affect the tools.
  if (!hasChanges && !declared.some(({ tool }) => tool.defer_loading === true)) {
    checkForcedChoice(request, declared.length > 0)
    return declared
  }
  const mentions = readMentions(request)
  checkForcedChoice(request, declared.length + mentions.defined.size > 0)
  const forced = request.tool_choice?.type === 'tool' ? request.tool_choice.name : undefined
  // With Anthropic's own tool search, deferred tools can be found; without it they cannot.
  const searchIsServers = declared.some(({ tool }) => tool.type?.startsWith('tool_search_tool') === true)

  const isOffered = ({ tool, path }: LoadedTool): boolean => {
    if (!isCustomTool(tool)) return true
    if (mentions.removed.has(tool.name)) {
      const isUsed = mentions.used.has(tool.name)
      if (isUsed) notes.changed(path, 'tool removed during the conversation: kept, because the history uses it')
      else notes.dropped(path, 'tool removed during the conversation')
      if (!isUsed) return false
    }
    if (tool.defer_loading !== true || searchIsServers) return true
    const isLoaded = mentions.named.has(tool.name) || tool.name === forced
    if (!isLoaded) notes.dropped(path, 'deferred tool without a reference')
    return isLoaded
  }
  const isReplaced = ({ tool }: LoadedTool): boolean => tool.name !== undefined && mentions.defined.has(tool.name)
  const offered: LoadedTool[] = []
  for (const placed of [...declared.filter((each) => !isReplaced(each)), ...mentions.defined.values()]) {
    if (isOffered(placed)) offered.push(placed)
    else handOnMarker(placed.tool, offered)
  }
  return offered
}
