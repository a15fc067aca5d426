import type { LogFields } from '../base/logger.ts'
import type { EventBatch } from '../wire/anthropic/events.ts'
import type { CountTokensRequest, MessagesRequest } from '../wire/anthropic/request.ts'
import type { Message } from '../wire/anthropic/response.ts'

/** What a call carries beside its request. */
export interface CallContext {
  /** Our own id of the request, for the log. */
  readonly requestId: string
  /** The upstream's id of the model: the request's own `model` is what the client asked for. */
  readonly modelId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  /** Ends the call, whatever it is doing: the client has gone. */
  readonly signal: AbortSignal
  /** Tells the upstream's own id of the call, as soon as it is known. */
  readonly onUpstreamId: (id: string) => void
  /** Called before each request that is sent for this call. */
  readonly onAttempt?: () => void
}

/** A request that is forwarded as it came. */
export interface NativeCall extends Omit<CallContext, 'modelId'> {
  /** Its head and its body, of which nothing has been read. */
  readonly request: Request
}

/** Something that requests to a model go without, because the upstream has refused it. */
export interface Degradation {
  readonly model: string
  readonly without: string
  /** For people. */
  readonly note: string
}

/** Somebody who answers Messages requests. The canonical form on both sides is Anthropic's own. */
export interface Upstream {
  readonly name: string
  /** Where it answers, for people: no secrets in it. */
  readonly address: string
  /** Rejects with GatewayError. */
  message(request: MessagesRequest, context: CallContext): Promise<Message>
  /**
   * Resolves once the first events are in hand: until then a failure rejects and becomes an HTTP
   * status. Afterwards the iterable throws GatewayError, which becomes one `error` event. It ends
   * after `message_stop`, or throws: it never simply stops. A batch holds what one chunk of the
   * upstream's bytes gave, and is written in one write.
   */
  stream(request: MessagesRequest, context: CallContext): Promise<AsyncIterable<EventBatch>>
  /**
   * The native lane: where the client speaks the upstream's own protocol, bytes are forwarded unchanged both ways. The
   * server then checks no body and resolves no model. Rejects with GatewayError where there is no response; headers of
   * the response are those that the client may see.
   */
  readonly native?: { readonly protocol: 'anthropic'; forward(call: NativeCall): Promise<Response> }
  /** What has been found out since the start. */
  degraded?(): readonly Degradation[]
  /**
   * Absent where the upstream cannot count. Rejects with GatewayError: `not_supported` where it does
   * not count for this model, so that nobody asks again.
   */
  countTokens?(request: CountTokensRequest, context: CallContext): Promise<number>
}

/** What an upstream reports of its work, beside its answers. */
export type UpstreamLog = (event: string, fields: LogFields) => void
