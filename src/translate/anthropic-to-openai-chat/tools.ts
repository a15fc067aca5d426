import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { offeredTools } from '../../messages/tool-loading.ts'
import { computerBeta, serverToolName } from '../../messages/typed-tools.ts'
import { leaveOutTool } from '../../messages/unavailable-tools.ts'
import { usedToolNames } from '../../messages/used-tool-names.ts'
import type { CacheControl } from '../../wire/anthropic/content.ts'
import { type CustomTool, isCustomTool, type MessagesRequest, type TypedTool } from '../../wire/anthropic/request.ts'
import type { ChatTool } from '../../wire/openai-chat/request.ts'
import type { ChatContext } from './context.ts'
import { toParameters } from './parameters.ts'
import { isStrictSchema } from './strict-schema.ts'

/** A tool in the provider's form. */
export interface OfferedTool {
  readonly tool: ChatTool
  /** The tool's path in the client's request. */
  readonly path: Path
  marker?: CacheControl | undefined
}

export interface OfferedTools {
  readonly tools: readonly OfferedTool[]
  /** The tools are placeholders for those of the history: the model must not call them. */
  readonly areStandIns: boolean
}

const unsentMembers = ['input_examples', 'allowed_callers', 'eager_input_streaming'] as const

/** Send `strict` only if the provider accepts it for this schema: otherwise it refuses the request (OU-Q52). */
const isStrict = (
  { strict }: CustomTool,
  parameters: ChatTool['function']['parameters'],
  { dialect, policy }: ChatContext,
): boolean => strict === true && policy.strictTools === 'send' && dialect.strict && isStrictSchema(parameters)

const toChatTool = (tool: CustomTool, path: Path, context: ChatContext): OfferedTool => {
  const { notes, toolNames } = context
  for (const member of unsentMembers) {
    if (tool[member]) notes.dropped([...path, member], 'has no equivalent in Chat Completions')
  }
  const description = tool.description ?? ''
  const parameters = toParameters(tool.input_schema, [...path, 'input_schema'], context)
  const sent: ChatTool = {
    type: 'function',
    function: {
      name: toolNames.toUpstream(tool.name),
      ...(!isBlank(description) && { description }),
      parameters,
    },
  }
  if (isStrict(tool, parameters, context)) sent.function.strict = true
  else if (tool.strict === true) notes.dropped([...path, 'strict'], 'not sent: providers refuse many schemas with it')
  return { tool: sent, path, marker: tool.cache_control ?? undefined }
}

/** A name for messages to users. */
const nameOf = (tool: TypedTool): string | undefined =>
  serverToolName(tool) ?? (computerBeta(tool) === undefined ? undefined : 'computer use')

const checkUnique = (tools: readonly OfferedTool[]): void => {
  const names = new Set(tools.map(({ tool }) => tool.function.name))
  if (names.size < tools.length) throw invalidRequest(['tools'], 'Tool names must be unique.')
}

const historyNames = ({ messages }: MessagesRequest, { blockKinds, toolNames }: ChatContext) =>
  usedToolNames(blockKinds.toolUses ? messages : [], (name) => toolNames.toUpstream(name))

/** Limits the tools: those that the history or the choice names are kept, then the first ones (OU-Q55). */
const limitTools = (
  tools: readonly OfferedTool[],
  request: MessagesRequest,
  context: ChatContext,
): readonly OfferedTool[] => {
  const { dialect, policy, notes, toolNames } = context
  const { maximumTools } = dialect
  if (tools.length <= maximumTools) return tools
  if (policy.excessTools === 'refuse') {
    throw invalidRequest(
      ['tools'],
      `List should have at most ${maximumTools} items`,
      'more tools than the provider accepts',
    )
  }
  const needed = new Set(historyNames(request, context).keys())
  if (request.tool_choice?.type === 'tool') needed.add(toolNames.toUpstream(request.tool_choice.name))
  const isNeeded = ({ tool }: OfferedTool): boolean => needed.has(tool.function.name)
  const others = tools.filter((tool) => !isNeeded(tool))
  const kept = new Set([...tools.filter(isNeeded), ...others].slice(0, maximumTools))
  return tools.filter((tool) => {
    if (!kept.has(tool)) notes.changed(tool.path, 'left out: the request has more tools than the provider accepts')
    return kept.has(tool)
  })
}

/** For a request without tools, to providers that require the tools of the history (OU-Q57): they accept any input. */
const standIns = (request: MessagesRequest, context: ChatContext): OfferedTool[] =>
  [...historyNames(request, context)].map(([name, path]) => ({
    tool: { type: 'function', function: { name, parameters: { type: 'object', properties: {} } } },
    path,
  }))

/** Moves the marker of a tool that is not sent to the tool before it. */
const handOnMarker = (tools: readonly OfferedTool[], control: CacheControl | null | undefined): void => {
  const last = tools.at(-1)
  if (last !== undefined && control && last.marker?.ttl !== '1h') last.marker = control
}

const noTools: OfferedTools = { tools: [], areStandIns: false }

/** The tools to send. Throws a 400 that names the tool if one has no translation and cannot be left out. */
export const toTools = (request: MessagesRequest, context: ChatContext): OfferedTools => {
  const { dialect, policy, notes, blockKinds } = context
  if (policy.disableTools) {
    if (request.tools?.length) notes.changed(['tools'], 'not sent: tools are switched off')
    return noTools
  }
  const offered = offeredTools(request, notes, blockKinds.toolChanges)
  const isAlone = !offered.some(({ tool }) => isCustomTool(tool))
  const tools: OfferedTool[] = []
  for (const { tool, path } of offered) {
    if (isCustomTool(tool)) tools.push(toChatTool(tool, path, context))
    else {
      leaveOutTool(request, { tool, path, name: nameOf(tool), isAlone }, notes)
      handOnMarker(tools, tool.cache_control)
    }
  }
  checkUnique(tools)
  if (tools.length > 0) return { tools: limitTools(tools, request, context), areStandIns: false }
  if (!dialect.toolsForHistory || !blockKinds.toolUses) return noTools
  return { tools: standIns(request, context), areStandIns: true }
}
