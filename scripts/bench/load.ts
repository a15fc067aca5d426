import type { OpenAiWire } from '../support/openai-requests.ts'
import { createMessageReader } from './http-message.ts'
import { type RequestKind, requestBody } from './requests.ts'
import { createSending } from './sending.ts'

/**
 * The load of the benchmark, a separate process: it sends a number of requests at once over kept-alive connections, and
 * counts each response to its last event. It uses raw sockets, because a slow client measures itself.
 */

export interface Job {
  readonly port: number
  readonly request: RequestKind
  /** Expected deltas of each response; undefined for whole responses. */
  readonly deltas: number | undefined
  /** The format of the responses; of the requests, too, for OpenAI's protocols. */
  readonly wire: 'anthropic' | 'converse' | OpenAiWire
  readonly concurrency: number
  /** The run ends after this number of requests or milliseconds. Running requests finish first. */
  readonly requests?: number
  readonly milliseconds?: number
  /** Additional headers for the target. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface LoadResult {
  readonly requests: number
  readonly deltas: number
  /** For each request, milliseconds from its first byte to the first byte of the response body. */
  readonly firstByteMs: readonly number[]
  /** The first fault: the figures are then invalid. */
  readonly fault?: string
}

/** Bytes that occur exactly once in each delta, and in the end of a response. */
const marks = {
  anthropic: { delta: Buffer.from('event: content_block_delta'), end: Buffer.from('event: message_stop') },
  converse: { delta: Buffer.from('contentBlockDelta'), end: Buffer.from('messageStop') },
  chat: { delta: Buffer.from('"delta":{"content":'), end: Buffer.from('data: [DONE]') },
  responses: {
    delta: Buffer.from('event: response.output_text.delta'),
    end: Buffer.from('event: response.completed'),
  },
} as const

const wholeMarks = {
  anthropic: Buffer.from('"type":"message"'),
  converse: Buffer.from('"stopReason"'),
  chat: Buffer.from('"object":"chat.completion"'),
  responses: Buffer.from('"object":"response"'),
} as const

const openAiPaths = { chat: '/v1/chat/completions', responses: '/v1/responses' } as const

const isOpenAi = (wire: Job['wire']): wire is OpenAiWire => Object.hasOwn(openAiPaths, wire)

const count = (bytes: Buffer, mark: Buffer): number => {
  let found = 0
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.byteLength)) found += 1
  return found
}

const requestBytes = ({ request, deltas, port, wire, headers = {} }: Job): Buffer => {
  const openAiWire = isOpenAi(wire) ? wire : undefined
  const body = Buffer.from(requestBody(request, deltas !== undefined, openAiWire))
  const path = openAiWire === undefined ? '/v1/messages' : openAiPaths[openAiWire]
  const all = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14',
    'user-agent': 'claude-cli/2.1.329 (external, cli)',
    'x-api-key': 'bench',
    'x-stainless-timeout': '600',
    'content-length': String(body.byteLength),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}

/** Checks one response after another. */
const createResponseCheck = ({ deltas, wire }: Job) => {
  const { delta, end } = marks[wire]
  let body: Buffer[] = []
  return {
    head: (text: string): string | undefined =>
      text.startsWith('HTTP/1.1 200') ? undefined : `answered ${text.slice(0, 40)}`,
    take(bytes: Buffer): void {
      body.push(bytes)
    },
    /** Returns the number of deltas of a complete response, or its fault. */
    end(): number | string {
      const bytes = body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body)
      body = []
      if (deltas === undefined) return bytes.includes(wholeMarks[wire]) ? 0 : 'the response is not a message'
      const found = count(bytes, delta)
      if (found !== deltas) return `sent ${found} deltas of ${deltas}, in ${bytes.byteLength} bytes`
      return count(bytes, end) === 1 ? found : 'did not send the end of the message'
    },
  }
}

interface Client {
  readonly read: (bytes: Buffer) => void
  readonly drain: () => void
}

const run = async (job: Job): Promise<LoadResult> => {
  const bytes = requestBytes(job)
  const startedAt = performance.now()
  const firstByteMs: number[] = []
  const seen = { begun: 0, requests: 0, deltas: 0 }
  let fault: string | undefined
  const isOver = (): boolean =>
    fault !== undefined ||
    (job.requests !== undefined && seen.begun >= job.requests) ||
    (job.milliseconds !== undefined && performance.now() - startedAt >= job.milliseconds)

  const drive = (done: () => void) => ({
    open(socket: Bun.Socket<Client>) {
      const sending = createSending(socket)
      const check = createResponseCheck(job)
      let sentAt = 0
      let hasBegun = false
      const next = (): void => {
        if (isOver()) return void socket.end()
        seen.begun += 1
        hasBegun = false
        sentAt = performance.now()
        sending.send(bytes)
      }
      const read = createMessageReader({
        onHead(text) {
          fault ??= check.head(text)
        },
        onBody(part) {
          if (!hasBegun) firstByteMs.push(performance.now() - sentAt)
          hasBegun = true
          check.take(part)
        },
        onEnd() {
          const found = check.end()
          if (typeof found === 'string') fault ??= found
          else seen.deltas += found
          seen.requests += 1
          next()
        },
      })
      socket.data = { read, drain: sending.drain }
      next()
    },
    data: (socket: Bun.Socket<Client>, part: Buffer) => socket.data.read(part),
    drain: (socket: Bun.Socket<Client>) => socket.data.drain(),
    close: () => done(),
    error(_socket: Bun.Socket<Client>, error: Error) {
      fault ??= error.message
    },
  })

  await Promise.all(
    Array.from(
      { length: job.concurrency },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = drive(resolve)
          Bun.connect<Client>({ hostname: '127.0.0.1', port: job.port, socket }).catch(reject)
        }),
    ),
  )
  if (seen.requests < seen.begun) fault ??= `closed ${seen.begun - seen.requests} connections before the end`
  return { ...seen, firstByteMs, ...(fault !== undefined && { fault }) }
}

process.on('message', async (job: Job) => {
  try {
    process.send?.({ type: 'outcome', ...(await run(job)) })
  } catch (error) {
    process.send?.({ type: 'outcome', requests: 0, deltas: 0, firstByteMs: [], fault: String(error) })
  }
})
process.send?.({ type: 'ready', port: 0 })
