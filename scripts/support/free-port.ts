/** Below the ephemeral ports, which other connections can take at any time. */
const firstPort = 20_000
const portRange = 10_000

/** A port without a listener. */
export const freePort = (): number => {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portRange)
    try {
      Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
      return port
    } catch {
      // It is taken.
    }
  }
}
