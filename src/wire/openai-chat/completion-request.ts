import { type Static, Type } from '@sinclair/typebox'
import { Maybe, Open } from '../schema.ts'

/**
 * The body of `POST /v1/chat/completions` as clients send it. Only the members that decide how the body is read are
 * checked here; the translation checks each other member where it reads it, and names its path.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const CompletionRequest = Open({
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(Open({ role: Type.String() }), { minItems: 1 }),
  stream: Maybe(Type.Boolean()),
})
export type CompletionRequest = Static<typeof CompletionRequest>
