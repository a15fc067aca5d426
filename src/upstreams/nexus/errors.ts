import { GatewayError, type GatewayErrorOptions } from '../../base/errors.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
import { isHtml, longestRetryAfterSeconds, proxyLoginRequired, retryAfterSeconds } from '../http/failed-response.ts'
import {
  type ErrorKind,
  exceptionName,
  type Failure,
  invalid,
  isReportedToValidKey,
  kindOf,
  loggableClass,
} from './error-kinds.ts'
import { clientWording, isOverflow, type WordingContext } from './wording.ts'

/** Translates Nexus's failures to Anthropic's errors. Keeps the upstream's message, because Claude Code acts on it. */

/** Limit, in characters, for quoting a body of unknown form. */
const quotedCharacters = 2000

interface Reported {
  readonly message: string
  /** Anthropic's own type, if the model's own error is included. */
  readonly type?: string
  /** The message is from this program. */
  readonly isOurs?: true
}

/** Limit, in characters, of an upstream's message. Real messages are shorter. */
const maximumWords = 4000
/** Limit, in characters, for parsing a message: it may contain the model's own error as JSON. */
const maximumWrapped = 64 * 1024

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

const handedOn = (words: string): string => words.slice(0, maximumWords)

/** Prefixes that SDKs and Bedrock put in front of the model's own message. */
const wrapping =
  /^(?:An error occurred \([^)]*\) when calling the \w+ operation(?: \([^)]*\))?: |The model returned the following errors: )+/

const unwrapMessage = (message: string): Reported => {
  const bare = message.slice(0, maximumWrapped).replace(wrapping, '')
  const inner = bare.startsWith('{') ? parseObject(bare)?.['error'] : undefined
  if (isObject(inner) && text(inner['message']) !== undefined) {
    const type = text(inner['type'])
    return { message: handedOn(String(inner['message'])), ...(type === undefined ? {} : { type }) }
  }
  return { message: handedOn(bare) }
}

/** Finds the message in the body of a failure. The model's own message comes first. */
const reportedIn = (body: Json): Reported | undefined => {
  const nested = isObject(body['error']) ? body['error'] : {}
  const candidates = [
    body['originalMessage'],
    body['message'],
    body['Message'],
    nested['message'],
    body['errorMessage'],
    body['detail'],
    body['error'],
  ]
  const message = candidates.map(text).find((candidate) => candidate !== undefined)
  return message === undefined ? undefined : unwrapMessage(message)
}

/** The only status of a successful response. */
export const successStatus = 200

/** Messages for statuses of proxies, for any body. */
const otherVoice = (status: number): string | undefined => {
  if (status === 407) return proxyLoginRequired
  if (status < 300 || status > 399) return undefined
  return `AI Nexus answered ${status}, a redirect. Check the endpoint URL, and whether a proxy or a login page interferes.`
}

const reportedBy = (body: string, parsed: Json | undefined, status: number): Reported => {
  const reported = parsed === undefined ? undefined : reportedIn(parsed)
  if (reported !== undefined) return reported
  const other = otherVoice(status)
  if (other !== undefined) return { message: other, isOurs: true }
  if (isHtml(body)) {
    return {
      message: `AI Nexus answered ${status} with a web page. Check whether a proxy or a login page interferes.`,
      isOurs: true,
    }
  }
  // A 200 may contain text of the model, which must not be in an error.
  if (status === successStatus) return { message: 'AI Nexus answered 200 with an invalid response.', isOurs: true }
  const quoted = body.trim().slice(0, quotedCharacters)
  if (quoted === '') return { message: `AI Nexus answered ${status} without a message.`, isOurs: true }
  return { message: quoted }
}

const originalStatusIn = (body: Json | undefined): number | undefined => {
  const status = body?.['originalStatusCode']
  return typeof status === 'number' ? status : undefined
}

const tooLargeWords = 'Request exceeds the maximum size'

/** The message for the client, with the wording that the client acts on. */
const wordsFor = (kind: ErrorKind, message: string, context: WordingContext): string => {
  if (kind.type === 'invalid_request_error') return clientWording(message, context)
  if (kind.type === 'request_too_large')
    return message.startsWith('AI Nexus') ? tooLargeWords : `${tooLargeWords}: ${message}`
  return kind.namesModel === true && !message.includes('model:') ? `${message} (model: ${context.model})` : message
}

/** A failure that Nexus reported, with the original message, which the refusal fallback reads. */
export class NexusError extends GatewayError {
  readonly #upstreamWords: string
  /** Whether the exception's name proves that Bedrock has accepted the key. */
  readonly knowsKey: boolean

  constructor({ message, name }: Failure, ...error: ConstructorParameters<typeof GatewayError>) {
    super(...error)
    this.#upstreamWords = message
    this.knowsKey = isReportedToValidKey(name)
  }

  /**
   * The original message, with Bedrock's indices. Never logged, because it may quote a prompt. Printed only by doctor, for
   * its own prompts.
   */
  get upstreamWords(): string {
    return this.#upstreamWords
  }
}

/** Some gateways quote the key that they refuse. */
const withoutKey = (words: string, { apiKey }: WordingContext): string => apiKey?.hiddenIn(words) ?? words

const toError = (failure: Failure, context: WordingContext, more: GatewayErrorOptions): NexusError => {
  const known = kindOf(failure)
  // Too large may mean too many tokens, which the client can reduce.
  const kind = known.type === 'request_too_large' && isOverflow(failure.message) ? invalid : known
  return new NexusError(failure, kind.type, wordsFor(kind, failure.message, context), { ...kind, ...more })
}

/** Text for the log about a failure that Nexus reports: status and class. */
const refusalReason = (what: string, exception: string): string => {
  const known = loggableClass(exception)
  return known === undefined ? what : `${what} (${known})`
}

export interface FailedResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** A response other than 200, before the client has received anything. */
export const toResponseError = (answer: FailedResponse, context: WordingContext): NexusError => {
  const { status, headers } = answer
  // Before the body is cut: a cut within the key would leave a part of the key.
  const body = withoutKey(answer.body, context)
  const parsed = parseObject(body)
  const reported = reportedBy(body, parsed, status)
  const wait = retryAfterSeconds(headers)
  const upstreamRequestId = headers.get('x-amzn-requestid') ?? undefined
  const exception = headers.get('x-amzn-errortype') ?? ''
  const failure: Failure = {
    name: exceptionName(exception),
    status,
    message: reported.message,
    anthropicType: reported.type,
    originalStatus: originalStatusIn(parsed),
  }
  return toError(failure, context, {
    reason: reported.isOurs ? reported.message : refusalReason(`AI Nexus answered ${status}`, exception),
    ...(wait !== undefined && { retryAfterSeconds: Math.min(wait, longestRetryAfterSeconds) }),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  })
}

/** A failure that a frame reports. It sets the HTTP status if the client has received nothing. */
export const toStreamError = (exception: string, payload: Json, context: WordingContext): NexusError => {
  const reported = reportedIn(payload) ?? { message: `AI Nexus ended the stream: ${exception || 'no reason given'}` }
  const failure: Failure = {
    name: exceptionName(exception),
    status: undefined,
    message: withoutKey(reported.message, context),
    anthropicType: reported.type,
    originalStatus: originalStatusIn(payload),
  }
  return toError(failure, context, { reason: refusalReason('AI Nexus ended the stream', exception) })
}
