import { type Context, Elysia, NotFoundError } from 'elysia'
import { errorTypeOf, GatewayError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/logger.ts'
import { isEventStreamType } from '../../../codec/sse/content-type.ts'
import { type NativeObservation, observeNative } from '../../../gateway/native-observation.ts'
import type { LimitHeaders } from '../../../gateway/policy/limit-headers.ts'
import { isQuotaHeader } from '../../../gateway/policy/quota-headers.ts'
import type { RunningRequest, StreamEnd } from '../../../gateway/running-requests.ts'
import type { OpenAiNames } from '../../../models/openai-names.ts'
import type { NativeLane, NativeResponse, Upstream } from '../../../upstreams/upstream.ts'
import { type Call, startCall, takePlace } from '../../http/call.ts'
import { logInternalError } from '../../http/errors.ts'
import { refuseOtherSites } from '../../http/guard.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { RequestScope, ScopeOf } from '../../http/request-scope.ts'
import { type RequestTarget, targetOf } from '../../http/request-target.ts'
import type { Shutdown } from '../../http/shutdown.ts'
import { spellingsOf } from '../openai/paths.ts'
import { anthropicEntrance, createStreamWriter } from './entrance.ts'
import { modelHint } from './model-hint.ts'
import { checkBodyAccess, checkPathAccess, type NativeAccess } from './native-access.ts'
import { readNativeBody } from './native-body.ts'
import { modelsRequest, toModelsAnswer, toUpstreamTarget } from './native-models.ts'
import { type NativePath, nativePathOf } from './native-paths.ts'
import { nativeStream } from './native-stream.ts'

export interface NativeLaneOptions {
  readonly upstream: Pick<Upstream, 'name'>
  readonly native: NativeLane
  readonly log: Logger
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
  /** Absent if the server does not serve OpenAI's API. */
  readonly openAi?: { readonly names: OpenAiNames } | undefined
}

/** One request on its way. */
interface Exchange {
  readonly request: Request
  readonly scope: RequestScope
  readonly call: Call
  readonly path: NativePath
  readonly target: RequestTarget
  /** Reads the facts of a message or a count; undefined for other paths. */
  readonly observation: NativeObservation | undefined
}

const firstFailureStatus = 400

/** Of OpenAI's protocol; `/v1/models` is one of the paths below `/v1/`. */
const otherModelPaths = spellingsOf('/models').filter((path) => !path.startsWith('/v1/'))

const utf8 = new TextEncoder()

/** Records a failure whose response comes from the upstream. */
const noteFailure = (running: RunningRequest, status: number): void => {
  const error = new GatewayError(errorTypeOf(status), `The upstream answered ${status}.`, { status, isLoggable: true })
  running.failed(error)
}

/** Our own headers, for CORS and the request's id, unless the upstream sends one of that name. */
const addHeaders = (headers: Headers, own: Context['set']['headers']): void => {
  for (const [name, value] of Object.entries(own)) if (!headers.has(name)) headers.set(name, String(value))
}

/** Claude Code would show the upstream's budget, which all clients share, next to the client's own (SI-Q1). */
const replaceQuota = (headers: Headers, own: LimitHeaders): void => {
  for (const name of [...headers.keys()]) if (isQuotaHeader(name)) headers.delete(name)
  for (const [name, value] of Object.entries(own)) headers.set(name, value)
}

/** Fetch may not send them: TRACE would show the credential, and CONNECT opens a tunnel. */
const unsentMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** Throws for a path that is not forwarded. */
const pathOf = ({ method }: Request, { path }: RequestTarget, forwardsUnknownPaths: boolean): NativePath => {
  const found = nativePathOf(method, path)
  if (found === undefined || !(found.isKnown || forwardsUnknownPaths)) throw new NotFoundError()
  if (unsentMethods.has(method)) methodNotAllowed('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')()
  return found
}

/** Only the list of models has such paths here. */
const isOfOpenAi = ({ entrance }: RequestScope): boolean => entrance !== anthropicEntrance

const accessOf = ({ scope }: Exchange, { modelMap }: NativeLane): NativeAccess => ({ client: scope.client, modelMap })

const send = async (exchange: Exchange, native: NativeLane): Promise<NativeResponse> => {
  const { request, call, path, target, observation } = exchange
  const { requestId, running, domain, enter } = exchange.scope
  const access = accessOf(exchange, native)
  checkPathAccess(access, path)
  const body = await readNativeBody(request, path, call.fail)
  checkBodyAccess(access, path, request.headers, body)
  const needsPlace = path.operation === 'message'
  const place = enter && needsPlace ? await takePlace(call, enter, modelHint(body)) : undefined
  const answer = await native.forward({
    method: request.method,
    ...target,
    body,
    caller: { domain, headers: request.headers, mayForwardKey: !isOfOpenAi(exchange.scope) },
    requestId,
    signal: call.signal,
    traceparent: running.traceparent,
    onUpstreamId: (id) => running.update({ upstreamRequestId: id }),
    onAttempt: () => running.attempted(),
    onResend: () => running.resent(),
    onCredential: (credential, secret, isSubscription) =>
      running.update({ credential, maskedKey: secret.ending(), isSubscription }),
    ...(place && { onAttemptFailed: place.refused }),
    onSending() {
      if (body instanceof Uint8Array) observation?.requestBody(body)
    },
  })
  if (answer.status < firstFailureStatus) place?.answered()
  return answer
}

/** Gets the answer; only lists of models are read, and perhaps rebuilt. */
const answerOf = async (exchange: Exchange, { native, openAi }: NativeLaneOptions): Promise<NativeResponse> => {
  const { request, path, target, scope } = exchange
  const client = { isOfOpenAi: isOfOpenAi(scope), names: openAi?.names, access: accessOf(exchange, native) }
  const models = path.isModels ? modelsRequest(request, target, client) : undefined
  if (models === undefined) return send(exchange, native)
  return toModelsAnswer(await send({ ...exchange, target: models.target }, native), models)
}

/** Returns the function that records the end of an answer. */
const createOnEnd = ({ call, scope, observation }: Exchange, isFailure: boolean, log: Logger) => {
  const { running, requestId } = scope
  const report = running.streams()
  return (end: StreamEnd): void => {
    if (end === 'left') call.cancel()
    call.end()
    observation?.end()
    if (end instanceof GatewayError) logInternalError(log, requestId, end)
    running.responseEnded(end === 'left' ? 'cancelled' : end === 'whole' && !isFailure ? 'complete' : 'failed')
    report(end)
  }
}

/** Observes a body that is sent at once, after the server has written it. */
const observeWhole = (bytes: Uint8Array, { observation }: Exchange, onEnd: (end: StreamEnd) => void): void => {
  setTimeout(() => {
    observation?.chunk(bytes)
    onEnd('whole')
  })
}

const toResponse = (answer: NativeResponse, exchange: Exchange, set: Context['set'], log: Logger): Response => {
  const { status, headers, body } = answer
  const { scope, observation } = exchange
  const isFailure = status >= firstFailureStatus
  if (isFailure) noteFailure(scope.running, status)
  const contentType = headers.get('content-type')
  observation?.head(status, contentType)
  const onEnd = createOnEnd(exchange, isFailure, log)
  addHeaders(headers, set.headers)
  if (!isFailure && scope.answerHeaders !== undefined) replaceQuota(headers, scope.answerHeaders)
  // Elysia would copy the response to add headers.
  set.headers = {}
  if (body === undefined) {
    onEnd('whole')
    return new Response(null, { status, headers })
  }
  if (body instanceof Uint8Array) {
    observeWhole(body, exchange, onEnd)
    return new Response(body, { status, headers })
  }
  const stream = nativeStream({
    chunks: body,
    isEventStream: isEventStreamType(contentType),
    errorEvent: (error) => utf8.encode(createStreamWriter(scope.requestId).error(error)),
    onChunk: (chunk) => observation?.chunk(chunk),
    onEnd,
  })
  return new Response(stream, { status, headers })
}

/**
 * All paths below `/v1/` if the upstream speaks the client's own protocol. The server neither checks a body nor resolves
 * a model: the upstream judges what this server does not know.
 */
export const nativeLane = (options: NativeLaneOptions) => {
  const { upstream, native, log, shutdown, scopeOf, openAi } = options
  const forward = async ({ request, set }: Pick<Context, 'request' | 'set'>): Promise<Response> => {
    const scope = scopeOf(request)
    const { running } = scope
    // With an `Origin`, the guard has decided.
    if (!request.headers.has('origin')) refuseOtherSites(request)
    const target = toUpstreamTarget(targetOf(request.url), isOfOpenAi(scope) ? openAi?.names : undefined)
    const path = pathOf(request, target, native.forwardsUnknownPaths)
    if (!path.isKnown) running.hidePath()
    running.update({ upstream: upstream.name })
    const call = startCall(request, shutdown)
    const observation = path.operation && observeNative(running, { log, operation: path.operation })
    const exchange = { request, scope, call, path, target, observation }
    try {
      const answer = await answerOf(exchange, options)
      call.begun()
      running.firstEvent()
      return toResponse(answer, exchange, set, log)
    } catch (thrown) {
      call.end()
      running.responseEnded('failed')
      throw thrown
    }
  }
  const app = new Elysia({ name: 'native-lane', normalize: false }).post('/v1/messages', forward, { parse: 'none' })
  if (native.countsTokens) app.post('/v1/messages/count_tokens', forward, { parse: 'none' })
  if (openAi !== undefined) {
    for (const path of otherModelPaths.flatMap((list) => [list, `${list}/*`]))
      app.get(path, forward).all(path, methodNotAllowed('GET', 'HEAD'))
  }
  return app.all('/v1/*', forward, { parse: 'none' })
}
