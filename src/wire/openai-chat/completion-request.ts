import { type Static, Type } from '@sinclair/typebox'
import { Maybe, OneOf, Open } from '../schema.ts'
import { ContentPart } from './content-part.ts'

/**
 * The body of `POST /v1/chat/completions` as clients send it. Checks the messages, and the members that decide how the
 * body is read; the translation checks each other member where it reads it, and names its path.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */

const CalledFunction = Open({
  name: Type.String({ minLength: 1 }),
  /** JSON text; some clients send the object itself. */
  arguments: Type.Optional(Type.Unknown()),
})

const ToolCall = Open({
  id: Type.String(),
  function: Maybe(CalledFunction),
  custom: Maybe(Open({ name: Type.String({ minLength: 1 }), input: Maybe(Type.String()) })),
})
export type ToolCall = Static<typeof ToolCall>

const CompletionMessage = Open({
  role: OneOf('system', 'developer', 'user', 'assistant', 'tool', 'function'),
  content: Maybe(Type.Union([Type.String(), Type.Array(ContentPart)])),
  name: Maybe(Type.String()),
  refusal: Maybe(Type.String()),
  tool_calls: Maybe(Type.Array(ToolCall)),
  function_call: Maybe(CalledFunction),
  tool_call_id: Maybe(Type.String()),
  /** Anthropic's word, next to OpenAI's own members. */
  is_error: Maybe(Type.Boolean()),
})
export type CompletionMessage = Static<typeof CompletionMessage>

export const CompletionRequest = Open({
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(CompletionMessage, { minItems: 1 }),
  stream: Maybe(Type.Boolean()),
})
export type CompletionRequest = Static<typeof CompletionRequest>
