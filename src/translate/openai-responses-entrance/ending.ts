import { isBlank } from '../../messages/blank.ts'
import type { Message, StopReason } from '../../wire/anthropic/response.ts'
import type { ResponseFailure, ResponseObject } from '../../wire/openai-responses/response.ts'
import { refusalWords } from '../openai-entrance/refusal-words.ts'

export type HowItEnded = Pick<Message, 'stop_reason' | 'stop_details'>

/** The members that say how an answer ended. */
export interface Ending extends Pick<ResponseObject, 'error' | 'incomplete_details'> {
  readonly status: 'completed' | 'incomplete' | 'failed'
}

const completed: Ending = { status: 'completed', error: null, incomplete_details: null }

const failed = (error: ResponseFailure): Ending => ({ status: 'failed', error, incomplete_details: null })

const endings: ReadonlyMap<StopReason | null, Ending> = new Map<StopReason, Ending>([
  ['max_tokens', { status: 'incomplete', error: null, incomplete_details: { reason: 'max_output_tokens' } }],
  [
    'model_context_window_exceeded',
    failed({
      code: 'context_length_exceeded',
      message: 'The conversation and its answer are longer than the context window of the model.',
    }),
  ],
])

/**
 * A refusal is a completed answer: Codex repeats the request of an answer that is incomplete because of a content filter
 * (OE-R36, OE-R37, OE-R38).
 */
export const endingOf = (reason: StopReason | null): Ending => endings.get(reason) ?? completed

/** The answer to a compaction replaces the conversation: without a summary, that would be lost (OE-R45). */
export const endingOfSummary = ({ stop_reason, stop_details }: HowItEnded, summary: string): Ending => {
  if (stop_reason === 'refusal') return failed({ code: 'invalid_prompt', message: refusalWords(stop_details) })
  const ending = endingOf(stop_reason)
  const isMissing = ending.status === 'completed' && isBlank(summary)
  return isMissing ? failed({ code: 'server_error', message: 'The model wrote no summary.' }) : ending
}
