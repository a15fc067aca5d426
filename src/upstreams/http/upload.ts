import type { Deadline } from './deadlines.ts'

/** A request's body: text and bytes can be sent again, a stream cannot. */
export type UploadBody = string | Uint8Array | ReadableStream<Uint8Array>

/** A request's body and its headers for fetch. */
export interface Upload {
  readonly body: UploadBody | undefined
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A body that reports when it is read: Bun's fetch reads a stream only when it has a connection, new or kept-alive,
 * after the proxy's response and the TLS handshake. Fetch reports this in no other way. The body is sent with its
 * length, like a text.
 */
export const watchedUpload = (content: string | Uint8Array, onConnection: () => void): Upload => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        onConnection()
        controller.enqueue(bytes)
        controller.close()
      },
    },
    // Otherwise the stream would call `pull` before fetch reads.
    { highWaterMark: 0 },
  )
  return { body, headers: { 'content-length': String(bytes.byteLength) } }
}

/**
 * The stream of a client, read only as fast as fetch sends it. Time in which the client sends nothing does not count as
 * the upstream's silence.
 */
export const timedUpload = (stream: ReadableStream<Uint8Array>, deadline: Deadline): ReadableStream<Uint8Array> => {
  const reader = stream.getReader()
  let isCancelled = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        deadline.connected()
        deadline.pause()
        const { done, value } = await reader.read()
        if (isCancelled) return
        deadline.startRead()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel(reason) {
        isCancelled = true
        deadline.startRead()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
