import { withHost } from './with-host.ts'

/** body.ts reads and limits requests, and answers in Anthropic's format; Bun would close the connection. */
const unlimited = Number.MAX_SAFE_INTEGER

export interface Listener {
  readonly port: number
  readonly hostname: string
  /** Number of requests whose responses have not ended. */
  running(): number
  /** Stops accepting connections; with `force`, also ends running requests. */
  stop(force: boolean): Promise<void>
}

export interface ListenOptions {
  readonly hostname: string
  /** 0 for any free port. */
  readonly port: number
  /** Whether other processes listen on the same port, and the system divides the connections among them. Linux only. */
  readonly isShared?: boolean
  /** Serves HTTPS; both are PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** `peer` returns the address of the other end of the connection; undefined if there is none any more. */
  readonly fetch: (request: Request, peer: () => string | undefined) => Response | Promise<Response>
}

/**
 * Serves the app. Does not use Elysia's `listen`, which always shares its port with other processes. Throws Bun's error
 * if the address is not available (`code` is `EADDRINUSE`, `EACCES`, ...).
 */
export const listen = ({ hostname, port, isShared = false, tls, fetch: answer }: ListenOptions): Listener => {
  const server = Bun.serve({
    hostname,
    port,
    ...(tls && { tls: { cert: tls.cert, key: tls.key } }),
    reusePort: isShared,
    // A stream may be quiet for long. Pings and our own deadlines detect a dead one.
    idleTimeout: 0,
    maxRequestBodySize: unlimited,
    // Bun's error pages show stacks. The app handles its own errors; this handles errors outside of it.
    development: false,
    error: () => new Response(null, { status: 500 }),
    fetch: (request, self) => answer(withHost(request), () => self.requestIP(request)?.address),
  })
  return {
    port: server.port ?? port,
    hostname: server.hostname ?? hostname,
    running: () => server.pendingRequests,
    stop: (force) => server.stop(force),
  }
}
