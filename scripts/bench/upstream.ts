import { createMessageReader } from './http-message.ts'
import { streamFrames, wholeResponses } from './responses.ts'
import { createSending, type Sending } from './sending.ts'
import type { Plan, UpstreamWire } from './workload.ts'

/**
 * The upstream of the benchmark, a separate process: it answers every request according to the last plan, with
 * prepared bytes. It uses raw sockets, so that its core has time left for the load.
 */

/** The message that sets the upstream's responses. */
export interface PlannedUpstream {
  readonly plan: Plan
  readonly wire: UpstreamWire
  /** Whether requests that do not want a stream get a whole response. Their path says so. */
  readonly isMixed: boolean
}

interface Peer {
  readonly sending: Sending
  readonly read: (bytes: Buffer) => void
}

const head = (contentType: string, framing: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\nx-amzn-requestid: 00000000-0000-4000-8000-000000000000\r\n${framing}\r\n\r\n`

const chunk = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

const lastChunk = Buffer.from('0\r\n\r\n')
const streamTypes: Readonly<Record<UpstreamWire, string>> = {
  converse: 'application/vnd.amazon.eventstream',
  chat: 'text/event-stream',
  anthropic: 'text/event-stream; charset=utf-8',
}
const streamHeadOf = (wire: UpstreamWire): Buffer => Buffer.from(head(streamTypes[wire], 'transfer-encoding: chunked'))
const wholeOf = (wire: UpstreamWire): Buffer => {
  const body = wholeResponses[wire]
  return Buffer.from(head('application/json', `content-length: ${Buffer.byteLength(body)}`) + body)
}

/** Streams start at different times between two events, like those of many users. */
const phaseMs = 1
let phase = 0

const startPaced = (sending: Sending, streamHead: Uint8Array, chunks: readonly Uint8Array[], everyMs: number): void => {
  sending.send(streamHead)
  let at = 0
  const begin = (): void => {
    const timer = setInterval(() => {
      const bytes = chunks[at]
      at += 1
      if (bytes !== undefined) return sending.send(bytes)
      clearInterval(timer)
      sending.send(lastChunk)
    }, everyMs)
  }
  phase = (phase + phaseMs) % everyMs
  setTimeout(begin, phase)
}

/** `wantsStream`: whether the path of the request is the one of streams. */
type Respond = (sending: Sending, wantsStream: boolean) => void

const immediate = (plan: Plan, wire: UpstreamWire): Respond => {
  if (plan.kind === 'whole') {
    const whole = wholeOf(wire)
    return (sending) => sending.send(whole)
  }
  const streamHead = streamHeadOf(wire)
  const frames = streamFrames(plan.deltas, wire)
  if (plan.kind === 'paced') {
    const chunks = frames.map(chunk)
    return (sending) => startPaced(sending, streamHead, chunks, plan.everyMs)
  }
  const all = Buffer.concat([streamHead, chunk(Buffer.concat(frames)), lastChunk])
  return (sending) => sending.send(all)
}

const respondBy = ({ plan, wire, isMixed }: PlannedUpstream): Respond => {
  const send = immediate(plan, wire)
  const { firstMs } = plan
  if (isMixed) {
    const sendWhole = immediate({ kind: 'whole' }, wire)
    return (sending, wantsStream) => (wantsStream ? send : sendWhole)(sending, wantsStream)
  }
  return firstMs === undefined
    ? send
    : (sending, wantsStream) => void setTimeout(() => send(sending, wantsStream), firstMs)
}

let respond = respondBy({ plan: { kind: 'whole' }, wire: 'converse', isMixed: false })

const streamPath = /^\S+ \S+\/converse-stream /

const server = Bun.listen<Peer>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      const sending = createSending(socket)
      let wantsStream = false
      const read = createMessageReader({
        onHead(text) {
          wantsStream = streamPath.test(text)
        },
        // Not read: the body costs no time here, whatever its size.
        onBody() {},
        onEnd: () => respond(sending, wantsStream),
      })
      socket.data = { sending, read }
    },
    data: (socket, bytes) => socket.data.read(bytes),
    drain: (socket) => socket.data.sending.drain(),
    error() {},
  },
})

process.on('message', (planned: PlannedUpstream) => {
  respond = respondBy(planned)
  process.send?.({ type: 'planned' })
})
process.send?.({ type: 'ready', port: server.port })
