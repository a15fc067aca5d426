import { type GatewayError, toGatewayError } from '../base/errors.ts'
import { largeBytes } from '../base/json-parts.ts'
import { isLoggableModel } from '../base/loggable-name.ts'
import type { Logger } from '../base/logger.ts'
import { loggableSession } from '../messages/session-id.ts'
import type { ModelResolver } from '../models/resolver.ts'
import type { TokenCounter } from '../tokens/counter/token-counter.ts'
import type { CallContext, Upstream } from '../upstreams/upstream.ts'
import type { EventBatch } from '../wire/anthropic/events.ts'
import type { CountTokensRequest, MessagesRequest } from '../wire/anthropic/request.ts'
import type { Message } from '../wire/anthropic/response.ts'
import type { CacheAudit } from './cache-audit/cache-audit.ts'
import type { RequestAudit } from './cache-audit/request-audit.ts'
import { type BatchObserver, observedBatches } from './observed-batches.ts'
import type { ClientIdentity } from './policy/access.ts'
import { checkModelAccess, toRequested } from './policy/model-access.ts'
import type { Place } from './policy/request-queue.ts'
import { requestClassOf } from './request-class.ts'
import { type ShapedRequest, toRequestShape } from './request-shape.ts'
import type { RunningRequest } from './running-requests.ts'
import { TranslatedAnswer } from './translated-answer.ts'

/** A request's context, without its body. */
export interface RequestContext extends Pick<CallContext, 'betas' | 'signal' | 'onUpstreamId' | 'caller'> {
  /** Collects the facts for the request's record. */
  readonly running: RunningRequest
  /** Undefined if the server does not know its clients. */
  readonly client?: ClientIdentity | undefined
  /** Of the client. */
  readonly headers?: Headers
  /** The client's own name of the model, if the request has another one. */
  readonly requestedModel?: string
  /** The request to send in place of a refused one, at most once and before the first event; undefined for none. */
  readonly afterRefusal?: (refusal: GatewayError) => MessagesRequest | undefined
  /** Waits for a place upstream, which the caller gives back; absent without limits. Rejects with GatewayError. */
  readonly enter?: (modelId: string) => Promise<Place>
}

/** A count has no upstream response, so no upstream id. */
type CountContext = Omit<RequestContext, 'onUpstreamId' | 'afterRefusal' | 'enter'>

export interface GatewayOptions {
  readonly models: ModelResolver
  readonly upstream: Upstream
  readonly tokens: TokenCounter
  /** Absent if the prompt cache is not audited. */
  readonly cacheAudit?: CacheAudit | undefined
  readonly log: Logger
}

/** The policy of one request: its model, its upstream, and its record. */
export interface Gateway {
  readonly upstream: Upstream
  readonly models: ModelResolver
  /** Rejects with GatewayError. */
  message(request: MessagesRequest, context: RequestContext): Promise<Message>
  /** Same contract as `Upstream.stream`. */
  stream(request: MessagesRequest, context: RequestContext): Promise<AsyncIterable<EventBatch>>
  /** Rejects with GatewayError for an unknown model, and if the counter does. */
  countTokens(request: CountTokensRequest, context: CountContext): Promise<number>
}

/** One call of the upstream, which updates the request's record. */
interface Exchange extends BatchObserver {
  readonly call: CallContext
  /** Upstream; undefined without limits. */
  place: Place | undefined
  answered(message?: Message): void
}

/** Logs the request's shape, and resolves its model. Throws GatewayError for a model that is unknown, or not allowed. */
const admit = (
  request: ShapedRequest,
  { running, betas, client, requestedModel = request.model }: CountContext,
  { models, upstream, log }: GatewayOptions,
): string => {
  if (log.isEnabled('debug')) {
    const { requestId } = running.head
    log.debug('request.shape', { requestId, bytes: running.bodyBytes, ...toRequestShape(request, betas) })
  }
  const { model } = models.resolve(request.model)
  const modelId = model.id
  // An unknown model name may be anything, such as a key pasted by mistake.
  running.update({
    upstream: upstream.name,
    used: modelId,
    ...(isLoggableModel(requestedModel) && { model: requestedModel }),
  })
  checkModelAccess(client, toRequested(model, requestedModel, request.model))
  return modelId
}

/** Claude Code's id of the agent that sends a request. */
const agentHeader = 'x-claude-code-agent-id'

const beginAudit = (
  { running, client, headers }: RequestContext,
  modelId: string,
  cacheAudit: CacheAudit,
): RequestAudit => {
  const { requestId, session } = running.head
  const agent = loggableSession(headers?.get(agentHeader))
  const audit = cacheAudit.begin({ requestId, client: client?.name, session, agent, modelId })
  running.lateFacts = () => audit.facts()
  return audit
}

