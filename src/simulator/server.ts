import { attempt } from '../base/attempt.ts'
import { parseExactAt } from '../base/exact-json.ts'
import { carriedInRequest } from '../wire/converse/carried.ts'
import type { CountTokensInput } from '../wire/converse/count-tokens.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import { SimulatedConverseRequest } from './converse-request.ts'
import { type Exchange, type ServeOptions, type Simulator, serveSimulator } from './exchange.ts'
import { damagedFrame, faultFrame, toFrames } from './frames.ts'
import { type SimulatedModel, simulatedModels } from './models.ts'
import { type NexusProfile, withoutFeatures } from './profiles.ts'
import { type CacheOptions, createPromptCache } from './prompt-cache.ts'
import type { HttpError, Reply } from './reply.ts'
import { type SimulatedResponse, toConverseResponse, toSimulatedResponse } from './response.ts'
import { countRequest } from './tokens.ts'
import { validateCountRequest, validateRequest } from './validate-request.ts'

export interface SimulatorOptions extends ServeOptions<ConverseRequest> {
  /** The only accepted key. Default: any key. */
  readonly apiKey?: string
  readonly models?: readonly SimulatedModel[]
  /** What it refuses. Default: `strict`. */
  readonly profile?: NexusProfile
  /** Whether it supports CountTokens, which some gateways do not. A poor Nexus never does. */
  readonly countTokens?: boolean
  readonly cache?: CacheOptions
  readonly newId?: () => string
}

const route = /^(?<prefix>.*)\/model\/(?<model>[^/]+)\/(?<operation>converse|converse-stream|count-tokens)$/

const refusalError = (message: string): HttpError => ({ status: 400, type: 'ValidationException', message })

const modelOf = (modelId: string, options: SimulatorOptions): SimulatedModel | undefined => {
  const model = (options.models ?? simulatedModels).find(({ id }) => id === modelId)
  return model !== undefined && options.profile === 'poor' ? withoutFeatures(model) : model
}

const canCount = ({ countTokens, profile }: SimulatorOptions): boolean => countTokens === true && profile !== 'poor'

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

/** A request, as read from its path and body. */
interface ParsedRequest {
  /** Undefined if the path is not an operation of Bedrock. */
  readonly modelId: string | undefined
  readonly isStream: boolean
  readonly isCount: boolean
  readonly body: unknown
}

const readRequest = async (request: Request, options: SimulatorOptions): Promise<ParsedRequest> => {
  const found = request.method === 'POST' ? route.exec(new URL(request.url).pathname)?.groups : undefined
  const isCount = found?.['operation'] === 'count-tokens'
  const text = await request.text()
  const groups = isCount && !canCount(options) ? undefined : found
  return {
    modelId: attempt(() => groups && decodeURIComponent(groups['model'] ?? '')),
    isStream: groups?.['operation'] === 'converse-stream',
    isCount,
    body: attempt(() => parseExactAt(text, carriedInRequest)),
  }
}

/** Returns the error of a request that does not reach the scenario. */
const refuse = (
  { headers }: Request,
  { modelId, body, isCount }: ParsedRequest,
  options: SimulatorOptions,
): HttpError | undefined => {
  const unauthenticated = authenticationError(headers, options.apiKey)
  if (unauthenticated !== undefined) return unauthenticated
  if (modelId === undefined) return { status: 404, type: 'UnknownOperationException', message: 'Unknown operation' }
  const model = modelOf(modelId, options)
  if (model === undefined) return refusalError('The provided model identifier is invalid.')
  if (body === undefined) return { status: 400, type: 'SerializationException', message: 'The body is not valid JSON.' }
  const validate = isCount ? validateCountRequest : validateRequest
  const refusal = validate(body, model, options.profile)
  return refusal === undefined ? undefined : refusalError(refusal)
}

/** An AI Nexus with the real wire format: validates requests like Bedrock, and answers from a scenario. */
export const startSimulator = (options: SimulatorOptions = {}): Simulator => {
  const { newId = () => crypto.randomUUID() } = options
  const cache = createPromptCache(options.cache)

  const scripted = (request: SimulatedConverseRequest, requestId: string) => {
    const { modelId, body } = request
    const headers = { 'x-amzn-requestid': requestId }
    const requestsStopSequence = body.additionalModelResponseFieldPaths !== undefined
    const respond = ({ stopSequence, ...reply }: Reply): SimulatedResponse => {
      const sent = requestsStopSequence && stopSequence !== undefined ? { ...reply, stopSequence } : reply
      if (reply.evictsCache === true) cache.evict()
      return toSimulatedResponse(sent, cache.meter(modelId, body, modelOf(modelId, options)?.minimumCacheTokens), newId)
    }
    return {
      request,
      toError: (error: HttpError) => errorResponse(error, requestId),
      toWhole: (reply: Reply) => Response.json(toConverseResponse(respond(reply)), { headers }),
      toFrames: (reply: Reply, deltaCharacters: number) => toFrames(respond(reply), deltaCharacters),
      stream: {
        headers: { 'content-type': 'application/vnd.amazon.eventstream', ...headers },
        faultFrame,
        damaged: damagedFrame,
      },
    }
  }

  const read = async (request: Request): Promise<Exchange<ConverseRequest>> => {
    const parsed = await readRequest(request, options)
    const { modelId, isStream, isCount, body } = parsed
    const head = { modelId, isStream, body }
    const requestId = newId()
    const refusal = refuse(request, parsed, options)
    if (refusal !== undefined) {
      const { type, message } = refusal
      const words = type === 'ValidationException' && message !== undefined ? { refusal: message } : {}
      return { ...head, ...words, response: errorResponse(refusal, requestId) }
    }
    // A request that was not refused matches the schema.
    if (isCount) {
      const inputTokens = countRequest((body as CountTokensInput).input.converse)
      return { ...head, response: Response.json({ inputTokens }, { headers: { 'x-amzn-requestid': requestId } }) }
    }
    return {
      ...head,
      ...scripted(new SimulatedConverseRequest(body as ConverseRequest, modelId, isStream), requestId),
    }
  }
  return serveSimulator(options, read)
}
