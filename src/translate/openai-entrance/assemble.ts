import type { Json } from '../../base/json.ts'
import type { TextBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest, OutputFormat, Tool, ToolChoice } from '../../wire/anthropic/request.ts'
import { withCachePoints } from './cache-points.ts'
import type { OpenAiContext } from './context.ts'
import type { ReasoningRequest } from './reasoning-request.ts'
import { withThinkingRules } from './thinking-rules.ts'

/** The translated parts of a request, of either protocol. */
interface RequestParts {
  readonly parameters: Pick<MessagesRequest, 'max_tokens'> & Partial<MessagesRequest>
  readonly system: TextBlock[]
  readonly messages: MessagesRequest['messages']
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | undefined
  readonly reasoning: ReasoningRequest
  readonly format: OutputFormat | undefined
}

/** Joins the parts; the rules for thinking and the cache points depend on all of them. */
export const assembleRequest = (
  { parameters, system, messages, tools, toolChoice, reasoning: { thinking, effort }, format }: RequestParts,
  body: Json & { readonly model: string },
  context: OpenAiContext,
): MessagesRequest => {
  const request: MessagesRequest = {
    model: body.model,
    ...parameters,
    ...(system.length > 0 && { system }),
    messages,
    ...(tools.length > 0 && { tools: [...tools] }),
    ...(toolChoice && { tool_choice: toolChoice }),
    ...(thinking && { thinking }),
    ...((effort ?? format) && { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    ...(body['stream'] === true && { stream: true }),
  }
  return withCachePoints(withThinkingRules(request, context), body, context)
}
