import { targetOf } from '../../server/http/request-target.ts'
import type { PeerOf } from '../../server/server.ts'
import type { Channel } from './channel.ts'
import type { ParentServices, PassedAnswer, PassedRequest } from './services.ts'

/** Requests for what all workers share: a worker passes them on whole, and its parent answers them (OP-K7). */

const sharedPath = /^\/(?:(?:metrics|token-stats|cache-audit|test-connection|healthz?)\/?$|dashboard(?:\/|$))/
const healthPath = /^\/healthz?\/?$/

export const isShared = (url: string): boolean => sharedPath.test(targetOf(url).path)

type Answer = (request: Request, peer: PeerOf) => Response | Promise<Response>

/** More than any of these paths reads: the parent refuses a body of this size as it refuses a larger one. */
const mostBodyBytes = 8192
/** A probe does not wait for a parent that hangs. */
const healthMs = 1000
/** A summary of a large history takes some seconds; a test of the connection waits for the upstream. */
const answerMs = 120_000

/** The first bytes of a body. */
const readStart = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > mostBodyBytes) break
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

/** The parent gets another body, or none. */
const ofBody: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

const unavailable = (): Response =>
  Response.json(
    { type: 'error', error: { type: 'api_error', message: 'The parent process of this server does not answer.' } },
    { status: 503, headers: { 'retry-after': '1' } },
  )

/** Of a worker. `own` answers probes if the parent does not. */
export const createPassRequest = ({ ask }: Pick<Channel<ParentServices>, 'ask'>, own: Answer): Answer => {
  let lastId = 0

  const streamOf = (id: number): ReadableStream<Uint8Array> =>
    new ReadableStream({
      async pull(controller) {
        const chunk = await ask('chunk', id)
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
      cancel: () => void ask('cancel', id),
    })

  return async (request, peer) => {
    const { method, url, headers, signal } = request
    lastId += 1
    const id = lastId
    const address = peer()
    const body = request.body === null ? undefined : await readStart(request.body)
    const sent = [...headers].filter(([name]) => !ofBody.has(name))
    const passed = { id, method, url, headers: sent, body, peer: address } satisfies PassedRequest
    const leave = (): void => void ask('cancel', id)
    signal.addEventListener('abort', leave, { once: true })
    const isProbe = healthPath.test(targetOf(url).path)
    const answer = await ask('request', passed, isProbe ? healthMs : answerMs)
    signal.removeEventListener('abort', leave)
    if (answer === undefined) return isProbe ? own(request, peer) : unavailable()
    const init = {
      status: answer.status,
      headers: answer.headers.map(([name, value]): [string, string] => [name, value]),
    }
    if (answer.body === 'stream') return new Response(streamOf(id), init)
    return new Response(answer.body as Uint8Array<ArrayBuffer> | undefined, init)
  }
}

interface Passed {
  readonly controller: AbortController
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'> | undefined
}

const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/** Of the parent, for one worker. Call `close` when the worker has ended. */
export const createPassedRequests = (answer: Answer) => {
  const running = new Map<number, Passed>()

  const end = (id: number): void => {
    const passed = running.get(id)
    running.delete(id)
    passed?.controller.abort()
    passed?.reader?.cancel().catch(() => {})
  }
  return {
    async request({ id, method, url, headers, body, peer }: PassedRequest): Promise<PassedAnswer> {
      const controller = new AbortController()
      const passed: Passed = { controller, reader: undefined }
      running.set(id, passed)
      const init: RequestInit = {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        signal: controller.signal,
        ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
      }
      let isStream = false
      try {
        const response = await answer(new Request(url, init), () => peer)
        const head = { status: response.status, headers: [...response.headers] as [string, string][] }
        if (response.body === null) return { ...head, body: undefined }
        isStream = isEventStream(response)
        if (!isStream) return { ...head, body: await response.bytes() }
        passed.reader = response.body.getReader()
        return { ...head, body: 'stream' }
      } finally {
        if (!isStream) running.delete(id)
      }
    },
    async chunk(id: number): Promise<Uint8Array | undefined> {
      const { done, value } = (await running.get(id)?.reader?.read()) ?? { done: true, value: undefined }
      if (done) running.delete(id)
      return value
    },
    cancel: async (id: number): Promise<void> => end(id),
    close(): void {
      for (const id of [...running.keys()]) end(id)
    },
  }
}
