import type { Member } from '../../base/exact-json.ts'
import { isObject, type Json, objectsIn } from '../../base/json.ts'

/** Whether a block contains only tool values, and no number that the gateway reads. */
const isCarried = ({ type }: Json): boolean =>
  typeof type === 'string' &&
  /^(?:tool_use|server_tool_use|mcp_\w+|\w+_tool_result|tool_addition|browser_state)$/.test(type)

/** Finds the members of a message's content. Accepts any value. */
export function* carriedInContent(content: unknown): Generator<Member> {
  if (!Array.isArray(content)) return
  for (const [index, block] of content.entries()) {
    if (!isObject(block)) continue
    if (isCarried(block)) yield [content as unknown as Json, String(index)]
    else if (block['type'] === 'tool_result') yield* carriedInContent(block['content'])
  }
}

/** Finds the same members of a response. Accepts any body. */
export function* carriedInMessage(message: unknown): Generator<Member> {
  if (isObject(message)) yield* carriedInContent(message['content'])
}

/** Finds the block of a stream's event, if it is passed on unread. */
export function* carriedInEvent(event: unknown): Generator<Member> {
  if (isObject(event) && isObject(event['content_block']) && isCarried(event['content_block']))
    yield [event, 'content_block']
}

/**
 * Finds the members of a request that are passed on unread: inputs and schemas of tools, schemas of responses. Accepts
 * any body.
 */
export function* carriedInRequest(body: unknown): Generator<Member> {
  if (!isObject(body)) return
  for (const { content } of objectsIn(body['messages'])) yield* carriedInContent(content)
  for (const tool of objectsIn(body['tools'])) yield [tool, 'input_schema']
  const { output_config: config, output_format: format } = body
  if (isObject(config) && isObject(config['format'])) yield [config['format'], 'schema']
  if (isObject(format)) yield [format, 'schema']
  yield [body, 'context_management']
}
