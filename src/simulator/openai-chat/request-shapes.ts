import { type TObject, type TProperties, Type } from '@sinclair/typebox'
import type { Path } from '../../base/path.ts'
import { Closed, JsonObject, Maybe, OneOf } from '../../wire/schema.ts'
import type { ChatRefusal } from './refusal.ts'
import {
  commonMembers,
  ImagePart,
  openAiMembers,
  openAiMessages,
  ReasoningEffort,
  TextPart,
  toolsOf,
} from './schema.ts'
import { placeOf, type RequestShape } from './shape.ts'

/** The schemas of each server's requests. */

const Optional = Type.Optional
const Text = Type.String()
const Bool = Type.Boolean()
const NullableText = Maybe(Text)

const contentOf = (...parts: readonly TObject[]) => Type.Union([Text, Type.Array(Type.Union([...parts]))])

interface MessageChanges {
  readonly text?: TObject
  /** Parts of the user's content in addition to texts and images. */
  readonly userParts?: readonly TObject[]
  /** Whether results may have images. */
  readonly seesResults?: boolean
  /** Parts of the assistant's content in addition to texts. */
  readonly assistantParts?: readonly TObject[]
  readonly assistant?: TProperties
}

/** The four roles that every server has; most do not have `developer`. */
const messagesOf = (changes: MessageChanges = {}): Readonly<Record<string, TProperties>> => {
  const { text = TextPart, userParts = [], seesResults = false, assistantParts = [], assistant = {} } = changes
  return {
    system: { content: contentOf(text), name: Optional(Text) },
    user: { content: contentOf(text, ImagePart, ...userParts), name: Optional(Text) },
    assistant: {
      ...openAiMessages.assistant,
      content: Maybe(contentOf(text, ...assistantParts)),
      ...assistant,
    },
    tool: {
      content: seesResults ? contentOf(text, ImagePart) : contentOf(text),
      tool_call_id: Text,
      name: Optional(Text),
    },
  }
}

const atPlace = (words: (place: string, name: string) => ChatRefusal) => (path: Path) =>
  words(placeOf(path), String(path.at(-1)))

/** Pydantic's words, of servers in Python. */
const extraForbidden = atPlace((place, name) => ({
  status: 422,
  message: `Extra inputs are not permitted: ${place}`,
  param: name,
  code: 'extra_forbidden',
}))

/** Serde's words, of servers in Rust. */
const unknownField = atPlace((place, name) => ({
  message: `Failed to deserialize the JSON body into the target type: ${place}: unknown field \`${name}\``,
}))

const Thinking = Closed({
  type: OneOf('enabled', 'disabled'),
  clear_thinking: Optional(Bool),
})

const reasoningContent = { reasoning_content: NullableText }
const limits = { top_k: Optional(Type.Integer()) }

export const openAiShape: RequestShape = {
  members: { ...commonMembers, ...openAiMembers },
  messages: openAiMessages,
}

export const deepSeekShape: RequestShape = {
  members: { ...commonMembers, thinking: Optional(Thinking), reasoning_effort: Optional(ReasoningEffort) },
  messages: messagesOf({ assistant: { ...reasoningContent, prefix: Optional(Bool) } }),
  unknownMember: unknownField,
}

export const kimiShape: RequestShape = {
  members: {
    ...commonMembers,
    thinking: Optional(Thinking),
    reasoning_effort: Optional(ReasoningEffort),
    prompt_cache_key: NullableText,
    safety_identifier: NullableText,
  },
  messages: messagesOf({ seesResults: true, assistant: { ...reasoningContent, partial: Optional(Bool) } }),
  unknownMember: (path) => ({ message: `Invalid request: unknown field ${placeOf(path)}` }),
}

const ThinkingPart = Closed({
  type: OneOf('thinking'),
  thinking: Type.Array(Closed({ type: OneOf('text'), text: Text })),
  closed: Optional(Bool),
})

export const mistralShape: RequestShape = {
  members: {
    ...commonMembers,
    reasoning_effort: Optional(OneOf('none', 'high')),
    random_seed: Optional(Type.Integer()),
    safe_prompt: Optional(Bool),
    prompt_mode: Optional(Text),
  },
  messages: messagesOf({
    userParts: [Closed({ type: OneOf('document_url'), document_url: Text, document_name: Optional(Text) })],
    assistantParts: [ThinkingPart],
    assistant: { prefix: Optional(Bool) },
  }),
  choiceWord: OneOf('none', 'auto', 'any', 'required'),
  unknownMember: extraForbidden,
}

export const nebiusShape: RequestShape = {
  members: { ...commonMembers, ...limits, reasoning_effort: Optional(ReasoningEffort) },
  messages: messagesOf({ assistant: reasoningContent }),
  unknownMember: extraForbidden,
}

const cacheControl = {
  cache_control: Optional(Closed({ type: OneOf('ephemeral'), ttl: Optional(OneOf('5m', '1h')) })),
}

const FilePart = Closed({ type: OneOf('file'), file: Closed({ filename: Text, file_data: Text }) })

export const openRouterShape: RequestShape = {
  members: {
    ...commonMembers,
    ...limits,
    max_completion_tokens: openAiMembers.max_completion_tokens,
    reasoning: Optional(
      Closed({
        effort: Optional(ReasoningEffort),
        max_tokens: Optional(Type.Integer()),
        enabled: Optional(Bool),
        exclude: Optional(Bool),
      }),
    ),
    tools: Optional(toolsOf(cacheControl)),
    provider: Optional(JsonObject),
    plugins: Optional(Type.Array(JsonObject)),
    models: Optional(Type.Array(Text)),
    usage: Optional(JsonObject),
    session_id: Optional(Text),
  },
  messages: messagesOf({
    text: Closed({ type: OneOf('text'), text: Text, ...cacheControl }),
    userParts: [FilePart],
    assistant: { reasoning: NullableText, reasoning_details: Optional(Type.Array(JsonObject)) },
  }),
}

const template = { chat_template_kwargs: Optional(JsonObject) }

export const vllmShape: RequestShape = {
  members: {
    ...commonMembers,
    ...limits,
    ...template,
    max_completion_tokens: openAiMembers.max_completion_tokens,
    reasoning_effort: Optional(ReasoningEffort),
    continue_final_message: Optional(Bool),
    add_generation_prompt: Optional(Bool),
  },
  messages: messagesOf({ assistant: { ...reasoningContent, reasoning: NullableText } }),
  ignoresUnknown: true,
}

export const llamaCppShape: RequestShape = {
  members: { ...commonMembers, ...limits, ...template },
  messages: messagesOf({ assistant: reasoningContent }),
  ignoresUnknown: true,
}

export const lmStudioShape: RequestShape = {
  members: { ...commonMembers, ...limits },
  messages: messagesOf({ assistant: reasoningContent }),
  refusedChoiceObject: {
    message: "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
  },
  ignoresUnknown: true,
}

export const ollamaShape: RequestShape = {
  members: { ...commonMembers, reasoning_effort: Optional(ReasoningEffort), reasoning: Optional(JsonObject) },
  messages: messagesOf({ assistant: { reasoning: NullableText } }),
  ignoresUnknown: true,
}
