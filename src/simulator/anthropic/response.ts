import type { Message, ResponseBlock, StopDetails, StopReason, Usage } from '../../wire/anthropic/response.ts'
import type { SafeguardResult } from '../../wire/anthropic/safeguards.ts'
import type { ConverseStopReason, TokenUsage } from '../../wire/converse/response.ts'
import type { JsonObject } from '../../wire/schema.ts'
import type { MeteredPrompt } from '../prompt-cache.ts'
import type { Reply, ReplyBlock } from '../reply.ts'
import { redact, sign } from '../signature.ts'
import { countTokens } from '../tokens.ts'
import { newMessageId, newToolUseId } from './ids.ts'
import type { AcceptedBody } from './validate-request.ts'

/** Converts a reply to the API's message. */

const stopReasons: Readonly<Record<ConverseStopReason, StopReason>> = {
  end_turn: 'end_turn',
  tool_use: 'tool_use',
  max_tokens: 'max_tokens',
  stop_sequence: 'stop_sequence',
  guardrail_intervened: 'refusal',
  content_filtered: 'refusal',
  malformed_model_output: 'end_turn',
  malformed_tool_use: 'end_turn',
  model_context_window_exceeded: 'model_context_window_exceeded',
}

const toBlock = (block: ReplyBlock): ResponseBlock => {
  if ('text' in block) return { type: 'text', text: block.text, citations: null }
  if ('thinking' in block) {
    return { type: 'thinking', thinking: block.thinking, signature: block.signature ?? sign(block.thinking) }
  }
  if ('redacted' in block) return { type: 'redacted_thinking', data: redact(block.redacted) }
  // A reply's citations are in Converse's form.
  if ('citedText' in block) return { type: 'text', text: block.citedText, citations: null }
  return {
    type: 'tool_use',
    id: block.id ?? newToolUseId(),
    name: block.tool,
    input: (block.input ?? {}) as JsonObject,
    caller: { type: 'direct' },
  }
}

const stopReasonOf = ({ finishReason, stopReason }: Reply, content: readonly ResponseBlock[]): StopReason => {
  if (finishReason !== undefined) return finishReason as StopReason
  if (stopReason !== undefined) return stopReasons[stopReason]
  return content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn'
}

/** A scenario has Converse's figures, which also exclude cached tokens from the input. */
const toUsage = (given: TokenUsage | undefined, metered: MeteredPrompt, content: readonly ResponseBlock[]): Usage => {
  const { written } = metered
  // The figure of a scenario does not name a lifetime: the usual one.
  const long = given?.cacheWriteInputTokens === undefined ? written['1h'] : 0
  const cacheWrite = given?.cacheWriteInputTokens ?? written['5m'] + long
  return {
    input_tokens: given?.inputTokens ?? metered.uncached,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: given?.cacheReadInputTokens ?? metered.read,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWrite - long,
      ephemeral_1h_input_tokens: long,
    },
    output_tokens: given?.outputTokens ?? countTokens(JSON.stringify(content)),
    service_tier: 'standard',
    output_tokens_details: null,
    server_tool_use: null,
    inference_geo: null,
    speed: null,
    iterations: null,
    fallback_credit: null,
  }
}

const refusalDetails: StopDetails = {
  type: 'refusal',
  category: null,
  explanation: 'The simulated model refuses this request.',
  recommended_model: null,
  fallback_credit_token: null,
  fallback_has_prefill_claim: null,
}

/** Every call is safe. */
const safeguardResults = ({ body }: AcceptedBody, content: readonly ResponseBlock[]): SafeguardResult[] | undefined =>
  body.safeguards?.map(({ type }) => {
    const ids = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
    const verdicts = ids.map((id) => [id, { type: 'evaluated', outcome: 'not_flagged' } as const])
    return { type, status: { type: 'available', tool_uses: Object.fromEntries(verdicts) } }
  })

export const toMessage = (reply: Reply, accepted: AcceptedBody, metered: MeteredPrompt): Message => {
  const content = (reply.content ?? []).map(toBlock)
  const stopReason = stopReasonOf(reply, content)
  const safeguards = safeguardResults(accepted, content)
  const { body, model } = accepted
  return {
    id: newMessageId(),
    type: 'message',
    role: 'assistant',
    model: body.model === model.alias ? model.id : body.model,
    content,
    stop_reason: stopReason,
    stop_sequence: reply.stopSequence ?? null,
    stop_details: stopReason === 'refusal' ? refusalDetails : null,
    container: null,
    context_management: null,
    diagnostics: null,
    ...(safeguards && { safeguard_results: safeguards }),
    usage: toUsage(reply.usage, metered, content),
  }
}
