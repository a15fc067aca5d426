import { abortedError, GatewayError } from '../base/errors.ts'
import { isLoopbackHost } from '../base/loopback.ts'
import { isBrokenConnection, type Place, toConnectionError } from './connection-errors.ts'
import { type Deadline, startDeadline } from './deadlines.ts'
import { type Upload, watchedUpload } from './upload.ts'

/** Fetch with Bun's own switches: no time limit of its own, no proxy. */
export type Fetch = (url: string, init: RequestInit & { timeout: false; proxy?: false }) => Promise<Response>

/** One for each request, however often it is tried: a generation is paid for each time it is begun. */
export interface Mend {
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
  readonly mend: Mend
}

/** An answer whose body has not been read. Exactly one of the three is to be called. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** The whole body. Rejects with GatewayError. */
  text(): Promise<string>
  /** What tells of a failure: the body's beginning, as far as it comes soon. Never rejects. */
  excerpt(): Promise<string>
  /** The body as it comes. Throws GatewayError. Returning early drains what is nearly over, and closes the rest. */
  chunks(): AsyncIterableIterator<Uint8Array>
}

/** What is waited for beside an answer, in milliseconds. */
export interface Patience {
  /** A connection to another machine may take this long to come about. */
  readonly connectMs: number
  /** A finished answer's connection may take this long to end by itself, so that it can be used again. */
  readonly drainMs: number
  /** A failed answer's body may take this long to come. */
  readonly excerptMs: number
  /** A connection that had been kept open and is dead shows it at once. */
  readonly deadConnectionMs: number
}

/**
 * Connecting: a system that gets no answer asks again after 1, 3 and 7 s; and a stream is begun after
 * 10 s, so that a failure after that is no status any more, which is what clients retry on.
 */
const defaultPatience: Patience = { connectMs: 8000, drainMs: 1000, excerptMs: 5000, deadConnectionMs: 1000 }

/** Longer than any honest error; a wrong address may answer with anything. */
const excerptBytes = 64 * 1024

/** Whom a client talks to; the same for all its requests. */
export interface Origin extends Place {
  /** This machine itself. */
  readonly isLocal: boolean
}

/** `proxy` is host and port of the proxy on the way, for words. Throws for what is no URL. */
export const originOf = (url: string, proxy?: string): Origin => {
  const { host, hostname, protocol } = new URL(url)
  return { host, isPlain: protocol === 'http:', isLocal: isLoopbackHost(hostname), proxy }
}

/** Whatever broke a call, as the error that tells why: the time was up, the client left, or the line failed. */
const faultOf = (error: unknown, deadline: Deadline, place: Place): GatewayError => {
  if (deadline.expired !== undefined) return deadline.expired
  if (error instanceof GatewayError) return error
  if (deadline.signal.aborted) return abortedError(deadline.signal, error)
  return toConnectionError(error, place)
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined }

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>
type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

/** Reads on to the end, within limits: a connection whose answer was read whole is used again. */
const drain = async (reader: Reader, deadline: Deadline, { drainMs }: Patience): Promise<void> => {
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), drainMs)
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is complete: how its connection ends is nobody's concern.
  } finally {
    clearTimeout(timer)
    deadline.stop()
  }
}

/** One call to the other side, under way. */
interface Call {
  readonly place: Origin
  readonly deadline: Deadline
  readonly patience: Patience
}

/** The bytes of an answer as they come, under the call's deadline. By hand: a generator costs twice as much. */
class Chunks implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: Reader | undefined
  readonly #call: Call
  #hasEnded = false

  constructor(response: Response, call: Call) {
    this.#reader = response.body?.getReader()
    this.#call = call
    if (this.#reader === undefined) this.#end()
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#reader === undefined || this.#hasEnded) return Promise.resolve(ended)
    this.#call.deadline.listen()
    return this.#reader.read().then(this.#heard, this.#failed)
  }

  readonly #heard = (result: Read): IteratorResult<Uint8Array, undefined> => {
    this.#call.deadline.heard()
    if (!result.done) return result
    this.#end()
    return ended
  }

  readonly #failed = (error: unknown): never => {
    const { deadline, place } = this.#call
    this.#end()
    throw faultOf(error, deadline, { ...place, hasAnswered: true })
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    const { deadline, patience } = this.#call
    if (this.#reader !== undefined && !this.#hasEnded) {
      this.#hasEnded = true
      void drain(this.#reader, deadline, patience)
    }
    return ended
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(): void {
    this.#hasEnded = true
    this.#call.deadline.stop()
  }
}

