import type { Json } from '../../base/json.ts'
import type { CompletionRequest } from '../../wire/openai-chat/completion-request.ts'
import { completionToMessages } from '../openai-chat-entrance/request.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { toEcho } from './echo.ts'
import type { TranslatedResponses } from './request.ts'

/**
 * Translates a body of Chat Completions that was sent to the path of Responses, whose form the answer has (OE-T8).
 * Throws a 400 that names the member's path.
 */
export const completionToResponses = (body: CompletionRequest & Json, context: OpenAiContext): TranslatedResponses => {
  const { request, plan } = completionToMessages(body, context)
  const limit = body['max_completion_tokens'] ?? body['max_tokens']
  return {
    request,
    plan: {
      ...plan,
      modelId: context.model.id,
      showsSummary: plan.reasoning !== 'none',
      showsSources: false,
      isCompaction: false,
      echo: toEcho({ ...body, max_output_tokens: limit }),
    },
  }
}
