import { GatewayError } from '../../base/errors.ts'
import { isBrokenConnection } from './connection-errors.ts'
import { Deadline } from './deadlines.ts'
import type { Origin } from './destination.ts'
import {
  type BodyTimeouts,
  Chunks,
  faultOf,
  type HttpCall,
  isShortBody,
  readBytes,
  readExcerpt,
  readText,
} from './response-body.ts'
import { timedUpload, type Upload, type UploadBody, watchedUpload } from './upload.ts'

/** Fetch with Bun's own options: no time limit, no proxy. */
export type Fetch = (url: string, init: RequestInit & { timeout: false; proxy?: false }) => Promise<Response>

/** One per request, also with retries: each generation that starts is paid for. */
export interface ResendOnce {
  isAllowed: boolean
  /** Called when it is used, for the log. */
  readonly onUse?: () => void
}

interface HttpRequest {
  /** POST if absent. */
  readonly method?: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** A stream cannot be sent again. */
  readonly body: UploadBody | undefined
  readonly signal: AbortSignal
  /** Limit in milliseconds from the connection to the first byte, and between bytes. */
  readonly silenceMs: number
  /** Allows to send the request once more if a kept-alive connection turns out to be closed. */
  readonly resend: ResendOnce
}

/** A response whose body is unread. Call exactly one of the methods. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /** False for a response that cannot have a body, such as one to HEAD. */
  readonly hasBody: boolean
  /** Whether its body is so short that it nearly always arrives together with the head. */
  readonly isShort: boolean
  /** The whole body. Rejects with GatewayError. */
  text(): Promise<string>
  /** The same. */
  bytes(): Promise<Uint8Array>
  /** For failures: the body's beginning, as far as it arrives soon. Never rejects. */
  excerpt(): Promise<string>
  /** The body as it arrives. Throws GatewayError. An early return drains a body that is nearly over, or closes it. */
  chunks(): AsyncIterableIterator<Uint8Array>
}

/**
 * `connectMs`: TCP repeats an unanswered SYN after 1, 3 and 7 s. A client's stream starts after 10 s; a later failure
 * could not be a status, which clients need for a retry.
 */
const defaultBodyTimeouts: BodyTimeouts = { connectMs: 8000, drainMs: 1000, excerptMs: 5000, deadConnectionMs: 1000 }

/**
 * On this machine a connection is immediate or fails, so it needs no deadline. Without a body, nothing reports the
 * connection: the limit for the first byte applies.
 */
const uploadOf = ({ body }: HttpRequest, isLocal: boolean, deadline: Deadline): Upload => {
  if (body === undefined) return { body, headers: {} }
  if (!isLocal) deadline.startConnect()
  if (body instanceof ReadableStream) return { body: timedUpload(body, deadline), headers: {} }
  if (isLocal) return { body, headers: {} }
  return watchedUpload(body, () => deadline.connected())
}

/** Without decoding and redirects: compressed streams arrive in large pieces, and a redirect would get the key. */
const send = (fetch: Fetch, request: HttpRequest, { origin, deadline, bodyTimeouts }: HttpCall): Promise<Response> => {
  const { isLocal } = origin
  const once = (): Promise<Response> => {
    const { body, headers } = uploadOf(request, isLocal, deadline)
    return fetch(request.url, {
      method: request.method ?? 'POST',
      headers: { 'accept-encoding': 'identity', ...request.headers, ...headers },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
      signal: deadline.signal,
      redirect: 'manual',
      timeout: false,
      // A company's proxy cannot reach this machine.
      ...(isLocal && { proxy: false }),
    })
  }
  const sentAt = performance.now()
  return once().catch((error: unknown) => {
    const isDead = isBrokenConnection(error) && performance.now() - sentAt < bodyTimeouts.deadConnectionMs
    const mayResend = request.resend.isAllowed && !(request.body instanceof ReadableStream)
    if (!mayResend || deadline.signal.aborted || !isDead) throw error
    // Fetch does not notice that the other side has closed a kept-alive connection: send once more, on a new one.
    request.resend.isAllowed = false
    request.resend.onUse?.()
    return once()
  })
}

/** A class with getters: a response opens its body as a stream when its `body` is read, also if nothing uses it. */
class ReceivedResponse implements HttpResponse {
  readonly #response: Response
  readonly #call: HttpCall
  readonly #silenceMs: number

  constructor(response: Response, call: HttpCall, silenceMs: number) {
    this.#response = response
    this.#call = call
    this.#silenceMs = silenceMs
  }

  get status(): number {
    return this.#response.status
  }

  get headers(): Headers {
    return this.#response.headers
  }

  get hasBody(): boolean {
    return this.#response.body !== null
  }

  get isShort(): boolean {
    return isShortBody(this.#response)
  }

  text(): Promise<string> {
    return readText(this.#response, this.#call, this.#silenceMs)
  }

  bytes(): Promise<Uint8Array> {
    return readBytes(this.#response, this.#call, this.#silenceMs)
  }

  excerpt(): Promise<string> {
    return readExcerpt(this.#response, this.#call)
  }

  chunks(): AsyncIterableIterator<Uint8Array> {
    return new Chunks(this.#response, this.#call)
  }
}

export type Post = (request: HttpRequest) => Promise<HttpResponse>

/** Bun opens at most this many connections; another request would wait, perhaps for minutes. */
export const defaultMaximumConnections = 256

/** No user reaches this limit. Clients that read the header retry. */
const comeAgainSeconds = 1

const tooManyConnections = (most: number, { name }: Origin): GatewayError =>
  new GatewayError('overloaded_error', `${most} requests to ${name} are already running. Try again in a moment.`, {
    retryAfterSeconds: comeAgainSeconds,
    shouldRetry: true,
    retryable: true,
    isLoggable: true,
  })

export interface PostOptions {
  readonly fetch: Fetch
  readonly origin: Origin
  /** Most requests at once. */
  readonly maximumConnections: number
  readonly bodyTimeouts?: BodyTimeouts | undefined
}

/**
 * Sends all requests to the upstream. Rejects with GatewayError. At most `maximumConnections` requests run at once; the
 * next one gets an error with `retry-after`.
 */
export const createPost = (options: PostOptions): Post => {
  const { fetch, origin, maximumConnections, bodyTimeouts = defaultBodyTimeouts } = options
  let underWay = 0
  return async (request) => {
    if (underWay >= maximumConnections) throw tooManyConnections(maximumConnections, origin)
    underWay += 1
    const { silenceMs, signal } = request
    const deadline = new Deadline({ connectMs: bodyTimeouts.connectMs, silenceMs }, origin, signal, () => {
      underWay -= 1
    })
    const call = { origin, deadline, bodyTimeouts }
    try {
      return new ReceivedResponse(await send(fetch, request, call), call, silenceMs)
    } catch (error) {
      deadline.stop()
      throw faultOf(error, deadline, origin)
    }
  }
}
