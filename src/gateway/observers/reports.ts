import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import type { RequestObserver } from '../request-record.ts'
import { createFailureLog } from './isolated.ts'
import type { Losses, ObserverLosses } from './losses.ts'
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
  readonly losses: Losses
  /** Reports that the caller made. */
  readonly others?: readonly Report[]
}

export interface Reports {
  readonly observers: readonly RequestObserver[]
  /** Absent if no request has messages for Slack. */
  readonly slackTargetOf?: SlackTargetOf
  /** Call this at the end of the process. Takes at most 2 s (OP-E4). */
  end(): Promise<void>
}

/** Loads a report with the first record. Most servers never need one. */
const lazily = (name: string, load: (losses: ObserverLosses) => Promise<Report>, options: ReportOptions): Report => {
  const { defer, log, now } = options
  const losses = options.losses.of(name)
  const fail = createFailureLog({ log, now })
  let loading: Promise<Report> | undefined
  const pass: RequestObserver = async (record, words) => {
    try {
      loading ??= load(losses)
      const { observe } = await loading
      observe(record, words)
    } catch (error) {
      fail(record, error)
    }
  }
  return {
    observe: (record, words) => defer(() => pass(record, words)),
    async end(limit) {
      const report = await loading?.catch(() => undefined)
      await report?.end(limit)
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

/** The reports that the configuration switches on, with a common end. */
export const createReports = (options: ReportOptions): Reports => {
  const { slack, hasDomains, telemetryUrl, defer, log, losses, others = [] } = options
  const hasSlack = (slack.enabled && slack.webhookUrl !== undefined) || hasDomains
  const reports = [
    ...(hasSlack ? [slackReport(options)] : []),
    ...(telemetryUrl === undefined ? [] : [telemetryReport(telemetryUrl, options)]),
    ...others,
  ]
  return {
    observers: reports.map(({ observe }) => observe),
    ...(hasSlack && { slackTargetOf: createSlackTargetOf(slack) }),
    async end() {
      if (reports.length === 0) return
      // After the records that are deferred.
      await new Promise<void>((resolve) => defer(resolve))
      const limit = AbortSignal.timeout(mostEndMs)
      for (const end of await Promise.allSettled(reports.map((report) => report.end(limit))))
        if (end.status === 'rejected') log.error('observer.failed', { error: nameOf(end.reason) })
      losses.end()
    },
  }
}
