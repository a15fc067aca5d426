import { type Static, Type } from '@sinclair/typebox'
import { JsonObject, Maybe, OneOf, Open } from '../schema.ts'
import { CacheControl, ContentBlock, TextBlock } from './content.ts'
import { DiagnosticsRequest } from './diagnostics.ts'
import { Safeguard } from './safeguards.ts'

/**
 * The body of `POST /v1/messages` and `/v1/messages/count_tokens`. Objects are open: `translate/` gets members that the
 * schema does not name, and handles each of them.
 * @see https://docs.anthropic.com/en/api/messages
 */

const messageRoles = ['user', 'assistant', 'system'] as const

const InputMessage = Open({
  role: OneOf(...messageRoles),
  // Only a system message that just changes settings has no content.
  content: Type.Optional(Type.Union([Type.String(), Type.Array(ContentBlock)])),
})
export type InputMessage = Static<typeof InputMessage>

const toolSettings = {
  cache_control: Maybe(CacheControl),
  defer_loading: Maybe(Type.Boolean()),
  eager_input_streaming: Maybe(Type.Boolean()),
  strict: Maybe(Type.Boolean()),
  input_examples: Maybe(Type.Array(Type.Unknown())),
  allowed_callers: Maybe(Type.Array(Type.Unknown())),
}

const CustomTool = Open({
  type: Maybe(Type.Literal('custom')),
  name: Type.String({ minLength: 1 }),
  description: Maybe(Type.String()),
  input_schema: JsonObject,
  ...toolSettings,
})
export type CustomTool = Static<typeof CustomTool>

/** A tool whose schema Anthropic defines (`bash_20250124`, `web_search_20250305`, ...). */
const TypedTool = Open({
  type: Type.String({ pattern: '^(?!custom$)' }),
  name: Type.Optional(Type.String()),
  ...toolSettings,
})
export type TypedTool = Static<typeof TypedTool>

export const Tool = Type.Union([CustomTool, TypedTool])
export type Tool = Static<typeof Tool>

export const isCustomTool = (tool: Tool): tool is CustomTool =>
  tool.type === undefined || tool.type === null || tool.type === 'custom'

const parallel = { disable_parallel_tool_use: Maybe(Type.Boolean()) }
const ToolChoice = Type.Union([
  Open({ type: Type.Literal('auto'), ...parallel }),
  Open({ type: Type.Literal('any'), ...parallel }),
  Open({ type: Type.Literal('tool'), name: Type.String({ minLength: 1 }), ...parallel }),
  Open({ type: Type.Literal('none') }),
])
export type ToolChoice = Static<typeof ToolChoice>

/** Other members than `type` (display, block_binding) are passed on unchanged. */
const Thinking = Type.Union([
  Open({ type: Type.Literal('enabled'), budget_tokens: Type.Integer({ minimum: 1024 }) }),
  Open({ type: Type.Literal('disabled') }),
  Open({ type: Type.Literal('adaptive') }),
  Open({ type: Type.Literal('between_tools') }),
])
export type Thinking = Static<typeof Thinking>

const OutputFormat = Open({ type: Type.Literal('json_schema'), schema: JsonObject })
export type OutputFormat = Static<typeof OutputFormat>

export const effortLevels = ['low', 'medium', 'high', 'xhigh', 'max'] as const
export type Effort = (typeof effortLevels)[number]

const OutputConfig = Open({
  effort: Maybe(OneOf(...effortLevels)),
  format: Maybe(OutputFormat),
})

/** The parts of a prompt, of messages requests and of count requests. */
const prompt = {
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(InputMessage, { minItems: 1 }),
  system: Maybe(Type.Union([Type.String(), Type.Array(TextBlock)])),
  tools: Maybe(Type.Array(Tool)),
  tool_choice: Maybe(ToolChoice),
  thinking: Maybe(Thinking),
  output_config: Maybe(OutputConfig),
  cache_control: Maybe(CacheControl),
}

export const MessagesRequest = Open({
  ...prompt,
  /** 0 only fills the prompt cache. */
  max_tokens: Type.Integer({ minimum: 0 }),
  stream: Maybe(Type.Boolean()),
  temperature: Maybe(Type.Number({ minimum: 0, maximum: 1 })),
  top_p: Maybe(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: Maybe(Type.Integer({ minimum: 0 })),
  stop_sequences: Maybe(Type.Array(Type.String())),
  output_format: Maybe(OutputFormat),
  betas: Maybe(Type.Array(Type.String())),
  safeguards: Maybe(Type.Array(Safeguard)),
  diagnostics: Maybe(DiagnosticsRequest),
})
export type MessagesRequest = Static<typeof MessagesRequest>

export const CountTokensRequest = Open(prompt)
export type CountTokensRequest = Static<typeof CountTokensRequest>
