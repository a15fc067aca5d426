import { randomToken } from '../../../base/ids.ts'
import { isLoopbackHost } from '../../../base/loopback.ts'
import type { RequestObserver } from '../../../gateway/request-record.ts'
import { createRecentUsage } from '../../../usage/recent-usage.ts'
import type { UsageReader } from '../../../usage/usage-report.ts'
import { createLiveRequests, type LiveRequestsOptions } from './live-requests.ts'
import type { DashboardOptions } from './routes.ts'

/** Joins the sources of the dashboard's figures. */

export interface CreateDashboardOptions
  extends Omit<LiveRequestsOptions, 'reader'>,
    Pick<DashboardOptions, 'access' | 'currency' | 'state'> {
  /** The address the server is bound to. */
  readonly host: string
  /** Through a proxy, other machines reach a server that is bound to this one. These names are for them, too. */
  readonly trustProxy: readonly string[]
  readonly allowedHosts: readonly string[]
  /** Absent if the server keeps no history: then the last requests since the start count. */
  readonly history: UsageReader | undefined
  /** Milliseconds since 1970. */
  readonly date: () => number
}

export interface Dashboard extends DashboardOptions {
  readonly observers: readonly RequestObserver[]
}

export const createDashboard = (options: CreateDashboardOptions): Dashboard => {
  const { history, host, trustProxy, allowedHosts, access, currency, state, date, shutdown, now } = options
  const isLocal = isLoopbackHost(host) && trustProxy.length + allowedHosts.length === 0
  const shared = { access, currency, state, isLocal, newSessionId: randomToken }
  if (history !== undefined) {
    const live = createLiveRequests({ reader: history, shutdown, now })
    return { ...shared, reader: history, live, observers: [live.observe] }
  }
  const reader = createRecentUsage()
  const live = createLiveRequests({ reader, shutdown, now })
  return { ...shared, reader, live, startedAt: date(), observers: [reader.observe, live.observe] }
}
