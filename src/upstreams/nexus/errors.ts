import { GatewayError, type GatewayErrorOptions } from '../../base/errors.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
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

/** Nexus's failures as Anthropic's, with the upstream's own words: Claude Code acts on them. */

/** What of an unreadable body is quoted, in characters. */
const quotedCharacters = 2000
/** Claude Code gives up where it is asked to wait for longer. */
const longestRetryAfterSeconds = 60

interface Reported {
  readonly message: string
  /** Anthropic's own type, where the model's error came through whole. */
  readonly type?: string
  /** The words are this program's own. */
  readonly isOurs?: true
}

/** What of an upstream's words is handed on, in characters: no honest sentence is longer. */
const maximumWords = 4000
/** What of them is looked into: the model's own error may come wrapped, as JSON. */
const maximumWrapped = 64 * 1024

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

const handedOn = (words: string): string => words.slice(0, maximumWords)

/** Prefixes that SDKs and Bedrock put in front of the model's own words. */
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

/** The words of a failure, wherever the body keeps them. The model's own come first. */
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

/** What alone counts as an answer. */
export const successStatus = 200

/** What others on the way say, whatever stands in the body. */
const otherVoice = (status: number): string | undefined => {
  if (status === 407)
    return 'A proxy on the way wants a user name and a password (407). Give them as HTTP_PROXY=http://user:password@host:port.'
  if (status < 300 || status > 399) return undefined
  return `AI Nexus answered ${status}, which leads elsewhere. Is the endpoint right, or is a proxy or a login page in the way?`
}

const isHtml = (body: string): boolean => /^\s*<(?:!doctype|html|head|body)/i.test(body)

const reportedBy = (body: string, parsed: Json | undefined, status: number): Reported => {
  const reported = parsed === undefined ? undefined : reportedIn(parsed)
  if (reported !== undefined) return reported
  const other = otherVoice(status)
  if (other !== undefined) return { message: other, isOurs: true }
  if (isHtml(body)) {
    return {
      message: `AI Nexus answered ${status} with a web page. Is a proxy or a login page in the way?`,
      isOurs: true,
    }
  }
  // A 200 may hold an answer's words, which do not belong into an error.
  if (status === successStatus)
    return { message: 'AI Nexus answered 200 with something that is no answer.', isOurs: true }
  const quoted = body.trim().slice(0, quotedCharacters)
  if (quoted === '') return { message: `AI Nexus answered ${status} without a message.`, isOurs: true }
  return { message: quoted }
}

const originalStatusIn = (body: Json | undefined): number | undefined => {
  const status = body?.['originalStatusCode']
  return typeof status === 'number' ? status : undefined
}

/** Seconds, or a date that is read against the answer's own. */
const retryAfterSeconds = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(seconds, 0)
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.max(Math.ceil(wait / 1000), 0)
}

const tooLargeWords = 'Request exceeds the maximum size'

/** The words for the client: those that it knows, where it can act on them. */
const wordsFor = (kind: ErrorKind, message: string, context: WordingContext): string => {
  if (kind.type === 'invalid_request_error') return clientWording(message, context)
  if (kind.type === 'request_too_large')
    return message.startsWith('AI Nexus') ? tooLargeWords : `${tooLargeWords}: ${message}`
  return kind.namesModel === true && !message.includes('model:') ? `${message} (model: ${context.model})` : message
}

/** A failure that Nexus itself reported, with its own words, by which requests are mended. */
export class NexusError extends GatewayError {
  readonly #upstreamWords: string
  /** Bedrock itself said so, and knew the key: the exception's name tells. False where that is not certain. */
  readonly knowsKey: boolean

  constructor({ message, name }: Failure, ...error: ConstructorParameters<typeof GatewayError>) {
    super(...error)
    this.#upstreamWords = message
    this.knowsKey = isReportedToValidKey(name)
  }

  /** As they came, in Bedrock's counting. Never logged or printed: they may quote a prompt. */
  get upstreamWords(): string {
    return this.#upstreamWords
  }
}

/** Gateways have been seen to quote the key that they do not know. */
const withoutKey = (words: string, { apiKey }: WordingContext): string => apiKey?.hiddenIn(words) ?? words

const toError = (failure: Failure, context: WordingContext, more: GatewayErrorOptions): NexusError => {
  const known = kindOf(failure)
  // Too large may mean too many tokens, which the client can do something about.
  const kind = known.type === 'request_too_large' && isOverflow(failure.message) ? invalid : known
  return new NexusError(failure, kind.type, wordsFor(kind, failure.message, context), { ...kind, ...more })
}

/** Words for the log about a failure that Nexus reports in its own words: status and class. */
const refusalReason = (what: string, exception: string): string => {
  const known = loggableClass(exception)
  return known === undefined ? what : `${what} (${known})`
}

export interface FailedResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** An answer other than 200, before anything reached the client. */
export const toResponseError = (answer: FailedResponse, context: WordingContext): NexusError => {
  const { status, headers } = answer
  // The whole body, before a piece of it is cut off in the middle of a key.
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

/** A failure that a frame reports. As long as the client has seen nothing, it can still become a status. */
export const toStreamError = (exception: string, payload: Json, context: WordingContext): NexusError => {
  const reported = reportedIn(payload) ?? { message: `AI Nexus ended the stream: ${exception || 'it did not say why'}` }
  const failure: Failure = {
    name: exceptionName(exception),
    status: undefined,
    message: withoutKey(reported.message, context),
    anthropicType: reported.type,
    originalStatus: originalStatusIn(payload),
  }
  return toError(failure, context, { reason: refusalReason('AI Nexus ended the stream', exception) })
}
