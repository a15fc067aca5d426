import { GatewayError } from '../../base/errors.ts'
import { toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import type { CountTokensInput } from '../../wire/converse/count-tokens.ts'
import type { CallContext } from '../upstream.ts'
import { exceptionName } from './error-kinds.ts'
import type { FailedAnswer } from './errors.ts'

/** Counting is an operation of its own, which not every gateway has, and not for every model. */

/** For whom there is no counting: for this model, or for nobody. */
export type CountRefusal = 'model' | 'all'

const operationMissing: ReadonlySet<number> = new Set([403, 404, 405, 501])
const aboutModel = /\bmodel\b/i

/** What a failed answer says of counting itself; undefined where only this one count failed. */
export const countRefusal = ({ status, headers }: FailedAnswer, error: GatewayError): CountRefusal | undefined => {
  if (exceptionName(headers.get('x-amzn-errortype') ?? '') === 'UnknownOperation') return 'all'
  const isAboutModel = aboutModel.test(error.message)
  if (operationMissing.has(status)) {
    if (error.type === 'authentication_error') return undefined
    return isAboutModel ? 'model' : 'all'
  }
  if (status !== 400) return undefined
  if (error.type === 'not_found_error') return 'model'
  // A validation error may be about anything: only words on counting itself count.
  if (!/count/i.test(error.message) || !/support|available|enabled/i.test(error.message)) return undefined
  return isAboutModel ? 'model' : 'all'
}

export const notCounting = (): GatewayError =>
  new GatewayError('not_supported', 'AI Nexus does not count tokens for this model.', { isLoggable: true })

/** Any: it is not sent. The translation wants one above the budget for thinking. */
const leastOutput = 64_000

/** Throws what the translation throws. */
export const toCountBody = (request: CountTokensRequest, { modelId, betas }: CallContext): CountTokensInput => {
  const budget = request.thinking?.type === 'enabled' ? request.thinking.budget_tokens : 0
  const whole = { ...request, max_tokens: Math.max(leastOutput, budget + 1) }
  const { messages, system, toolConfig, additionalModelRequestFields } = toConverseRequest(whole, {
    modelId,
    betas,
  }).body
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
