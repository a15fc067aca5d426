/** Requests are read and limited by body.ts, which answers in Anthropic's shape; Bun would just hang up. */
const unlimited = Number.MAX_SAFE_INTEGER

export interface Listener {
  readonly port: number
  readonly hostname: string
  /** Requests whose answers have not ended. */
  running(): number
  /** Stops accepting; with `force`, ends running requests as well. */
  stop(force: boolean): Promise<void>
}

export interface ListenOptions {
  readonly hostname: string
  /** 0 for any free one. */
  readonly port: number
  readonly fetch: (request: Request) => Response | Promise<Response>
}

/** A request of HTTP/1.0 may name no host: its URL is then a path alone, which no router understands. */
const withHost = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request

/**
 * Serves the app. Not by Elysia's `listen`, which shares its port with whoever else asks for it.
 * Throws what Bun throws where the address cannot be had (`code` is `EADDRINUSE`, `EACCES`, ...).
 */
export const listen = ({ hostname, port, fetch: answer }: ListenOptions): Listener => {
  const server = Bun.serve({
    hostname,
    port,
    reusePort: false,
    // A quiet stream is no dead one: pings and our own deadlines look after it.
    idleTimeout: 0,
    maxRequestBodySize: unlimited,
    // Bun's own error pages show stacks. The app answers its errors itself: this is for those in between.
    development: false,
    error: () => new Response(null, { status: 500 }),
    fetch: (request) => answer(withHost(request)),
  })
  return {
    port: server.port ?? port,
    hostname: server.hostname ?? hostname,
    running: () => server.pendingRequests,
    stop: (force) => server.stop(force),
  }
}
