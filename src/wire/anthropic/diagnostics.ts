import { type Static, Type } from '@sinclair/typebox'
import { Maybe, Open } from '../schema.ts'

/** Anthropic's diagnosis of the prompt cache: why a request did not read what the request before it had cached (CA-D). */

export const DiagnosticsRequest = Open({
  /** The id of an earlier answer; absent or null for the first request of a conversation. */
  previous_message_id: Maybe(Type.String()),
})
export type DiagnosticsRequest = Static<typeof DiagnosticsRequest>

/** What the client changed. */
export type PromptChange = 'model_changed' | 'system_changed' | 'tools_changed' | 'messages_changed'

type CacheMissReason =
  | { readonly type: PromptChange; readonly cache_missed_input_tokens: number }
  | { readonly type: 'previous_message_not_found' | 'unavailable' }

/** Null instead of it: the request repeats the whole prompt of the request before. */
export interface Diagnostics {
  readonly cache_miss_reason: CacheMissReason
}
