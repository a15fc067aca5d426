import { GatewayError } from '../../base/errors.ts'
import { toConverseJson } from '../../translate/anthropic-to-converse/converse-json.ts'
import { type ConverseTarget, toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import type { CountTokensInput } from '../../wire/converse/count-tokens.ts'
import type { CallContext } from '../upstream.ts'
import type { NexusClient } from './client.ts'
import { exceptionName } from './error-kinds.ts'
import type { FailedAnswer, NexusError } from './errors.ts'

/** Counting is an operation of its own, which not every gateway has, and not for every model. */

/** For whom there is no counting: for this model, or for nobody. */
export type CountRefusal = 'model' | 'all'

const operationMissing: ReadonlySet<number> = new Set([403, 404, 405, 501])
const aboutModel = /\bmodel\b/i
/** What somebody else has said: names of tools, values, words of the prompt. An apostrophe is no quote. */
const quoted = /(?<![A-Za-z])'[^']*'|"[^"]*"|`[^`]*`/g

const counting = String.raw`(?:\bcount[-_ ]?tokens?\b|\bcounting(?: of)?(?: input)? tokens\b|\btoken[- ]count(?:ing|s)?\b|\boperation\b)`
const refused = String.raw`(?:\bnot|n.t)\b(?: \w+)? (?:support|available|enabled|allowed)|\bunsupported\b`
/** Both in one sentence, in either order. */
const refusesCounting = new RegExp(`${counting}[^.]{0,60}(?:${refused})|(?:${refused})[^.]{0,60}${counting}`, 'i')

/** What a failed answer says of counting itself; undefined where only this one count failed. */
export const countRefusal = ({ status, headers }: FailedAnswer, error: NexusError): CountRefusal | undefined => {
  const name = exceptionName(headers.get('x-amzn-errortype') ?? '')
  if (name === 'UnknownOperation') return 'all'
  const words = error.upstreamWords.replaceAll(quoted, '')
  if (operationMissing.has(status)) {
    if (error.type === 'authentication_error') return undefined
    return name === 'ResourceNotFound' || aboutModel.test(words) ? 'model' : 'all'
  }
  if (status !== 400) return undefined
  // A plain 400 may be about anything, so it never speaks for the other models.
  return error.type === 'not_found_error' || refusesCounting.test(words) ? 'model' : undefined
}

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
      body: toConverseJson(toCountBody(request, targetOf(context))),
      signal,
      onUpstreamId,
      mend: { isAllowed: true },
    })
    if (typeof counted === 'number') return counted
    if (counted === 'all') canCount = false
    throw notCounting()
  }
}
