import { isObject, type Json } from '../../base/json.ts'
import type { ResponsesRequest } from '../../wire/openai-responses/request.ts'
import type { ResponseEcho } from '../../wire/openai-responses/response.ts'

type EchoedMembers = Json & Pick<ResponsesRequest, 'instructions' | 'tools'>

/** The members of an answer that repeat the request (section 3.4). */
export const toEcho = (body: EchoedMembers): ResponseEcho => {
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {}
  const text = isObject(body['text']) ? body['text'] : {}
  return {
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    metadata: body['metadata'] ?? {},
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? null,
    text: { ...text, format: text['format'] ?? { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body.tools ?? [],
    top_p: body['top_p'] ?? null,
    truncation: 'disabled',
    user: body['user'] ?? null,
  }
}
