import type { Elysia } from 'elysia'
import type { Degradation } from '../upstreams/upstream.ts'
import { productName, version } from '../version.ts'
import { type ReadJson, unparsed } from './body.ts'
import { methodNotAllowed } from './method-not-allowed.ts'

export interface StatusOptions {
  readonly upstream: { readonly name: string; readonly address: string }
  /** What requests go without, because the upstream has refused it. */
  readonly degraded: () => readonly Degradation[]
  /** Of the process that answers. */
  readonly pid: number
  /** Seconds since the start. */
  readonly uptime: () => number
  readonly readJson: ReadJson
}

const endpoints = [
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  'GET /v1/models',
  'GET /v1/models/{id}',
  'GET /health',
]

/** What probes and people ask first. None of it is secret. */
export const statusRoutes =
  ({ upstream, degraded, pid, uptime, readJson }: StatusOptions) =>
  (app: Elysia) =>
    app
      .get('/', () => ({ status: 'ok', name: productName, version, upstream, endpoints }))
      .get('/health', () => ({
        status: 'healthy',
        service: productName,
        version,
        pid,
        uptime: Math.round(uptime()),
        upstream,
        degraded: degraded(),
      }))
      // Claude Code's probes and its own telemetry, which stays here.
      .get('/api/hello', () => ({ status: 'ok' }))
      .post(
        '/api/event_logging/batch',
        async ({ request }) => {
          await readJson(request)
          return {}
        },
        unparsed,
      )
      .all('/', methodNotAllowed('GET', 'HEAD'))
      .all('/health', methodNotAllowed('GET', 'HEAD'))
      .all('/api/hello', methodNotAllowed('GET', 'HEAD'))
      .all('/api/event_logging/batch', methodNotAllowed('POST'))
