import type { ErrorType, GatewayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { type Finding, fail, splitRemedy, warn } from './check.ts'

/** What went wrong with a request, and what to do about it. */

/** Whose fault a failure is, and of which model. */
export interface Circumstances {
  /** Its words may quote what it was sent. */
  readonly apiKey: Secret
  readonly model: string
}

/** Of somebody else's words: no honest sentence is longer. */
const longestQuote = 400

/** For Claude Code, not for people. */
const classPrefix = /^capability_rejected: \S+ — /

const quote = (words: string, { apiKey }: Circumstances): string => {
  const hidden = apiKey.hiddenIn(words).replace(classPrefix, '').trim()
  return hidden.length > longestQuote ? `${hidden.slice(0, longestQuote)}…` : hidden
}

/** Passes by itself: the set-up is not at fault. */
const passing: ReadonlySet<ErrorType> = new Set(['rate_limit_error', 'overloaded_error'])

const remedyOf = ({ type, message }: GatewayError, { model }: Circumstances): string => {
  switch (type) {
    case 'rate_limit_error':
    case 'overloaded_error':
      return 'Wait a minute, and run doctor again.'
    case 'timeout_error':
      return 'Run doctor again in a few minutes. If it goes on, tell whoever runs AI Nexus.'
    case 'permission_error':
      return `Ask whoever gave you the key to allow ${model}, or choose another model with --model.`
    case 'not_found_error':
      // Whoever stands in front says so as well, of addresses.
      return /model/i.test(message)
        ? `This AI Nexus does not know ${model} by that name. Choose another model with --model.`
        : 'Is the endpoint right, and whole? Compare it with what you were given.'
    case 'invalid_request_error':
      return 'AI Nexus refuses here what Claude Code sends. Tell whoever runs it, with these words.'
    case 'authentication_error':
      return 'Ask for a new key.'
    default:
      return 'AI Nexus itself is in trouble. Run doctor again later; if it goes on, tell whoever runs it.'
  }
}

/** Sentences of our own about the way hold their remedy; of AI Nexus's words we add one. */
const ownWords = /^AI Nexus answered \d{3}\b|^A proxy on the way/

export const failureOf = (error: GatewayError, circumstances: Circumstances): Finding => {
  const words = quote(error.message, circumstances)
  const isOurs = (error.isLoggable && error.type === 'api_error') || ownWords.test(words)
  const own = isOurs ? splitRemedy(words) : { detail: words, remedy: '' }
  const remedy = own.remedy === '' ? remedyOf(error, circumstances) : own.remedy
  const data = { error: error.type }
  return passing.has(error.type) ? warn(own.detail, remedy, data) : fail(own.detail, remedy, data)
}
