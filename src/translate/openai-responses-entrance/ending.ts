import type { StopReason } from '../../wire/anthropic/response.ts'
import type { ResponseObject } from '../../wire/openai-responses/response.ts'

/** The members that say how an answer ended. */
export interface Ending extends Pick<ResponseObject, 'error' | 'incomplete_details'> {
  readonly status: 'completed' | 'incomplete' | 'failed'
}

const completed: Ending = { status: 'completed', error: null, incomplete_details: null }

const endings: ReadonlyMap<StopReason | null, Ending> = new Map<StopReason, Ending>([
  ['max_tokens', { status: 'incomplete', error: null, incomplete_details: { reason: 'max_output_tokens' } }],
  [
    'model_context_window_exceeded',
    {
      status: 'failed',
      error: {
        code: 'context_length_exceeded',
        message: 'The conversation and its answer are longer than the context window of the model.',
      },
      incomplete_details: null,
    },
  ],
])

/**
 * A refusal is a completed answer: Codex repeats the request of an answer that is incomplete because of a content filter
 * (OE-R36, OE-R37, OE-R38).
 */
export const endingOf = (reason: StopReason | null): Ending => endings.get(reason) ?? completed
