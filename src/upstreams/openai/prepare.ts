import { toUnicodeJsonWithoutNul } from '../../base/unicode-json.ts'
import type { Note } from '../../messages/notes.ts'
import type { ChatPolicy } from '../../translate/anthropic-to-openai-chat/policy.ts'
import { toChatRequest } from '../../translate/anthropic-to-openai-chat/request.ts'
import type { ChatDialect } from '../../translate/capabilities/chat-dialect.ts'
import type { ChatResponseContext } from '../../translate/openai-chat-to-anthropic/response-context.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { EstimateTokens } from '../definition.ts'
import type { ResendOnce } from '../http/post.ts'
import type { CallContext } from '../upstream.ts'
import type { OpenAiCall } from './client.ts'
import type { Provider } from './provider.ts'

/** A request ready to be sent. */
export interface Prepared {
  readonly body: string
  readonly call: OpenAiCall
  readonly responseContext: ChatResponseContext
  readonly notes: readonly Note[]
}

interface Target {
  readonly dialect: ChatDialect
  readonly provider: Provider
  readonly policy: ChatPolicy
  readonly estimateTokens: EstimateTokens
  /** Tokens of the model's context; undefined if the configuration has no limit. */
  readonly contextLimit: number | undefined
}

/** Estimates tokens, only if the provider reports no usage (OU-A33). */
const createUsageEstimate =
  (request: MessagesRequest, modelId: string, estimate: EstimateTokens): ChatResponseContext['estimateUsage'] =>
  (output) => ({
    inputTokens: estimate(request, modelId),
    outputTokens: estimate({ model: request.model, messages: [{ role: 'assistant', content: output }] }, modelId),
  })

/** Throws the errors of the translation. */
export const prepare = (
  request: MessagesRequest,
  { dialect, provider, policy, estimateTokens, contextLimit }: Target,
  { modelId, betas, signal, onUpstreamId, traceparent }: CallContext,
  resend: ResendOnce,
): Prepared => {
  const translation = toChatRequest(request, { modelId, dialect, policy, betas })
  const { body, notes, response, toClientWords } = translation
  const text = toUnicodeJsonWithoutNul(body)
  return {
    body: text,
    responseContext: {
      ...response,
      contextLimit,
      estimateUsage: createUsageEstimate(request, modelId, estimateTokens),
    },
    notes,
    call: {
      modelId,
      body: text,
      isStream: body.stream === true,
      wording: {
        model: request.model,
        toClientWords,
      },
      headers: {
        ...provider.headersFor?.(body, request),
        ...(traceparent !== undefined && { traceparent }),
      },
      signal,
      onUpstreamId,
      resend,
    },
  }
}
