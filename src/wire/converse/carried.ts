import type { Member } from '../../base/exact-json.ts'
import { isObject, objectsIn } from '../../base/json.ts'

/** Finds the members of Converse bodies that are passed on unread. Accepts any body. */

function* inputsIn(message: unknown): Generator<Member> {
  if (!isObject(message)) return
  for (const { toolUse } of objectsIn(message['content'])) if (isObject(toolUse)) yield [toolUse, 'input']
}

/** Inputs of tools. */
export function* carriedInResponse(body: unknown): Generator<Member> {
  if (isObject(body) && isObject(body['output'])) yield* inputsIn(body['output']['message'])
}

/** Inputs and schemas of tools. */
export function* carriedInRequest(body: unknown): Generator<Member> {
  if (!isObject(body)) return
  for (const message of objectsIn(body['messages'])) yield* inputsIn(message)
  const tools = isObject(body['toolConfig']) ? body['toolConfig']['tools'] : undefined
  for (const { toolSpec } of objectsIn(tools)) {
    if (isObject(toolSpec) && isObject(toolSpec['inputSchema'])) yield [toolSpec['inputSchema'], 'json']
  }
}
