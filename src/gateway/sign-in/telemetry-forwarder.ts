import { errorCode } from '../../base/error-code.ts'
import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import type { OtlpTarget } from '../observers/otel/options.ts'
import { postReport } from '../observers/post-json.ts'

/** Sends Claude Code's own telemetry on to a collector (SI-O1). */

export const telemetrySignals = ['metrics', 'logs', 'traces'] as const
export type TelemetrySignal = (typeof telemetrySignals)[number]

/** What a client sent: its body, and what the body is. */
interface TelemetryExport {
  readonly body: Uint8Array
  readonly contentType: string | null
  readonly contentEncoding: string | null
}

/** Never waits for the collector, and never throws. */
export type ForwardTelemetry = (signal: TelemetrySignal, sent: TelemetryExport) => void

export interface ForwarderOptions {
  /** A signal without a target is thrown away. */
  readonly targets: ReadonlyMap<TelemetrySignal, OtlpTarget>
  readonly fetch: Fetch
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** One collector that hangs must not fill the memory: at most this many exports of 8 MB at a time. */
const mostAtOnce = 8
/** A collector that is away fails each export of each client: one line of the log in a minute is enough. */
const logEveryMs = 60_000

export const createTelemetryForwarder = ({ targets, fetch, log, now }: ForwarderOptions): ForwardTelemetry => {
  let running = 0
  let lost = 0
  let loggedAt = Number.NEGATIVE_INFINITY
  const lose = (reason: string): void => {
    lost += 1
    if (now() - loggedAt < logEveryMs) return
    log.warn('sign_in.telemetry_lost', { reason, exports: lost })
    loggedAt = now()
    lost = 0
  }
  const send = async ({ url, headers, timeoutMs }: OtlpTarget, sent: TelemetryExport): Promise<void> => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const own = {
      ...(sent.contentType !== null && { 'content-type': sent.contentType }),
      ...(sent.contentEncoding !== null && { 'content-encoding': sent.contentEncoding }),
    }
    const collector = Object.fromEntries([...headers].map(([name, value]) => [name, value.reveal()]))
    try {
      const request = { headers: { ...collector, ...own }, body: sent.body, signal: timeout }
      const response = await postReport(fetch, url, request)
      await response.body?.cancel()
      if (!response.ok) lose(`HTTP ${response.status}`)
    } catch (error) {
      lose(timeout.aborted ? 'timeout' : (errorCode(error) ?? nameOf(error)))
    }
  }
  return (signal, sent) => {
    const target = targets.get(signal)
    if (target === undefined) return
    if (running >= mostAtOnce) return lose('too many at once')
    running += 1
    void send(target, sent).finally(() => {
      running -= 1
    })
  }
}
