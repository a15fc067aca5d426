import { Elysia } from 'elysia'
import type { Metrics } from '../../gateway/observers/metrics/metrics.ts'
import { type DomainGuardOptions, requireToken } from '../http/guard.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import { requestCounts, type StatusOptions } from './status.ts'

export interface MetricsRouteOptions
  extends DomainGuardOptions,
    Pick<Metrics, 'scrape'>,
    Pick<StatusOptions, 'shutdown' | 'limits' | 'others'> {
  /** Whether a scrape needs no token, also where clients need one. */
  readonly isOpen: boolean
}

const metricsPath = '/metrics'

/** The weight of a media type in `accept`, from 0 to 1; 0 if it is not there. */
const weightOf = (accept: string, type: string): number => {
  const entries = accept.split(',').map((entry) =>
    entry
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  )
  const weights = entries
    .filter(([name]) => name === type)
    .map(([, ...parameters]) => Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1))
  return Math.max(0, ...weights.filter((weight) => weight <= 1))
}

/** Clients that want OpenMetrics say so: Prometheus prefers it, a browser gets plain text. */
const formatOf = ({ headers }: Request): 'text' | 'openmetrics' => {
  const accept = headers.get('accept') ?? ''
  const openMetrics = weightOf(accept, 'application/openmetrics-text')
  return openMetrics > 0 && openMetrics >= weightOf(accept, 'text/plain') ? 'openmetrics' : 'text'
}

/** `GET /metrics`, for Prometheus (OP-M). */
export const metricsRoutes = (options: MetricsRouteOptions) => {
  const { scrape, isOpen } = options
  const app = new Elysia({ name: 'metrics', normalize: false })
  if (!isOpen) app.use(requireToken(options))
  return app
    .get(metricsPath, async ({ request, set }) => {
      const { text, contentType } = await scrape(formatOf(request), requestCounts(options))
      set.headers['content-type'] = contentType
      return text
    })
    .all(metricsPath, methodNotAllowed('GET', 'HEAD'))
}
