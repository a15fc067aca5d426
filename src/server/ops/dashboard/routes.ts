import { Elysia } from 'elysia'
import { GatewayError } from '../../../base/errors.ts'
import type { SharedState } from '../../../state/shared-state.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import type { UsageReader } from '../../../usage/usage-report.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { LiveRequests } from './live-requests.ts'
import { dashboardPath, type LoginOptions, loginPageResponse, loginRoutes } from './login-routes.ts'
import { pageResponse, privateHeaders } from './page-response.ts'
import {
  type RequestsValues,
  requestsQuery,
  rowsOf,
  type SummaryValues,
  summaryQuery,
  toUsageQuery,
} from './queries.ts'
import { createSessions, type DashboardAccess } from './sessions.ts'
import type { Summary } from './summary.ts'
import { createViewerOf, loginNeeded, type Viewer, type ViewerOf } from './viewer.ts'

/** The dashboard: a page, its data, and a login (OP-D). It reads only: no request changes a setting. */

export interface DashboardOptions {
  /** The history, or the last requests. */
  readonly reader: UsageReader
  readonly live: LiveRequests
  /** Milliseconds since 1970, if figures begin with the server's start; absent with a history. */
  readonly startedAt?: number | undefined
  readonly currency: string
  /** Whether only programs of this machine can reach the server. */
  readonly isLocal: boolean
  readonly access: DashboardAccess
  /** What servers share; absent if each counts tries to log in by itself. */
  readonly state: SharedState | undefined
  /** 256 random bits as text. */
  readonly newSessionId: () => string
}

export interface DashboardRoutesOptions extends Omit<LoginOptions, 'sessions' | 'access' | 'state'> {
  readonly dashboard: DashboardOptions
  readonly upstream: Pick<Upstream, 'name' | 'degraded'>
}

const tooManyViewers = (): GatewayError =>
  new GatewayError('overloaded_error', 'Five pages already follow the requests.', {
    status: 503,
    retryAfterSeconds: 15,
    isLoggable: true,
  })

const streamHeaders = {
  ...privateHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  'x-accel-buffering': 'no',
}

const createData = ({ dashboard, upstream }: DashboardRoutesOptions) => {
  const { reader, live, startedAt, currency } = dashboard
  return {
    async summary(values: SummaryValues, { client, hasSession }: Viewer): Promise<Summary> {
      const report = await reader.summarize({ ...toUsageQuery(values, client), currency })
      return {
        ...report,
        upstream: upstream.name,
        // They name the models and files of all clients.
        degraded: client === undefined ? (upstream.degraded?.() ?? []) : [],
        ...(startedAt !== undefined && { startedAt }),
        ...(client !== undefined && { client }),
        hasSession,
      }
    },
    requests: ({ before, limit }: RequestsValues, { client }: Viewer) =>
      reader.requests({ before, limit: rowsOf(limit), client }),
    /** `find` finds the viewer again: it may log out, or lose its token, while the stream runs. */
    async live({ client }: Viewer, find: () => Viewer | undefined): Promise<Response> {
      const mayRead = (): boolean => {
        const viewer = find()
        return viewer !== undefined && viewer.client === client
      }
      const stream = await live.open(client, mayRead)
      if (stream === undefined) throw tooManyViewers()
      return new Response(stream, { headers: streamHeaders })
    },
  }
}

/** Data, for viewers only: the hook runs before the check of the query. */
const dataRoutes = (options: DashboardRoutesOptions, viewerOf: ViewerOf) => {
  const data = createData(options)
  const path = (name: string): string => `${dashboardPath}/api/${name}`
  const readOnly = methodNotAllowed('GET', 'HEAD')
  const requireViewer = (request: Request): Viewer => {
    const viewer = viewerOf(request)
    if (viewer === undefined) throw loginNeeded()
    return viewer
  }
  return (
    new Elysia({ name: 'dashboard-data', normalize: false })
      .onTransform(({ request, set }) => {
        Object.assign(set.headers, privateHeaders)
        requireViewer(request)
      })
      .get(path('summary'), ({ request, query }) => data.summary(query, requireViewer(request)), {
        query: summaryQuery,
      })
      .get(path('requests'), ({ request, query }) => data.requests(query, requireViewer(request)), {
        query: requestsQuery,
      })
      .get(path('live'), ({ request }) => data.live(requireViewer(request), () => viewerOf(request)))
      // Elysia answers a HEAD with the handler of GET, and would wait for the end of the stream.
      .head(path('live'), methodNotAllowed('GET'))
      .all(path('summary'), readOnly)
      .all(path('requests'), readOnly)
      .all(path('live'), methodNotAllowed('GET'))
  )
}

export const dashboardRoutes = (options: DashboardRoutesOptions) => {
  const { scopeOf, now, dashboard } = options
  const { access, state } = dashboard
  const sessions = createSessions({ access, now, newSessionId: dashboard.newSessionId })
  const isOpen = (): boolean => dashboard.isLocal && access.isOpen()
  const viewerOf = createViewerOf({ access, sessions, isOpen })

  const show = async (request: Request): Promise<Response> => {
    if (viewerOf(request) === undefined) return loginPageResponse(access.isOpen() ? 'closed' : undefined)
    const { page } = await import('./pages.ts')
    return pageResponse(page)
  }
  return new Elysia({ name: 'dashboard', normalize: false })
    .use(loginRoutes({ access, sessions, scopeOf, now, state }))
    .use(dataRoutes(options, viewerOf))
    .get(dashboardPath, ({ request }) => show(request))
    .all(dashboardPath, methodNotAllowed('GET', 'HEAD'))
}
