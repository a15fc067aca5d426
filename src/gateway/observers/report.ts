import type { RequestObserver } from '../request-record.ts'
import type { Losses } from './losses.ts'
import type { ModelLabelOptions } from './metrics/label-values.ts'

/** An observer that sends what it observes to another machine. */
export interface Report {
  readonly observe: RequestObserver
  /** Resolves when everything is sent. When the signal aborts, the rest is lost. */
  readonly end: (limit: AbortSignal) => Promise<void>
}

/** Makes a report with what all reports share. */
export type CreateReport = (shared: {
  /** Does the work when the process is idle. */
  readonly defer: (work: () => void) => void
  readonly losses: Losses
  readonly labels: ModelLabelOptions
  readonly upstream: {
    /** What OpenTelemetry calls the provider. */
    readonly providerName: string
    /** Its URL. */
    readonly address: string
  }
}) => Report
