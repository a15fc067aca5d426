import { type ErrorType, GatewayError, type GatewayErrorOptions } from '../../base/errors.ts'
import { clientWording } from './wording.ts'

/** Nexus's failures as Anthropic's, with the upstream's own words: Claude Code acts on them. */

type Json = Readonly<Record<string, unknown>>

/** What of an unreadable body is quoted, in characters. */
const quotedCharacters = 2000

interface Reported {
  readonly message: string
  /** Anthropic's own type, where the model's error came through whole. */
  readonly type?: string
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

const parseObject = (body: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Prefixes that SDKs and Bedrock put in front of the model's own words. */
const wrapping =
  /^(?:An error occurred \([^)]*\) when calling the \w+ operation(?: \([^)]*\))?: |The model returned the following errors: )+/

const unwrapMessage = (message: string): Reported => {
  const bare = message.replace(wrapping, '')
  const inner = bare.startsWith('{') ? parseObject(bare)?.['error'] : undefined
  if (isObject(inner) && text(inner['message']) !== undefined) {
    const type = text(inner['type'])
    return { message: String(inner['message']), ...(type === undefined ? {} : { type }) }
  }
  return { message: bare }
}

/** The words of a failure, wherever the body keeps them. */
const reportedIn = (body: Json): Reported | undefined => {
  const nested = isObject(body['error']) ? body['error'] : {}
  const candidates = [
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

const isHtml = (body: string): boolean => /^\s*<(?:!doctype|html|head|body)/i.test(body)

const reportedBy = (body: string, status: number): Reported => {
  const parsed = parseObject(body)
  const reported = parsed === undefined ? undefined : reportedIn(parsed)
  if (reported !== undefined) return reported
  if (isHtml(body))
    return { message: `AI Nexus answered ${status} with a web page. Is a proxy or a login page in the way?` }
  const quoted = body.trim().slice(0, quotedCharacters)
  return { message: quoted === '' ? `AI Nexus answered ${status} without a message.` : quoted }
}

interface Kind extends Pick<GatewayErrorOptions, 'status' | 'shouldRetry' | 'retryable'> {
  readonly type: ErrorType
}

const permanently = { shouldRetry: false } as const
const retryable = { retryable: true } as const
const invalid: Kind = { type: 'invalid_request_error' }
const badKey: Kind = { type: 'authentication_error', ...permanently }
const forbidden: Kind = { type: 'permission_error', ...permanently }
const missing: Kind = { type: 'not_found_error' }
const throttled: Kind = { type: 'rate_limit_error', ...retryable }
const overloaded: Kind = { type: 'overloaded_error', ...retryable }
const failed: Kind = { type: 'api_error', ...retryable }

/** By AWS's name of the exception. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    ValidationException: invalid,
    AccessDeniedException: forbidden,
    UnrecognizedClientException: badKey,
    InvalidClientTokenIdException: badKey,
    ExpiredTokenException: badKey,
    IncompleteSignatureException: badKey,
    MissingAuthenticationTokenException: badKey,
    ResourceNotFoundException: missing,
    UnknownOperationException: missing,
    ThrottlingException: throttled,
    ServiceQuotaExceededException: { type: 'rate_limit_error', ...permanently },
    ModelNotReadyException: overloaded,
    ServiceUnavailableException: overloaded,
    InternalServerException: failed,
    InternalFailure: failed,
    ModelTimeoutException: { type: 'timeout_error', ...retryable },
    ModelErrorException: failed,
    ModelStreamErrorException: failed,
    RequestEntityTooLargeException: { type: 'request_too_large' },
  } satisfies Record<string, Kind>),
)

/** By HTTP status, where the exception has no name or one we do not know. */
const kindOfStatus = (status: number): Kind => {
  if (status === 401) return badKey
  if (status === 403) return forbidden
  if (status === 404) return missing
  if (status === 408) return { type: 'timeout_error', ...retryable }
  if (status === 413) return { type: 'request_too_large' }
  if (status === 429) return throttled
  if (status === 503 || status === 529) return overloaded
  if (status === 502 || status === 504) return { ...failed, status }
  if (status >= 500) return failed
  if (status >= 300 && status < 400) return { type: 'api_error', status: 502, ...permanently }
  return invalid
}

/** What the words say more exactly than name and status do. */
const kindOfWords = (message: string, kind: Kind): Kind => {
  if (/API Key is valid|Bearer Token has expired|security token|Authentication failed/i.test(message)) return badKey
  if (/provided model identifier is invalid|end of its life|on-demand throughput isn.t supported/i.test(message))
    return missing
  if (/Too many tokens per day/i.test(message)) return { type: 'rate_limit_error', ...permanently }
  if (/FTUFormNotFilled|MPAgreementBeingCreated|NotAuthorized|OptInRequired/.test(message)) return forbidden
  return kind
}

/** Claude Code takes a model for missing by `model:` in the words. */
const withModel = (message: string, kind: Kind, model: string): string =>
  kind.type === 'not_found_error' && !message.includes('model:') ? `${message} (model: ${model})` : message

const modelErrorStatus = (body: Json | undefined): number | undefined => {
  const status = body?.['originalStatusCode']
  return typeof status === 'number' ? status : undefined
}

const anthropicTypes: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    invalid_request_error: invalid,
    overloaded_error: overloaded,
    rate_limit_error: throttled,
    api_error: failed,
    not_found_error: missing,
  }),
)

