import { errorTypeOf, GatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { Secret } from '../../base/secret.ts'
import type { UpstreamDependencies } from '../definition.ts'
import { originOf } from '../http/destination.ts'
import { retryAfterSeconds } from '../http/failed-response.ts'
import { createPost, type HttpResponse, type ResendOnce } from '../http/post.ts'
import type { BodyTimeouts } from '../http/response-body.ts'
import { createResendOnce, createRetrying, type RetryPolicy } from '../http/retry.ts'
import type { UploadBody } from '../http/upload.ts'
import type { Caller, NativeCall } from '../upstream.ts'
import { createWithCredential } from './auth.ts'
import { type Credential, type CredentialChoice, type Credentials, isOfSubscription } from './credentials/credential.ts'
import { type HeldAnswer, holdAnswer } from './failed-answer.ts'
import { toKeptHeaders } from './request-headers.ts'

export interface AnthropicClientOptions extends Pick<UpstreamDependencies, 'fetch' | 'maximumConnections' | 'log'> {
  /** Has no trailing slash, and may have a path. */
  readonly baseUrl: string
  readonly credentials: Credentials
  /** Sent with every request (AU-H3). */
  readonly headers: ReadonlyMap<string, Secret>
  readonly retry: RetryPolicy
  /** Limit in milliseconds from the connection to the first byte, and between bytes. */
  readonly silenceMs: number
  /** Host and port of the proxy, if any, for error messages. */
  readonly proxy: string | undefined
  /** Shorter ones for tests. */
  readonly bodyTimeouts?: BodyTimeouts
}

/** One request to Anthropic. */
export interface AnthropicCall extends Omit<NativeCall, 'body' | 'caller'> {
  /** Only allowed ones are sent. */
  readonly headers: Headers
  /** A stream is sent once: there are no retries. */
  readonly body: UploadBody | undefined
  /** Undefined for the program's own requests. */
  readonly caller: Caller | undefined
}

/** A success, whose body is unread, or a failure that neither a retry nor another credential helps. */
export type AnthropicAnswer =
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly response: HeldAnswer }

export type AnthropicClient = ReturnType<typeof createAnthropicClient>

const firstStatus = 200
const lastStatus = 599
const firstRedirectStatus = 300
const firstFailureStatus = 400
const rateLimitStatus = 429
const millisecondsPerSecond = 1000

/** The client's headers that may go out, and the header of the trace. */
const keptHeadersOf = ({ headers, body, traceparent }: AnthropicCall): Record<string, string> => ({
  ...toKeptHeaders(headers, body),
  ...(traceparent !== undefined && { traceparent }),
})

/** Failures that may pass (AU-R1). */
const passingStatuses: ReadonlySet<number> = new Set([408, 500, 502, 503, 504, 529])

/** Clients wait for a rate limit themselves, with what they show to their users (AU-R2). */
const mayPass = ({ status, headers }: HeldAnswer): boolean => {
  const advice = headers.get('x-should-retry')
  if (status === rateLimitStatus || advice === 'false') return false
  return advice === 'true' || passingStatuses.has(status)
}

/** Seconds that an answer asks clients to wait. */
export const waitOf = (headers: Headers): number | undefined => {
  const milliseconds = Number(headers.get('retry-after-ms')?.trim() || Number.NaN)
  return Number.isFinite(milliseconds) ? Math.max(milliseconds, 0) / millisecondsPerSecond : retryAfterSeconds(headers)
}

/** An answer that is relayed unless a retry succeeds. */
class AnsweredFailure extends GatewayError {
  readonly answer: HeldAnswer

  constructor(answer: HeldAnswer) {
    const wait = waitOf(answer.headers)
    super(errorTypeOf(answer.status), `Anthropic answered ${answer.status}.`, {
      status: answer.status,
      retryable: mayPass(answer),
      isLoggable: true,
      ...(wait !== undefined && { retryAfterSeconds: wait }),
    })
    this.answer = answer
  }
}

