import type { Secret } from '../../../base/secret.ts'
import type { Fetch } from '../../../upstreams/http/post.ts'
import type { TraceOptions } from '../../request-trace.ts'
import type { NamesVersion } from './names.ts'

/** What the configuration and the standard variables say about traces and metrics. Times in milliseconds. */

/** Where one signal is sent. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: ReadonlyMap<string, Secret>
  /** For all attempts of one request together. */
  readonly timeoutMs: number
  readonly isCompressed: boolean
}

export interface OtelSettings {
  readonly names: NamesVersion
  readonly resource: { readonly serviceName: string; readonly attributes: ReadonlyMap<string, string> }
  readonly trace: TraceOptions
  /** Undefined if none are sent. */
  readonly traces: OtlpTarget | undefined
  readonly batches: {
    /** Most spans that wait. */
    readonly queueSize: number
    readonly size: number
    readonly delayMs: number
    readonly timeoutMs: number
  }
  /** Undefined if none are sent. */
  readonly metrics: OtlpTarget | undefined
  readonly metricTimes: { readonly everyMs: number; readonly timeoutMs: number; readonly isDelta: boolean }
}

/** What the platform provides. */
export interface OtelPlatform {
  readonly fetch: Fetch
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Differs for each process, also after a restart. */
  readonly instanceId: string
}
