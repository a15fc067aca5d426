import type { Workload } from './workload.ts'

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
  goal: { times: 1.2 },
  guard: 2.4,
}

/** The rows of the first table, in its order. The goals are multiples of `bare`. */
export const workloads: readonly Workload[] = [
  {
    id: 'small',
    title: '0.7 KB JSON',
    request: 'small',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 10_000,
    goal: { times: 2 },
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
    goal: { times: 1.25 },
  },
  {
    id: 'large-unicode',
    title: '149 KB JSON with letters beyond Latin',
    request: 'large-unicode',
    plan: { kind: 'whole' },
    concurrency: 16,
    measure: 'request',
    warmUp: 1000,
  },
  {
    id: 'large-stream',
    title: '149 KB, and a stream of 200 deltas',
    request: 'large',
    plan: { kind: 'burst', deltas },
    concurrency: 16,
    measure: 'request',
    warmUp: 1000,
    goal: { times: 1.25 },
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
    goal: { times: 1.3 },
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
    goal: { times: 1.5 },
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
    goal: { added: 2 },
  },
  {
    id: 'images',
    title: '2 MB with images',
    request: 'images',
    plan: { kind: 'whole' },
    concurrency: 4,
    measure: 'request',
    warmUp: 200,
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
    goal: { times: 2.5 },
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
    goal: { times: 1.4 },
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
    goal: { times: 2.5 },
  },
  {
    id: 'native-long',
    title: 'streams of 10,000 deltas at once',
    request: 'small',
    plan: { kind: 'burst', deltas: manyDeltas },
    concurrency: 16,
    measure: 'delta',
    warmUp: 200,
    goal: { times: 1.4 },
  },
  {
    ...pacedStreams,
    id: 'native-paced',
    goal: { times: 1.4 },
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
    goal: { added: 0.3 },
  },
]
