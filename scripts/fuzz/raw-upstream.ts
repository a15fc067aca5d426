import { createServer, type Socket } from 'node:net'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import type { UpstreamResponse } from './subject.ts'

/** An upstream of raw sockets: a word in the request selects the response. */
export interface RawUpstream {
  readonly url: string
  readonly answers: Map<string, UpstreamResponse>
  stop(): void
}

/** The word of one run. Its end keeps it from being the start of another run's word. */
export const canaryOf = (run: number): string => `CANARY${run}YRANAC`
const canaryPattern = /CANARY\d+YRANAC/

/** Long enough for written bytes to leave the process before the connection breaks. */
const settleMs = 2

const isComplete = (request: string): boolean => {
  const headEnd = request.indexOf('\r\n\r\n')
  const length = Number(/content-length: *(\d+)/i.exec(request.slice(0, headEnd))?.[1] ?? 0)
  return headEnd !== -1 && request.length >= headEnd + 4 + length
}

const say = async (socket: Socket, { head, writes, end }: UpstreamResponse): Promise<void> => {
  socket.setNoDelay(true)
  socket.write(Buffer.from(head, 'latin1'))
  for (const part of writes) {
    if (socket.destroyed) return
    socket.write(part)
    if (writes.length > 2) await new Promise(setImmediate)
  }
  if (end === 'end') socket.end()
  if (end !== 'reset') return
  await resolveAfter(settleMs)
  socket.resetAndDestroy()
}

export const startRawUpstream = async (): Promise<RawUpstream> => {
  const answers = new Map<string, UpstreamResponse>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let request = ''
    socket.on('data', (bytes) => {
      request += bytes.toString('latin1')
      if (!isComplete(request)) return
      const canary = canaryPattern.exec(request)?.[0] ?? ''
      request = ''
      const answer = answers.get(canary)
      if (answer === undefined) socket.destroy()
      else void say(socket, answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    answers,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
