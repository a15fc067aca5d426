import { isLoggableBeta } from '../../base/loggable-name.ts'
import { findBlockKinds } from '../../messages/block-kinds.ts'
import { type Conversation, toConversation } from '../../messages/conversation.ts'
import { createNotes, type Note, type Notes } from '../../messages/notes.ts'
import { toolUseIdsIn } from '../../messages/tool-use-ids.ts'
import { noteUnsentFields } from '../../messages/unsent-fields.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest, ChatTool, ReasoningFields } from '../../wire/openai-chat/request.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import type { ChatResponseContext } from '../openai-chat-to-anthropic/response-context.ts'
import { createToolNames } from '../renamed.ts'
import { limitMarkers, markEnd } from './cache-markers.ts'
import { createToClientWords } from './client-words.ts'
import { addMarkedBlock } from './content.ts'
import type { ChatContext, ChatUnit } from './context.ts'
import { createFileNames } from './file-names.ts'
import { toCacheKey, toUserId } from './identifiers.ts'
import { prepareTurns, toMessages } from './messages.ts'
import { toOutputFormat } from './output-format.ts'
import { type ChatPolicy, defaultChatPolicy } from './policy.ts'
import { toReasoning } from './reasoning.ts'
import { toMaxTokens, toSampling, toStops } from './sampling.ts'
import { toSystemMessages, toSystemParts } from './system-message.ts'
import { createToolCallIds } from './tool-call-ids.ts'
import {
  forcedChoiceOf,
  isOneCallAllowed,
  type TranslatedChoice,
  toParallelToolCalls,
  toToolChoice,
} from './tool-choice.ts'
import { toTools } from './tools.ts'
import type { PlacedMessage } from './user-messages.ts'

export interface ChatTranslation {
  readonly body: ChatRequest
  /** The data of the request that the response's translation needs; the upstream adds the rest. */
  readonly response: Omit<ChatResponseContext, 'estimateUsage' | 'contextLimit' | 'onOddity'>
  readonly notes: readonly Note[]
  /** Replaces paths of the sent body and renamed tools in a provider's error with those of the client's request. */
  readonly toClientWords: (words: string) => string
}

export interface ChatTarget {
  /** The provider's id of the model. */
  readonly modelId: string
  readonly dialect: ChatDialect
  readonly policy?: ChatPolicy
  /** Flags of the `anthropic-beta` header. */
  readonly betas?: readonly string[]
}

const toContext = (request: MessagesRequest, { dialect, policy = defaultChatPolicy }: ChatTarget): ChatContext => ({
  dialect,
  policy,
  notes: createNotes(),
  blockKinds: findBlockKinds(request.messages),
  toolNames: createToolNames(),
  toolCallIds: createToolCallIds(dialect),
  fileNames: createFileNames(),
})

/** Beta flags have a meaning only for Anthropic's API (OU-Q13). */
const noteBetas = (flags: readonly string[], notes: Notes): void => {
  for (const flag of flags) {
    notes.dropped(isLoggableBeta(flag) ? ['anthropic-beta', flag] : ['anthropic-beta'], 'beta flag: not sent')
  }
}

/** Notes fields that are not sent. The user id is sent as a hash or not at all: see identifiers.ts. */
const noteUnsent = (
  request: MessagesRequest,
  betas: readonly string[],
  { dialect, policy, notes }: ChatContext,
): void => {
  const isUserIdRead = dialect.promptCacheKey || (policy.userId === 'hash' && dialect.userIdMember !== 'none')
  noteUnsentFields(request, notes, isUserIdRead ? ['metadata'] : [])
  noteBetas([...betas, ...(request.betas ?? [])], notes)
}

const toChatConversation = (request: MessagesRequest, context: ChatContext): Conversation<ChatUnit> => {
  const conversation = toConversation<ChatUnit>(request.messages, {
    addBlock: (units, block, path) => addMarkedBlock(units, block, path, context),
    hasCompactions: context.blockKinds.compactions,
    // Strict chat templates accept a system message only at the beginning (OU-Q20).
    keepsSystemMessages: false,
    notes: context.notes,
  })
  prepareTurns(conversation.turns, context)
  markEnd(request, conversation.turns, context)
  return conversation
}

const sentTools = ({ tools }: TranslatedChoice, { dialect }: ChatContext): ChatTool[] =>
  tools.map(({ tool, marker }) => {
    if (marker === undefined || dialect.cache !== 'anthropic') return tool
    const { ttl } = marker
    return { ...tool, cache_control: ttl && dialect.cacheTtl ? { type: 'ephemeral', ttl } : { type: 'ephemeral' } }
  })

