import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { Closed, JsonObject, Maybe, OneOf, Open } from '../../wire/schema.ts'

/** The request of OpenAI's Chat Completions by its API reference, independent of the schemas in `wire`. */

const Optional = Type.Optional
const Text = Type.String()
const Name = Type.String({ pattern: '^[a-zA-Z0-9_-]+$', maxLength: 64 })
const longestCallId = 40
const CallId = Type.String({ maxLength: longestCallId })
/** `user`, `safety_identifier` and `prompt_cache_key`. */
const Identifier = Type.String({ maxLength: 64 })
const breakpoint = { prompt_cache_breakpoint: Optional(Closed({ mode: OneOf('explicit'), ttl: Optional(Text) })) }

export const TextPart = Closed({ type: OneOf('text'), text: Text, ...breakpoint })
const RefusalPart = Closed({ type: OneOf('refusal'), refusal: Text })
export const ImagePart = Closed({
  type: OneOf('image_url'),
  image_url: Closed({ url: Text, detail: Optional(OneOf('auto', 'low', 'high', 'original')) }),
  ...breakpoint,
})
const AudioPart = Closed({
  type: OneOf('input_audio'),
  input_audio: Closed({ data: Text, format: OneOf('wav', 'mp3') }),
  ...breakpoint,
})
const FilePart = Closed({
  type: OneOf('file'),
  file: Closed({ file_data: Optional(Text), file_id: Optional(Text), filename: Optional(Text) }),
  ...breakpoint,
})

const contentOf = (...parts: readonly TObject[]): TSchema =>
  Type.Union([Text, Type.Array(Type.Union([...parts]), { minItems: 1 })])

const Call = Type.Union([
  Closed({ id: CallId, type: OneOf('function'), function: Closed({ name: Name, arguments: Text }) }),
  Closed({ id: CallId, type: OneOf('custom'), custom: Closed({ name: Name, input: Text }) }),
])

const named = { name: Optional(Type.String({ pattern: '^[^\\s<|\\\\/>]+$' })) }

/** Members of a message, by its role. */
export const openAiMessages = {
  system: { content: contentOf(TextPart), ...named },
  developer: { content: contentOf(TextPart), ...named },
  user: { content: contentOf(TextPart, ImagePart, AudioPart, FilePart), ...named },
  assistant: {
    content: Maybe(contentOf(TextPart, RefusalPart)),
    refusal: Maybe(Text),
    tool_calls: Optional(Type.Array(Call, { minItems: 1 })),
    function_call: Maybe(Closed({ name: Text, arguments: Text })),
    audio: Maybe(Closed({ id: Text })),
    ...named,
  },
  tool: { content: contentOf(TextPart), tool_call_id: CallId },
  function: { content: Maybe(Text), name: Text },
} satisfies Record<string, TProperties>

const functionMembers = {
  name: Name,
  description: Optional(Text),
  parameters: Optional(JsonObject),
  strict: Maybe(Type.Boolean()),
}

const mostTools = 128

/** `more`: members in addition to `type` and `function`. */
export const toolsOf = (more: TProperties = {}): TSchema =>
  Type.Array(
    Type.Union([
      Closed({ type: OneOf('function'), function: Closed(functionMembers), ...more }),
      Closed({ type: OneOf('custom'), custom: Open({ name: Name }) }),
    ]),
    { minItems: 1, maxItems: mostTools },
  )

export const ChoiceWord = OneOf('none', 'auto', 'required')
export const ChoiceObject = Type.Union([
  Closed({ type: OneOf('function'), function: Closed({ name: Text }) }),
  Closed({ type: OneOf('custom'), custom: Closed({ name: Text }) }),
  Closed({
    type: OneOf('allowed_tools'),
    allowed_tools: Closed({ mode: OneOf('auto', 'required'), tools: Type.Array(JsonObject) }),
  }),
])

const mostStops = 4
export const StopList = Type.Array(Text, { minItems: 1, maxItems: mostStops })

