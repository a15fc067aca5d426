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

export interface Workload {
  readonly id: string
  readonly title: string
  readonly request: RequestKind
  readonly plan: Plan
  /** Concurrent requests. */
  readonly concurrency: number
  /**
   * `request`: CPU milliseconds of the proxy per request. `delta`: CPU seconds for 100,000 deltas. `firstEvent`:
   * milliseconds from the first byte of the request to the first byte of the response, minus the time without a proxy.
   * `added`: CPU microseconds per request that a target adds to its mark.
   */
  readonly measure: 'request' | 'delta' | 'firstEvent' | 'added'
  /** Requests before a target's first round: the engine first compiles code that runs often. */
  readonly warmUp: number
  /**
   * Limit of the ratio of the product to `pass`; for `firstEvent` in milliseconds, for `added` in microseconds. Undefined:
   * no limit.
   */
  readonly goal: number | undefined
  /** With `--guard`: limit of the ratio of the product to `bare`, the same on every machine; for `added`, as above. */
  readonly guard?: number
}

const deltas = 200

/** Many users at once. */
export const pacedStreams: Workload = {
  id: 'paced',
  title: '200 streams, an event every 20 ms',
  request: 'small',
  plan: { kind: 'paced', deltas: 125, everyMs: 20 },
  concurrency: 200,
  measure: 'delta',
  warmUp: 200,
  goal: 1.8,
  guard: 2.4,
}

/** The rows of the first table, in its order. */
export const workloads: readonly Workload[] = [
  {
    id: 'small',
    title: '0.7 KB JSON',
    request: 'small',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 10_000,
    goal: 1.6,
    guard: 6,
  },
  {
    id: 'large',
    title: '149 KB JSON',
    request: 'large',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 1000,
    goal: 7,
  },
  {
    id: 'large-unicode',
    title: '149 KB JSON with letters beyond Latin',
    request: 'large-unicode',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 1000,
    goal: undefined,
  },
  {
    id: 'large-stream',
    title: '149 KB, and a stream of 200 deltas',
    request: 'large',
    plan: { kind: 'burst', deltas },
    concurrency: 16,
    measure: 'request',
    warmUp: 1000,
    goal: 5.5,
    guard: 2.6,
  },
  {
    id: 'burst',
    title: 'bursts of 200 deltas',
    request: 'small',
    plan: { kind: 'burst', deltas },
    concurrency: 16,
    measure: 'delta',
    warmUp: 2000,
    goal: 3,
    guard: 3.6,
  },
  pacedStreams,
  {
    id: 'first-event',
    title: 'time to the first event, 149 KB',
    request: 'large',
    plan: { kind: 'burst', deltas: 5 },
    concurrency: 1,
    measure: 'firstEvent',
    warmUp: 300,
    goal: 2.2,
  },
  {
    id: 'slow-upstream',
    title: 'time to the first event, 0.7 KB, of an upstream that takes 200 ms',
    request: 'small',
    plan: { kind: 'burst', deltas: 5, firstMs: 200 },
    concurrency: 1,
    measure: 'firstEvent',
    warmUp: 10,
    // One percent.
    goal: 2,
  },
  {
    id: 'images',
    title: '2 MB with images',
    request: 'images',
    plan: { kind: 'whole' },
    concurrency: 4,
    measure: 'request',
    warmUp: 200,
    goal: 7,
  },
]

/** Deltas of a long stream: the request itself costs little. */
const manyDeltas = 10_000

/** The rows of the table of the native lane, with the limits of AU-N15. */
export const nativeWorkloads: readonly Workload[] = [
  {
    id: 'native-small',
    title: '0.7 KB JSON',
    request: 'small',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 10_000,
    goal: 2.5,
    guard: 5,
  },
  {
    id: 'native-large',
    title: '149 KB JSON',
    request: 'large',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 2000,
    goal: 1.4,
    guard: 2.8,
  },
  {
    id: 'native-burst',
    title: 'bursts of 200 deltas',
    request: 'small',
    plan: { kind: 'burst', deltas },
    concurrency: 16,
    measure: 'delta',
    warmUp: 2000,
    goal: 2.5,
  },
  {
    id: 'native-long',
    title: 'streams of 10,000 deltas at once',
    request: 'small',
    plan: { kind: 'burst', deltas: manyDeltas },
    concurrency: 16,
    measure: 'delta',
    warmUp: 200,
    goal: 1.4,
  },
  {
    ...pacedStreams,
    id: 'native-paced',
    goal: 1.4,
    guard: 2.8,
  },
  {
    id: 'native-first-event',
    title: 'time to the first event, 149 KB',
    request: 'large',
    plan: { kind: 'burst', deltas: 5 },
    concurrency: 1,
    measure: 'firstEvent',
    warmUp: 300,
    goal: 0.3,
  },
]

/** A request that the program answers with switches on, and without them. */
const addedToSmall = {
  title: '0.7 KB JSON',
  request: 'small',
  plan: { kind: 'whole' },
  concurrency: 16,
  measure: 'added',
  warmUp: 10_000,
  // The cost of the request itself varies by 20 us from round to round, and more on a busy machine.
  guard: 90,
} as const
const addedToLarge = {
  title: '149 KB JSON',
  request: 'large',
  plan: { kind: 'whole' },
  concurrency: 16,
  measure: 'added',
  warmUp: 1000,
} as const

/** The rows of the table of what a team's server costs. */
export const teamWorkloads: readonly Workload[] = [
  { id: 'team-small', ...addedToSmall, goal: 30 },
  { id: 'team-large', ...addedToLarge, goal: 30 },
]

/** The rows of the table of the cache audit and of web search (CA-F3). */
export const auditWorkloads: readonly Workload[] = [
  { id: 'audit-small', ...addedToSmall, goal: 5 },
  // The cost of the request itself varies by a tenth. The audit took 300 us on a busy machine.
  { id: 'audit-large', ...addedToLarge, goal: 70, guard: 600 },
]

/** The rows of the table of what serves more people. */
export const scaledWorkloads: readonly Workload[] = (['small', 'large'] as const).map((request) => ({
  id: `scaled-${request}`,
  title: request === 'small' ? '0.7 KB JSON' : '149 KB JSON',
  request,
  plan: { kind: 'whole' },
  // Enough connections for the system to spread them over the workers.
  concurrency: 64,
  measure: 'request',
  // Each worker gets half of it.
  warmUp: request === 'small' ? 20_000 : 2000,
  // Of two workers, next to one process.
  goal: 1.15,
}))
