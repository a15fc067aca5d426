import { type GatewayError, toGatewayError } from '../../../base/errors.ts'
import type { StreamEnd } from '../../../gateway/running-requests.ts'

export interface NativeStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  /** Only a stream of events can report a failure in its middle. */
  readonly isEventStream: boolean
  /** Writes a failure as the last event. */
  readonly errorEvent: (error: GatewayError) => Uint8Array
  /** Called after the client has got the bytes. */
  readonly onChunk: (chunk: Uint8Array) => void
  /** Called once. */
  readonly onEnd: (end: StreamEnd) => void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** The last event and its end. Anthropic pads events, so it is longer than its text. */
const tailBytes = 256

/** The end of the bytes so far, which decides how a cut stream ends. */
const createTail = () => {
  let tail: Uint8Array = new Uint8Array()
  const text = (): string => Buffer.from(tail.subarray(-tailBytes)).toString('latin1')
  return {
    push(chunk: Uint8Array): void {
      tail = chunk.byteLength >= tailBytes ? chunk : Buffer.concat([tail.subarray(-tailBytes), chunk])
    },
    /** No event has begun, or the last one is whole. */
    isBetweenEvents: (): boolean => tail.byteLength === 0 || /(?:\n\n|\r\n\r\n|\r\r)$/.test(text()),
    /** The message is whole: a broken connection after it means nothing. */
    isWhole: (): boolean => /(?:^|[\n\r])event: ?message_stop(?:\r\n|[\n\r])[^\n\r]*[\n\r]+$/.test(text()),
  }
}

/** Bun's server drops bytes that it has not written when a stream fails. */
const flushed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/**
 * Forwards an answer, one write for each chunk, read only as fast as the client reads. If the upstream breaks off, the
 * client gets an error event between two events; in the middle of one, its connection breaks, too.
 */
export const nativeStream = (options: NativeStreamOptions): ReadableStream<Uint8Array> => {
  const { chunks, isEventStream, errorEvent, onChunk, onEnd } = options
  const tail = createTail()
  let isOver = false

  const close = (controller: Controller, how: StreamEnd, last?: Uint8Array): void => {
    isOver = true
    if (last !== undefined) controller.enqueue(last)
    controller.close()
    onEnd(how)
  }

  const breakOff = async (controller: Controller, thrown: unknown): Promise<void> => {
    if (isOver) return
    if (isEventStream && tail.isWhole()) return close(controller, 'whole')
    const error = toGatewayError(thrown)
    if (isEventStream && tail.isBetweenEvents()) return close(controller, error, errorEvent(error))
    isOver = true
    onEnd(error)
    await flushed()
    controller.error(error)
  }

  const pull = (controller: Controller): Promise<void> =>
    chunks.next().then(
      ({ done, value }) => {
        if (isOver) return
        if (done === true) return close(controller, 'whole')
        // It would end a chunked body.
        if (value.byteLength === 0) return pull(controller)
        controller.enqueue(value)
        if (isEventStream) tail.push(value)
        onChunk(value)
      },
      (thrown: unknown) => breakOff(controller, thrown),
    )

  return new ReadableStream<Uint8Array>(
    {
      pull,
      async cancel() {
        if (!isOver) {
          isOver = true
          onEnd(isEventStream && tail.isWhole() ? 'whole' : 'left')
        }
        await chunks.return?.()
      },
    },
    // Reads nothing ahead of the client.
    { highWaterMark: 0 },
  )
}
