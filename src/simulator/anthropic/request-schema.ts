import { type TProperties, Type } from '@sinclair/typebox'
import { Closed, JsonObject, Maybe, OneOf, Open } from '../../wire/schema.ts'
import { Block, CacheMark, TextPart } from './block-schemas.ts'

/** The body of a messages request, by the SDK's beta types. The API refuses any other member. */

const Text = Type.String()
const Flag = Type.Boolean()
const Fraction = Type.Number({ minimum: 0, maximum: 1 })

const Message = Closed({
  role: OneOf('user', 'assistant', 'system'),
  content: Type.Optional(Type.Union([Text, Type.Array(Block)])),
  // Of system messages.
  clear_at: Maybe(OneOf('next_user_message', 'never')),
  output_config: Maybe(JsonObject),
})

const CustomTool = Closed({
  type: Maybe(Type.Literal('custom')),
  name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,128}$' }),
  description: Maybe(Text),
  input_schema: Open({ type: OneOf('object') }),
  allowed_callers: Maybe(Type.Array(Text)),
  cache_control: Maybe(CacheMark),
  defer_loading: Maybe(Flag),
  eager_input_streaming: Maybe(Flag),
  input_examples: Maybe(Type.Array(JsonObject)),
  strict: Maybe(Flag),
})

const typedToolFamilies = [
  'advisor',
  'bash',
  'browser_toolset',
  'code_execution',
  'computer',
  'computer_toolset',
  'memory',
  'text_editor',
  'tool_search_tool_bm25',
  'tool_search_tool_regex',
  'web_fetch',
  'web_search',
]

/** A tool that Anthropic defines. Its members depend on its version, so they are not checked. */
const TypedTool = Open({
  type: Type.String({
    pattern: `^(?:(?:${typedToolFamilies.join('|')})_\\d{8}|tool_search_tool_(?:bm25|regex)|mcp_toolset)$`,
  }),
  name: Maybe(Text),
  cache_control: Maybe(CacheMark),
})

const parallel = { disable_parallel_tool_use: Maybe(Flag) }
const ToolChoice = Type.Union([
  Closed({ type: Type.Literal('auto'), ...parallel }),
  Closed({ type: Type.Literal('any'), ...parallel }),
  Closed({ type: Type.Literal('tool'), name: Text, ...parallel }),
  Closed({ type: Type.Literal('none') }),
])

const shownThinking = {
  block_binding: Maybe(Type.Unknown()),
  display: Maybe(OneOf('summarized', 'omitted', 'updates')),
}
const Thinking = Type.Union([
  Closed({ type: Type.Literal('enabled'), budget_tokens: Type.Integer({ minimum: 1024 }), ...shownThinking }),
  Closed({ type: Type.Literal('adaptive'), ...shownThinking }),
  Closed({ type: Type.Literal('between_tools') }),
  Closed({ type: Type.Literal('disabled') }),
])

const Format = Closed({ type: Type.Literal('json_schema'), schema: JsonObject })

const prompt = {
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(Message, { minItems: 1 }),
  system: Maybe(Type.Union([Text, Type.Array(TextPart)])),
  tools: Maybe(Type.Array(Type.Union([CustomTool, TypedTool]))),
  tool_choice: Maybe(ToolChoice),
  thinking: Maybe(Thinking),
  output_config: Maybe(
    Closed({
      effort: Maybe(OneOf('low', 'medium', 'high', 'xhigh', 'max')),
      format: Maybe(Format),
      task_budget: Maybe(JsonObject),
    }),
  ),
  cache_control: Maybe(CacheMark),
  speed: Maybe(OneOf('standard', 'fast')),
  billing_policy: Maybe(Type.Unknown()),
  compaction: Maybe(JsonObject),
  context_management: Maybe(JsonObject),
  mcp_servers: Maybe(Type.Array(JsonObject)),
  output_format: Maybe(Format),
} satisfies TProperties

export const CountBody = Closed(prompt)

export const MessagesBody = Closed({
  ...prompt,
  /** 0 only fills the prompt cache. */
  max_tokens: Type.Integer({ minimum: 0 }),
  stream: Maybe(Flag),
  temperature: Maybe(Fraction),
  top_p: Maybe(Fraction),
  top_k: Maybe(Type.Integer({ minimum: 0 })),
  stop_sequences: Maybe(Type.Array(Text)),
  metadata: Maybe(Closed({ user_id: Maybe(Type.String({ maxLength: 512 })) })),
  service_tier: Maybe(OneOf('auto', 'standard_only')),
  inference_geo: Maybe(Text),
  container: Maybe(Type.Union([Text, JsonObject])),
  diagnostics: Maybe(JsonObject),
  fallbacks: Maybe(Type.Unknown()),
  fallback_credit_token: Maybe(Type.Unknown()),
  thread: Maybe(JsonObject),
  safeguards: Maybe(Type.Array(JsonObject)),
})

export const BatchBody = Closed({
  requests: Type.Array(Closed({ custom_id: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }), params: JsonObject }), {
    minItems: 1,
  }),
})

/** The members that a beta flag adds, with the beginning of the flag. */
export const betaMembers: Readonly<Record<string, readonly string[]>> = {
  compaction: ['compact-'],
  context_management: ['context-management-', 'compact-'],
  mcp_servers: ['mcp-client-'],
  output_format: ['structured-outputs-'],
  fallbacks: ['server-side-fallback-'],
  fallback_credit_token: ['fallback-credit-'],
  thread: ['message-threads-'],
  safeguards: ['dangerous-tool-use-'],
}
