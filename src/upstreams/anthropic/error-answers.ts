import { errorTypeOf, GatewayError, type GatewayErrorOptions, isErrorType } from '../../base/errors.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
import { isHtml, proxyLoginRequired } from '../http/failed-response.ts'
import { waitOf } from './client.ts'
import type { FailedAnswer } from './credentials/credential.ts'
import { isFinal } from './response-headers.ts'

/** Failures as errors of this server, for callers that do not get the answer's bytes: type, status and words stay. */

const badGatewayStatus = 502
const overloadedType = 'overloaded_error'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

/** Anthropic's error in a body or an event; undefined for any other value. */
const errorIn = (body: Json | undefined): Json | undefined => {
  const error = body?.['error']
  return isObject(error) && text(error['message']) !== undefined ? error : undefined
}

const statusWords = ({ status, text: body }: FailedAnswer): string => {
  if (status === 407) return proxyLoginRequired
  return isHtml(body)
    ? `Anthropic answered ${status} with a web page. Check --anthropic-url, and whether a proxy or a login page is in the way.`
    : `Anthropic answered ${status} without a message.`
}

const shouldRetry = ({ status, headers }: FailedAnswer): boolean | undefined => {
  const advice = headers.get('x-should-retry')
  if (advice === 'true' || advice === 'false') return advice === 'true'
  return isFinal(status) ? false : undefined
}

interface Reported {
  readonly error: Json | undefined
  readonly status: number | undefined
  readonly words: string
}

const toError = ({ error, status, words }: Reported, options: GatewayErrorOptions): GatewayError => {
  const reported = error?.['type']
  const type = isErrorType(reported) ? reported : errorTypeOf(status ?? badGatewayStatus)
  const details = error?.['details']
  return new GatewayError(type, text(error?.['message']) ?? words, {
    ...options,
    ...(status !== undefined && { status }),
    ...(isObject(details) && { details }),
    // After an error in a stream, Claude Code retries only an overload.
    ...(type === 'rate_limit_error' && { typeInStream: overloadedType }),
    // The words are Anthropic's, which may quote a prompt.
    reason: words,
  })
}

/** The error for a failed answer. */
export const toAnswerError = (answer: FailedAnswer): GatewayError => {
  const { status, headers } = answer
  const body = parseObject(answer.text)
  const error = errorIn(body)
  const wait = waitOf(headers)
  const retry = shouldRetry(answer)
  const id = headers.get('request-id') ?? text(body?.['request_id'])
  const words = error === undefined ? statusWords(answer) : `Anthropic answered ${status}.`
  return toError(
    { error, status, words },
    {
      ...(retry !== undefined && { shouldRetry: retry }),
      ...(wait !== undefined && { retryAfterSeconds: Math.ceil(wait) }),
      ...(id !== undefined && { upstreamRequestId: id }),
    },
  )
}

/** The error for an `error` event. Its type decides about the status, if the client has no bytes yet. */
export const toStreamError = (event: Json): GatewayError =>
  toError({ error: errorIn(event), status: undefined, words: 'Anthropic reported an error in its stream.' }, {})

/** The error for an answer that is not one. A retry may succeed, but costs another answer: the client decides. */
export const badAnswer = (sentence: string): GatewayError =>
  new GatewayError('api_error', sentence, { status: badGatewayStatus, isLoggable: true })
