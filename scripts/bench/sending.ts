/** A socket of Bun's, as far as it matters here. */
interface Writable {
  write(bytes: Uint8Array, offset?: number): number
}

/** Writes what a socket takes, and the rest when it has room again. */
export interface Sending {
  send(bytes: Uint8Array): void
  /** To be called when the socket has room. */
  drain(): void
}

export const createSending = (socket: Writable): Sending => {
  const waiting: Uint8Array[] = []
  const drain = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const written = Math.max(0, socket.write(next))
      if (written < next.byteLength) {
        waiting[0] = next.subarray(written)
        return
      }
      waiting.shift()
    }
  }
  return {
    send(bytes) {
      waiting.push(bytes)
      if (waiting.length === 1) drain()
    },
    drain,
  }
}
