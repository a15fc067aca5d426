import type { Path } from '../base/path.ts'
import type { Note } from '../messages/notes.ts'
import type { Diagnostics } from '../wire/anthropic/diagnostics.ts'
import type { FinalUsage } from '../wire/anthropic/events.ts'
import type { MessagesRequest } from '../wire/anthropic/request.ts'

/** What an upstream tells the audit of the prompt cache. Neutral: every kind of prompt has these parts. */

/** One part of a prompt: a tool, a block of the system prompt, or a block of a message. */
export interface PromptUnit {
  /** As it is sent. */
  readonly block: object
  /** In the client's request. */
  readonly path: Path
  /** The end of a prefix to cache. */
  readonly cachePoint?: { readonly ttl?: '5m' | '1h' }
}

/** The parts of a prompt, in the order in which the model reads them. */
export interface PromptUnits {
  readonly tools: readonly PromptUnit[]
  readonly system: readonly PromptUnit[]
  readonly turns: readonly { readonly role: string; readonly units: readonly PromptUnit[] }[]
}

/** One translated request. */
export interface SentPrompt {
  readonly request: MessagesRequest
  readonly units: PromptUnits
  /** The body. */
  readonly text: string
  /** What the body's tools start with: their text changes with them. */
  readonly toolsStart: string
  readonly notes: readonly Note[]
  /** Differs when the upstream has learned something else about the model, which changes the translation. */
  readonly settings: string
  /** The model's cache accepts no shorter prompts, in tokens; undefined if it has none. */
  readonly cacheMinimum: number | undefined
}

/** Watches one call of the upstream. Must return at once. */
export interface CallAudit {
  /** This prompt is sent. A second one replaces the first: the model refused a part of it. */
  translated(prompt: SentPrompt): void
  /** The call has ended with this usage. Only the first end of each prompt counts. */
  answered(usage: Pick<FinalUsage, 'cache_creation_input_tokens' | 'cache_read_input_tokens'>, messageId: string): void
  /** Compares the first prompt of the call with that of the request whose answer has this id (CA-D1). */
  diagnose(previousMessageId: string): Diagnostics | null
}