interface BodyParts {
  readonly messages: readonly PlacedMessage[]
  readonly choice: TranslatedChoice
  readonly maxTokens: number
  readonly stop: string[] | undefined
  readonly responseFormat: ChatRequest['response_format'] | undefined
  readonly reasoning: ReasoningFields
}

/** The fields that are the same in each request to one server. */
const fixedFields = ({ dialect, policy }: ChatContext): Partial<ChatRequest> => ({
  ...(policy.serviceTier !== undefined && { service_tier: policy.serviceTier }),
  ...(dialect.store && { store: false as const }),
})

const streamFields = (isStream: boolean, { dialect }: ChatContext): Partial<ChatRequest> => {
  if (!isStream) return {}
  return dialect.streamOptions ? { stream: true, stream_options: { include_usage: true } } : { stream: true }
}

/** vLLM's fields for a response that continues the last message (OU-Q27). */
const prefillFields = (messages: readonly PlacedMessage[], { dialect }: ChatContext): Partial<ChatRequest> =>
  dialect.prefill === 'continue' && messages.at(-1)?.message.role === 'assistant'
    ? { add_generation_prompt: false, continue_final_message: true }
    : {}

/** The members have a fixed order, so that equal prompts give equal bytes (OU-T7). */
const toBody = (request: MessagesRequest, modelId: string, parts: BodyParts, context: ChatContext): ChatRequest => {
  const { dialect } = context
  const isStream = request.stream === true || dialect.wholeBy === 'stream'
  const tools = sentTools(parts.choice, context)
  const { toolChoice } = parts.choice
  const parallelToolCalls = toParallelToolCalls(request, parts.choice, context)
  const cacheKey = toCacheKey(request, context)
  return {
    model: modelId,
    messages: parts.messages.map(({ message }) => message),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { tool_choice: toolChoice }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(dialect.toolStream && isStream && tools.length > 0 && { tool_stream: true as const }),
    [dialect.maxTokens]: parts.maxTokens,
    ...toSampling(request, context),
    ...(parts.stop !== undefined && { stop: parts.stop }),
    ...(parts.responseFormat !== undefined && { response_format: parts.responseFormat }),
    ...parts.reasoning,
    ...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
    ...toUserId(request, context),
    ...fixedFields(context),
    ...prefillFields(parts.messages, context),
    ...streamFields(isStream, context),
  }
}

/**
 * A Messages request as the body of a Chat Completions request. Pure: the same request gives the same bytes. A longer
 * conversation begins with the messages of the shorter one, for prompt caches. `base/unicode-json.ts` writes the body.
 *
 * Throws GatewayError (`invalid_request_error`, with the path of the fault) for a part that has no translation.
 */
export const toChatRequest = (request: MessagesRequest, target: ChatTarget): ChatTranslation => {
  const context = toContext(request, target)
  const { dialect, notes, toolNames } = context
  noteUnsent(request, target.betas ?? [], context)

  const { turns, leadingSystem } = toChatConversation(request, context)
  const offered = toTools(request, context)
  const isForced = forcedChoiceOf(request, offered) !== undefined
  const reasoning = toReasoning(request, { hasTools: offered.tools.length > 0, isForced }, context)
  const choice = toToolChoice(request, offered, reasoning.mayForce, context)
  const { responseFormat, instruction } = toOutputFormat(request, context)
  const system = toSystemParts(request, leadingSystem, instruction, context)
  const hourShare = limitMarkers({ tools: choice.tools, system, turns }, context)

  const messages = [...toSystemMessages(system, context), ...toMessages(turns, reasoning.isOff, context)]
  const maxTokens = toMaxTokens(request, context)
  const { stop, watched } = toStops(request, context)
  const parts = { messages, choice, maxTokens, stop, responseFormat, reasoning: reasoning.fields }
  return {
    body: toBody(request, target.modelId, parts, context),
    response: {
      model: request.model,
      dialect,
      isPrewarm: request.max_tokens === 0,
      toClientToolName: (name) => toolNames.toClient(name),
      maxTokens,
      offeredTools: new Map(choice.tools.map(({ tool }) => [tool.function.name, tool.function.parameters])),
      usedToolCallIds: () => toolUseIdsIn(request),
      stopSequences: request.stop_sequences ?? [],
      watchedStops: watched,
      isOneCallAllowed: isOneCallAllowed(request),
      hourShare,
    },
    notes: notes.all,
    toClientWords: createToClientWords(messages, choice.tools, context),
  }
}
