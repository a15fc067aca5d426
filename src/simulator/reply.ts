import type { ConverseRequest } from '../wire/converse/request.ts'
import type { Citation, ConverseStopReason, TokenUsage } from '../wire/converse/response.ts'

/** What the simulated model says. Everything but the content has a sensible default. */
export interface Reply {
  readonly content?: readonly ReplyBlock[]
  readonly stopReason?: ConverseStopReason
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

/** How a stream arrives. */
export interface Pace {
  /** Milliseconds before the first byte. */
  readonly firstMs?: number
  /** Milliseconds between frames. */
  readonly frameMs?: number
  /** Characters in one delta. */
  readonly deltaCharacters?: number
  /** Bytes in one write, however the frames lie; otherwise a write is a frame. */
  readonly chunkBytes?: number
}

export interface HttpError {
  readonly status: number
  /** AWS's name of the exception, for `x-amzn-errortype`. */
  readonly type?: string
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The whole body, where it is not AWS's JSON. */
  readonly body?: string
}

/** Counted in frames that were sent whole. */
export interface StreamFault {
  readonly afterFrames: number
  /** `cut` ends the body as if it were complete, `reset` breaks the connection, `hang` says nothing more. */
  readonly kind: 'cut' | 'cut frame' | 'reset' | 'corrupt' | 'hang' | 'exception' | 'error'
  /** For `exception` and `error`: `throttlingException`, ... */
  readonly type?: string
  readonly message?: string
  /** For `modelStreamErrorException`. */
  readonly originalStatusCode?: number
  readonly originalMessage?: string
}

export interface SimulatedRequest {
  readonly modelId: string
  readonly isStream: boolean
  readonly body: ConverseRequest
}

/** What the simulated model answers. Undefined where this scenario has nothing to say: then it echoes. */
export type Scenario = (request: SimulatedRequest) => Reply | undefined
