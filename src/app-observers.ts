import type { AppDependencies } from './app-dependencies.ts'
import type { Logger } from './base/logger.ts'
import type { Config } from './config/load.ts'
import { wantsRequestClass } from './config/request-class.ts'
import { accessLogObservers } from './gateway/observers/access-log.ts'
import { afterAnswer } from './gateway/observers/after-answers.ts'
import { isolated } from './gateway/observers/isolated.ts'
import type { Losses } from './gateway/observers/losses.ts'
import type { ModelLabelOptions } from './gateway/observers/metrics/label-values.ts'
import { createMetrics, type Metrics } from './gateway/observers/metrics/metrics.ts'
import type { Report } from './gateway/observers/report.ts'
import { createReports, type Reports } from './gateway/observers/reports.ts'
import type { RequestObserver, RequestRecord } from './gateway/request-record.ts'
import { createRequestRecords, type RequestRecords } from './gateway/running-requests.ts'
import type { ModelResolver } from './models/resolver.ts'
import type { Upstream } from './upstreams/upstream.ts'
import { createCostOf } from './usage/prices.ts'
import { version } from './version.ts'

/** Composes what observes requests: the log, metrics, reports. */

const now = (): number => performance.now()

/** What observers share. */
interface Observed {
  readonly upstream: Upstream
  readonly labels: ModelLabelOptions
  readonly losses: Losses
}

/** What keeps the figures of this server's requests: the history, the metrics and the use of the prompt cache. */
export const figureReportsOf = (
  { defer, history, cacheUse }: AppDependencies,
  losses: Losses,
  metrics: Metrics | undefined,
): readonly Report[] => [
  ...(history === undefined ? [] : [history.createReport({ defer, losses })]),
  ...(metrics === undefined ? [] : [metrics]),
  ...(cacheUse === undefined ? [] : [cacheUse]),
]

/** What is sent to Slack, to a telemetry address and by the platform, and what keeps figures. */
export const reportsOf = (
  { slack, telemetry }: Config,
  dependencies: AppDependencies,
  { upstream, labels, losses }: Observed,
  figures: readonly Report[],
): Reports => {
  const { defer, reports = [] } = dependencies
  const { name, providerName = name, address, domains } = upstream
  const shared = { defer, losses, labels, upstream: { providerName, address } }
  const others = [...reports.map((create) => create(shared)), ...figures]
  const hasDomains = domains !== undefined
  return createReports({ ...dependencies, slack, hasDomains, telemetryUrl: telemetry.endpoint, now, losses, others })
}

/** Ids of the models that the upstream lists, and that the configuration names. */
const knownModels = ({ model, smallModel, openaiEntrance }: Config, models: ModelResolver): readonly string[] => {
  const named = ['opus', 'sonnet', 'haiku', model, smallModel, ...openaiEntrance.modelMap.values()]
  const found = named.map((name) => name && models.find(name)?.model.id)
  const mapped = models.modelMap?.values() ?? []
  return [...models.models.map(({ id }) => id), ...mapped, ...found.filter((id) => id !== undefined)]
}

/** The models that figures may name. */
export const modelLabelsOf = (config: Config, { native }: Upstream, models: ModelResolver): ModelLabelOptions => ({
  known: new Set(knownModels(config, models)),
  forwarded: native?.protocol,
})

/** Metrics, if the configuration wants them. */
export const metricsOf = (
  { metrics, currency }: Config,
  { defer, processFacts, state, cacheUse }: AppDependencies,
  { upstream, labels, losses }: Observed,
): (Metrics & { readonly isOpen: boolean }) | undefined => {
  if (metrics === 'off') return undefined
  const named = { version, upstream: upstream.name, currency, auditsCache: cacheUse !== undefined, ...labels }
  const created = createMetrics({ ...named, processFacts, state, losses, defer })
  return { ...created, isOpen: metrics === 'open' }
}

/** Calls the observers of figures with a record that another process has logged and reported. */
export const createObserve = (
  observers: readonly RequestObserver[],
  log: Logger,
): ((record: RequestRecord) => void) => {
  const all = observers.map((observer) => isolated(observer, { log, now }))
  return (record) => {
    for (const observe of all) observe(record, undefined)
  }
}

/** The records of requests, and all their observers. */
export const recordsOf = (
  config: Config,
  dependencies: AppDependencies,
  own: readonly RequestObserver[],
  { known }: ModelLabelOptions,
): RequestRecords => {
  const { log, observers = [] } = dependencies
  return createRequestRecords({
    observers: [...accessLogObservers(log), ...own, ...observers],
    wantsClass: wantsRequestClass(config),
    knownModels: known,
    costOf: createCostOf(config.prices, config.upstream),
    log,
    now,
    defer: afterAnswer,
    date: Date.now,
  })
}
