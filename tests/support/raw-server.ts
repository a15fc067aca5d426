import { createServer, type Socket } from 'node:net'
import { afterTest } from './cleanup.ts'

export interface RawServer {
  readonly url: string
  readonly sockets: readonly Socket[]
  /** Number of requests so far. */
  count(): number
}

/** A server of raw sockets, for behaviour that HTTP servers do not allow. `count` counts requests from 1. */
export const rawServer = async (onRequest: (socket: Socket, count: number) => void): Promise<RawServer> => {
  const sockets: Socket[] = []
  let requests = 0
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      requests += 1
      onRequest(socket, requests)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, sockets, count: () => requests }
}
