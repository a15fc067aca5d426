import type { Upstream } from '../../../src/upstreams/upstream.ts'

/** How a provider behaves, independent of a protocol: each row translates it for its own provider. */
export interface UpstreamBehaviour {
  readonly output?: readonly OutputPart[]
  /** Why it stops; without it, the response ends normally. */
  readonly stops?: 'at the limit' | 'at a stop sequence' | 'to refuse'
  /** With `stops: 'at a stop sequence'`. */
  readonly stopSequence?: string
  /** Milliseconds of silence before the first byte. */
  readonly firstByteDelayMs?: number
  /** Milliseconds of silence between events. */
  readonly eventDelayMs?: number
  /** How it fails instead of answering. */
  readonly fails?: 'prompt too long' | 'throttled' | 'bad key' | 'dead host'
  /** How a stream fails: before its first event, or after a few. */
  readonly breaks?: { readonly at: 'first' | 'later'; readonly how: Break }
  /** Milliseconds of silence after which the upstream gives up. */
  readonly deadlineMs?: number
  /** Milliseconds after which the server sends a ping to a waiting client. */
  readonly pingMs?: number
}

export const breaks = ['throttled', 'cut', 'cut in an event', 'corrupt', 'reset', 'silent'] as const
export type Break = (typeof breaks)[number]

type OutputPart =
  | { readonly text: string }
  | { readonly thinking: string }
  /** Sealed thinking, which only the model can read. */
  | { readonly redacted: string }
  | { readonly tool: string; readonly input?: unknown; readonly id: string }

/** The `retry-after` of `fails: 'throttled'`. */
export const retryAfterSeconds = 7

/** A provider that behaves as stated, the upstream that calls it, and the whole server. */
export interface RunningUpstream {
  readonly upstream: Upstream
  /** The upstream's name for a model that supports tools, pictures and thinking. */
  readonly modelId: string
  /** The URL of the whole server, which waits only a moment between retries. */
  readonly url: string
  /** Requests that the provider got. */
  requestCount(): number
  /** Pictures that the provider got, as base64. */
  pictures(): readonly string[]
  /** Resolves when the provider notices that the client of its newest response has disconnected. */
  clientLeft(): Promise<void>
}

/** One upstream: its folder under src/upstreams/, and a function that starts its provider until the test ends. */
export interface UpstreamRow {
  readonly name: string
  /** Names of answers that the provider's protocol has no form for. */
  readonly lacks?: readonly string[]
  /** Status of a stream that breaks before its first event; 500 without it. */
  readonly brokenStatus?: number
  /** The server forwards its streams byte by byte, with their faults: other tests check these. */
  readonly isForwarded?: boolean
  start(behaviour: UpstreamBehaviour): RunningUpstream
}
