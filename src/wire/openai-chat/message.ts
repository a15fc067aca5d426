import { type Static, Type } from '@sinclair/typebox'
import { CacheControl } from '../anthropic/content.ts'
import { Closed, JsonObject } from '../schema.ts'

/**
 * Messages of a Chat Completions request, as we write them: OpenAI's members, and those that other providers add.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */

/** Prompt caching: Anthropic's own marker behind gateways (OU-Q111), or OpenAI's (OU-Q112). */
const cacheable = {
  cache_control: Type.Optional(CacheControl),
  prompt_cache_breakpoint: Type.Optional(Closed({ mode: Type.Literal('explicit') })),
}

export const TextPart = Closed({ type: Type.Literal('text'), text: Type.String(), ...cacheable })
export type TextPart = Static<typeof TextPart>

const MediaPart = Type.Union([
  Closed({ type: Type.Literal('image_url'), image_url: Closed({ url: Type.String() }), ...cacheable }),
  Closed({
    type: Type.Literal('file'),
    file: Closed({ filename: Type.String(), file_data: Type.String() }),
    ...cacheable,
  }),
  // Mistral's form of a PDF.
  Closed({ type: Type.Literal('document_url'), document_url: Type.String(), ...cacheable }),
])
export type MediaPart = Static<typeof MediaPart>

/** Mistral's form of reasoning (OU-Q100). */
const ThinkingPart = Closed({ type: Type.Literal('thinking'), thinking: Type.Array(TextPart) })

const SystemMessage = Closed({
  role: Type.Literal('system'),
  content: Type.Union([Type.String(), Type.Array(TextPart)]),
})
export type SystemMessage = Static<typeof SystemMessage>

const UserMessage = Closed({
  role: Type.Literal('user'),
  content: Type.Union([Type.String(), Type.Array(Type.Union([TextPart, ...MediaPart.anyOf]))]),
})
export type UserMessage = Static<typeof UserMessage>

const ToolCall = Closed({
  id: Type.String(),
  type: Type.Literal('function'),
  function: Closed({ name: Type.String(), arguments: Type.String() }),
  /** Gemini's token of the call (OU-Q101). */
  extra_content: Type.Optional(Closed({ google: Closed({ thought_signature: Type.String() }) })),
})
export type ToolCall = Static<typeof ToolCall>

const AssistantMessage = Closed({
  role: Type.Literal('assistant'),
  content: Type.Union([Type.String(), Type.Null(), Type.Array(Type.Union([ThinkingPart, TextPart]))]),
  reasoning_content: Type.Optional(Type.String()),
  reasoning: Type.Optional(Type.String()),
  reasoning_details: Type.Optional(Type.Array(JsonObject)),
  tool_calls: Type.Optional(Type.Array(ToolCall, { minItems: 1 })),
  /** The model continues this message: members of Mistral and DeepSeek, and of Kimi (OU-Q27). */
  prefix: Type.Optional(Type.Literal(true)),
  partial: Type.Optional(Type.Literal(true)),
})
export type AssistantMessage = Static<typeof AssistantMessage>

const ToolMessage = Closed({
  role: Type.Literal('tool'),
  tool_call_id: Type.String(),
  /** Mistral's. */
  name: Type.Optional(Type.String()),
  content: Type.Union([Type.String(), Type.Array(Type.Union([TextPart, ...MediaPart.anyOf]))]),
})
export type ToolMessage = Static<typeof ToolMessage>

export const ChatMessage = Type.Union([SystemMessage, UserMessage, AssistantMessage, ToolMessage])
export type ChatMessage = Static<typeof ChatMessage>

/** The names that OpenAI accepts for functions and JSON schemas. */
export const functionNamePattern = '^[a-zA-Z0-9_-]{1,64}$'
