import { abortedError, GatewayError } from '../../base/errors.ts'
import { toConnectionError } from './connection-errors.ts'
import type { Deadline } from './deadlines.ts'
import type { Destination, Origin } from './destination.ts'

/** How an answer's body is read: whole, as it comes, or its beginning alone; always by the call's clock. */

/** What is waited for beside an answer, in milliseconds. */
export interface BodyTimeouts {
  /** A connection to another machine may take this long to come about. */
  readonly connectMs: number
  /** A finished answer's connection may take this long to end by itself, so that it can be used again. */
  readonly drainMs: number
  /** A failed answer's body may take this long to come. */
  readonly excerptMs: number
  /** A connection that had been kept open and is dead shows it at once. */
  readonly deadConnectionMs: number
}

/** One call to the other side, under way. */
export interface HttpCall {
  readonly origin: Origin
  readonly deadline: Deadline
  readonly bodyTimeouts: BodyTimeouts
}

/** Whatever broke a call, as the error that tells why: the time was up, the client left, or the line failed. */
export const faultOf = (error: unknown, deadline: Deadline, destination: Destination): GatewayError => {
  if (deadline.expired !== undefined) return deadline.expired
  if (error instanceof GatewayError) return error
  if (deadline.signal.aborted) return abortedError(deadline.signal, error)
  return toConnectionError(error, destination)
}

/** What an iterator says behind its last value. */
export const ended: IteratorReturnResult<undefined> = { done: true, value: undefined }

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>
type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

/** Reads on to the end, within limits: a connection whose answer was read whole is used again. */
const drain = async (reader: Reader, deadline: Deadline, { drainMs }: BodyTimeouts): Promise<void> => {
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

/** The bytes of an answer as they come, under the call's deadline. By hand: a generator costs twice as much. */
export class Chunks implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: Reader | undefined
  readonly #call: HttpCall
  #hasEnded = false

  constructor(response: Response, call: HttpCall) {
    this.#reader = response.body?.getReader()
    this.#call = call
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

/** Longer than any honest error; a wrong address may answer with anything. */
const excerptBytes = 64 * 1024

const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** An answer of this length comes with its head, as good as always. */
const shortBytes = 64 * 1024
/** Whoever takes longer for so little, all in all, has fallen silent. */
const shortBodyMs = 60_000

/**
 * A short body is read at once: to take it chunk by chunk, each with its own time, costs a seventh of the whole call.
 * Where the owner is less patient than a minute, each silence is timed all the same.
 */
export const readText = async (response: Response, call: HttpCall, silenceMs: number): Promise<string> => {
  const { origin, deadline } = call
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  const isShort = length <= shortBytes && silenceMs >= shortBodyMs
  if (!isShort) return decodeText(Buffer.concat(await Array.fromAsync(new Chunks(response, call))))
  try {
    // Its head is the first sign of life: how long that took is not the body's affair.
    deadline.activity()
    deadline.startRead()
    return await response.text()
  } catch (error) {
    throw faultOf(error, deadline, { ...origin, hasAnswered: true })
  } finally {
    deadline.stop()
  }
}

/** The status says what failed, in any case: a body that is endless, slow or broken only says less about it. */
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
    // What came is what there is.
  } finally {
    clearTimeout(timer)
    deadline.abandon()
  }
  return decodeText(Buffer.concat(parts).subarray(0, excerptBytes))
}
