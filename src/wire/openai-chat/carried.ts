import type { Member } from '../../base/exact-json.ts'
import { isObject, type Json, objectsIn } from '../../base/json.ts'

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