const recordRequest = (request: MessagesRequest, running: RunningRequest): void => {
  const requestClass = running.wantsClass ? requestClassOf(request) : undefined
  running.readSession(request)
  running.update({
    operation: 'message',
    isStream: request.stream === true,
    maxTokens: request.max_tokens,
    ...(requestClass !== undefined && { requestClass }),
  })
}

const createExchange = (request: MessagesRequest, context: RequestContext, options: GatewayOptions): Exchange => {
  const { running, betas, signal, onUpstreamId, caller, enter } = context
  recordRequest(request, running)
  const modelId = admit(request, context, options)
  const { cacheAudit } = options
  const audit = cacheAudit && beginAudit(context, modelId, cacheAudit)
  const answer = new TranslatedAnswer(running, request)
  let sent = { request, modelId }
  let hasSearched = false
  const exchange: Exchange = {
    place: undefined,
    call: {
      requestId: running.head.requestId,
      modelId,
      betas,
      bodyBytes: running.bodyBytes,
      signal,
      traceparent: running.traceparent,
      ...(caller && { caller }),
      onUpstreamId(id) {
        running.update({ upstreamRequestId: id })
        onUpstreamId(id)
      },
      onSent(sentRequest, sentModelId) {
        sent = { request: sentRequest, modelId: sentModelId }
        running.update({ used: sentModelId })
      },
      onAttempt: () => running.attempted(),
      onResend: () => running.resent(),
      onUsage: (usage) => running.update({ usage }),
      onSearches(facts) {
        hasSearched = true
        running.update(facts)
      },
      onCredential: (credential, secret, isSubscription) =>
        running.update({ credential, maskedKey: secret.ending(), isSubscription }),
      ...(audit && { audit }),
      ...(enter && { onAttemptFailed: (error) => exchange.place?.refused(error) }),
    },
    read: (batch) => answer.batch(batch),
    answered(message) {
      if (message !== undefined) answer.message(message)
      if (answer.usage !== undefined) audit?.answered(answer.usage, answer.id)
      // After a search, the usage is the sum of several requests. To estimate a large request takes 10 ms for each MB.
      const isShort = (running.bodyBytes ?? 0) < largeBytes
      if (running.responseEnded('complete') && !hasSearched && isShort)
        options.tokens.calibrate(sent.request, sent.modelId, answer.usage)
    },
    failed(thrown) {
      const error = toGatewayError(thrown)
      // If we aborted with our own reason, the client is still connected and reads it.
      const hasLeft = signal.aborted && signal.reason !== error
      if (running.responseEnded(hasLeft ? 'cancelled' : 'failed')) running.failed(error)
      return error
    },
    cancelled: () => void running.responseEnded('cancelled'),
  }
  return exchange
}

/** The first event has arrived. */
const begin = ({ place }: Exchange, { running }: RequestContext): void => {
  running.firstEvent()
  place?.answered()
}

/** Rejects with what `call` rejects with. Not asynchronous itself: most requests have no replacement. */
const withRetry = <Answer>(
  request: MessagesRequest,
  call: (request: MessagesRequest) => Promise<Answer>,
  { afterRefusal }: RequestContext,
): Promise<Answer> => {
  const answer = call(request)
  if (afterRefusal === undefined) return answer
  return answer.catch((thrown: unknown) => {
    const replacement = afterRefusal(toGatewayError(thrown))
    if (replacement === undefined) throw thrown
    return call(replacement)
  })
}

export const createGateway = (options: GatewayOptions): Gateway => {
  const { models, upstream } = options
  return {
    upstream,
    models,

    async message(request, context) {
      const exchange = createExchange(request, context, options)
      try {
        if (context.enter !== undefined) exchange.place = await context.enter(exchange.call.modelId)
        const message = await withRetry(request, (sent) => upstream.message(sent, exchange.call), context)
        begin(exchange, context)
        exchange.answered(message)
        return message
      } catch (thrown) {
        throw exchange.failed(thrown)
      }
    },

    async stream(request, context) {
      const exchange = createExchange(request, context, options)
      try {
        if (context.enter !== undefined) exchange.place = await context.enter(exchange.call.modelId)
        const batches = await withRetry(request, (sent) => upstream.stream(sent, exchange.call), context)
        begin(exchange, context)
        return observedBatches(batches, exchange)
      } catch (thrown) {
        throw exchange.failed(thrown)
      }
    },

    async countTokens(request, context) {
      const { running, betas, signal } = context
      running.update({ operation: 'count' })
      const modelId = admit(request, context, options)
      const counted = upstream.toCounted === undefined ? request : await upstream.toCounted(request)
      const { requestId } = running.head
      const countedTokens = await options.tokens.count(counted, { requestId, betas, signal, modelId })
      running.update({ countedTokens })
      return countedTokens
    },
  }
}
