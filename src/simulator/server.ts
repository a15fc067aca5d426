import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../base/attempt.ts'
import { bracketed } from '../base/brackets.ts'
import { parseExactAt } from '../base/exact-json.ts'
import { carriedInRequest } from '../wire/converse/carried.ts'
import type { CountTokensInput } from '../wire/converse/count-tokens.ts'
import { echo } from './echo.ts'
import { toFrames } from './frames.ts'
import { type SimulatedModel, simulatedModels } from './models.ts'
import type { HttpError, Reply, Scenario, SimulatedRequest } from './reply.ts'
import { type SimulatedResponse, toConverseResponse, toSimulatedResponse } from './response.ts'
import { streamBody } from './stream.ts'
import { countRequest, createPromptCache } from './tokens.ts'
import { validateCountRequest, validateRequest } from './validate-request.ts'

/** What the simulator saw of one request, for tests and for the log. */
export interface JournalEntry {
  readonly method: string
  readonly path: string
  readonly modelId: string | undefined
  readonly isStream: boolean
  /** The parsed body, exactly as it came. */
  readonly body: unknown
  /** Names and values, but for the key. */
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  /** Bedrock's words, where the request broke one of its rules. */
  readonly refusal: string | undefined
  /** How a stream ended: the client read it to its end, or left; undefined while it runs. */
  outcome: 'complete' | 'cancelled' | undefined
}

export interface SimulatorOptions {
  readonly hostname?: string
  /** 0 for any free one. */
  readonly port?: number
  /** The one key that is accepted; without it, any. */
  readonly apiKey?: string
  readonly models?: readonly SimulatedModel[]
  readonly scenario?: Scenario
  /** Whether it has CountTokens, which not every gateway has. */
  readonly countTokens?: boolean
  /** Hears of each request; the simulator itself keeps none. */
  readonly onRequest?: (entry: JournalEntry) => void
  readonly newId?: () => string
}

export type Simulator = ReturnType<typeof startSimulator>

const defaultDeltaCharacters = 12
const route = /^(?<prefix>.*)\/model\/(?<model>[^/]+)\/(?<operation>converse|converse-stream|count-tokens)$/

const refusalError = (message: string): HttpError => ({ status: 400, type: 'ValidationException', message })

const bearerKey = (headers: Headers): string | undefined =>
  /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1]

const authenticationError = (headers: Headers, apiKey: string | undefined): HttpError | undefined => {
  const key = bearerKey(headers)
  if (key === undefined)
    return { status: 403, type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }
  if (apiKey === undefined || key === apiKey) return undefined
  return {
    status: 403,
    type: 'AccessDeniedException',
    message: 'Authentication failed: Please make sure your API Key is valid.',
  }
}

