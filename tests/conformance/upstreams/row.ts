import type { Upstream } from '../../../src/upstreams/upstream.ts'

/** What the other side does, in nobody's protocol: each upstream's row says how its own other side does it. */
export interface Scene {
  readonly says?: readonly Said[]
  /** Why it stops; by itself where nothing is said. */
  readonly stops?: 'at the limit' | 'at the word' | 'to refuse'
  /** With `stops: 'at the word'`. */
  readonly word?: string
  /** Milliseconds of silence before the first byte. */
  readonly thinksMs?: number
  /** Milliseconds of silence between events. */
  readonly pausesMs?: number
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

export type Said =
  | { readonly text: string }
  | { readonly thinks: string }
  /** Thinking that is sealed: what it says is for the model alone. */
  | { readonly hides: string }
  | { readonly calls: string; readonly with?: unknown; readonly id: string }

/** Seconds, with `fails: 'throttled'`. */
export const comeAgainSeconds = 7

/** The other side, playing its scene, and what stands in front of it. */
export interface Stage {
  readonly upstream: Upstream
  /** The upstream's own name of a model that takes tools, pictures and thinking. */
  readonly modelId: string
  /** The same, seldom waiting for longer than a moment: the whole server. */
  readonly url: string
  /** Requests that have come. */
  asked(): number
  /** Pictures that have come, as base64. */
  pictures(): readonly string[]
  /** Resolves when the other side knows that nobody listens to its newest answer any more. */
  left(): Promise<void>
}

/** One upstream: its folder's name under src/upstreams/, and how a scene is set up. Everything ends with the test. */
export interface UpstreamRow {
  readonly name: string
  start(scene: Scene): Stage
}
