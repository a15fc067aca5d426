import type { Degradation } from '../upstreams/upstream.ts'

/** What one process of a server does, for a process that shows the work of all of them (OP-K7). */
export interface ProcessWork {
  /** Calls of models that run, and that wait for a place. */
  readonly active: number
  readonly queued: number
  /** Parts that requests leave out, because the upstream refuses them. */
  readonly degraded: readonly Degradation[]
  /** Lost records of each observer since the start. */
  readonly lost: ReadonlyMap<string, number>
  /** Sessions that the audit of the prompt cache had no room for, since the start; 0 without it. */
  readonly droppedSessions: number
}

/** The other processes of this server, as this one knows them. */
export interface OtherProcesses {
  /** The sums of all of them. */
  work(): ProcessWork
}
