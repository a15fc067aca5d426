import type { Member } from '../../base/exact-json.ts'
import { isObject, objectsIn } from '../../base/json.ts'
import { carriedInContent } from '../anthropic/carried.ts'
import { schemasIn } from '../openai-chat/carried.ts'

/** The schemas of a list of tools and of its namespaces. */
function* schemasInTools(tools: unknown): Generator<Member> {
  yield* schemasIn(tools)
  for (const tool of objectsIn(tools)) yield* schemasIn(tool['tools'])
}

/**
 * Finds the members of a client's request that are passed on unread: schemas of tools and of the answer, inputs of
 * calls that are objects. Accepts any body.
 */
export function* carriedInResponses(body: unknown): Generator<Member> {
  if (!isObject(body)) return
  for (const item of objectsIn(body['input'])) {
    yield* carriedInContent(item['content'])
    yield [item, 'arguments']
    yield [item, 'action']
    yield [item, 'operation']
    yield* schemasInTools(item['tools'])
  }
  yield* schemasInTools(body['tools'])
  const { text } = body
  if (isObject(text) && isObject(text['format'])) yield [text['format'], 'schema']
}
