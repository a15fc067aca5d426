import type { Json } from '../../base/json.ts'
import { findBlockKinds } from '../../messages/block-kinds.ts'
import { type Conversation, type PlacedText, toConversation } from '../../messages/conversation.ts'
import { createNotes, type Note } from '../../messages/notes.ts'
import { toolUseIdsIn } from '../../messages/tool-use-ids.ts'
import { noteUnsentFields } from '../../messages/unsent-fields.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ConverseMessage, ConverseRequest, InferenceConfig, ToolConfig } from '../../wire/converse/request.ts'
import { type CapabilityOverrides, noOverrides, withOverrides } from '../capabilities/overrides.ts'
import { capabilitiesOf } from '../capabilities/table.ts'
import type { ResponseContext } from '../converse-to-anthropic/response-context.ts'
import { defaultPolicy, type TranslationPolicy } from '../policy.ts'
import { createToolNames } from '../renamed.ts'
import { carriedFields, toAdditionalFields } from './additional-fields.ts'
import { fineGrainedToolStreaming } from './betas.ts'
import { markLast, toCachePoint } from './cache-markers.ts'
import { placeCachePoints, withCachePoints } from './cache-points.ts'
import { decideCitations } from './citations.ts'
import { addMarkedContent } from './content.ts'
import type { CitationPolicy, MarkedContentBlock, TranslationContext, Turn } from './context.ts'
import { type ClientDocument, DocumentNames } from './document-names.ts'
import { packTexts } from './documents.ts'
import { toEffort, toInferenceConfig } from './inference.ts'
import { limitMedia } from './media-limits.ts'
import { type TranslatedFormat, toOutputFormat } from './output-format.ts'
import { partsIn } from './parts.ts'
import { PathMap } from './path-map.ts'
import { accompanyDocuments, checkPrefill, fillEmptyTurns, pairToolResults } from './repair.ts'
import { moveOutOfResults, nestDocuments, spellOutDocuments } from './result-documents.ts'
import { SearchResults } from './search-results.ts'
import { type MarkedSystemBlock, toSystem } from './system.ts'
import { toThinking, willThink } from './thinking.ts'
import { type TranslatedChoice, toToolChoice } from './tool-choice.ts'
import { createToolUseIds } from './tool-use-ids.ts'
import { type OfferedTools, toTools, withoutTools } from './tools.ts'

export interface ConverseTranslation {
  readonly body: ConverseRequest
  /** What the response's translation needs from the request. */
  readonly responseContext: ResponseContext
  readonly notes: readonly Note[]
  /** For errors that name a path in the body. */
  readonly paths: PathMap
  /** The blocks of the body with their cache points, for the audit of the prompt cache (CA-F1). */
  readonly units: TranslatedUnits
}

interface TranslatedUnits {
  readonly tools: OfferedTools['units']
  readonly system: readonly MarkedSystemBlock[]
  readonly turns: readonly Turn[]
}

export interface ConverseTarget {
  /** The upstream's id of the model. Selects the capabilities. */
  readonly modelId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  readonly policy?: TranslationPolicy
  readonly overrides?: CapabilityOverrides
  /** Of the response's translation. */
  readonly onOddity?: ResponseContext['onOddity']
}

/** Where Claude on Bedrock reports the stop sequence: in complete responses, and in streamed ones. */
const stopSequencePaths = ['/stop_sequence', '/delta/stop_sequence']

interface TranslatedConversation extends Conversation<MarkedContentBlock> {
  readonly citations: CitationPolicy
}

/** Each step changes the turns in place and relies on the steps before it. */
const toTurns = (request: MessagesRequest, translation: TranslationContext): TranslatedConversation => {
  const { blockKinds, model, policy, notes } = translation
  const conversation = toConversation<MarkedContentBlock>(request.messages, {
    addBlock: (units, block, path) => addMarkedContent(units, block, path, translation),
    hasCompactions: blockKinds.compactions,
    keepsSystemMessages: policy.systemMessages === 'native' && model.systemMessages,
    notes,
  })
  const { turns } = conversation
  // From here on, results are first in their turn.
  pairToolResults(turns, translation)
  spellOutDocuments(turns, translation)
  // Reads the remaining documents, in messages and in results.
  const citations = decideCitations(turns, request, translation)
  moveOutOfResults(turns, translation)
  nestDocuments(turns, translation)
  fillEmptyTurns(turns)
  checkPrefill(turns, translation)
  // Counts documents at their final positions.
  limitMedia(turns, translation)
  accompanyDocuments(turns, translation)
  packTexts(turns, translation)
  return { turns, leadingSystem: conversation.leadingSystem, citations }
}

/** Automatic caching: a marker at the request's top level means one at the conversation's end. */
const markEnd = (request: MessagesRequest, turns: readonly Turn[], translation: TranslationContext): void => {
  const units = turns.at(-1)?.units ?? []
  markLast(units, toCachePoint(request.cache_control, translation), ['cache_control'], translation)
}

const toMessages = (turns: readonly Turn[]): ConverseMessage[] =>
  turns.map(({ role, units }) => ({ role, content: withCachePoints(units) }))

/** Documents and search results in the order in which they are sent: citations refer to them by index. */
type Cited = Pick<ResponseContext, 'documents' | 'searchResults'>

const nothingCited: Cited = { documents: [], searchResults: [] }

const toCited = (turns: readonly Turn[], translation: TranslationContext): Cited => {
  const { blockKinds } = translation
  if (!blockKinds.documents && !blockKinds.searchResults) return nothingCited
  const documents: ClientDocument[] = []
  const searchResults: number[] = []
  for (const part of turns.flatMap(({ units }) => partsIn(units))) {
    if ('document' in part) documents.push(translation.documentNames.find(part.document.name))
    if ('searchResult' in part) searchResults.push(translation.searchResults.indexOf(part.searchResult))
  }
  return { documents, searchResults }
}

