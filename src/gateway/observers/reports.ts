import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import type { RequestObserver } from '../request-record.ts'
import { createPostJson } from './post-json.ts'
import type { Report } from './report.ts'
import { createSlackTargetOf, type GeneralSlackSettings, type SlackTargetOf } from './slack-target.ts'

export interface ReportOptions {
  readonly slack: GeneralSlackSettings
  /** Whether domains may have settings for Slack of their own. */
  readonly hasDomains: boolean
  readonly telemetryUrl: string | undefined
  readonly fetch: Fetch
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Does the work when the process is idle: no client waits for a report. */
  readonly defer: (work: () => void) => void
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

export interface Reports {
  readonly observers: readonly RequestObserver[]
  /** Absent if no request has messages for Slack. */
  readonly slackTargetOf?: SlackTargetOf
  /** Call this at the end of the process. Takes at most 2 s (OP-E4). */
  end(): Promise<void>
}

const silenceMs = 60_000

/** Logs lost reports, at most once a minute, with their number since the start. */
const createLossLog = (observer: string, { log, now }: ReportOptions) => {
  let [lost, logged, silentUntil] = [0, 0, Number.NEGATIVE_INFINITY]
  let lastReason = ''
  const write = (): void => {
    logged = lost
    silentUntil = now() + silenceMs
    log.warn('observer.dropped', { observer, dropped: lost, reason: lastReason })
  }
  return {
    add(reason: string): void {
      lost += 1
      lastReason = reason
      if (now() >= silentUntil) write()
    },
    /** Logs the rest. */
    end(): void {
      if (lost > logged) write()
    },
  }
}

type LossLog = ReturnType<typeof createLossLog>

/** Loads a report with the first record. Most servers never need one. */
const lazily = (name: string, load: (losses: LossLog) => Promise<Report>, options: ReportOptions): Report => {
  const { defer, log } = options
  const losses = createLossLog(name, options)
  let loading: Promise<Report> | undefined
  const pass: RequestObserver = async (record, words) => {
    try {
      loading ??= load(losses)
      const { observe } = await loading
      observe(record, words)
    } catch (error) {
      log.error('observer.failed', { requestId: record.requestId, error: nameOf(error) })
    }
  }
  return {
    observe: (record, words) => defer(() => pass(record, words)),
    async end(limit) {
      const report = await loading?.catch(() => undefined)
      await report?.end(limit)
      losses.end()
    },
  }
}

const slackReport = (options: ReportOptions): Report =>
  lazily(
    'slack',
    async ({ add }) => {
      const { createSlack } = await import('./slack.ts')
      return createSlack({ post: createPostJson(options.fetch), sleep: options.sleep, onLost: add })
    },
    options,
  )

const telemetryReport = (endpoint: string, options: ReportOptions): Report =>
  lazily(
    'telemetry',
    async ({ add }) => {
      const { createTelemetry } = await import('./telemetry.ts')
      return createTelemetry({ endpoint, post: createPostJson(options.fetch), onLost: add })
    },
    options,
  )

const mostEndMs = 2000

/** The reports that the configuration switches on. */
export const createReports = (options: ReportOptions): Reports => {
  const { slack, hasDomains, telemetryUrl } = options
  const hasSlack = (slack.enabled && slack.webhookUrl !== undefined) || hasDomains
  const reports = [
    ...(hasSlack ? [slackReport(options)] : []),
    ...(telemetryUrl === undefined ? [] : [telemetryReport(telemetryUrl, options)]),
  ]
  return {
    observers: reports.map(({ observe }) => observe),
    ...(hasSlack && { slackTargetOf: createSlackTargetOf(slack) }),
    async end() {
      if (reports.length === 0) return
      // After the records that are deferred.
      await new Promise<void>((resolve) => options.defer(resolve))
      const limit = AbortSignal.timeout(mostEndMs)
      await Promise.all(reports.map((report) => report.end(limit)))
    },
  }
}
