import { setTimeout as resolveAfter } from 'node:timers/promises'
import { bracketed } from '../base/brackets.ts'
import { echo } from './echo.ts'
import type { HttpError, Pace, Reply, Scenario, SimulatedRequest, StreamFault } from './reply.ts'
import { streamBody } from './stream.ts'

/** The server for all simulated protocols: gets replies from the scenario, keeps the pace, and writes the journal. */

/** The record of one request, for tests and for the log. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  /** With its question mark; empty if the URL has none. */
  readonly query: string
  readonly modelId: string | undefined
  readonly isStream: boolean
  /** The parsed body, unchanged. */
  readonly body: unknown
  /** The body's bytes, where the protocol keeps them. */
  readonly bytes?: Uint8Array
  /** The kind and the id of the credential, where the protocol has several. */
  readonly credential?: JournalCredential
  /** Names and values, without the key. */
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  /** The upstream's words, where the request broke one of its rules. */
  readonly refusal: string | undefined
  /** How a stream ended: the client read it to its end, or disconnected; undefined while it runs. */
  outcome: 'complete' | 'cancelled' | undefined
}

interface JournalCredential {
  readonly kind: string
  /** Made from the credential, which the journal does not contain. */
  readonly id: string
}

export interface ServeOptions<Body> {
  readonly hostname?: string
  /** 0 for any free port. */
  readonly port?: number
  readonly scenario?: Scenario<Body>
  /** Receives each record; the simulator does not store them. */
  readonly onRequest?: (entry: JournalEntry) => void
}

export interface Simulator {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** What a protocol needs to send and to break a stream. */
interface StreamForm {
  readonly headers: Readonly<Record<string, string>>
  /** The frame with which a stream reports its own failure. */
  readonly faultFrame: (fault: StreamFault) => Uint8Array
  /** What a stream sends while there is nothing to say; without it the response begins with the first frame. */
  readonly signOfLife?: Uint8Array | undefined
  /** A frame that a client cannot read. */
  readonly damaged: (frame: Uint8Array) => Uint8Array
}

/** One request, as read by its protocol. */
export type Exchange<Body> = DirectExchange | ScriptedExchange<Body>

interface ReadRequest {
  readonly modelId: string | undefined
  readonly isStream: boolean
  /** Parsed; undefined if it is not JSON. */
  readonly body: unknown
  readonly bytes?: Uint8Array
  readonly credential?: JournalCredential
}

/** A response without a scenario: a refusal, a list of models, a count of tokens. */
interface DirectExchange extends ReadRequest {
  readonly response: Response
  /** The upstream's words, where the request broke one of its rules. */
  readonly refusal?: string
}

/** A request that the scenario or the echo answers. */
interface ScriptedExchange<Body> extends ReadRequest {
  readonly request: SimulatedRequest<Body>
  readonly toError: (error: HttpError) => Response
  readonly toWhole: (reply: Reply) => Response
  readonly toFrames: (reply: Reply, deltaCharacters: number) => readonly Uint8Array[]
  readonly stream: StreamForm
}

const defaultDeltaCharacters = 12
const keyHeaders = ['authorization', 'api-key', 'x-api-key']

/** Waits, unless the client disconnects first. */
const pause = async ({ firstMs = 0 }: Pace, signal: AbortSignal): Promise<void> => {
  if (firstMs > 0) await resolveAfter(firstMs, undefined, { signal }).catch(() => {})
}

const toEntry = (request: Request, exchange: ReadRequest, status: number, refusal?: string): JournalEntry => {
  const { pathname, search } = new URL(request.url)
  const { modelId, isStream, body, bytes, credential } = exchange
  return {
    method: request.method,
    path: pathname,
    query: search,
    modelId,
    isStream,
    body,
    ...(bytes && { bytes }),
    ...(credential && { credential }),
    headers: Object.fromEntries([...request.headers].filter(([name]) => !keyHeaders.includes(name))),
    status,
    refusal,
    outcome: undefined,
  }
}

/** Loaded on first use: `node:zlib` would add several milliseconds to every start of the program. */
const compressed = async (frames: readonly Uint8Array[]): Promise<Uint8Array[]> =>
  (await import('./gzip.ts')).gzipFrames(frames)

const streamResponse = async <Body>(
  exchange: ScriptedExchange<Body>,
  reply: Reply,
  entry: JournalEntry,
): Promise<Response> => {
  const { pace = {}, fault, encoding } = reply
  const { headers, ...form } = exchange.stream
  const frames = exchange.toFrames(reply, pace.deltaCharacters ?? defaultDeltaCharacters)
  const body = streamBody({
    frames: encoding === undefined ? frames : await compressed(frames),
    pace,
    fault,
    ...form,
    onEnd: () => {
      entry.outcome = 'complete'
    },
    onCancel: () => {
      entry.outcome = 'cancelled'
    },
  })
  return new Response(body, { headers: { ...headers, ...(encoding && { 'content-encoding': encoding }) } })
}

const wholeResponse = async (response: Response, { encoding }: Reply): Promise<Response> => {
  if (encoding === undefined) return response
  response.headers.set('content-encoding', encoding)
  return new Response(Bun.gzipSync(await response.arrayBuffer()), response)
}

/** Serves one protocol on one port. `read` never rejects. */
export const serveSimulator = <Body>(
  { hostname = '127.0.0.1', port = 0, scenario, onRequest }: ServeOptions<Body>,
  read: (request: Request) => Promise<Exchange<Body>>,
): Simulator => {
  const respond = async (request: Request): Promise<Response> => {
    const exchange = await read(request)
    if ('response' in exchange) {
      onRequest?.(toEntry(request, exchange, exchange.response.status, exchange.refusal))
      return exchange.response
    }
    const reply = scenario?.(exchange.request) ?? echo(exchange.request)
    const entry = toEntry(request, exchange, reply.error?.status ?? 200)
    onRequest?.(entry)

    const beginsAtOnce = exchange.isStream && reply.error === undefined && exchange.stream.signOfLife !== undefined
    if (!beginsAtOnce) await pause(reply.pace ?? {}, request.signal)
    if (request.signal.aborted) entry.outcome = 'cancelled'
    if (reply.error !== undefined) return exchange.toError(reply.error)
    return exchange.isStream ? streamResponse(exchange, reply, entry) : wholeResponse(exchange.toWhole(reply), reply)
  }
  const server = Bun.serve({
    hostname,
    port,
    reusePort: false,
    idleTimeout: 0,
    development: false,
    error: () => new Response(null, { status: 500 }),
    fetch: respond,
  })
  const listening = server.port ?? 0
  return { url: `http://${bracketed(hostname)}:${listening}`, port: listening, stop: () => server.stop(true) }
}
