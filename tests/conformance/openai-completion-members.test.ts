import { expect, test } from 'bun:test'
import type OpenAI from 'openai'
import { messageToCompletion } from '../../src/translate/openai-chat-entrance/response.ts'
import type { Completion, CompletionDelta } from '../../src/wire/openai-chat/completion.ts'
import { answered, chatPlan, identity } from '../support/chat-answer.ts'

/**
 * Compares our answers with the types of the official SDK. The compiler reports a member that an answer lacks, and one
 * that the SDK does not know.
 */

type Sdk = OpenAI.ChatCompletion

type Mutable<T> = T extends object ? { -readonly [Member in keyof T]: Mutable<T[Member]> } : T
/** Members of other providers, for thinking and for citations in a stream. */
type Added = 'reasoning_content' | 'reasoning_details' | 'annotations'
type Delta = Omit<Mutable<CompletionDelta>, Added | 'tool_calls'>

/** Compiled, never called. */
const typed = [
  (completion: Mutable<Completion>): Sdk => completion,
  (delta: Delta): OpenAI.ChatCompletionChunk.Choice.Delta => delta,
]

/** Absent: what this server does not do. */
const members: Record<keyof Sdk, 'sent' | 'absent'> = {
  id: 'sent',
  object: 'sent',
  created: 'sent',
  model: 'sent',
  choices: 'sent',
  usage: 'sent',
  service_tier: 'sent',
  metadata: 'absent',
  moderation: 'absent',
  system_fingerprint: 'absent',
}
const messageMembers: Record<keyof Sdk['choices'][number]['message'], 'sent' | 'absent'> = {
  role: 'sent',
  content: 'sent',
  refusal: 'sent',
  annotations: 'sent',
  tool_calls: 'absent',
  function_call: 'absent',
  audio: 'absent',
}

const sent = (all: Record<string, 'sent' | 'absent'>): string[] =>
  Object.keys(all).filter((member) => all[member] === 'sent')

test("an answer has the members of OpenAI's own SDK (OE-C80, OE-P1)", () => {
  expect(typed).toHaveLength(2)
  const completion = messageToCompletion(answered([]), chatPlan(), identity)
  expect(Object.keys(completion).sort()).toEqual(sent(members).sort())
  expect(Object.keys(completion.choices[0]?.message ?? {}).sort()).toEqual(sent(messageMembers).sort())
})