/** Seconds, or a date that is read against the answer's own. */
const retryAfterSeconds = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(seconds, 0)
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.max(Math.ceil(wait / 1000), 0)
}

const optionsOf = (kind: Kind): GatewayErrorOptions => ({
  ...(kind.status !== undefined && { status: kind.status }),
  ...(kind.shouldRetry !== undefined && { shouldRetry: kind.shouldRetry }),
  ...(kind.retryable !== undefined && { retryable: kind.retryable }),
})

export interface FailedAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The model's name as the client asked for it. */
  readonly model: string
  readonly maxTokens: number | undefined
}

/** An answer other than 200, before anything reached the client. */
export const toAnswerError = ({ status, headers, body, model, maxTokens }: FailedAnswer): GatewayError => {
  const exception = headers.get('x-amzn-errortype')?.split(':')[0] ?? ''
  const reported = reportedBy(body, status)
  const isModelError = exception === 'ModelErrorException' || exception === 'ModelStreamErrorException'
  const original = isModelError ? modelErrorStatus(parseObject(body)) : undefined
  const named = original !== undefined ? kindOfStatus(original) : (kinds.get(exception) ?? kindOfStatus(status))
  const kind = kindOfWords(reported.message, anthropicTypes.get(reported.type ?? '') ?? named)
  const retryAfter = retryAfterSeconds(headers)
  const upstreamRequestId = headers.get('x-amzn-requestid') ?? undefined
  return new GatewayError(kind.type, withModel(clientWording(reported.message, { model, maxTokens }), kind, model), {
    ...optionsOf(kind),
    ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  })
}

/** `throttlingException` in a frame is `ThrottlingException` in a header. */
const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** A failure inside a stream: there is no status to send any more, only a type. */
export const toStreamError = (exception: string, payload: Json): GatewayError => {
  const name = pascal(exception)
  const original = modelErrorStatus(payload)
  const words = text(payload['originalMessage'])
  const reported = (words === undefined ? reportedIn(payload) : unwrapMessage(words)) ?? {
    message: `AI Nexus ended the stream: ${name}`,
  }
  const named = original !== undefined ? kindOfStatus(original) : (kinds.get(name) ?? failed)
  const kind = anthropicTypes.get(reported.type ?? '') ?? named
  return new GatewayError(kind.type, clientWording(reported.message, {}), optionsOf(kind))
}

/** Claude Code retries by itself in mid-stream only when told of an overload. */
export const toMidStreamError = (error: GatewayError): GatewayError =>
  error.type === 'rate_limit_error' ? new GatewayError('overloaded_error', error.message, { cause: error }) : error
