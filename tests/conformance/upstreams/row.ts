import type { Upstream } from '../../../src/upstreams/upstream.ts'

/** What the provider behind an upstream does, in terms of no protocol: each row translates it for its own provider. */
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
  /** How it fails in an answer that is streamed: before its first event, or after a few. */
  readonly breaks?: { readonly at: 'first' | 'later'; readonly how: Break }
  /** Milliseconds of silence that are borne. */
  readonly deadlineMs?: number
  /** Milliseconds after which the server tells a waiting client that it is alive. */
  readonly pingMs?: number
}

export const breaks = ['throttled', 'cut', 'cut in an event', 'corrupt', 'reset', 'silent'] as const
export type Break = (typeof breaks)[number]

type OutputPart =
  | { readonly text: string }
  | { readonly thinking: string }
  /** Thinking that is sealed: what it says is for the model alone. */
  | { readonly redacted: string }
  | { readonly tool: string; readonly input?: unknown; readonly id: string }

/** Seconds, with `fails: 'throttled'`. */
export const comeAgainSeconds = 7

/** A provider that behaves as stated, the upstream that calls it, and the whole server. */
export interface RunningUpstream {
  readonly upstream: Upstream
  /** The upstream's own name of a model that takes tools, pictures and thinking. */
  readonly modelId: string
  /** The same, seldom waiting for longer than a moment: the whole server. */
  readonly url: string
  /** Requests that have come. */
  requestCount(): number
  /** Pictures that have come, as base64. */
  pictures(): readonly string[]
  /** Resolves when the other side knows that nobody listens to its newest answer any more. */
  clientLeft(): Promise<void>
}

/** One upstream: its folder's name under src/upstreams/, and how its provider is started. Everything ends with the test. */
export interface UpstreamRow {
  readonly name: string
  start(behaviour: UpstreamBehaviour): RunningUpstream
}
