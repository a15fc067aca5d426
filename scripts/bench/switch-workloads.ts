import type { Workload } from './workload.ts'

/** A request that the program answers with switches on, and without them. */
const added = { plan: { kind: 'whole' }, concurrency: 16, measure: 'added' } as const
const addedToSmall = {
  ...added,
  title: '0.7 KB JSON',
  request: 'small',
  warmUp: 10_000,
  // Measured: 1.24 on a quiet machine, 1.48 on one whose host takes half of each core.
  guard: 1.6,
} as const
const addedToLarge = { ...added, title: '149 KB JSON', request: 'large', warmUp: 1000 } as const

/** The rows of the table of what a team's server costs. */
export const teamWorkloads: readonly Workload[] = [
  { id: 'team-small', ...addedToSmall, goal: { added: 30 } },
  { id: 'team-large', ...addedToLarge, goal: { added: 30 } },
]

/** The rows of the table of the cache audit and of web search (CA-F3). */
export const auditWorkloads: readonly Workload[] = [
  { id: 'audit-small', ...addedToSmall, goal: { added: 5 } },
  // The cost of the request itself varies by a tenth.
  { id: 'audit-large', ...addedToLarge, goal: { added: 70 }, guard: 1.5 },
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
  goal: { times: 1.15 },
}))
