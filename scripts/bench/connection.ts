import { createMessageReader } from './http-message.ts'
import type { NextRequest } from './load-requests.ts'
import type { ResponseCheck } from './response-check.ts'
import { createSending } from './sending.ts'

/** What a connection of the load sends, and what it reports. */
export interface Lane {
  readonly port: number
  readonly next: NextRequest
  readonly check: ResponseCheck
  /** After a response, and before the first request. */
  isOver(): boolean
  onRequest(): void
  onFirstByte(milliseconds: number): void
  /** Milliseconds between two deltas of a response; undefined if only the count is of interest. */
  onGap: ((milliseconds: number) => void) | undefined
  onResponse(deltas: number): void
  onFault(fault: string): void
}

interface Client {
  readonly read: (bytes: Buffer) => void
  readonly drain: () => void
}

/** Sends one request after another, and reports each response. */
const createClient = (socket: Bun.Socket<Client>, lane: Lane): Client & { readonly next: () => void } => {
  const { check, onGap } = lane
  const sending = createSending(socket)
  let sentAt = 0
  let hasBegun = false
  let deltaAt: number | undefined
  const next = (): void => {
    if (lane.isOver()) return void socket.end()
    lane.onRequest()
    hasBegun = false
    deltaAt = undefined
    sentAt = performance.now()
    sending.send(lane.next())
  }
  const read = createMessageReader({
    onHead(text) {
      const fault = check.head(text)
      if (fault !== undefined) lane.onFault(fault)
    },
    onBody(part) {
      if (!hasBegun) lane.onFirstByte(performance.now() - sentAt)
      hasBegun = true
      check.take(part)
      if (onGap === undefined || !check.hasDelta(part)) return
      const now = performance.now()
      if (deltaAt !== undefined) onGap(now - deltaAt)
      deltaAt = now
    },
    onEnd() {
      const found = check.end()
      if (typeof found === 'string') lane.onFault(found)
      lane.onResponse(typeof found === 'string' ? 0 : found)
      next()
    },
  })
  return { read, drain: sending.drain, next }
}

/** Resolves when the connection is closed. */
export const runConnection = (lane: Lane): Promise<void> =>
  new Promise((resolve, reject) => {
    Bun.connect<Client>({
      hostname: '127.0.0.1',
      port: lane.port,
      socket: {
        open(socket) {
          const client = createClient(socket, lane)
          socket.data = client
          client.next()
        },
        data: (socket, part) => socket.data.read(part),
        drain: (socket) => socket.data.drain(),
        close: () => resolve(),
        error: (_socket, error) => lane.onFault(error.message),
      },
    }).catch(reject)
  })
