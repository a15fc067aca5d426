import type { StopDetails, StopReason } from '../../wire/anthropic/response.ts'
import type { FinishReason } from '../../wire/openai-chat/completion.ts'
import { refusalWords } from '../openai-entrance/refusal-words.ts'
import type { CallsMember } from './tool-call.ts'

const finishReasons: Readonly<Record<StopReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** `calls`: the member that the answer has its calls in; undefined if it has none, so that the client has nothing to run. */
export const toFinishReason = (reason: StopReason | null, calls: CallsMember | undefined): FinishReason => {
  // Upstreams may have newer reasons.
  const finish = reason === null ? 'stop' : (finishReasons[reason] ?? 'stop')
  return finish === 'tool_calls' ? (calls ?? 'stop') : finish
}

/** Null if the model did not refuse. */
export const toRefusal = (reason: StopReason | null, details: StopDetails | null): string | null =>
  reason === 'refusal' ? refusalWords(details) : null
