import { type GatewayError, toGatewayError } from '../base/errors.ts'
import { nameOf } from '../base/fault-place.ts'
import type { Logger } from '../base/logger.ts'
import type { ModelResolver } from '../models/resolver.ts'
import type { TokenCounter } from '../tokens/counter/token-counter.ts'
import type { CallContext, Upstream } from '../upstreams/upstream.ts'
import type { EventBatch } from '../wire/anthropic/events.ts'
import type { CountTokensRequest, MessagesRequest } from '../wire/anthropic/request.ts'
import type { Message } from '../wire/anthropic/response.ts'
import type { AnsweredRequest, GatewayEvent, GatewayObserver } from './events.ts'

/** What the server knows of a request beside its body. */
export interface RequestContext {
  readonly requestId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  readonly onUpstreamId: (id: string) => void
}

/** Counting has no answer of the upstream's to name. */
type CountContext = Omit<RequestContext, 'onUpstreamId'>

export interface GatewayOptions {
  readonly models: ModelResolver
  readonly upstream: Upstream
  readonly observers: readonly GatewayObserver[]
  readonly tokens: TokenCounter
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** The policy of one request: which model, which upstream, who hears of it. */
export interface Gateway {
  readonly upstream: Upstream
  readonly models: ModelResolver
  /** Rejects with GatewayError. */
  message(request: MessagesRequest, context: RequestContext): Promise<Message>
  /** As `Upstream.stream`. */
  stream(request: MessagesRequest, context: RequestContext): Promise<AsyncIterable<EventBatch>>
  /** Rejects with GatewayError for a model that nobody knows, and where the counter does. */
  countTokens(request: CountTokensRequest, context: CountContext): Promise<number>
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** One request's story, told once at its end. */
interface Story {
  readonly call: CallContext
  firstEvent(): void
  /** Whether the batch is the last. */
  read(batch: EventBatch): boolean
  answered(message?: Message): void
  /** What is to be thrown on. */
  failed(thrown: unknown): GatewayError
  cancelled(): void
}

const createStory = (
  request: MessagesRequest,
  context: RequestContext,
  modelId: string,
  options: GatewayOptions,
): Story => {
  const { now, observers, tokens, log } = options
  const startedAt = now()
  const facts: Mutable<AnsweredRequest> = {
    requestId: context.requestId,
    firstEventMs: undefined,
    durationMs: 0,
    stopReason: undefined,
    usage: undefined,
  }
  let isTold = false
  const tell = (toEvent: (facts: AnsweredRequest) => GatewayEvent): void => {
    if (isTold) return
    isTold = true
    facts.durationMs = now() - startedAt
    for (const observer of observers) {
      try {
        observer(toEvent({ ...facts }))
      } catch (error) {
        log.error('observer.failed', { requestId: context.requestId, error: nameOf(error) })
      }
    }
  }

  return {
    call: { ...context, modelId },
    firstEvent() {
      facts.firstEventMs = now() - startedAt
    },
    read(batch) {
      let isLast = false
      for (const event of batch) {
        isLast = event.type === 'message_stop'
        if (event.type !== 'message_delta') continue
        facts.usage = event.usage
        facts.stopReason = event.delta.stop_reason
      }
      return isLast
    },
    answered(message) {
      if (message !== undefined) {
        facts.usage = message.usage
        facts.stopReason = message.stop_reason ?? undefined
      }
      if (!isTold) tokens.learn(request, modelId, facts.usage)
      tell((story) => ({ type: 'answered', ...story }))
    },
    failed(thrown) {
      const error = toGatewayError(thrown)
      // With a reason of our own the client is still there, and hears it.
      if (context.signal.aborted && context.signal.reason !== error) tell((story) => ({ type: 'cancelled', ...story }))
      else tell((story) => ({ type: 'failed', error, ...story }))
      return error
    },
    cancelled() {
      tell((story) => ({ type: 'cancelled', ...story }))
    },
  }
}

/** Hands the batches on and tells the story at their end, however it comes. */
const observed = (batches: AsyncIterable<EventBatch>, story: Story): AsyncIterableIterator<EventBatch> => {
  const iterator = batches[Symbol.asyncIterator]()
  let isComplete = false
  // Whoever reads may leave at any batch, and leaves after the last.
  const over = (): void => {
    if (isComplete) story.answered()
    else story.cancelled()
  }
  const read = (result: IteratorResult<EventBatch>): IteratorResult<EventBatch> => {
    if (result.done === true) over()
    else isComplete = story.read(result.value)
    return result
  }
  const fail = (thrown: unknown): never => {
    throw story.failed(thrown)
  }
  return {
    // Half the price of an asynchronous function, for what is done between any two events.
    next: () => iterator.next().then(read, fail),
    async return() {
      try {
        await iterator.return?.()
      } finally {
        over()
      }
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

export const createGateway = (options: GatewayOptions): Gateway => {
  const { models, upstream } = options
  return {
    upstream,
    models,

    async message(request, context) {
      const story = createStory(request, context, models.resolve(request.model).model.id, options)
      try {
        const message = await upstream.message(request, story.call)
        story.firstEvent()
        story.answered(message)
        return message
      } catch (thrown) {
        throw story.failed(thrown)
      }
    },

    async stream(request, context) {
      const story = createStory(request, context, models.resolve(request.model).model.id, options)
      try {
        const batches = await upstream.stream(request, story.call)
        story.firstEvent()
        return observed(batches, story)
      } catch (thrown) {
        throw story.failed(thrown)
      }
    },

    async countTokens(request, context) {
      return options.tokens.count(request, { ...context, modelId: models.resolve(request.model).model.id })
    },
  }
}
