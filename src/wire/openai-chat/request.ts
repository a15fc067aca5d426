import { type Static, Type } from '@sinclair/typebox'
import { CacheControl } from '../anthropic/content.ts'
import { Closed, JsonObject, OneOf } from '../schema.ts'
import { ChatMessage, functionNamePattern } from './message.ts'

/**
 * The body of `POST /chat/completions`, as we write it: OpenAI's members, and those that other providers add. The order
 * of the members here is the order in which they are sent (OU-T7).
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */

const FunctionName = Type.String({ pattern: functionNamePattern })

const ChatTool = Closed({
  type: Type.Literal('function'),
  function: Closed({
    name: FunctionName,
    description: Type.Optional(Type.String()),
    parameters: JsonObject,
    strict: Type.Optional(Type.Literal(true)),
  }),
  cache_control: Type.Optional(CacheControl),
})
export type ChatTool = Static<typeof ChatTool>

const ChatToolChoice = Type.Union([
  // Only Mistral has `any`.
  OneOf('none', 'required', 'any'),
  Closed({ type: Type.Literal('function'), function: Closed({ name: FunctionName }) }),
])
export type ChatToolChoice = Static<typeof ChatToolChoice>

const ResponseFormat = Type.Union([
  Closed({ type: Type.Literal('json_object') }),
  Closed({
    type: Type.Literal('json_schema'),
    json_schema: Closed({ name: FunctionName, schema: JsonObject, strict: Type.Boolean() }),
  }),
])
export type ResponseFormat = Static<typeof ResponseFormat>

/** Each provider's members for reasoning (OU-Q70 to Q84). */
const reasoning = {
  reasoning_effort: Type.Optional(OneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'default')),
  thinking: Type.Optional(
    Closed({
      type: OneOf('enabled', 'disabled', 'adaptive'),
      clear_thinking: Type.Optional(Type.Literal(false)),
    }),
  ),
  enable_thinking: Type.Optional(Type.Boolean()),
  thinking_budget: Type.Optional(Type.Integer({ minimum: 1 })),
  chat_template_kwargs: Type.Optional(
    Closed({ enable_thinking: Type.Optional(Type.Boolean()), thinking: Type.Optional(Type.Boolean()) }),
  ),
  reasoning_split: Type.Optional(Type.Literal(true)),
  reasoning: Type.Optional(
    Closed({
      effort: Type.Optional(Type.String()),
      max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
      enabled: Type.Optional(Type.Boolean()),
    }),
  ),
  reasoning_format: Type.Optional(Type.Literal('parsed')),
  reasoning_history: Type.Optional(Type.Literal('preserved')),
}

export const ReasoningFields = Closed(reasoning)
export type ReasoningFields = Static<typeof ReasoningFields>

export const ChatRequest = Closed({
  model: Type.String(),
  messages: Type.Array(ChatMessage, { minItems: 1 }),
  tools: Type.Optional(Type.Array(ChatTool, { minItems: 1 })),
  tool_choice: Type.Optional(ChatToolChoice),
  parallel_tool_calls: Type.Optional(Type.Literal(false)),
  /** Only for Zhipu. */
  tool_stream: Type.Optional(Type.Literal(true)),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
  max_completion_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
  temperature: Type.Optional(Type.Number()),
  top_p: Type.Optional(Type.Number()),
  top_k: Type.Optional(Type.Integer()),
  stop: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 4 })),
  response_format: Type.Optional(ResponseFormat),
  ...reasoning,
  prompt_cache_key: Type.Optional(Type.String({ maxLength: 64 })),
  safety_identifier: Type.Optional(Type.String({ maxLength: 64 })),
  user: Type.Optional(Type.String({ maxLength: 64 })),
  service_tier: Type.Optional(Type.String()),
  store: Type.Optional(Type.Literal(false)),
  /** vLLM's members to continue the last message. */
  add_generation_prompt: Type.Optional(Type.Literal(false)),
  continue_final_message: Type.Optional(Type.Literal(true)),
  stream: Type.Optional(Type.Literal(true)),
  stream_options: Type.Optional(Closed({ include_usage: Type.Literal(true) })),
})
export type ChatRequest = Static<typeof ChatRequest>

/** OpenAI's limit for `stop` (OU-Q5). */
export const maximumStops = 4
