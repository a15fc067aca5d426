import { expect, test } from 'bun:test'
import type { Responses } from 'openai/resources/responses/responses'
import { begunResponse } from '../../src/translate/openai-responses-entrance/begun-response.ts'
import type { ResponseEvent } from '../../src/wire/openai-responses/events.ts'
import type { OutputItem } from '../../src/wire/openai-responses/output-items.ts'
import { identity, responsesPlan } from '../support/responses-answer.ts'

/**
 * Compares our answers with the types of the official SDK. The compiler reports an event, an item or a member that the
 * SDK does not know, and a member that an answer lacks.
 */

type SdkEvent = Responses.ResponseStreamEvent
type Mutable<T> = T extends (...parts: never) => unknown
  ? T
  : T extends readonly (infer Element)[]
    ? Mutable<Element>[]
    : T extends object
      ? { -readonly [Member in keyof T]: Mutable<T[Member]> }
      : T
type Numbered<Event> = Event extends unknown ? Mutable<Event> & { sequence_number: number } : never
/** Responses are compared on their own. A stream of the SDK gives `keepalive` to its caller without a type. */
type Inner<Event> = Event extends { response: unknown } | { type: 'keepalive' } ? never : Event

/** JSON objects of the model, which the SDK types in detail. */
type Known<Item> = Item extends { type: 'apply_patch_call' } ? never : Item
type KnownEvent<Event> = Event extends { item: infer Item } ? Omit<Event, 'item'> & { item: Known<Item> } : Event

const asSdkEvent = (event: KnownEvent<Numbered<Inner<ResponseEvent>>>): SdkEvent => event
const asSdkItem = (item: Known<Mutable<OutputItem>>): Responses.ResponseOutputItem => item

/** Absent: what this server does not do, and what the SDK itself adds. */
const members: Record<keyof Responses.Response, 'sent' | 'absent'> = {
  id: 'sent',
  object: 'sent',
  created_at: 'sent',
  status: 'sent',
  completed_at: 'sent',
  error: 'sent',
  incomplete_details: 'sent',
  instructions: 'sent',
  max_output_tokens: 'sent',
  model: 'sent',
  output: 'sent',
  parallel_tool_calls: 'sent',
  previous_response_id: 'sent',
  reasoning: 'sent',
  service_tier: 'sent',
  temperature: 'sent',
  text: 'sent',
  tool_choice: 'sent',
  tools: 'sent',
  top_p: 'sent',
  truncation: 'sent',
  usage: 'sent',
  user: 'sent',
  background: 'sent',
  metadata: 'sent',
  access_programs: 'absent',
  conversation: 'absent',
  image: 'absent',
  input_transformations: 'absent',
  max_tool_calls: 'absent',
  moderation: 'absent',
  output_text: 'absent',
  prompt: 'absent',
  prompt_cache_diagnostics: 'absent',
  prompt_cache_key: 'absent',
  prompt_cache_options: 'absent',
  prompt_cache_retention: 'absent',
  safety_identifier: 'absent',
  tool_usage: 'absent',
  top_logprobs: 'absent',
}

test('an answer has the members of OpenAI, and the table names every member of the SDK (OE-R34, OE-P1)', () => {
  const sent = Object.entries({ ...members, store: 'sent' }).flatMap(([name, use]) => (use === 'sent' ? [name] : []))
  expect(Object.keys(begunResponse(responsesPlan(), identity)).sort()).toEqual(sent.sort())
})

test('events and items have the types of the SDK (OE-R35)', () => {
  expect([asSdkEvent, asSdkItem].map((convert) => typeof convert)).toEqual(['function', 'function'])
})
