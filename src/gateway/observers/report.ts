import type { RequestObserver } from '../request-record.ts'

/** An observer that sends what it observes to another machine. */
export interface Report {
  readonly observe: RequestObserver
  /** Resolves when everything is sent. When the signal aborts, the rest is lost. */
  readonly end: (limit: AbortSignal) => Promise<void>
}
