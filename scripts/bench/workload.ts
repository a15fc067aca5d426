import type { Turns } from './job.ts'
import type { RequestKind } from './requests.ts'

/** The protocol of an upstream. */
export type UpstreamWire = 'converse' | 'chat' | 'anthropic'

/** How the upstream answers. `firstMs`: milliseconds before its first byte. */
export type Plan = { readonly firstMs?: number } & PlanKind

type PlanKind =
  | { readonly kind: 'whole' }
  /** All frames in one write. */
  | { readonly kind: 'burst'; readonly deltas: number }
  /** One frame every `everyMs` milliseconds. */
  | { readonly kind: 'paced'; readonly deltas: number; readonly everyMs: number }

/**
 * Limit of a target with goals. `times`: the multiple of its mark's cost. `added`: milliseconds for `firstEvent` and
 * `gap`, microseconds for `added`.
 */
export type Goal = { readonly times: number } | { readonly added: number }

export interface Workload {
  readonly id: string
  readonly title: string
  readonly request: RequestKind | Turns
  readonly plan: Plan
  /** Concurrent requests. */
  readonly concurrency: number
  /** Meanwhile, another connection sends these requests one after another. */
  readonly background?: RequestKind
  /**
   * `request`: CPU milliseconds of the proxy per request. `delta`: CPU seconds for 100,000 deltas. `firstEvent`:
   * milliseconds from the first byte of the request to the first byte of the response, minus the time without a proxy.
   * `added`: CPU microseconds per request that a target adds to its mark. `gap`: milliseconds that the longest
   * time between two deltas of a stream is longer than the pace of the upstream.
   */
  readonly measure: 'request' | 'delta' | 'firstEvent' | 'added' | 'gap'
  /** Requests before a target's first round: the engine first compiles code that runs often. */
  readonly warmUp: number
  readonly goal?: Goal
  /** With `--guard`: limit of the ratio to the mark of the guard, the same on every machine. */
  readonly guard?: number
}
