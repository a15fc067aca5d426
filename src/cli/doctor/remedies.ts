import type { ErrorType, GatewayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { type Finding, fail, splitRemedy, warn } from './check.ts'

/** Turns the error of a request into a finding with a remedy. */

/** The circumstances of a failed request. */
export interface Circumstances {
  /** Hidden in the error's message, which may quote the request. */
  readonly apiKey: Secret
  readonly model: string
}

/** Characters of an upstream's message; a useful sentence is shorter. */
const longestQuote = 400

/** For Claude Code, not for the user. */
const classPrefix = /^capability_rejected: \S+ — /

const quote = (words: string, { apiKey }: Circumstances): string => {
  const hidden = apiKey.hiddenIn(words).replace(classPrefix, '').trim()
  return hidden.length > longestQuote ? `${hidden.slice(0, longestQuote)}…` : hidden
}

/** Temporary errors: the setup works. */
const passing: ReadonlySet<ErrorType> = new Set(['rate_limit_error', 'overloaded_error'])

const remedyOf = ({ type, message }: GatewayError, { model }: Circumstances): string => {
  switch (type) {
    case 'rate_limit_error':
    case 'overloaded_error':
      return 'Wait a minute, and run doctor again.'
    case 'timeout_error':
      return 'Run doctor again in a few minutes. If the timeout persists, report it to the administrator of AI Nexus.'
    case 'permission_error':
      return `Ask your administrator to allow ${model} for this key, or choose another model with --model.`
    case 'not_found_error':
      // A gateway in front of AI Nexus sends this error, too, for an unknown path.
      return /model/i.test(message)
        ? `This AI Nexus has no model ${model}. Choose another model with --model.`
        : 'Check that the endpoint URL is correct and complete.'
    case 'invalid_request_error':
      return 'AI Nexus refuses a request that Claude Code needs. Report this message to the administrator of AI Nexus.'
    case 'authentication_error':
      return 'Request a new key.'
    default:
      return 'AI Nexus has an error. Run doctor again later; if the error persists, report it to the administrator of AI Nexus.'
  }
}

/** Our own sentences about the connection contain their remedy; AI Nexus's messages need one. */
const ownWords = /^AI Nexus answered \d{3}\b|^A proxy on the way/

export const failureOf = (error: GatewayError, circumstances: Circumstances): Finding => {
  const words = quote(error.message, circumstances)
  const isOurs = (error.isLoggable && error.type === 'api_error') || ownWords.test(words)
  const own = isOurs ? splitRemedy(words) : { detail: words, remedy: '' }
  const remedy = own.remedy === '' ? remedyOf(error, circumstances) : own.remedy
  const data = { error: error.type }
  return passing.has(error.type) ? warn(own.detail, remedy, data) : fail(own.detail, remedy, data)
}