const toToolConfig = ({ units }: OfferedTools, { toolChoice }: TranslatedChoice): ToolConfig | undefined =>
  units.length === 0 ? undefined : { tools: withCachePoints(units), ...(toolChoice && { toolChoice }) }

/** The tools that the model sees. For choice `none`, a model that does not support it sees no tools. */
const toVisibleTools = (request: MessagesRequest, translation: TranslationContext): OfferedTools => {
  const tools = toTools(request, translation)
  const isNone = request.tool_choice?.type === 'none' && !translation.model.toolChoiceNone
  return isNone ? withoutTools(request, translation) : tools
}

const toSystemUnits = (
  request: MessagesRequest,
  leadingSystem: readonly PlacedText[],
  instruction: string | undefined,
  translation: TranslationContext,
): MarkedSystemBlock[] => {
  const system = toSystem(request.system, leadingSystem, translation)
  if (instruction !== undefined) system.push({ block: { text: instruction }, path: ['output_config', 'format'] })
  return system
}

/** A guardrail's processing mode is only for streams. */
const toFixed = ({ fixed }: TranslationPolicy, isStream: boolean): TranslationPolicy['fixed'] => {
  if (isStream || fixed.guardrailConfig === undefined) return fixed
  const { streamProcessingMode: _mode, ...guardrailConfig } = fixed.guardrailConfig
  return { ...fixed, guardrailConfig }
}

const toTranslation = (request: MessagesRequest, target: ConverseTarget): TranslationContext => {
  const { modelId, policy = defaultPolicy, overrides = noOverrides } = target
  const model = withOverrides(capabilitiesOf(modelId), overrides)
  return {
    model,
    policy,
    overrides,
    notes: createNotes(),
    blockKinds: findBlockKinds(request.messages),
    toolNames: createToolNames(),
    toolUseIds: createToolUseIds(),
    searchResults: new SearchResults(),
    documentNames: new DocumentNames(),
  }
}

const hasFlag = ({ anthropic_beta: flags }: Json, flag: string): boolean => Array.isArray(flags) && flags.includes(flag)

interface BodyParts {
  readonly system: readonly MarkedSystemBlock[]
  readonly inferenceConfig: InferenceConfig
  readonly toolConfig: ToolConfig | undefined
  readonly additional: Readonly<Record<string, unknown>>
  readonly textFormat: TranslatedFormat['textFormat']
}

const toBody = (
  messages: ConverseMessage[],
  { system, inferenceConfig, toolConfig, additional, textFormat }: BodyParts,
  request: MessagesRequest,
  { model, policy }: TranslationContext,
): ConverseRequest => {
  const body: ConverseRequest = { messages }
  if (system.length > 0) body.system = withCachePoints(system)
  body.inferenceConfig = inferenceConfig
  if (toolConfig !== undefined) body.toolConfig = toolConfig
  if (Object.keys(additional).length > 0) body.additionalModelRequestFields = additional
  if (inferenceConfig.stopSequences !== undefined && model.responseFieldPaths) {
    body.additionalModelResponseFieldPaths = stopSequencePaths
  }
  if (textFormat !== undefined) body.outputConfig = { textFormat }
  return Object.assign(body, toFixed(policy, request.stream === true))
}

/**
 * Translates a Messages request to the body of a Converse request. Pure: the same request gives the same bytes, and a
 * longer conversation begins with the bytes of the shorter one, which the prompt cache needs.
 *
 * Throws GatewayError (`invalid_request_error`, with a path) for anything without a translation.
 */
export const toConverseRequest = (request: MessagesRequest, target: ConverseTarget): ConverseTranslation => {
  const translation = toTranslation(request, target)
  const { notes } = translation
  noteUnsentFields(request, notes, carriedFields)

  const { turns, leadingSystem, citations } = toTurns(request, translation)
  markEnd(request, turns, translation)
  const { textFormat, instruction } = toOutputFormat(request, translation)
  const system = toSystemUnits(request, leadingSystem, instruction, translation)
  const tools = toVisibleTools(request, translation)
  const betas = request.betas ? [...target.betas, ...request.betas] : target.betas
  const thinking = toThinking(request, { betas, tools }, translation)
  const isThinking = willThink(thinking, translation)
  const choice = toToolChoice(request, tools, isThinking, translation)
  const hourShare = placeCachePoints({ tools: tools.units, system, turns }, translation)

  const effort = toEffort(request, translation)
  const fields = { betas, thinking, isThinking, choice, tools, effort }
  const additional = toAdditionalFields(request, fields, translation)
  const inferenceConfig = toInferenceConfig(request, isThinking, translation)
  const cited = toCited(turns, translation)
  const parts = { system, inferenceConfig, toolConfig: toToolConfig(tools, choice), additional, textFormat }
  return {
    body: toBody(toMessages(turns), parts, request, translation),
    responseContext: {
      model: request.model,
      isPrewarm: request.max_tokens === 0,
      takesInvalidInput: hasFlag(additional, fineGrainedToolStreaming),
      toClientToolName: (name) => translation.toolNames.toClient(name),
      usedToolUseIds: () => toolUseIdsIn(request),
      keepsCitations: citations,
      joinsTexts: citations.forced && !citations.searchResults,
      documents: cited.documents,
      searchResults: cited.searchResults,
      stopSequences: inferenceConfig.stopSequences ?? [],
      onOddity: target.onOddity,
      hourShare,
    },
    notes: notes.all,
    paths: new PathMap(turns, tools.units, system),
    units: { tools: tools.units, system, turns },
  }
}
