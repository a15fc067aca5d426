import { connect, createServer, type Socket } from 'node:net'
import { afterTest } from './cleanup.ts'

export interface ConnectProxy {
  readonly port: number
  /** The heads of the requests that it got. */
  readonly heads: readonly string[]
}

export interface ConnectProxyOptions {
  /** The port on this machine that it connects every name to. */
  readonly to?: number
  /** `user:password` that it requires. */
  readonly login?: string
  /** The response instead of a tunnel; undefined keeps silent. */
  readonly answer?: (socket: Socket) => string | undefined
}

/** Starts a server on this machine that ends with the test. Returns its port. */
export const listenOnLoopback = async (onConnection: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** Connects two sockets until one of them closes. */
export const connectSockets = (one: Socket, other: Socket): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}

const wantsLogin = 'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="x"\r\n\r\n'

/** A company proxy, on this machine. */
export const connectProxy = async ({ to, login, answer }: ConnectProxyOptions): Promise<ConnectProxy> => {
  const heads: string[] = []
  const port = await listenOnLoopback((socket) => {
    socket.once('data', (data) => {
      const head = data.toString('latin1')
      heads.push(head)
      const shown = /^proxy-authorization: basic (.*)$/im.exec(head)?.[1]?.trim()
      if (answer !== undefined) {
        const said = answer(socket)
        if (said !== undefined) socket.end(said)
      } else if (login !== undefined && shown !== btoa(login)) socket.end(wantsLogin)
      else {
        const onward = connect(to ?? 0, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
          connectSockets(socket, onward)
        })
        onward.on('error', () => socket.destroy())
      }
    })
  })
  return { port, heads }
}
