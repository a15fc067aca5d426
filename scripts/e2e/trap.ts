/** A proxy for the clients that refuses and records every request. */

export interface Trap {
  /** The variables of the proxy for a client. The launch command excludes loopback from it. */
  readonly environment: Readonly<Record<string, string>>
  /** First lines of the requests, like `CONNECT example.com:443 HTTP/1.1`. */
  readonly caught: readonly string[]
  readonly url: string
  stop(): void
}

export const setTrap = (): Trap => {
  const caught: string[] = []
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, bytes) {
        caught.push(bytes.toString().split('\r\n')[0] ?? '')
        socket.end()
      },
    },
  })
  const url = `http://127.0.0.1:${listener.port}`
  return {
    environment: { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url },
    caught,
    url,
    stop: () => listener.stop(true),
  }
}
