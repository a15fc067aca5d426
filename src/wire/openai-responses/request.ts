import { type Static, Type } from '@sinclair/typebox'
import { Maybe, Open } from '../schema.ts'

/**
 * The body of `POST /v1/responses` as clients send it. Only the members that decide how the body is read are checked
 * here; the translation checks each other member where it reads it, and names its path.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export const ResponsesRequest = Open({
  model: Type.String({ minLength: 1 }),
  input: Type.Optional(Type.Union([Type.String(), Type.Array(Open({}))])),
  stream: Maybe(Type.Boolean()),
})
export type ResponsesRequest = Static<typeof ResponsesRequest>
