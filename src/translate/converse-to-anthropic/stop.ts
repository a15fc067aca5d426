import { GatewayError } from '../../base/errors.ts'
import { refusalDetails } from '../../messages/refusal.ts'
import type { Stop } from '../../wire/anthropic/events.ts'
import type { StopReason } from '../../wire/anthropic/response.ts'
import type { AdditionalResponseFields } from '../../wire/converse/response.ts'
import type { ResponseContext } from './response-context.ts'

/** Converse's stop reasons for the model's own decision. */
const decisions: ReadonlySet<string | undefined> = new Set(['end_turn', 'tool_use'])

/** Other stop reasons, as Anthropic's. */
const cuts: ReadonlyMap<string | undefined, StopReason> = new Map([
  ['max_tokens', 'max_tokens'],
  ['stop_sequence', 'stop_sequence'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['content_filtered', 'refusal'],
  ['guardrail_intervened', 'refusal'],
])

export const isMalformed = (stopReason: string | undefined): boolean =>
  stopReason === 'malformed_model_output' || stopReason === 'malformed_tool_use'

/** Whether the response was cut: the input of the last tool use may be incomplete. */
export const isCut = (stopReason: string | undefined): boolean => isMalformed(stopReason) || cuts.has(stopReason)

/** Bedrock could not parse the model's output: a retry may succeed. */
export const malformedOutput = (): GatewayError =>
  new GatewayError('api_error', 'The model produced malformed output. Try again.', { isLoggable: true })

const stopSequenceOf = (
  fields: AdditionalResponseFields | null | undefined,
  responseContext: ResponseContext,
): string | null => {
  const reported = fields?.stop_sequence ?? fields?.delta?.stop_sequence
  if (typeof reported === 'string') return reported
  return responseContext.stopSequences.length === 1 ? (responseContext.stopSequences[0] ?? null) : null
}

/**
 * If the model decided to stop: `tool_use` if there is a tool for the client to run, otherwise `end_turn`. Bedrock has
 * sent tools with `end_turn`, which clients do not run, and `tool_use` without a tool, for whose result clients wait.
 * Any other reason says what cut the response, and is passed on with or without tools.
 */
const toReason = (
  stopReason: string | undefined,
  hasToolUse: boolean,
  responseContext: ResponseContext,
): StopReason => {
  if (responseContext.isPrewarm) return 'max_tokens'
  const cut = cuts.get(stopReason)
  if (cut !== undefined) return cut
  if (!decisions.has(stopReason) && !isMalformed(stopReason)) responseContext.onOddity?.('stop reason')
  return hasToolUse ? 'tool_use' : 'end_turn'
}

/** `hasToolUse`: whether the response has a tool for the client to run. */
export const toStop = (
  stopReason: string | undefined,
  hasToolUse: boolean,
  fields: AdditionalResponseFields | null | undefined,
  responseContext: ResponseContext,
): Stop => {
  const reason = toReason(stopReason, hasToolUse, responseContext)
  return {
    stop_reason: reason,
    stop_sequence: reason === 'stop_sequence' ? stopSequenceOf(fields, responseContext) : null,
    stop_details: reason === 'refusal' ? refusalDetails('Blocked by Amazon Bedrock content filter') : null,
    container: null,
  }
}
