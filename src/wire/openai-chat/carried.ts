import type { Member } from '../../base/exact-json.ts'
import { isObject, type Json, objectsIn } from '../../base/json.ts'
import { carriedInContent } from '../anthropic/carried.ts'

/** Finds the arguments of tool calls in a response; they are passed on unparsed. The response may be any value. */
export function* argumentsIn(response: unknown): Generator<Member> {
  if (!isObject(response)) return
  for (const choice of objectsIn(response['choices'])) {
    for (const output of [choice['delta'], choice['message']]) if (isObject(output)) yield* argumentsOf(output)
  }
}

function* argumentsOf(output: Json): Generator<Member> {
  const calls = objectsIn(output['tool_calls']).map((call) => call['function'])
  for (const called of [...calls, output['function_call']]) if (isObject(called)) yield [called, 'arguments']
}

/** The schemas of tools, in each form in which clients declare them. */
export function* schemasIn(tools: unknown): Generator<Member> {
  for (const tool of objectsIn(tools)) {
    for (const holder of [tool, tool['function']]) {
      if (isObject(holder)) yield* [[holder, 'parameters'] as const, [holder, 'input_schema'] as const]
    }
  }
}

/**
 * Finds the members of a client's request that are passed on unread: schemas of tools and of the answer, arguments of
 * calls that are objects. Accepts any body.
 */
export function* carriedInCompletion(body: unknown): Generator<Member> {
  if (!isObject(body)) return
  for (const message of objectsIn(body['messages'])) {
    yield* carriedInContent(message['content'])
    yield* argumentsOf(message)
  }
  yield* schemasIn(body['tools'])
  yield* schemasIn(body['functions'])
  const { response_format: format } = body
  if (isObject(format) && isObject(format['json_schema'])) yield [format['json_schema'], 'schema']
}
