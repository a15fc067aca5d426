import { isLoggableBeta } from '../base/loggable-name.ts'
import type { LogFields } from '../base/logger.ts'
import type { ContentBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import type { CountTokensRequest, InputMessage, MessagesRequest } from '../wire/anthropic/request.ts'

/**
 * The shape of a request for the log: counts, sizes and kinds, but no content, names, ids or addresses. All text comes
 * from our own lists, except beta flags, which must look like beta flags.
 */

/** A messages request or a count request. In a count request, members of messages requests alone are unchecked. */
export type ShapedRequest = CountTokensRequest | MessagesRequest

type Block = ContentBlock | ToolResultContent

/** The kinds that the log names; the compiler requires new ones. */
const kinds: Readonly<Record<Block['type'], true>> = {
  text: true,
  image: true,
  document: true,
  search_result: true,
  thinking: true,
  redacted_thinking: true,
  tool_use: true,
  tool_result: true,
  tool_reference: true,
  tool_addition: true,
  tool_removal: true,
  server_tool_use: true,
  web_search_tool_result: true,
  web_fetch_tool_result: true,
  code_execution_tool_result: true,
  bash_code_execution_tool_result: true,
  text_editor_code_execution_tool_result: true,
  tool_search_tool_result: true,
  advisor_tool_result: true,
  mcp_tool_use: true,
  mcp_tool_result: true,
  mcp_tool_listing: true,
  container_upload: true,
  compaction: true,
  fallback: true,
  browser_state: true,
}
const kindOf = ({ type }: Block): string => (Object.hasOwn(kinds, type) ? type : 'other')

/** Characters of the JSON text; 0 for undefined. */
const jsonSize = (value: unknown): number => JSON.stringify(value)?.length ?? 0

const sourceSize = ({ source }: Extract<Block, { type: 'image' | 'document' }>): number => {
  if (source.type === 'base64' || source.type === 'text') return source.data.length
  return source.type === 'content' ? jsonSize(source.content) : 0
}

/** Characters of a block's content; base64 counts undecoded. Blocks inside it count separately. */
const sizeOf = (block: Block): number => {
  switch (block.type) {
    case 'text':
      return block.text.length
    case 'thinking':
      return block.thinking.length + (block.signature?.length ?? 0)
    case 'redacted_thinking':
      return block.data.length
    case 'tool_use':
      return jsonSize(block.input)
    case 'tool_result':
      return typeof block.content === 'string' ? block.content.length : 0
    case 'image':
    case 'document':
      return sourceSize(block)
    default:
      return jsonSize(block)
  }
}

interface Tally {
  readonly counts: Map<string, number>
  readonly sizes: Map<string, number>
  cacheMarkers: number
}

const add = (figures: Map<string, number>, name: string, figure: number): void => {
  figures.set(name, (figures.get(name) ?? 0) + figure)
}

const isMarked = (part: object): boolean =>
  'cache_control' in part && part.cache_control !== null && part.cache_control !== undefined

const addBlocks = (tally: Tally, blocks: readonly Block[]): void => {
  for (const block of blocks) {
    const kind = kindOf(block)
    add(tally.counts, kind, 1)
    add(tally.sizes, kind, sizeOf(block))
    if (isMarked(block)) tally.cacheMarkers += 1
    if (block.type === 'tool_result' && Array.isArray(block.content)) addBlocks(tally, block.content)
  }
}

const addContent = (tally: Tally, content: InputMessage['content']): void => {
  if (typeof content === 'string') addBlocks(tally, [{ type: 'text', text: content }])
  else addBlocks(tally, content ?? [])
}

/** `text:5,tool_use:3`; undefined if it is empty. */
const listed = (figures: ReadonlyMap<string, number>): string | undefined =>
  figures.size === 0 ? undefined : Array.from(figures, ([name, figure]) => `${name}:${figure}`).join(',')

const turns = (messages: readonly InputMessage[], wanted: InputMessage['role']): number =>
  messages.filter(({ role }) => role === wanted).length

/** Claude Code sends about ten. */
const mostFlags = 20

const betaFields = (betas: readonly string[]): LogFields => {
  const flags = betas.filter(isLoggableBeta).slice(0, mostFlags)
  const unnamed = betas.length - flags.length
  return {
    betas: flags.length === 0 ? undefined : flags.join(','),
    otherBetas: unnamed === 0 ? undefined : unnamed,
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const switchOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)

const settingFields = ({ thinking, output_config, tool_choice, ...rest }: ShapedRequest): LogFields => ({
  thinking: thinking?.type,
  thinkingBudget: thinking?.type === 'enabled' ? thinking.budget_tokens : undefined,
  effort: output_config?.effort ?? undefined,
  outputFormat: output_config?.format?.type,
  toolChoice: tool_choice?.type,
  maxTokens: 'max_tokens' in rest ? numberOf(rest.max_tokens) : undefined,
  stream: 'stream' in rest ? switchOf(rest.stream) : undefined,
})

/** Takes a request that matches its schema. Costs about as much as writing it as JSON. */
export const toRequestShape = (request: ShapedRequest, betas: readonly string[]): LogFields => {
  const { messages } = request
  const tools = request.tools ?? []
  const system: readonly Block[] =
    typeof request.system === 'string' ? [{ type: 'text', text: request.system }] : (request.system ?? [])
  const inSystem: Tally = { counts: new Map(), sizes: new Map(), cacheMarkers: 0 }
  const inMessages: Tally = { counts: new Map(), sizes: new Map(), cacheMarkers: 0 }
  addBlocks(inSystem, system)
  for (const { content } of messages) addContent(inMessages, content)
  const markers = [request, ...tools].filter(isMarked).length
  return {
    messages: messages.length,
    userTurns: turns(messages, 'user'),
    assistantTurns: turns(messages, 'assistant'),
    systemTurns: turns(messages, 'system') || undefined,
    systemBlocks: system.length,
    systemCharacters: inSystem.sizes.get('text') ?? 0,
    tools: tools.length,
    toolCharacters: tools.length === 0 ? undefined : jsonSize(tools),
    blocks: listed(inMessages.counts),
    characters: listed(inMessages.sizes),
    cacheMarkers: markers + inSystem.cacheMarkers + inMessages.cacheMarkers,
    ...settingFields(request),
    ...betaFields(betas),
  }
}
