import { GatewayError, invalidRequest } from '../../base/errors.ts'
import { type CustomTool, isCustomTool, type MessagesRequest, type TypedTool } from '../../wire/anthropic/request.ts'
import type { ConverseTool } from '../../wire/converse/request.ts'
import { longerCachePoint, toCachePoint } from './content.ts'
import type { Path, Translation, Unit } from './context.ts'
import { isBlank } from './documents.ts'
import { offeredTools } from './tool-loading.ts'

type ToolSpec = Extract<ConverseTool, { toolSpec: unknown }>
type ToolUnit = Unit<ToolSpec>

/** Tools that Anthropic runs itself. Nobody runs them behind Converse. */
const serverTool = /^(web_search|web_fetch|code_execution|tool_search_tool|advisor)_|toolset/

const isServerTool = (tool: TypedTool): boolean => serverTool.test(tool.type)

/** `web_search_20250305` is "web search". */
const spokenName = (tool: TypedTool): string => tool.type.replace(/_\d+$/, '').replaceAll('_', ' ')

/** Converse wants an object schema at the root. Deeper down it is the model's business, word for word. */
const toInputSchema = (schema: CustomTool['input_schema']): CustomTool['input_schema'] => {
  const { $schema: _schema, $id: _id, ...root } = schema
  if (root['properties'] === null) root['properties'] = {}
  return root['type'] === 'object' ? root : { ...root, type: 'object' }
}

const noteDropped = (tool: CustomTool, path: Path, translation: Translation): void => {
  for (const member of ['strict', 'eager_input_streaming', 'input_examples', 'allowed_callers'] as const) {
    if (tool[member]) translation.notes.dropped([...path, member], 'not known to Converse')
  }
}

const toToolSpec = (tool: CustomTool, path: Path, translation: Translation): ToolUnit => {
  noteDropped(tool, path, translation)
  const description = tool.description ?? ''
  const cachePoint = toCachePoint(tool.cache_control, translation)
  return {
    block: {
      toolSpec: {
        name: translation.toolNames.toConverse(tool.name),
        ...(isBlank(description) ? {} : { description }),
        inputSchema: { json: toInputSchema(tool.input_schema) },
      },
    },
    path,
    ...(cachePoint === undefined ? {} : { cachePoint }),
  }
}

/** Whether the request's choice leaves the model nothing but this tool. */
const isForced = (tool: TypedTool, request: MessagesRequest, isAlone: boolean): boolean => {
  const choice = request.tool_choice
  return (choice?.type === 'any' && isAlone) || (choice?.type === 'tool' && choice.name === tool.name)
}

/** Throws a 400 for a typed tool that cannot be left out; notes the others. */
const leaveOut = (tool: TypedTool, path: Path, isForcedOne: boolean, translation: Translation): void => {
  if (!isServerTool(tool)) {
    throw invalidRequest([...path, 'type'], `tools of type '${tool.type}' are not supported by this endpoint yet`)
  }
  const sentence = `${spokenName(tool)} is not available on this endpoint`
  if (isForcedOne) throw new GatewayError('invalid_request_error', sentence)
  translation.notes.changed(path, `server tool removed: ${sentence}`)
}

/** The marker of a tool that is left out goes to the one before it. */
const passOnMarker = (tool: TypedTool, path: Path, units: readonly ToolUnit[], translation: Translation): void => {
  const cachePoint = toCachePoint(tool.cache_control, translation)
  const last = units.at(-1)
  if (cachePoint === undefined) return
  if (last === undefined) translation.notes.dropped(path, 'cache marker with nothing before it')
  else last.cachePoint = longerCachePoint(last.cachePoint, cachePoint) ?? cachePoint
}

const checkUnique = (units: readonly ToolUnit[]): void => {
  const seen = new Set<string>()
  for (const unit of units) {
    const { name } = unit.block.toolSpec
    if (seen.has(name)) throw invalidRequest(['tools'], 'Tool names must be unique.')
    seen.add(name)
  }
}

/** One permissive tool for each name that the history uses: Converse wants tools wherever they were used. */
const standIns = (request: MessagesRequest, translation: Translation): ToolUnit[] => {
  const units = new Map<string, ToolUnit>()
  for (const [index, message] of request.messages.entries()) {
    if (!Array.isArray(message.content)) continue
    for (const block of message.content) {
      if (block.type !== 'tool_use') continue
      const name = translation.toolNames.toConverse(block.name)
      const path = ['messages', index]
      if (!units.has(name))
        units.set(name, { block: { toolSpec: { name, inputSchema: { json: { type: 'object' } } } }, path })
    }
  }
  return [...units.values()]
}

export interface OfferedTools {
  readonly units: ToolUnit[]
  /** The tools only stand in for those of the history: the model must not call them. */
  readonly areStandIns: boolean
}

/** The tools that the model is shown. Throws a 400 that names the tool for those without a translation. */
export const toTools = (request: MessagesRequest, translation: Translation): OfferedTools => {
  const units: ToolUnit[] = []
  const offered = offeredTools(request, translation.notes)
  const isAlone = !offered.some(({ tool }) => isCustomTool(tool))
  for (const { tool, path } of offered) {
    if (isCustomTool(tool)) units.push(toToolSpec(tool, path, translation))
    else {
      leaveOut(tool, path, isForced(tool, request, isAlone), translation)
      passOnMarker(tool, path, units, translation)
    }
  }
  checkUnique(units)
  if (units.length > 0) return { units, areStandIns: false }
  const inHistory = standIns(request, translation)
  return { units: inHistory, areStandIns: inHistory.length > 0 }
}
