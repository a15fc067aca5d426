/** A request's body, and what fetch is told of it. */
export interface Upload {
  readonly body: string | ReadableStream<Uint8Array>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A body that tells when it is fetched: Bun's fetch asks for a stream's bytes only once there is a
 * connection to send them on, new or kept, after the proxy's answer and the TLS handshake. Nothing else
 * of it can be seen. Sent with its length, so that it goes over the line as a text would.
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
    // Without it the first bytes are asked for before anybody wants them.
    { highWaterMark: 0 },
  )
  return { body, headers: { 'content-length': String(bytes.byteLength) } }
}
