import { type Static, Type } from '@sinclair/typebox'
import type { ConverseRequest } from '../wire/converse/request.ts'
import type { Citation, ConverseStopReason, TokenUsage } from '../wire/converse/response.ts'
import { Closed, OneOf } from '../wire/schema.ts'
import type { RequestView } from './request-view.ts'

/** The simulated model's reply. Only the content has no default. */
export interface Reply {
  readonly content?: readonly ReplyBlock[]
  readonly stopReason?: ConverseStopReason
  /** As Chat Completions names it. Default: derived from `stopReason`. */
  readonly finishReason?: string
  /** With `stopReason: "stop_sequence"`. */
  readonly stopSequence?: string
  /** Overrides the simulator's own figures. */
  readonly usage?: TokenUsage
  readonly pace?: Pace
  /** An HTTP error instead of a response. */
  readonly error?: HttpError
  /** A failure in the middle of a stream. */
  readonly fault?: StreamFault
  /** Compresses the answer, although the request does not accept it. */
  readonly encoding?: 'gzip'
  /** Empties the prompt cache before the request reads it, as an upstream may do at any time. */
  readonly evictsCache?: boolean
}

export type ReplyBlock =
  | { readonly text: string }
  /** Signed by the simulator if it has no signature. */
  | { readonly thinking: string; readonly signature?: string }
  /** Any text: it is sent as base64. */
  | { readonly redacted: string }
  | { readonly tool: string; readonly input?: unknown; readonly id?: string }
  | { readonly citedText: string; readonly citations: readonly Citation[] }

const Optional = Type.Optional
const Milliseconds = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 1 })

/** The pace of a stream. */
export const Pace = Closed({
  /** Before the first byte. */
  firstMs: Optional(Milliseconds),
  /** Between frames. */
  frameMs: Optional(Milliseconds),
  /** Characters in one delta. */
  deltaCharacters: Optional(Count),
  /** Bytes in one write, across frames. Default: one frame per write. */
  chunkBytes: Optional(Count),
})
export type Pace = Static<typeof Pace>

export const HttpError = Closed({
  status: Type.Integer({ minimum: 300, maximum: 599 }),
  /** AWS's name of the exception, for `x-amzn-errortype`. */
  type: Optional(Type.String()),
  message: Optional(Type.String()),
  headers: Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String())),
  /** The whole body, if it is not AWS's JSON. */
  body: Optional(Type.String()),
})
export type HttpError = Static<typeof HttpError>

/** Where a stream breaks, and how. */
export const StreamFault = Closed({
  /** Number of frames that are sent completely. */
  afterFrames: Optional(Type.Integer({ minimum: 0 })),
  /** Number of bytes that are sent; takes precedence over `afterFrames`. */
  afterBytes: Optional(Type.Integer({ minimum: 0 })),
  /** `cut` ends the body as if it were complete, `reset` breaks the connection, `hang` sends nothing more. */
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

/** Returns the simulated model's reply, or undefined to use the echo. */
export type Scenario<Body = ConverseRequest> = (request: SimulatedRequest<Body>) => Reply | undefined
