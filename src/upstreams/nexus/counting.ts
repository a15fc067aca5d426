import { GatewayError } from '../../base/errors.ts'
import { toUnicodeJson } from '../../base/unicode-json.ts'
import { type ConverseTarget, toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import type { CountTokensInput } from '../../wire/converse/count-tokens.ts'
import type { CallContext } from '../upstream.ts'
import type { NexusClient } from './client.ts'

/** Counting is a separate operation, which some gateways do not have, or not for every model. */

const notCounting = (): GatewayError =>
  new GatewayError('not_supported', 'AI Nexus does not count tokens for this model.', { isLoggable: true })

/** Any value: it is not sent. The translation requires one above the thinking budget. */
const leastOutput = 64_000

/** Throws what the translation throws. */
const toCountBody = (request: CountTokensRequest, target: ConverseTarget): CountTokensInput => {
  const budget = request.thinking?.type === 'enabled' ? request.thinking.budget_tokens : 0
  const whole = { ...request, max_tokens: Math.max(leastOutput, budget + 1) }
  const { messages, system, toolConfig, additionalModelRequestFields } = toConverseRequest(whole, target).body
  return {
    input: {
      converse: {
        messages,
        ...(system && { system }),
        ...(toolConfig && { toolConfig }),
        ...(additionalModelRequestFields && { additionalModelRequestFields }),
      },
    },
  }
}

/**
 * Nexus's own count. Without retries, because a late count is useless. Rejects with `not_supported` if Nexus cannot
 * count; the caller remembers that for one model.
 */
export const createCounting = (client: NexusClient, targetOf: (context: CallContext) => ConverseTarget) => {
  let canCount = true
  return async (request: CountTokensRequest, context: CallContext): Promise<number> => {
    if (!canCount) throw notCounting()
    const { modelId, signal, onUpstreamId } = context
    const counted = await client.countTokens({
      modelId,
      wording: { model: request.model, maxTokens: undefined },
      body: toUnicodeJson(toCountBody(request, targetOf(context))),
      signal,
      onUpstreamId,
      resend: { isAllowed: true },
    })
    if (typeof counted === 'number') return counted
    if (counted === 'all') canCount = false
    throw notCounting()
  }
}
