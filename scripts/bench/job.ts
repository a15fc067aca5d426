import type { OpenAiWire } from '../support/openai-requests.ts'
import type { RequestKind } from './requests.ts'
import type { SessionSize } from './sessions.ts'

/** Each connection sends the turns of sessions of its own. */
export interface Turns {
  readonly nextTurnOf: SessionSize
}

export interface Job {
  readonly port: number
  readonly request: RequestKind | Turns
  /** Expected deltas of each response; undefined for whole responses. */
  readonly deltas: number | undefined
  /** The format of the responses; of the requests, too, for OpenAI's protocols. */
  readonly wire: 'anthropic' | 'converse' | OpenAiWire
  readonly concurrency: number
  /** The run ends after this number of requests or milliseconds. Running requests finish first. */
  readonly requests?: number
  readonly milliseconds?: number
  /** Another connection sends these requests one after another until the run ends. Their responses are whole. */
  readonly background?: RequestKind
  /** Additional headers for the target. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface LoadResult {
  readonly requests: number
  readonly deltas: number
  /** For each request, milliseconds from its first byte to the first byte of the response body. */
  readonly firstByteMs: readonly number[]
  /** Milliseconds between two deltas of a response, with background requests. */
  readonly gapMs: readonly number[]
  /** The first fault: the figures are then invalid. */
  readonly fault?: string
}
