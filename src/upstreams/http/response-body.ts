import { abortedError, GatewayError } from '../../base/errors.ts'
import { toConnectionError } from './connection-errors.ts'
import type { Deadline } from './deadlines.ts'
import type { Destination, Origin } from './destination.ts'

/** Reads a response's body: whole, as it arrives, or only its beginning; always with the call's deadline. */

/** Other time limits of a call, in milliseconds. */
export interface BodyTimeouts {
  /** For a connection to another machine. */
  readonly connectMs: number
  /** For the end of a complete response's body, so that the connection can be used again. */
  readonly drainMs: number
  /** For the body of an error response. */
  readonly excerptMs: number
  /** A kept-alive connection that was closed fails within this time. */
  readonly deadConnectionMs: number
}

/** One running call. */
export interface HttpCall {
  readonly origin: Origin
  readonly deadline: Deadline
  readonly bodyTimeouts: BodyTimeouts
}

/** The reason why a call failed: the deadline, the client's disconnect, or the connection. */
export const faultOf = (error: unknown, deadline: Deadline, destination: Destination): GatewayError => {
  if (deadline.expired !== undefined) return deadline.expired
  if (error instanceof GatewayError) return error
  if (deadline.signal.aborted) return abortedError(deadline.signal, error)
  return toConnectionError(error, destination)
}

/** An iterator's result after its last value. */
export const ended: IteratorReturnResult<undefined> = { done: true, value: undefined }

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>
type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

/** Reads to the end, within limits, so that the connection can be used again. */
const drain = async (reader: Reader, deadline: Deadline, { drainMs }: BodyTimeouts): Promise<void> => {
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), drainMs)
  try {
    while (!(await reader.read()).done);
  } catch {
    // The response is complete, so a failure of the connection does not matter.
  } finally {
    clearTimeout(timer)
    deadline.stop()
  }
}

/** The bytes of a response as they arrive, with the call's deadline. Not a generator, which costs twice as much. */
export class Chunks implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: Reader | undefined
  readonly #call: HttpCall
  #hasEnded = false

  constructor(response: Response, call: HttpCall) {
    this.#reader = response.body?.getReader()
    this.#call = call
    // The head has arrived: the first byte of the body gets its own time limit.
    call.deadline.activity()
    if (this.#reader === undefined) this.#end()
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#reader === undefined || this.#hasEnded) return Promise.resolve(ended)
    this.#call.deadline.startRead()
    return this.#reader.read().then(this.#onRead, this.#onError)
  }

  readonly #onRead = (result: Read): IteratorResult<Uint8Array, undefined> => {
    this.#call.deadline.activity()
    if (!result.done) return result
    this.#end()
    return ended
  }

  readonly #onError = (error: unknown): never => {
    const { deadline, origin } = this.#call
    this.#end()
    throw faultOf(error, deadline, { ...origin, hasAnswered: true })
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    const { deadline, bodyTimeouts } = this.#call
    if (this.#reader !== undefined && !this.#hasEnded) {
      this.#hasEnded = true
      void drain(this.#reader, deadline, bodyTimeouts)
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

/** Longer than any genuine error; a wrong address may answer with anything. */
const excerptBytes = 64 * 1024

const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A body of this length nearly always arrives together with its head. */
const shortBytes = 64 * 1024
/** A server that takes longer for so little in total has stopped sending. */
const shortBodyMs = 60_000

export const isShortBody = ({ headers }: Pick<Response, 'headers'>): boolean =>
  Number(headers.get('content-length') ?? Number.NaN) <= shortBytes

/**
 * Reads a short body at once: chunk by chunk, each with its own time limit, costs a seventh of the whole call. If the
 * timeout is below a minute, reads chunk by chunk, so that the limit applies between bytes.
 */
const readWhole = async <T>(
  response: Response,
  call: HttpCall,
  silenceMs: number,
  read: { readonly atOnce: () => Promise<T>; readonly fromBytes: (bytes: Uint8Array) => T },
): Promise<T> => {
  const { origin, deadline } = call
  if (!isShortBody(response) || silenceMs < shortBodyMs)
    return read.fromBytes(Buffer.concat(await Array.fromAsync(new Chunks(response, call))))
  try {
    // The head has arrived: the body gets its own time limit.
    deadline.activity()
    deadline.startRead()
    return await read.atOnce()
  } catch (error) {
    throw faultOf(error, deadline, { ...origin, hasAnswered: true })
  } finally {
    deadline.stop()
  }
}

export const readText = (response: Response, call: HttpCall, silenceMs: number): Promise<string> =>
  readWhole(response, call, silenceMs, { atOnce: () => response.text(), fromBytes: decodeText })

export const readBytes = (response: Response, call: HttpCall, silenceMs: number): Promise<Uint8Array> =>
  readWhole(response, call, silenceMs, { atOnce: () => response.bytes(), fromBytes: (bytes) => bytes })

/** The status already says what failed: an endless, slow or broken body only gives less detail. */
export const readExcerpt = async (response: Response, call: HttpCall): Promise<string> => {
  const { deadline, bodyTimeouts } = call
  const parts: Uint8Array[] = []
  const timer = setTimeout(() => deadline.abandon(), bodyTimeouts.excerptMs)
  try {
    let length = 0
    for await (const chunk of new Chunks(response, call)) {
      parts.push(chunk)
      length += chunk.byteLength
      if (length >= excerptBytes) break
    }
  } catch {
    // Uses the part that has arrived.
  } finally {
    clearTimeout(timer)
    deadline.abandon()
  }
  return decodeText(Buffer.concat(parts).subarray(0, excerptBytes))
}
