import { refusalDetails } from '../../messages/refusal.ts'
import type { Stop } from '../../wire/anthropic/events.ts'
import type { StopReason } from '../../wire/anthropic/response.ts'
import type { ChatChoice } from '../../wire/openai-chat/response.ts'
import type { ChatResponseContext } from './response-context.ts'
import type { ToolCall } from './tool-call.ts'

/** How a choice reports its end. */
export interface Finish {
  /** `finish_reason` in lower case. */
  readonly reason: string
  /** The stop sequence that vLLM or SGLang names; token ids (numbers) have no meaning for clients. */
  readonly stopSequence: string | undefined
}

/** The facts about the end of a response. */
export interface End {
  /** Undefined if the upstream did not report it. */
  readonly finish: Finish | undefined
  /** The stop sequence that this server found (OU-S12). */
  readonly watchedStop: string | undefined
  readonly hasRefusal: boolean
  /** The last call that is sent to the client. */
  readonly lastCall: ToolCall | undefined
  /** The response has text, thinking or a call. */
  readonly hasOutput: boolean
  /** Undefined if the upstream reports none. */
  readonly promptTokens: number | undefined
  readonly outputTokens: number | undefined
}

/** The reasons that mean that the model decided to stop (OU-A20, A22). */
const ends: ReadonlySet<string> = new Set(['stop', 'end', 'eos', 'end_turn', 'complete'])
const callEnds: ReadonlySet<string> = new Set(['tool_calls', 'function_call'])

/** The other reasons that end an output (OU-A23 to A25). */
const cuts: ReadonlyMap<string, StopReason> = new Map([
  ['length', 'max_tokens'],
  ['max_tokens', 'max_tokens'],
  ['model_length', 'model_context_window_exceeded'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['content_filter', 'refusal'],
  ['sensitive', 'refusal'],
  ['safety', 'refusal'],
])

/** The end of a choice; undefined for a chunk that is not the last one. */
export const toFinish = ({ finish_reason, stop_reason, matched_stop }: ChatChoice): Finish | undefined => {
  if (typeof finish_reason !== 'string' || finish_reason === '') return undefined
  const stopSequence = [stop_reason, matched_stop].find((stop) => typeof stop === 'string')
  return { reason: finish_reason.toLowerCase(), stopSequence }
}

/** The model decided to stop and made no call. */
export const isOwnEnd = (finish: Finish | undefined): boolean => finish === undefined || ends.has(finish.reason)

/** The stop sequence that ended the output, or null. */
const stopSequenceOf = ({ finish, watchedStop }: End, context: ChatResponseContext): string | null => {
  if (watchedStop !== undefined) return watchedStop
  const named = finish !== undefined && ends.has(finish.reason) ? finish.stopSequence : undefined
  return named !== undefined && context.stopSequences.includes(named) ? named : null
}

/** vLLM reports `tool_calls` even if the limit cut the last call. */
const isCutCall = ({ finish, lastCall, outputTokens = 0 }: End, { maxTokens }: ChatResponseContext): boolean =>
  lastCall?.isCut === true && finish !== undefined && callEnds.has(finish.reason) && outputTokens >= maxTokens

/**
 * Whether the context is full, which some servers do not report (OU-E10): the prompt fills the configured context, or
 * leaves no room for output. Tokens without output are hidden reasoning.
 */
const isFull = ({ finish, hasOutput, promptTokens = 0, outputTokens = 0 }: End, limit: number | undefined): boolean => {
  const isWordless = !hasOutput && outputTokens === 0
  return (
    (isWordless && cuts.get(finish?.reason ?? '') === 'max_tokens') || (limit !== undefined && promptTokens >= limit)
  )
}

const toReason = (end: End, stopSequence: string | null, context: ChatResponseContext): StopReason => {
  const { finish, hasRefusal, lastCall } = end
  if (context.isPrewarm) return 'max_tokens'
  if (stopSequence !== null) return 'stop_sequence'
  if (lastCall === undefined && isFull(end, context.contextLimit)) {
    context.onOddity?.('full context')
    return 'model_context_window_exceeded'
  }
  const reason = finish?.reason
  const cut = reason === undefined ? undefined : cuts.get(reason)
  if (cut !== undefined) return cut
  if (isCutCall(end, context)) return 'max_tokens'
  if (reason !== undefined && !ends.has(reason) && !callEnds.has(reason)) context.onOddity?.('finish reason')
  if (hasRefusal) return 'refusal'
  return lastCall === undefined ? 'end_turn' : 'tool_use'
}

export const toStop = (end: End, context: ChatResponseContext): Stop => {
  const stopSequence = stopSequenceOf(end, context)
  const stop_reason = toReason(end, stopSequence, context)
  const explanation = end.hasRefusal ? 'The model refused.' : "The provider's content filter stopped the response."
  return {
    stop_reason,
    stop_sequence: stop_reason === 'stop_sequence' ? stopSequence : null,
    stop_details: stop_reason === 'refusal' ? refusalDetails(explanation) : null,
    container: null,
  }
}
