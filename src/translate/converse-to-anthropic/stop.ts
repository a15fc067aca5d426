import { GatewayError } from '../../base/errors.ts'
import type { Stop } from '../../wire/anthropic/events.ts'
import type { StopDetails, StopReason } from '../../wire/anthropic/response.ts'
import type { AdditionalResponseFields } from '../../wire/converse/response.ts'
import type { ReplyContext } from './reply-context.ts'

const refusal: StopDetails = {
  type: 'refusal',
  category: null,
  explanation: 'Blocked by Amazon Bedrock content filter',
}

/** Converse's stop reasons that have one of Anthropic's beside them. */
const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end_turn'],
  ['tool_use', 'tool_use'],
  ['max_tokens', 'max_tokens'],
  ['stop_sequence', 'stop_sequence'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['content_filtered', 'refusal'],
  ['guardrail_intervened', 'refusal'],
])

export const isMalformed = (stopReason: string | undefined): boolean =>
  stopReason === 'malformed_model_output' || stopReason === 'malformed_tool_use'

/** The model stopped on output that Bedrock could not read: another try may do better. */
export const malformedOutput = (): GatewayError =>
  new GatewayError('api_error', 'The model produced malformed output. Try again.')

const stopSequenceOf = (fields: AdditionalResponseFields | null | undefined, reply: ReplyContext): string | null => {
  const reported = fields?.stop_sequence ?? fields?.delta?.stop_sequence
  if (typeof reported === 'string') return reported
  return reply.stopSequences.length === 1 ? (reply.stopSequences[0] ?? null) : null
}

/** `hasToolUse`: tool calls end in `end_turn` in the wild, and Claude Code would not run them. */
export const toStop = (
  stopReason: string | undefined,
  hasToolUse: boolean,
  fields: AdditionalResponseFields | null | undefined,
  reply: ReplyContext,
): Stop => {
  if (reply.isPrewarm) return { stop_reason: 'max_tokens', stop_sequence: null }
  const known = reasons.get(stopReason ?? '') ?? 'end_turn'
  if (!reasons.has(stopReason ?? '') && !isMalformed(stopReason)) reply.onOddity?.('stop reason')
  const reason = known === 'end_turn' && hasToolUse ? 'tool_use' : known
  return {
    stop_reason: reason,
    stop_sequence: reason === 'stop_sequence' ? stopSequenceOf(fields, reply) : null,
    ...(reason === 'refusal' && { stop_details: refusal }),
  }
}