const ResponseFormat = Type.Union([
  Closed({ type: OneOf('text') }),
  Closed({ type: OneOf('json_object') }),
  Closed({
    type: OneOf('json_schema'),
    json_schema: Closed({
      name: Name,
      description: Optional(Text),
      schema: Optional(JsonObject),
      strict: Maybe(Type.Boolean()),
    }),
  }),
])

const Positive = Type.Integer({ minimum: 1 })
const Penalty = Type.Number({ minimum: -2, maximum: 2 })

/** Members of nearly every server. `messages`, `stop` and `tool_choice` are checked separately, by kind. */
export const commonMembers = {
  model: Text,
  messages: Type.Array(Type.Unknown(), { minItems: 1 }),
  max_tokens: Maybe(Positive),
  temperature: Maybe(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: Maybe(Type.Number({ minimum: 0, maximum: 1 })),
  stop: Optional(Type.Unknown()),
  stream: Maybe(Type.Boolean()),
  stream_options: Maybe(
    Closed({ include_usage: Optional(Type.Boolean()), include_obfuscation: Optional(Type.Boolean()) }),
  ),
  tools: Optional(toolsOf()),
  tool_choice: Optional(Type.Unknown()),
  parallel_tool_calls: Optional(Type.Boolean()),
  response_format: Optional(ResponseFormat),
  frequency_penalty: Maybe(Penalty),
  presence_penalty: Maybe(Penalty),
  n: Maybe(Type.Integer({ minimum: 1, maximum: 128 })),
  seed: Maybe(Type.Integer()),
  user: Optional(Text),
  logprobs: Maybe(Type.Boolean()),
  top_logprobs: Maybe(Type.Integer({ minimum: 0, maximum: 20 })),
  logit_bias: Maybe(JsonObject),
}

export const ReasoningEffort = OneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')

/** Additional members of OpenAI. */
export const openAiMembers = {
  max_completion_tokens: Maybe(Positive),
  reasoning_effort: Maybe(ReasoningEffort),
  verbosity: Maybe(OneOf('low', 'medium', 'high')),
  store: Maybe(Type.Boolean()),
  metadata: Maybe(Type.Record(Type.String(), Text)),
  prompt_cache_key: Maybe(Identifier),
  prompt_cache_options: Optional(Closed({ mode: Optional(OneOf('implicit', 'explicit')), ttl: Optional(Text) })),
  prompt_cache_retention: Maybe(OneOf('in_memory', '24h')),
  safety_identifier: Maybe(Identifier),
  service_tier: Maybe(OneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
  modalities: Maybe(Type.Array(OneOf('text', 'audio'))),
  audio: Maybe(JsonObject),
  prediction: Maybe(JsonObject),
  moderation: Maybe(JsonObject),
  web_search_options: Optional(JsonObject),
  functions: Optional(Type.Array(JsonObject)),
  function_call: Optional(Type.Unknown()),
}

export type ChatPart =
  | Static<typeof TextPart>
  | Static<typeof ImagePart>
  | Static<typeof FilePart>
  | Static<typeof AudioPart>

interface ChatCall {
  readonly id: string
  readonly function?: { readonly name: string; readonly arguments: string }
}

/** A valid message. Rules read members of single servers by name. */
export interface ChatMessage {
  readonly role: string
  readonly content?: string | readonly ChatPart[] | null
  readonly tool_calls?: readonly ChatCall[]
  readonly tool_call_id?: string
  readonly [member: string]: unknown
}

interface ChatTool {
  readonly function?: Static<TObject<typeof functionMembers>>
}

/** A valid body. */
export type ChatBody = Omit<
  Static<TObject<typeof commonMembers>> & Partial<Static<TObject<typeof openAiMembers>>>,
  'messages' | 'stop' | 'tools' | 'tool_choice' | 'response_format'
> & {
  readonly messages: readonly ChatMessage[]
  readonly stop?: string | readonly string[] | null
  readonly tools?: readonly ChatTool[]
  readonly tool_choice?: string | { readonly function?: { readonly name: string } }
  readonly response_format?: {
    readonly type: string
    readonly json_schema?: { readonly name: string; readonly schema?: unknown; readonly strict?: boolean | null }
  }
}
