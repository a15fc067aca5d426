import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Document } from '../../wire/converse/content.ts'
import type { ConverseMessage, ConverseRequest, ToolConfig } from '../../wire/converse/request.ts'
import type { ReplyContext } from '../converse-to-anthropic/reply-context.ts'
import { capabilitiesOf } from '../model-capabilities.ts'
import { createNotes, type Note } from '../notes.ts'
import { toBetas } from './betas.ts'
import { placeCachePoints, withCachePoints } from './cache-points.ts'
import { citationPolicy } from './citations.ts'
import { longerCachePoint, toCachePoint } from './content.ts'
import type { Translation } from './context.ts'
import { type ClientDocument, createDocumentNames } from './document-names.ts'
import { toEffort, toInferenceConfig, toTopK } from './inference.ts'
import { limitMedia } from './media-limits.ts'
import { toOutputFormat } from './output-format.ts'
import { accompanyDocuments, checkPrefill, fillEmptyTurns, pairToolResults } from './repair.ts'
import { toSystem } from './system.ts'
import { toThinking, willThink } from './thinking.ts'
import { type TranslatedChoice, toToolChoice } from './tool-choice.ts'
import { createToolNames } from './tool-names.ts'
import { type OfferedTools, toTools } from './tools.ts'
import { type Conversation, type Turn, toConversation } from './turns.ts'
import { noteUnsentFields } from './unsent-fields.ts'

export interface ConverseTranslation {
  readonly body: ConverseRequest
  /** What the answer's translation must know of the request. */
  readonly reply: ReplyContext
  readonly notes: readonly Note[]
}

export interface ConverseTarget {
  /** The upstream's id of the model, by which its capabilities are looked up. */
  readonly modelId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
}

const fineGrainedToolStreaming = 'fine-grained-tool-streaming-2025-05-14'
const effortBeta = 'effort-2025-11-24'

/** Where Claude on Bedrock reports the stop sequence: in whole answers, in streamed ones. */
const stopSequencePaths = ['/stop_sequence', '/delta/stop_sequence']

const toTurns = (request: MessagesRequest, translation: Translation): Conversation => {
  const conversation = toConversation(request.messages, translation)
  const { turns } = conversation
  pairToolResults(turns)
  fillEmptyTurns(turns)
  checkPrefill(turns, translation)
  limitMedia(turns, translation)
  accompanyDocuments(turns)
  return conversation
}

/** Automatic caching: the marker at the request's top stands for one at the conversation's end. */
const markEnd = (request: MessagesRequest, turns: readonly Turn[], translation: Translation): void => {
  const cachePoint = toCachePoint(request.cache_control, translation)
  const last = turns.at(-1)?.units.at(-1)
  if (cachePoint !== undefined && last !== undefined) {
    last.cachePoint = longerCachePoint(last.cachePoint, cachePoint) ?? cachePoint
  }
}

const toMessages = (turns: readonly Turn[]): ConverseMessage[] =>
  turns.map(({ role, units }) => ({ role, content: withCachePoints(units) }))

/** The client's documents in the order in which they are sent, by which Bedrock's citations count them. */
const documentsIn = (turns: readonly Turn[], translation: Translation): ClientDocument[] =>
  turns
    .flatMap(({ units }) => units)
    .flatMap(({ block }): object[] => ('toolResult' in block ? block.toolResult.content : [block]))
    .flatMap((part) => ('document' in part ? [translation.documentNames.find((part.document as Document).name)] : []))

const toToolConfig = ({ units }: OfferedTools, { toolChoice }: TranslatedChoice): ToolConfig | undefined =>
  units.length === 0 ? undefined : { tools: withCachePoints(units), ...(toolChoice && { toolChoice }) }

/** Everything of Anthropic's that Converse has no place of its own for. */
const toAdditionalFields = (
  request: MessagesRequest,
  betas: readonly string[],
  thinking: ReturnType<typeof toThinking>,
  choice: TranslatedChoice,
  translation: Translation,
): Record<string, unknown> => {
  const effort = toEffort(request, translation)
  const topK = toTopK(request, willThink(thinking, translation), translation)
  const needed = [
    ...(request.tools?.some((tool) => 'eager_input_streaming' in tool && tool.eager_input_streaming === true)
      ? [fineGrainedToolStreaming]
      : []),
    ...(effort !== undefined && translation.model.effortBeta ? [effortBeta] : []),
  ]
  const flags = toBetas([...betas, ...(request.betas ?? [])], needed, thinking, translation)
  return {
    ...(thinking && { thinking }),
    ...(effort && { output_config: { effort } }),
    ...(topK !== undefined && { top_k: topK }),
    ...(choice.additional && { tool_choice: choice.additional }),
    ...(flags.length > 0 && { anthropic_beta: flags }),
  }
}

/**
 * A Messages request as the body of a Converse request. Pure: the same request gives the same bytes,
 * and a longer conversation begins with the bytes of the shorter one, which the prompt cache needs.
 *
 * Throws GatewayError (`invalid_request_error`, with the path of the fault) for what has no translation.
 */
export const toConverseRequest = (request: MessagesRequest, target: ConverseTarget): ConverseTranslation => {
  const notes = createNotes()
  const translation: Translation = {
    model: capabilitiesOf(target.modelId),
    notes,
    toolNames: createToolNames(),
    documentNames: createDocumentNames(),
    citations: citationPolicy(request),
  }
  noteUnsentFields(request, notes)

  const { turns, leadingSystem } = toTurns(request, translation)
  markEnd(request, turns, translation)
  const system = toSystem(request.system, leadingSystem, translation)
  const { textFormat, instruction } = toOutputFormat(request, translation)
  if (instruction !== undefined) system.push({ block: { text: instruction }, path: ['output_config', 'format'] })
  const tools = toTools(request, translation)
  const thinking = toThinking(request, translation)
  const choice = toToolChoice(request, tools, willThink(thinking, translation), translation)
  const cachePoints = placeCachePoints(tools.units, system, turns, translation)

  const toolConfig = toToolConfig(tools, choice)
  const additional = toAdditionalFields(request, target.betas, thinking, choice, translation)
  const inferenceConfig = toInferenceConfig(request, willThink(thinking, translation), translation)
  const body: ConverseRequest = {
    messages: toMessages(turns),
    ...(system.length > 0 && { system: withCachePoints(system) }),
    inferenceConfig,
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    ...(inferenceConfig.stopSequences && { additionalModelResponseFieldPaths: stopSequencePaths }),
    ...(textFormat && { outputConfig: { textFormat } }),
  }
  return {
    body,
    reply: {
      model: request.model,
      toClientToolName: translation.toolNames.toClient,
      keepsCitations: translation.citations,
      joinsTexts: translation.citations.forced && !translation.citations.searchResults,
      documents: documentsIn(turns, translation),
      stopSequences: inferenceConfig.stopSequences ?? [],
      cachesForAnHour: cachePoints.length > 0 && cachePoints.every((point) => point.ttl === '1h'),
    },
    notes: notes.all,
  }
}
