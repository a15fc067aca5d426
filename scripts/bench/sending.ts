/** The part of a Bun socket that this file uses. */
interface Writable {
  write(bytes: Uint8Array, offset?: number): number
}

/** Writes as much as a socket accepts, and the rest when it is writable again. */
export interface Sending {
  send(bytes: Uint8Array): void
  /** Call this when the socket is writable again. */
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
