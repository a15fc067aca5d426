import type { ErrorType, GatewayErrorOptions } from '../../base/errors.ts'

/** Maps AWS's errors to Anthropic's. Source: the specification's status map. */

export interface ErrorKind extends Pick<GatewayErrorOptions, 'status' | 'shouldRetry' | 'retryable' | 'typeInStream'> {
  readonly type: ErrorType
  /** The message names the model, so that Claude Code reports that model as missing. */
  readonly namesModel?: boolean
}

const permanently = { shouldRetry: false } as const
const retryable = { retryable: true } as const
export const invalid: ErrorKind = { type: 'invalid_request_error' }
const badKey: ErrorKind = { type: 'authentication_error', ...permanently }
const forbidden: ErrorKind = { type: 'permission_error', ...permanently }
const missing: ErrorKind = { type: 'not_found_error' }
const missingModel: ErrorKind = { ...missing, namesModel: true }
const modelThrottled: ErrorKind = { type: 'rate_limit_error', ...retryable }
/** Within a stream, Claude Code retries only after `overloaded_error`. */
const throttled: ErrorKind = { ...modelThrottled, typeInStream: 'overloaded_error' }
const overQuota: ErrorKind = { type: 'rate_limit_error', ...permanently }
const overloaded: ErrorKind = { type: 'overloaded_error', ...retryable }
const timedOut: ErrorKind = { type: 'timeout_error', ...retryable }
const tooLarge: ErrorKind = { type: 'request_too_large' }
const failed: ErrorKind = { type: 'api_error', ...retryable }

/** By AWS's name of the exception, without `Exception` at its end. */
const byName: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ['Validation', invalid],
  ['AccessDenied', forbidden],
  ['UnrecognizedClient', badKey],
  ['InvalidClientTokenId', badKey],
  ['InvalidSignature', badKey],
  ['ExpiredToken', badKey],
  ['IncompleteSignature', badKey],
  ['MissingAuthenticationToken', badKey],
  ['FTUFormNotFilled', forbidden],
  ['MPAgreementBeingCreated', forbidden],
  ['NotAuthorized', forbidden],
  ['OptInRequired', forbidden],
  ['ResourceNotFound', missingModel],
  ['UnknownOperation', missing],
  ['Throttling', throttled],
  ['TooManyRequests', throttled],
  ['ServiceQuotaExceeded', overQuota],
  ['ModelNotReady', overloaded],
  ['ServiceUnavailable', overloaded],
  ['InternalServer', failed],
  ['InternalFailure', failed],
  ['ModelTimeout', timedOut],
  ['ModelError', failed],
  ['ModelStreamError', failed],
  ['RequestEntityTooLarge', tooLarge],
])

/** `com.amazon#ThrottlingException:http://...` and `throttlingException` are `ThrottlingException`. */
const className = (name: string): string => {
  const bare = (name.split(':')[0] ?? '').replace(/^.*#/, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

/** The same without `Exception` at its end. */
export const exceptionName = (name: string): string => className(name).replace(/Exception$/, '')

/** AWS's name of the exception for the log; undefined for a name that is not AWS's. */
export const loggableClass = (name: string): string | undefined =>
  byName.has(exceptionName(name)) ? className(name) : undefined

/** Bedrock sends these only after it has accepted the key. Others may come from a gateway, or from before the check. */
const reportedToValidKey: ReadonlySet<string> = new Set([
  'Validation',
  'ResourceNotFound',
  'Throttling',
  'ServiceQuotaExceeded',
  'ModelNotReady',
  'ModelTimeout',
  'ModelError',
  'ModelStreamError',
])

/** `name`: AWS's name of the exception without `Exception`; empty if there is none. */
export const isReportedToValidKey = (name: string): boolean => reportedToValidKey.has(name)

/** By HTTP status, for exceptions without a known name. */
const kindOfStatus = (status: number): ErrorKind => {
  switch (status) {
    case 401:
      return badKey
    case 403:
      return forbidden
    case 404:
      return missing
    case 407:
      return { type: 'api_error', status: 502, ...permanently }
    case 408:
      return timedOut
    case 413:
      return tooLarge
    case 424:
      return failed
    case 429:
      return throttled
    case 502:
    case 504:
      return { ...failed, status }
    case 503:
    case 529:
      return overloaded
  }
  if (status >= 500) return failed
  // Neither a response nor an error of the service: something else has sent it.
  return status < 400 ? { type: 'api_error', status: 502, ...permanently } : invalid
}

/** By the model's own status, inside an error about the model. */
const kindOfModelStatus = (status: number): ErrorKind => {
  if (status === 429) return modelThrottled
  if (status === 529) return overloaded
  return status >= 500 ? failed : invalid
}

/** For errors that contain the model's own error. */
const byAnthropicType: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ['invalid_request_error', invalid],
  ['authentication_error', badKey],
  ['permission_error', forbidden],
  ['not_found_error', missing],
  ['request_too_large', tooLarge],
  ['rate_limit_error', throttled],
  ['timeout_error', timedOut],
  ['overloaded_error', overloaded],
  ['api_error', failed],
])

const badKeyWords =
  /API Key is valid|Bearer Token has expired|security token included in the request|Authentication failed/i
const missingModelWords = /provided model identifier is invalid|end of its life|on-demand throughput isn.t supported/i
const forbiddenWords = /\b(?:FTUFormNotFilled|MPAgreementBeingCreated|NotAuthorized|OptInRequired)\b/

/** For messages that are more precise than name and status. */
const kindOfWords = (message: string, isValidation: boolean): ErrorKind | undefined => {
  if (missingModelWords.test(message)) return missingModel
  if (/Too many tokens per day/i.test(message)) return overQuota
  // A validation error may quote anything.
  if (isValidation) return undefined
  if (badKeyWords.test(message)) return badKey
  return forbiddenWords.test(message) ? forbidden : undefined
}

export interface Failure {
  /** AWS's name of the exception, without `Exception`. */
  readonly name: string
  readonly status: number | undefined
  readonly message: string
  /** Anthropic's own type, if the model's own error is included. */
  readonly anthropicType: string | undefined
  readonly originalStatus: number | undefined
}

export const kindOf = ({ name, status, message, anthropicType, originalStatus }: Failure): ErrorKind => {
  const isOfModel = name === 'ModelError' || name === 'ModelStreamError' || (name === '' && status === 424)
  const byStatus = status === undefined ? failed : kindOfStatus(status)
  const ofModel = isOfModel && originalStatus !== undefined ? kindOfModelStatus(originalStatus) : undefined
  const known = byAnthropicType.get(anthropicType ?? '') ?? ofModel ?? byName.get(name) ?? byStatus
  const kind = kindOfWords(message, name === 'Validation') ?? known
  const isDenied = kind.type === 'permission_error' && (name === 'AccessDenied' || /\bmodel\b/i.test(message))
  const namesModel = kind.namesModel === true || isDenied
  return { ...kind, namesModel }
}
