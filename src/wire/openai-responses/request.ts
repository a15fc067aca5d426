import { type Static, Type } from '@sinclair/typebox'
import { JsonObject, Maybe, Open } from '../schema.ts'
import { InputItem } from './input-item.ts'

/**
 * The body of `POST /v1/responses` as clients send it. Checks the input, and the members that decide how the body is
 * read; the translation checks each other member where it reads it, and names its path.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export const ResponsesRequest = Open({
  model: Type.String({ minLength: 1 }),
  input: Maybe(Type.Union([Type.String(), Type.Array(InputItem)])),
  instructions: Maybe(Type.String()),
  tools: Maybe(Type.Array(JsonObject)),
  stream: Maybe(Type.Boolean()),
})
export type ResponsesRequest = Static<typeof ResponsesRequest>
