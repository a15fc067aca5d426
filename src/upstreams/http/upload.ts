/** A request's body and its headers for fetch. */
export interface Upload {
  readonly body: string | ReadableStream<Uint8Array>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A body that reports when it is read: Bun's fetch reads a stream only when it has a connection, new or kept-alive,
 * after the proxy's response and the TLS handshake. Fetch reports this in no other way. The body is sent with its
 * length, like a text.
 */
export const watchedUpload = (text: string, onConnection: () => void): Upload => {
  const bytes = new TextEncoder().encode(text)
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
