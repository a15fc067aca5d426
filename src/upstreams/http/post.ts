import { GatewayError } from '../../base/errors.ts'
import { isBrokenConnection } from './connection-errors.ts'
import { type Deadline, startDeadline } from './deadlines.ts'
import type { Origin } from './destination.ts'
import { type BodyTimeouts, Chunks, faultOf, type HttpCall, readExcerpt, readText } from './response-body.ts'
import { type Upload, watchedUpload } from './upload.ts'

/** Fetch with Bun's own switches: no time limit of its own, no proxy. */
export type Fetch = (url: string, init: RequestInit & { timeout: false; proxy?: false }) => Promise<Response>

/** One for each request, however often it is tried: a generation is paid for each time it is begun. */
export interface ResendOnce {
  isAllowed: boolean
  /** Hears of it, for the log. */
  readonly onUse?: () => void
}

interface HttpRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  /** Milliseconds from the connection to the first byte, and of silence after it. */
  readonly silenceMs: number
  /** Whether the request may go out once more when the connection that was kept open turns out dead. */
  readonly resend: ResendOnce
}

/** An answer whose body has not been read. Exactly one of the three is to be called. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /** The whole body. Rejects with GatewayError. */
  text(): Promise<string>
  /** What tells of a failure: the body's beginning, as far as it comes soon. Never rejects. */
  excerpt(): Promise<string>
  /** The body as it comes. Throws GatewayError. Returning early drains what is nearly over, and closes the rest. */
  chunks(): AsyncIterableIterator<Uint8Array>
}

/**
 * Connecting: a system that gets no answer asks again after 1, 3 and 7 s; and a stream is begun after
 * 10 s, so that a failure after that is no status any more, which is what clients retry on.
 */
const defaultBodyTimeouts: BodyTimeouts = { connectMs: 8000, drainMs: 1000, excerptMs: 5000, deadConnectionMs: 1000 }

/** On this machine a connection comes about at once or not at all, and nobody has to watch for it. */
const uploadOf = ({ body }: HttpRequest, isLocal: boolean, deadline: Deadline): Upload => {
  if (isLocal) return { body, headers: {} }
  deadline.startConnect()
  return watchedUpload(body, () => deadline.connected())
}

/** Nothing is decoded or followed behind our back: compressed streams come in lumps, a redirect takes the key along. */
const send = (fetch: Fetch, request: HttpRequest, { origin, deadline, bodyTimeouts }: HttpCall): Promise<Response> => {
  const { isLocal } = origin
  const once = (): Promise<Response> => {
    const { body, headers } = uploadOf(request, isLocal, deadline)
    return fetch(request.url, {
      method: 'POST',
      headers: { ...request.headers, ...headers, 'accept-encoding': 'identity' },
      body,
      signal: deadline.signal,
      redirect: 'manual',
      timeout: false,
      // A company's proxy knows no way back to this machine.
      ...(isLocal && { proxy: false }),
    })
  }
  const sentAt = performance.now()
  return once().catch((error: unknown) => {
    const isDead = isBrokenConnection(error) && performance.now() - sentAt < bodyTimeouts.deadConnectionMs
    if (!request.resend.isAllowed || deadline.signal.aborted || !isDead) throw error
    // Fetch does not notice that the other side has closed a connection it had kept: one more, on a new one.
    request.resend.isAllowed = false
    request.resend.onUse?.()
    return once()
  })
}

const toHttpResponse = (response: Response, call: HttpCall, silenceMs: number): HttpResponse => ({
  status: response.status,
  headers: response.headers,
  text: () => readText(response, call, silenceMs),
  excerpt: () => readExcerpt(response, call),
  chunks: () => new Chunks(response, call),
})

export type Post = (request: HttpRequest) => Promise<HttpResponse>

/** Bun opens this many connections at most; one more request would wait in silence, perhaps for minutes. */
export const defaultMaximumConnections = 256

/** Well above any person's use, and a client that reads it comes again. */
const comeAgainSeconds = 1

const tooManyConnections = (most: number, { name }: Origin): GatewayError =>
  new GatewayError('overloaded_error', `${most} requests to ${name} are under way already: try again in a moment.`, {
    retryAfterSeconds: comeAgainSeconds,
    shouldRetry: true,
    retryable: true,
    isLoggable: true,
  })

export interface PostOptions {
  readonly fetch: Fetch
  readonly origin: Origin
  /** Requests under way at once. */
  readonly maximumConnections: number
  readonly bodyTimeouts?: BodyTimeouts | undefined
}

/**
 * The one place that talks to another host. Rejects with GatewayError. At most `maximumConnections`
 * requests are under way at once: the next one is told so, and when to come again.
 */
export const createPost = (options: PostOptions): Post => {
  const { fetch, origin, maximumConnections, bodyTimeouts = defaultBodyTimeouts } = options
  let underWay = 0
  return async (request) => {
    if (underWay >= maximumConnections) throw tooManyConnections(maximumConnections, origin)
    underWay += 1
    const { silenceMs, signal } = request
    const deadline = startDeadline({ connectMs: bodyTimeouts.connectMs, silenceMs }, origin, signal, () => {
      underWay -= 1
    })
    const call = { origin, deadline, bodyTimeouts }
    try {
      return toHttpResponse(await send(fetch, request, call), call, silenceMs)
    } catch (error) {
      deadline.stop()
      throw faultOf(error, deadline, origin)
    }
  }
}