/** Only the host: the rest of an address may have a secret. A relative address leads to the same host. */
const redirectError = (url: string, { headers }: HttpResponse): GatewayError => {
  const host = URL.parse(headers.get('location') ?? '', url)?.host ?? 'an invalid address'
  return new GatewayError(
    'api_error',
    `The upstream redirects to another address (${host}). Set --anthropic-url to the right one.`,
    { status: 502, shouldRetry: false, reason: 'The upstream redirects to another address.' },
  )
}

/** Neither fetch nor a server can pass it on. */
const statusError = (status: number): GatewayError =>
  new GatewayError('api_error', `Anthropic answered with the status ${status}, which is not valid.`, {
    status: 502,
    isLoggable: true,
  })

interface Sending {
  readonly call: AnthropicCall
  /** The client's headers that may go out. */
  readonly kept: Readonly<Record<string, string>>
  readonly resend: ResendOnce
  /** All failed answers so far. */
  readonly failed: HeldAnswer[]
}

/** No path of Anthropic's API is longer. */
const loggedPathCharacters = 100

const logRequest = (log: Logger, { call, kept }: Sending, { kind }: Credential): void => {
  if (!log.isEnabled('debug')) return
  const { requestId, method, path, caller } = call
  log.debug('upstream.request', {
    requestId,
    method,
    path: path.slice(0, loggedPathCharacters),
    domain: caller?.domain?.name,
    credential: kind,
    headers: Object.keys(kept).join(' '),
  })
}

/**
 * Sends requests to Anthropic, with the credential that the caller's request gets. Retries passing failures and changes
 * the credential before the first byte of an answer. Rejects with GatewayError if there is no answer.
 */
export const createAnthropicClient = (options: AnthropicClientOptions) => {
  const { baseUrl, credentials, retry, silenceMs, log } = options
  const post = createPost({ ...options, origin: originOf('Anthropic', baseUrl, options.proxy) })
  const withCredential = createWithCredential(options.headers)
  const retrying = createRetrying(retry, log)
  const sendingOnce = createRetrying({ ...retry, maxRetries: 0 }, log)

  const sendOnce = async (sending: Sending, credential: Credential): Promise<HttpResponse> => {
    const { call, kept, resend, failed } = sending
    const { method, body, signal } = call
    const url = `${baseUrl}${call.path}${call.query}`
    call.onCredential?.(credential.kind, credential.secret, isOfSubscription(credential))
    logRequest(log, sending, credential)
    const pending = post({ method, url, headers: withCredential(kept, credential), body, signal, silenceMs, resend })
    if (failed.length === 0) call.onSending?.()
    const response = await pending
    const id = response.headers.get('request-id')
    if (id !== null) call.onUpstreamId(id)
    const { status } = response
    const isValid = status >= firstStatus && status <= lastStatus
    const isRedirect = status >= firstRedirectStatus && status < firstFailureStatus
    if (isValid && !isRedirect) return response
    void response.chunks().return?.()
    throw isRedirect ? redirectError(url, response) : statusError(status)
  }

  /** Changes the credential as long as there is another one (AU-K8, AU-O9). Throws AnsweredFailure. */
  const attempt = async (sending: Sending): Promise<HttpResponse> => {
    const { call } = sending
    let choice: CredentialChoice = await credentials.choose(call.caller, call.signal)
    for (;;) {
      const response = await sendOnce(sending, choice.credential)
      if (response.status < firstFailureStatus) return response
      const answer = await holdAnswer(response)
      sending.failed.push(answer)
      const other = await choice.afterFailure(answer)
      if (other === undefined || call.body instanceof ReadableStream) throw new AnsweredFailure(answer)
      call.onAttempt?.()
      choice = other
    }
  }

  return {
    async send(call: AnthropicCall): Promise<AnthropicAnswer> {
      const failed: HeldAnswer[] = []
      const sending = {
        call,
        kept: keptHeadersOf(call),
        resend: createResendOnce(retry, log, call),
        failed,
      }
      const runs = call.body instanceof ReadableStream ? sendingOnce : retrying
      try {
        return { ok: true, response: await runs(() => attempt(sending), call) }
      } catch (error) {
        if (!(error instanceof AnsweredFailure)) throw error
        failed.pop()
        return { ok: false, response: error.answer }
      } finally {
        for (const answer of failed) answer.discard()
      }
    },
  }
}
