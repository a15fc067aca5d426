import type { Workload } from './workload.ts'

const bodies = { plan: { kind: 'whole' }, measure: 'request' } as const

/**
 * The rows of the table of long sessions. A turn sends the whole conversation with one exchange more: what a server keeps
 * of the last one can save work. The servers keep some megabytes, so few sessions are long.
 */
export const sessionWorkloads: readonly Workload[] = [
  { id: 'json-1mb', title: '1 MB JSON', request: '1mb', ...bodies, concurrency: 4, warmUp: 150 },
  { id: 'json-4mb', title: '4 MB JSON', request: '4mb', ...bodies, concurrency: 2, warmUp: 40 },
  {
    id: 'turn',
    title: 'next turn of a session, 149 KB',
    request: { nextTurnOf: 'large' },
    ...bodies,
    concurrency: 16,
    warmUp: 1000,
    goal: { times: 1 },
  },
  {
    id: 'turn-1mb',
    title: 'next turn of a session, 1 MB',
    request: { nextTurnOf: '1mb' },
    ...bodies,
    concurrency: 2,
    warmUp: 150,
  },
  {
    id: 'turn-4mb',
    title: 'next turn of a session, 4 MB',
    request: { nextTurnOf: '4mb' },
    ...bodies,
    concurrency: 1,
    warmUp: 40,
  },
]

const gapStreams = 50

/** The row of the table of what a request of 4 MB does to the streams of others. */
export const gapWorkloads: readonly Workload[] = [
  {
    id: 'gap',
    title: `${gapStreams} streams, an event every 20 ms, next to requests of 4 MB`,
    request: 'small',
    plan: { kind: 'paced', deltas: 125, everyMs: 20 },
    concurrency: gapStreams,
    background: '4mb',
    measure: 'gap',
    warmUp: gapStreams,
    goal: { added: 50 },
  },
]
