import type { Socket } from 'node:net'
import { within } from '../../base/within.ts'
import type { StateAddress } from '../../config/state-address.ts'
import { encodeCommand, parseReply, type Reply } from './resp.ts'

/**
 * A connection of its own to Redis, which knows why it fails: Bun's client reports every failure as a closed connection
 * (OP-R6). Node's modules are loaded on first use.
 */
export interface RedisSocket {
  /** Rejects with an error that has a code: the system's, `ETIMEDOUT`, `CLOSED`, or `NOT_REDIS`. */
  send(...words: string[]): Promise<Reply>
  close(): void
}

/** For each step: a user waits for the start of the server. */
export const stepMs = 2000

/** An error with a code, as those of the system have one. */
export const coded = (code: string): Error => Object.assign(new Error(code), { code })

const inTime = async <T extends Socket | Reply>(work: Promise<T>): Promise<T> => {
  const result = await within(work, stepMs)
  if (result === undefined) throw coded('ETIMEDOUT')
  return result
}

/** Settles with the next event; the socket has no other listener for errors. */
const once = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket))
    socket.once('error', reject)
    socket.once('close', () => reject(coded('CLOSED')))
  })

const open = async ({ isTls, hostname, port, path }: StateAddress): Promise<Socket> => {
  const { connect, isIP } = await import('node:net')
  const socket = path === undefined ? connect({ host: hostname, port }) : connect({ path })
  socket.on('error', () => {})
  try {
    await inTime(once(socket, 'connect'))
    if (!isTls) return socket
    const { connect: connectTls } = await import('node:tls')
    const secure = connectTls({ socket, ...(isIP(hostname) === 0 && { servername: hostname }), host: hostname })
    return await inTime(once(secure, 'secureConnect'))
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const nextReply = (socket: Socket): Promise<Reply> =>
  new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (finish: () => void): void => {
      socket.off('data', read)
      finish()
    }
    const read = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      try {
        const parsed = parseReply(bytes)
        if (parsed !== undefined) settle(() => resolve(parsed.reply))
      } catch {
        settle(() => reject(coded('NOT_REDIS')))
      }
    }
    socket.on('data', read)
    socket.once('error', (error) => settle(() => reject(error)))
    socket.once('close', () => settle(() => reject(coded('CLOSED'))))
  })

/** Rejects like `send`. */
export const openRedisSocket = async (address: StateAddress): Promise<RedisSocket> => {
  const socket = await open(address)
  socket.on('error', () => {})
  return {
    async send(...words) {
      const reply = nextReply(socket)
      socket.write(encodeCommand(words))
      return inTime(reply)
    },
    close: () => void socket.destroy(),
  }
}
