import { GatewayError, type GatewayErrorOptions } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { withCapability } from '../../messages/client-wording.ts'
import { isHtml, longestRetryAfterSeconds, proxyLoginRequired } from '../http/failed-response.ts'
import { type ErrorKind, type Failure, kindOf, withStatusOfBody } from './error-kinds.ts'
import { overflowWording } from './overflow.ts'
import { type Reported, reportedIn, reportedInText, titleOf } from './reported.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** Translates failures of the provider to Anthropic's errors; they keep the provider's words (OU section 5). */

/** Facts about the request for error messages. */
export interface WordingContext {
  /** The provider's name for messages: `api.openai.com`. */
  readonly provider: string
  /** The model's name as the client requested it. */
  readonly model: string
  /** Path of the URL that was requested. */
  readonly path: string
  /** The key and the values of custom headers, which must not appear in a message. */
  readonly secrets: readonly Secret[]
  /** Replaces paths of the sent body and names of tools with the client's (OU-E14). */
  readonly toClientWords: (message: string) => string
  readonly isBareOverflow: boolean
}

/** A failure that the provider reported; the refusal fallback reads it. */
export class OpenAiError extends GatewayError {
  readonly #reported: Reported
  /** The effective status: that of the response, or the one in its body. */
  readonly upstreamStatus: number

  constructor({ status, reported }: Failure, ...error: ConstructorParameters<typeof GatewayError>) {
    super(...error)
    this.#reported = reported
    this.upstreamStatus = status
  }

  /** The provider's words, unchanged. Do not log or print them: they may quote a prompt. */
  get reported(): Reported {
    return this.#reported
  }
}

const statusWords = ({ status }: Failure, body: string, { provider, path }: WordingContext): string => {
  if (status === 407) return proxyLoginRequired
  if (status >= 300 && status <= 399) {
    return `${provider} answered ${status}, a redirect, which is not followed. Check the base URL (--openai-url): the path was ${path}.`
  }
  if (isHtml(body)) {
    const title = titleOf(body)
    return `${provider} answered ${status} with a web page${title === '' ? '' : ` ("${title}")`}. Check the base URL (--openai-url), and whether a proxy or a login page is in the way.`
  }
  if (status === 404) return `${provider} answered 404: the base URL seems wrong: tried ${path}. Check --openai-url.`
  return status === 200
    ? `${provider} answered 200 with a body that is not a response.`
    : `${provider} answered ${status} without a message.`
}

const asSentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)

type Says = NonNullable<ErrorKind['says']>

const sentences: Readonly<Record<Says, (message: string, reported: Reported, context: WordingContext) => string>> = {
  key: (message, _reported, { provider }) =>
    `${provider} refused the API key of this server. Check OPENAI_API_KEY where the server runs. ${message}`,
  permission: (message, reported, { provider }) => {
    if (reported.message === '') return message
    return /region|country|territory/i.test(message)
      ? `${provider} does not serve the country or region of this server. ${message}`
      : `The account at ${provider} may not do this. ${message}`
  },
  model: (message, _reported, { model }) => (message.includes('model:') ? message : `${message} (model: ${model})`),
  overflow: (message, { tokens }) => withCapability(overflowWording(message, tokens), []),
  filter: (message, { filters }) => {
    const named = filters.length === 0 ? '' : ` Filters: ${filters.join(', ')}.`
    return `${asSentence(message)}${named} The refused text stays in the conversation: remove it, or start a new one.`
  },
  balance: (message, _reported, { provider }) => `The account at ${provider} has no credit or quota left. ${message}`,
}

/** Messages of servers for an unknown path. They name neither the path nor a model. */
const barePath =
  /^(?:404:? *)?(?:(?:page|file|path|route|resource|endpoint|url) )?not found\.?$|^(?:invalid url|unexpected endpoint|cannot post|no route)\b/i

const isBare = ({ status, reported: { message, codes } }: Failure): boolean =>
  message === '' || (status === 404 && barePath.test(message) && !codes.includes('model_not_found'))

/** `message` is the provider's, or a default if the provider sent none. */
const wordsFor = (
  kind: ErrorKind,
  message: string,
  { reported, isOurs }: { readonly reported: Reported; readonly isOurs: boolean },
  context: WordingContext,
): string => {
  const isUnknownPath = kind.says === 'model' && isOurs
  if (isUnknownPath) return message
  if (kind.says !== undefined) return sentences[kind.says](message, reported, context).trim()
  return kind.type === 'invalid_request_error' ? withCapability(context.toClientWords(message), []) : message
}

/** A code that is safe to log: it is not free text. */
const loggable = (codes: readonly string[]): string => {
  const code = codes.find((one) => /^[\w.-]{1,64}$/.test(one))
  return code === undefined ? '' : ` (${code})`
}

const withoutSecrets = (text: string, { secrets }: WordingContext): string =>
  secrets.reduce((words, secret) => secret.hiddenIn(words), text)

interface Source {
  readonly failure: Failure
  readonly body: string
  readonly what: string
  readonly options: GatewayErrorOptions
}

const toError = (source: Source, context: WordingContext): OpenAiError => {
  const { body, what, options } = source
  const failure = withStatusOfBody(source.failure)
  const { reported } = failure
  const kind = kindOf(failure)
  const { says: _says, ...kindOptions } = kind
  const isOurs = isBare(failure)
  const message = isOurs ? statusWords(failure, body, context) : reported.message
  const isTooLong = (options.retryAfterSeconds ?? 0) > longestRetryAfterSeconds
  return new OpenAiError(failure, kind.type, wordsFor(kind, message, { reported, isOurs }, context), {
    ...kindOptions,
    ...options,
    ...(isTooLong && { retryable: false, shouldRetry: false }),
    reason: isOurs && kind.says === undefined ? message : `${what}${loggable(reported.codes)}`,
  })
}

export interface FailedAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** The error for a response other than 200, or for a 200 without a valid body. */
export const toAnswerError = (answer: FailedAnswer, context: WordingContext): OpenAiError => {
  const { status, headers } = answer
  const body = withoutSecrets(answer.body, context)
  // The body of a 200 may have the text of an answer, which must not get into an error.
  const reported = status === 200 ? reportedIn(undefined) : reportedInText(body)
  const failure = { status, reported, isBareOverflow: context.isBareOverflow }
  const wait = retryAfterSeconds(headers, reported.message)
  const options = wait === undefined ? {} : { retryAfterSeconds: wait }
  return toError({ failure, body, what: `${context.provider} answered ${status}`, options }, context)
}

/** An error inside a response of status 200 (OU-S15). It sets the HTTP status if the client has no bytes yet. */
export const toInnerError = (body: unknown, context: WordingContext): OpenAiError => {
  const found = reportedIn(body)
  const reported = { ...found, message: withoutSecrets(found.message, context) }
  const failure = { status: 200, reported, isBareOverflow: false }
  return toError(
    { failure, body: '', what: `${context.provider} reported an error in its response`, options: {} },
    context,
  )
}
