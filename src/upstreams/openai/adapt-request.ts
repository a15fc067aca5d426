import type { Logger } from '../../base/logger.ts'
import { setMostRecent } from '../../base/lru.ts'
import { cacheHash } from '../../runtime/hash.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { EstimateTokens } from '../definition.ts'
import { type RoutedRequest, routeImages } from './image-route.ts'
import { isMappedExactly } from './model-map.ts'
import { availableTokens, limitOutput } from './output-limit.ts'
import type { OpenAiSettings } from './settings.ts'
import { trimConversation } from './trim.ts'

export interface AdaptOptions extends Pick<OpenAiSettings, 'names' | 'routing' | 'contextLimits' | 'output'> {
  readonly estimateTokens: EstimateTokens
  readonly log: Logger
}

/** Bounds memory. */
const maximumConversations = 100

/** Identifies a conversation by its first message, which stays the same in all its requests. */
const conversationOf = ({ messages: [first] }: MessagesRequest): string => cacheHash(JSON.stringify(first))

/**
 * Adapts a request to the model that answers it: routes images (OU-R3), omits the oldest exchanges (OU-R9), and limits
 * the output (OU-R8). Throws GatewayError if a conversation is too long.
 */
export const createAdaptRequest = ({ names, routing, contextLimits, output, estimateTokens, log }: AdaptOptions) => {
  const warned = new Map<string, true>()
  const warnOnce = (request: MessagesRequest, requestId: string, omitted: number): void => {
    const conversation = conversationOf(request)
    if (!warned.has(conversation)) log.warn('context.trimmed', { requestId, messages: omitted })
    setMostRecent(warned, conversation, true, maximumConversations)
  }

  const trimmed = (
    request: MessagesRequest,
    modelId: string,
    requestId: string,
  ): { readonly request: MessagesRequest; readonly available?: number | undefined } => {
    const limit = contextLimits.get(modelId)
    if (limit === undefined) return { request }
    const { model } = request
    const surroundings = estimateTokens({ model, messages: [] }, modelId)
    const total = estimateTokens(request, modelId)
    const kept = trimConversation(
      request,
      total,
      limit,
      (messages) => estimateTokens({ model, messages: [...messages] }, modelId) - surroundings,
    )
    if (kept.omitted > 0) warnOnce(request, requestId, kept.omitted)
    return { request: kept.request, available: availableTokens(limit, kept.tokens) }
  }

  return (given: MessagesRequest, requestedModelId: string, requestId: string): RoutedRequest => {
    // The exact map comes before the vision model (OU-R1).
    const isMapped = isMappedExactly(given.model, names)
    const routed = isMapped
      ? { request: given, modelId: requestedModelId }
      : routeImages(given, requestedModelId, routing)
    const { request, available } = trimmed(routed.request, routed.modelId, requestId)
    const limit = limitOutput(request.max_tokens, output, available)
    return { ...routed, request: limit === request.max_tokens ? request : { ...request, max_tokens: limit } }
  }
}
