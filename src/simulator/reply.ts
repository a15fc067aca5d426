import { type Static, Type } from '@sinclair/typebox'
import type { ConverseRequest } from '../wire/converse/request.ts'
import type { Citation, ConverseStopReason, TokenUsage } from '../wire/converse/response.ts'
import { Closed, OneOf } from '../wire/schema.ts'
import type { RequestView } from './request-view.ts'

/** What the simulated model says. Everything but the content has a sensible default. */
export interface Reply {
  readonly content?: readonly ReplyBlock[]
  readonly stopReason?: ConverseStopReason
  /** As Chat Completions names it, instead of what follows from `stopReason`. */
  readonly finishReason?: string
  /** With `stopReason: "stop_sequence"`. */
  readonly stopSequence?: string
  /** Over the simulator's own figures. */
  readonly usage?: TokenUsage
  readonly pace?: Pace
  /** An HTTP error instead of an answer. */
  readonly error?: HttpError
  /** What goes wrong in the middle of a stream. */
  readonly fault?: StreamFault
}

export type ReplyBlock =
  | { readonly text: string }
  /** Signed by the simulator unless a signature is given. */
  | { readonly thinking: string; readonly signature?: string }
  /** Any text: it goes out as base64. */
  | { readonly redacted: string }
  | { readonly tool: string; readonly input?: unknown; readonly id?: string }
  | { readonly citedText: string; readonly citations: readonly Citation[] }

const Optional = Type.Optional
const Milliseconds = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 1 })

/** How a stream arrives. */
export const Pace = Closed({
  /** Before the first byte. */
  firstMs: Optional(Milliseconds),
  /** Between frames. */
  frameMs: Optional(Milliseconds),
  /** Characters in one delta. */
  deltaCharacters: Optional(Count),
  /** Bytes in one write, however the frames lie; otherwise a write is a frame. */
  chunkBytes: Optional(Count),
})
export type Pace = Static<typeof Pace>

export const HttpError = Closed({
  status: Type.Integer({ minimum: 300, maximum: 599 }),
  /** AWS's name of the exception, for `x-amzn-errortype`. */
  type: Optional(Type.String()),
  message: Optional(Type.String()),
  headers: Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String())),
  /** The whole body, where it is not AWS's JSON. */
  body: Optional(Type.String()),
})
export type HttpError = Static<typeof HttpError>

/** Counted in frames that were sent whole. */
export const StreamFault = Closed({
  afterFrames: Type.Integer({ minimum: 0 }),
  /** `cut` ends the body as if it were complete, `reset` breaks the connection, `hang` says nothing more. */
  kind: OneOf('cut', 'cut frame', 'reset', 'corrupt', 'hang', 'exception', 'error'),
  /** For `exception` and `error`: `throttlingException`, ... */
  type: Optional(Type.String()),
  message: Optional(Type.String()),
  /** For `modelStreamErrorException`. */
  originalStatusCode: Optional(Type.Integer()),
  originalMessage: Optional(Type.String()),
})
export type StreamFault = Static<typeof StreamFault>

/** A request that was not refused. */
export interface SimulatedRequest<Body = ConverseRequest> extends RequestView {
  readonly body: Body
}

/** What the simulated model answers. Undefined where this scenario has nothing to say: then it echoes. */
export type Scenario<Body = ConverseRequest> = (request: SimulatedRequest<Body>) => Reply | undefined