/** On this machine a connection comes about at once or not at all, and nobody has to watch for it. */
const uploadOf = ({ body }: HttpRequest, isLocal: boolean, deadline: Deadline): Upload => {
  if (isLocal) return { body, headers: {} }
  deadline.connecting()
  return watchedUpload(body, () => deadline.connected())
}

/** Nothing is decoded or followed behind our back: compressed streams come in lumps, a redirect takes the key along. */
const send = async (fetch: Fetch, request: HttpRequest, { place, deadline, patience }: Call): Promise<Response> => {
  const { isLocal } = place
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
  try {
    return await once()
  } catch (error) {
    const isDead = isBrokenConnection(error) && performance.now() - sentAt < patience.deadConnectionMs
    if (!request.mend.isAllowed || deadline.signal.aborted || !isDead) throw error
    // Fetch does not notice that the other side has closed a connection it had kept: one more, on a new one.
    request.mend.isAllowed = false
    request.mend.onUse?.()
    return once()
  }
}

const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

/** An answer of this length comes with its head, as good as always. */
const shortBytes = 64 * 1024
/** Whoever takes longer for so little, all in all, has fallen silent. */
const shortBodyMs = 60_000

/**
 * A short body is read at once: to take it chunk by chunk, each with its own time, costs a seventh of the whole call.
 * Where the owner is less patient than a minute, each silence is timed all the same.
 */
const readText = async (response: Response, call: Call, silenceMs: number): Promise<string> => {
  const { place, deadline } = call
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  const isShort = length <= shortBytes && silenceMs >= shortBodyMs
  if (!isShort) return decodeText(await collect(new Chunks(response, call)))
  try {
    deadline.listen()
    return await response.text()
  } catch (error) {
    throw faultOf(error, deadline, { ...place, hasAnswered: true })
  } finally {
    deadline.stop()
  }
}

/** The status says what failed, in any case: a body that is endless, slow or broken only says less about it. */
const readExcerpt = async (response: Response, call: Call): Promise<string> => {
  const { deadline, patience } = call
  const parts: Uint8Array[] = []
  const timer = setTimeout(() => deadline.abandon(), patience.excerptMs)
  try {
    let length = 0
    for await (const chunk of new Chunks(response, call)) {
      parts.push(chunk)
      length += chunk.byteLength
      if (length >= excerptBytes) break
    }
  } catch {
    // What came is what there is.
  } finally {
    clearTimeout(timer)
    deadline.abandon()
  }
  return decodeText(Buffer.concat(parts).subarray(0, excerptBytes))
}

const sendAndRead = async (fetch: Fetch, request: HttpRequest, call: Call): Promise<HttpAnswer> => {
  const { place, deadline } = call
  try {
    const response = await send(fetch, request, call)
    return {
      status: response.status,
      headers: response.headers,
      text: () => readText(response, call, request.silenceMs),
      excerpt: () => readExcerpt(response, call),
      chunks: () => new Chunks(response, call),
    }
  } catch (error) {
    deadline.stop()
    throw faultOf(error, deadline, place)
  }
}

export type Post = (request: HttpRequest) => Promise<HttpAnswer>

/** Bun opens this many connections at most; one more request would wait in silence, perhaps for minutes. */
export const defaultMaximumConnections = 256

/** Well above any person's use, and a client that reads it comes again. */
const comeAgainSeconds = 1

const tooManyConnections = (most: number): GatewayError =>
  new GatewayError('overloaded_error', `${most} requests to AI Nexus are under way already: try again in a moment.`, {
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
  readonly patience?: Patience | undefined
}

/**
 * The one place that talks to another host. Rejects with GatewayError. At most `maximumConnections`
 * requests are under way at once: the next one is told so, and when to come again.
 */
export const createPost = (options: PostOptions): Post => {
  const { fetch, origin: place, maximumConnections, patience = defaultPatience } = options
  let underWay = 0
  return async (request) => {
    if (underWay >= maximumConnections) throw tooManyConnections(maximumConnections)
    underWay += 1
    const { silenceMs, signal } = request
    const deadline = startDeadline({ connectMs: patience.connectMs, silenceMs }, place, signal, () => {
      underWay -= 1
    })
    return sendAndRead(fetch, request, { place, deadline, patience })
  }
}
