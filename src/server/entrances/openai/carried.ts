import type { Member } from '../../../base/exact-json.ts'
import { carriedInCompletion } from '../../../wire/openai-chat/carried.ts'
import { carriedInResponses } from '../../../wire/openai-responses/carried.ts'

/** Finds the members of either protocol: clients send each body to both paths (OE-T8). */
export function* carriedInOpenAi(body: unknown): Generator<Member> {
  yield* carriedInCompletion(body)
  yield* carriedInResponses(body)
}
