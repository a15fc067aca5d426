import { attempt } from '../../base/attempt.ts'
import { isObject, type Json } from '../../base/json.ts'
import { type Exchange, type ServeOptions, type Simulator, serveSimulator } from '../exchange.ts'
import type { HttpError, Reply } from '../reply.ts'
import { damagedEvent } from '../sse-frames.ts'
import { SimulatedChatRequest } from './chat-request.ts'
import { faultEvent, signOfLife, toEventFrames } from './chunks.ts'
import type { Face } from './face.ts'
import type { FaceName } from './face-name.ts'
import { faces } from './faces.ts'
import type { ChatModel } from './models.ts'
import { azure } from './openai-faces.ts'
import type { ChatRefusal } from './refusal.ts'
import { type ChatAnswer, toChatAnswer, toCompletion } from './response.ts'
import { type Operation, operationOf } from './routes.ts'
import type { ChatBody } from './schema.ts'
import { createPrefixCache } from './tokens.ts'
import { chosenTool } from './tool-rules.ts'
import { type AcceptedRequest, createRequestValidator } from './validate-request.ts'
import { errorResponse, faultEnvelope, refusalResponse } from './wire-errors.ts'

export interface ChatSimulatorOptions extends ServeOptions<ChatBody> {
  /** The server to imitate; OpenAI by default. */
  readonly face?: FaceName
  /** The only accepted key; undefined accepts any key. */
  readonly apiKey?: string
  /** Replaces the models of the face. */
  readonly models?: readonly ChatModel[]
  /** The first model serves unknown model names. */
  readonly isAnyModelServed?: boolean
  readonly newId?: () => string
}

const keyOf = ({ headers }: Request, { auth }: Face): string | undefined =>
  auth === 'api-key'
    ? (headers.get('api-key') ?? undefined)
    : /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1]

const authenticationRefusal = (request: Request, face: Face, apiKey: string | undefined): ChatRefusal | undefined => {
  const key = keyOf(request, face)
  if (key === undefined && (face.auth !== 'optional' || apiKey !== undefined)) {
    return {
      status: 401,
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    }
  }
  if (apiKey === undefined || key === apiKey) return undefined
  return { status: 401, message: 'Incorrect API key provided.', code: 'invalid_api_key' }
}

/** The server's own id of the request. */
type OwnHeaders = Readonly<Record<string, string>>

const toModelObject = ({ id }: ChatModel): object => ({ id, object: 'model', created: 0, owned_by: 'simulated' })

const unreadable: ChatRefusal = {
  message:
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload.)",
}

/** Refuses a request before its body is read. */
const refuse = (request: Request, { kind, face }: Operation, apiKey: string | undefined): ChatRefusal | undefined => {
  const unauthenticated = authenticationRefusal(request, face, apiKey)
  if (unauthenticated !== undefined) return unauthenticated
  if (kind !== 'unknown') return undefined
  return { status: 404, message: `Invalid URL (${request.method} ${new URL(request.url).pathname})` }
}

const modelsResponse = (models: readonly ChatModel[], face: Face, id: string | undefined): Response => {
  if (id === undefined) return Response.json({ object: 'list', data: models.map(toModelObject) })
  const model = models.find((one) => one.id === id)
  if (model !== undefined) return Response.json(toModelObject(model))
  return refusalResponse(face.unknownModel?.(id) ?? { status: 404, message: `Unknown model ${id}` }, face, {})
}

/** Azure's older paths name the model. */
const parseBody = (text: string, operation: Operation): unknown => {
  const body: unknown = attempt(() => JSON.parse(text))
  const isNamedByPath = operation.kind === 'chat' && operation.deployment !== undefined && isObject(body)
  return isNamedByPath ? { ...body, model: operation.deployment } : body
}

/** Starts an OpenAI-compatible server: it refuses requests as one provider does, and answers from a scenario. */
export const startChatSimulator = (options: ChatSimulatorOptions = {}): Simulator => {
  const { face: faceName = 'strict', apiKey, isAnyModelServed = false, newId = () => crypto.randomUUID() } = options
  const ownFace = faces[faceName]
  const modelsOf = (face: Face): readonly ChatModel[] => options.models ?? face.models
  const validators = new Map(
    [ownFace, azure].map((face) => [face, createRequestValidator(face, modelsOf(face), isAnyModelServed)]),
  )
  const cache = createPrefixCache()

  const toAnswer = (reply: Reply, body: ChatBody, face: Face): ChatAnswer => {
    const { model, prompt_cache_key: key } = body
    // Without a key, such a server does not find a cached prefix.
    const cacheKey = face.cachesByKey === true && (key ?? undefined) === undefined ? newId() : `${model}\n${key ?? ''}`
    const prompt = cache.meter(body, cacheKey)
    return toChatAnswer(reply, {
      shape: face.answer,
      model,
      prompt,
      isCallNamed: chosenTool(body) !== undefined,
      newId,
    })
  }

  const scripted = ({ body, model }: AcceptedRequest, face: Face, own: OwnHeaders) => ({
    request: new SimulatedChatRequest(body, model, face),
    toError: (error: HttpError) => errorResponse(error, face, own),
    toWhole: (reply: Reply) => Response.json(toCompletion(toAnswer(reply, body, face), face.answer), { headers: own }),
    toFrames: (reply: Reply, deltaCharacters: number) => {
      const includeUsage = body.stream_options?.include_usage === true
      return toEventFrames(toAnswer(reply, body, face), face.answer, { deltaCharacters, includeUsage })
    },
    stream: {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', ...own },
      signOfLife: signOfLife(face.answer),
      faultFrame: faultEvent(faultEnvelope(face)),
      damaged: damagedEvent,
    },
  })

  const read = async (request: Request): Promise<Exchange<ChatBody>> => {
    const operation = operationOf(request.method, new URL(request.url), ownFace)
    const { face } = operation
    const own = { [face.answer.requestIdHeader]: newId() }
    const body = parseBody(await request.text(), operation)
    const known: Json = isObject(body) ? body : {}
    const modelId = typeof known['model'] === 'string' ? known['model'] : undefined
    const head = { modelId, isStream: known['stream'] === true, body }

    const refusal = refuse(request, operation, apiKey)
    if (refusal !== undefined) return { ...head, response: refusalResponse(refusal, face, own) }
    if (operation.kind === 'models') return { ...head, response: modelsResponse(modelsOf(face), face, operation.id) }
    const validated = isObject(body) ? validators.get(face)?.(body) : undefined
    if (validated !== undefined && 'body' in validated) return { ...head, ...scripted(validated, face, own) }
    const { message, ...more } = validated?.refusal ?? unreadable
    return { ...head, refusal: message, response: refusalResponse({ message, ...more }, face, own) }
  }
  return serveSimulator(options, read)
}
