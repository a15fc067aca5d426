import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { offeredTools } from '../../messages/tool-loading.ts'
import { computerBeta, serverToolName } from '../../messages/typed-tools.ts'
import { leaveOutTool } from '../../messages/unavailable-tools.ts'
import { usedToolNames } from '../../messages/used-tool-names.ts'
import {
  type CustomTool,
  isCustomTool,
  type MessagesRequest,
  type Tool,
  type TypedTool,
} from '../../wire/anthropic/request.ts'
import type { ConverseTool } from '../../wire/converse/request.ts'
import { markLast, toCachePoint } from './cache-markers.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'

type ToolSpec = Extract<ConverseTool, { toolSpec: unknown }>
type MarkedTool = MarkedBlock<ToolSpec>

/** Converse requires an object schema at the root. Everything below it is sent unchanged. */
const toInputSchema = (schema: CustomTool['input_schema']): CustomTool['input_schema'] => {
  const { $schema: _schema, $id: _id, ...root } = schema
  if (root['properties'] === null) root['properties'] = {}
  return root['type'] === 'object' ? root : { ...root, type: 'object' }
}

const isStrict = (tool: Tool, { policy, model }: TranslationContext): boolean =>
  tool.strict === true && policy.strictTools === 'send' && model.strictTools

const unknownMembers = ['input_examples', 'allowed_callers'] as const

const noteDropped = (tool: Tool, path: Path, translation: TranslationContext): void => {
  // eager_input_streaming is sent as a beta flag.
  for (const member of unknownMembers) {
    if (tool[member]) translation.notes.dropped([...path, member], 'not known to Converse')
  }
  if (tool.strict === true && !isStrict(tool, translation)) {
    translation.notes.dropped([...path, 'strict'], 'large schemas fail with it')
  }
}

const toToolSpec = (tool: CustomTool, path: Path, translation: TranslationContext): MarkedTool => {
  noteDropped(tool, path, translation)
  const description = tool.description ?? ''
  const cachePoint = toCachePoint(tool.cache_control, translation)
  const name = translation.toolNames.toUpstream(tool.name)
  const inputSchema = { json: toInputSchema(tool.input_schema) }
  const toolSpec: ToolSpec['toolSpec'] = isBlank(description)
    ? { name, inputSchema }
    : { name, description, inputSchema }
  // Models that do not know the member refuse it.
  if (isStrict(tool, translation)) toolSpec.strict = true
  const unit: MarkedTool = { block: { toolSpec }, path }
  if (cachePoint !== undefined) unit.cachePoint = cachePoint
  return unit
}

const checkUnique = (units: readonly MarkedTool[], native: readonly NativeTool[]): void => {
  const names = new Set<string>()
  for (const { tool } of native) names.add(tool.name)
  for (const { block } of units) names.add(block.toolSpec.name)
  if (names.size < native.length + units.length) throw invalidRequest(['tools'], 'Tool names must be unique.')
}

const historyNames = ({ messages }: MessagesRequest, { blockKinds, toolNames }: TranslationContext) =>
  usedToolNames(blockKinds.toolUses ? messages : [], (name) => toolNames.toUpstream(name))

const permissive = (name: string, path: Path): MarkedTool => ({
  block: { toolSpec: { name, inputSchema: { json: { type: 'object' } } } },
  path,
})

/** A placeholder if Converse requires a tool and all tools are sent in Anthropic's form. */
const placeholderName = 'no_tool'

/** One permissive tool for each name that the history uses: Converse requires tools if the history uses any. */
const standInsFor = (names: ReadonlyMap<string, Path>, native: readonly NativeTool[]): MarkedTool[] => {
  if (names.size === 0) return []
  if (native.length > 0) return [permissive(placeholderName, [])]
  return [...names].map(([name, path]) => permissive(name, path))
}

/** A tool in Anthropic's own form, for `additionalModelRequestFields.tools`. */
interface NativeTool {
  readonly tool: Readonly<Record<string, unknown>> & { readonly name: string }
  readonly beta: string
}

const toNativeTool = (tool: TypedTool, beta: string, path: Path, translation: TranslationContext): NativeTool => {
  noteDropped(tool, path, translation)
  const { cache_control, defer_loading, eager_input_streaming, strict, input_examples, allowed_callers, ...rest } = tool
  return { tool: { ...rest, name: tool.name ?? 'computer' }, beta }
}

export interface OfferedTools {
  readonly units: MarkedTool[]
  readonly native: readonly NativeTool[]
  /** The tools are only stand-ins for those of the history: the model must not call them. */
  readonly areStandIns: boolean
}

const noTools: OfferedTools = { units: [], native: [], areStandIns: false }

/** Whether the request neither has tools nor mentions any. */
const isWithoutTools = (request: MessagesRequest, { blockKinds }: TranslationContext): boolean =>
  !request.tools?.length && !request.tool_choice && !blockKinds.toolUses && !blockKinds.toolChanges

/** The tools that the model sees. Throws a 400 that names a tool without a translation. */
export const toTools = (request: MessagesRequest, translation: TranslationContext): OfferedTools => {
  if (isWithoutTools(request, translation)) return noTools
  const units: MarkedTool[] = []
  const native: NativeTool[] = []
  const offered = offeredTools(request, translation.notes, translation.blockKinds.toolChanges)
  if (offered.length === 0 && !translation.blockKinds.toolUses) return noTools
  const isAlone = !offered.some(({ tool }) => isCustomTool(tool))
  for (const { tool, path } of offered) {
    if (isCustomTool(tool)) {
      units.push(toToolSpec(tool, path, translation))
      continue
    }
    const beta = translation.model.isClaude ? computerBeta(tool) : undefined
    if (beta === undefined) {
      leaveOutTool(request, { tool, path, name: serverToolName(tool), isAlone }, translation.notes)
    } else native.push(toNativeTool(tool, beta, path, translation))
    markLast(units, toCachePoint(tool.cache_control, translation), path, translation)
  }
  checkUnique(units, native)
  if (units.length > 0) return { units, native, areStandIns: false }
  const standIns = standInsFor(historyNames(request, translation), native)
  return { units: standIns, native, areStandIns: standIns.length > 0 && native.length === 0 }
}

/**
 * The tools of a request with choice `none`, for a model that does not support it: only the stand-ins that the history
 * needs.
 */
export const withoutTools = (request: MessagesRequest, translation: TranslationContext): OfferedTools => {
  const units = standInsFor(historyNames(request, translation), [])
  return { units, native: [], areStandIns: units.length > 0 }
}
