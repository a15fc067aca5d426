import { errorCode } from '../../../base/error-code.ts'
import { nameOf } from '../../../base/error-location.ts'
import { isObject, parseObject } from '../../../base/json.ts'
import { readCapped } from '../../../base/read-capped.ts'
import { postReport } from '../post-json.ts'
import type { OtelPlatform, OtlpTarget } from './options.ts'

/**
 * Sends requests of OTLP over HTTP. OpenTelemetry's own exporters use node:http, which does not know the proxies of
 * this program, and read their settings from the environment of the process.
 */

/** What became of one request. */
interface Delivery {
  /** A status, a code or a fixed text; undefined if the collector has it. */
  readonly lost?: string
  /** Spans or points that the collector accepted the request without. */
  readonly rejected: number
}

export type SendOtlp = (body: Uint8Array) => Promise<Delivery>

export interface SenderOptions extends Pick<OtelPlatform, 'fetch' | 'sleep' | 'random' | 'now'> {
  readonly target: OtlpTarget
  /** Most milliseconds, if fewer than the target has. */
  readonly timeoutMs: number
  /** Aborts when the process ends: a failed request is not repeated. */
  readonly ending: AbortSignal
  /** Aborts when the process waits no longer. */
  readonly stopped: AbortSignal
}

/** An attempt that failed; `retryAfterMs` is what the collector asks for, `mayPass` whether another may succeed. */
interface Failure {
  readonly reason: string
  readonly mayPass: boolean
  readonly retryAfterMs?: number
}

/** As OTLP says; all others are final. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** The times of OpenTelemetry's own exporters. */
const mostRetries = 5
const firstWaitMs = 1000
const longestWaitMs = 5000
const waitGrowth = 1.5
const waitSpread = 0.2

const millisecondsPerSecond = 1000
const longestAnswerBytes = 64 * 1024

/** A date is not read: the usual wait is long enough. */
const retryAfterMs = (headers: Headers): { retryAfterMs?: number } => {
  const seconds = headers.get('retry-after') ?? ''
  return /^\d{1,6}$/.test(seconds) ? { retryAfterMs: Number(seconds) * millisecondsPerSecond } : {}
}

const toFailure = ({ status, headers }: Response): Failure => ({
  reason: `HTTP ${status}`,
  mayPass: passingStatuses.has(status),
  ...retryAfterMs(headers),
})

/** The number that the collector did not take; an answer that is something else has none. */
const rejectedIn = (text: string): number => {
  const partial = parseObject(text)?.['partialSuccess']
  if (!isObject(partial)) return 0
  const count = Number(partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0)
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

/** The collector has the request, whatever its answer's body is. */
const readRejected = async (response: Response): Promise<number> => {
  try {
    return rejectedIn(await readCapped(response, longestAnswerBytes))
  } catch {
    return 0
  }
}

const compressed = (body: Uint8Array): Promise<Uint8Array> =>
  new Response(new Blob([body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'))).bytes()

const headersOf = ({ headers, isCompressed }: OtlpTarget): Record<string, string> => ({
  ...Object.fromEntries([...headers].map(([name, value]) => [name, value.reveal()])),
  'content-type': 'application/json',
  ...(isCompressed && { 'content-encoding': 'gzip' }),
})

/** Never rejects. */
export const createOtlpSender = (options: SenderOptions): SendOtlp => {
  const { target, fetch, sleep, random, now, ending, stopped } = options
  const timeoutMs = Math.min(target.timeoutMs, options.timeoutMs)
  const headers = headersOf(target)

  const attempt = async (body: Uint8Array, limitMs: number): Promise<number | Failure> => {
    const timeout = AbortSignal.timeout(limitMs)
    try {
      const signal = AbortSignal.any([timeout, stopped])
      const response = await postReport(fetch, target.url, { headers, body, signal })
      if (response.ok) return await readRejected(response)
      // The text of a failure is not needed, and may never end.
      await response.body?.cancel()
      return toFailure(response)
    } catch (error) {
      return { reason: timeout.aborted ? 'timeout' : (errorCode(error) ?? nameOf(error)), mayPass: true }
    }
  }

  /** Returns whether there is time for another attempt, after a wait. */
  const waited = async ({ retryAfterMs }: Failure, retries: number, until: number): Promise<boolean> => {
    const usual = Math.min(firstWaitMs * waitGrowth ** retries, longestWaitMs)
    const waitMs = retryAfterMs ?? usual * (1 + (2 * random() - 1) * waitSpread)
    if (ending.aborted || waitMs >= until - now()) return false
    // The end of the process ends it, too.
    await sleep(waitMs, ending).catch(() => {})
    return !ending.aborted
  }

  return async (given) => {
    const until = now() + timeoutMs
    const body = target.isCompressed ? await compressed(given) : given
    for (let retries = 0; ; retries += 1) {
      const result = await attempt(body, Math.max(until - now(), 1))
      if (typeof result === 'number') return { rejected: result }
      if (!result.mayPass || retries >= mostRetries || !(await waited(result, retries, until)))
        return { lost: result.reason, rejected: 0 }
    }
  }
}
