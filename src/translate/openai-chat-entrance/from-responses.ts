import { isObject, type Json } from '../../base/json.ts'
import type { ResponsesRequest } from '../../wire/openai-responses/request.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { responsesToMessages } from '../openai-responses-entrance/request.ts'
import type { TranslatedCompletion } from './request.ts'

const includesUsage = ({ stream_options }: Json): boolean =>
  isObject(stream_options) && stream_options['include_usage'] === true

/**
 * Translates a Responses body that was sent to the path of Chat Completions, whose form the answer has (OE-T8). Throws a
 * 400 that names the member's path.
 */
export const responsesToCompletion = (body: ResponsesRequest & Json, context: OpenAiContext): TranslatedCompletion => {
  const { request, plan } = responsesToMessages(body, context)
  return {
    request,
    plan: {
      ...plan,
      includesUsage: includesUsage(body),
      usesFunctions: false,
      reasoning: context.policy.reasoning,
    },
  }
}
