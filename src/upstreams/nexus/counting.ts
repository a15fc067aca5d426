import { GatewayError } from '../../base/errors.ts'
import { toUnicodeJson } from '../../base/unicode-json.ts'
import { type ConverseTarget, toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import type { CountTokensInput } from '../../wire/converse/count-tokens.ts'
import type { CallContext } from '../upstream.ts'
import type { NexusClient } from './client.ts'

/** Counting is an operation of its own, which not every gateway has, and not for every model. */

const notCounting = (): GatewayError =>
  new GatewayError('not_supported', 'AI Nexus does not count tokens for this model.', { isLoggable: true })

/** Any: it is not sent. The translation wants one above the budget for thinking. */
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
 * Nexus's own count. Without retries: a count that comes late is as good as none. Rejects with
 * `not_supported` where it does not count; what it says of one model, whoever asks remembers.
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