const errorResponse = ({ status, type, message, headers, body }: HttpError, requestId: string): Response =>
  new Response(body ?? JSON.stringify({ message: message ?? 'The simulated service failed.' }), {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      ...(type === undefined
        ? {}
        : { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` }),
      ...headers,
    },
  })

const wholeResponse = (answer: SimulatedResponse, requestId: string): Response =>
  Response.json(toConverseResponse(answer), { headers: { 'x-amzn-requestid': requestId } })

const countResponse = ({ input }: CountTokensInput, requestId: string): Response =>
  Response.json({ inputTokens: countRequest(input.converse) }, { headers: { 'x-amzn-requestid': requestId } })

const streamResponse = (answer: SimulatedResponse, reply: Reply, entry: JournalEntry, requestId: string): Response => {
  const { pace = {}, fault } = reply
  const body = streamBody({
    frames: toFrames(answer, pace.deltaCharacters ?? defaultDeltaCharacters),
    pace,
    fault,
    onEnd: () => {
      entry.outcome = 'complete'
    },
    onCancel: () => {
      entry.outcome = 'cancelled'
    },
  })
  return new Response(body, {
    headers: { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': requestId },
  })
}

/** Waits, unless the client leaves first. */
const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  if (milliseconds > 0) await resolveAfter(milliseconds, undefined, { signal }).catch(() => {})
}

/** A request as far as its path and body tell. */
interface ParsedRequest {
  /** Undefined where the path is no operation of Bedrock's. */
  readonly modelId: string | undefined
  readonly isStream: boolean
  readonly isCount: boolean
  readonly body: unknown
}

const readRequest = async (request: Request, options: SimulatorOptions): Promise<ParsedRequest> => {
  const found = request.method === 'POST' ? route.exec(new URL(request.url).pathname)?.groups : undefined
  const isCount = found?.['operation'] === 'count-tokens'
  const text = await request.text()
  const groups = isCount && options.countTokens !== true ? undefined : found
  return {
    modelId: attempt(() => groups && decodeURIComponent(groups['model'] ?? '')),
    isStream: groups?.['operation'] === 'converse-stream',
    isCount,
    body: attempt(() => parseExactAt(text, carriedInRequest)),
  }
}

/** What is wrong with a request before the scenario is asked. */
const refuse = (
  { headers }: Request,
  { modelId, body, isCount }: ParsedRequest,
  options: SimulatorOptions,
): HttpError | undefined => {
  const unauthenticated = authenticationError(headers, options.apiKey)
  if (unauthenticated !== undefined) return unauthenticated
  if (modelId === undefined) return { status: 404, type: 'UnknownOperationException', message: 'Unknown operation' }
  const model = (options.models ?? simulatedModels).find(({ id }) => id === modelId)
  if (model === undefined) return refusalError('The provided model identifier is invalid.')
  if (body === undefined) return { status: 400, type: 'SerializationException', message: 'The body is not valid JSON.' }
  const refusal = isCount ? validateCountRequest(body, model) : validateRequest(body, model)
  return refusal === undefined ? undefined : refusalError(refusal)
}

const toEntry = (
  request: Request,
  { modelId, isStream, body }: ParsedRequest,
  reply: Reply,
  refusal?: HttpError,
): JournalEntry => {
  const { authorization: _key, ...headers } = Object.fromEntries(request.headers)
  return {
    method: request.method,
    path: new URL(request.url).pathname,
    modelId,
    isStream,
    body,
    headers,
    status: reply.error?.status ?? 200,
    refusal: refusal?.type === 'ValidationException' ? refusal.message : undefined,
    outcome: undefined,
  }
}

/** An AI Nexus on the real wire: it judges requests as Bedrock does, and answers from a scenario. */
export const startSimulator = (options: SimulatorOptions = {}) => {
  const { hostname = '127.0.0.1', scenario, onRequest, newId = () => crypto.randomUUID() } = options
  const cache = createPromptCache()

  const answer = async (request: Request): Promise<Response> => {
    const parsed = await readRequest(request, options)
    const refusal = refuse(request, parsed, options)
    if (parsed.isCount && refusal === undefined) {
      onRequest?.(toEntry(request, parsed, {}))
      return countResponse(parsed.body as CountTokensInput, newId())
    }
    // A request that was not refused has the shape.
    const simulated = { ...parsed, modelId: parsed.modelId ?? '' } as SimulatedRequest
    const reply: Reply = refusal === undefined ? (scenario?.(simulated) ?? echo(simulated)) : { error: refusal }
    const entry = toEntry(request, parsed, reply, refusal)
    onRequest?.(entry)

    await pause(reply.pace?.firstMs ?? 0, request.signal)
    if (request.signal.aborted) entry.outcome = 'cancelled'
    const requestId = newId()
    if (reply.error !== undefined) return errorResponse(reply.error, requestId)
    const { stopSequence: _unasked, ...plain } = reply
    const requestsStopSequence = simulated.body.additionalModelResponseFieldPaths !== undefined
    const sent = requestsStopSequence ? reply : plain
    const complete = toSimulatedResponse(sent, cache.meter(simulated.modelId, simulated.body), newId)
    return parsed.isStream ? streamResponse(complete, reply, entry, requestId) : wholeResponse(complete, requestId)
  }

  const server = Bun.serve({
    hostname,
    port: options.port ?? 0,
    reusePort: false,
    idleTimeout: 0,
    development: false,
    error: () => new Response(null, { status: 500 }),
    fetch: answer,
  })
  const port = server.port ?? 0
  return { url: `http://${bracketed(hostname)}:${port}`, port, stop: (): Promise<void> => server.stop(true) }
}
