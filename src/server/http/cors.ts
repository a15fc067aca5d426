import type { Elysia } from 'elysia'
import { targetOf } from './request-target.ts'

/** Lets web pages of other origins use the server (OP-W7). Off unless the configuration lists origins. */

export interface CorsOptions {
  /** `https://app.example.com`; `*` allows all. */
  readonly origins: readonly string[]
  readonly allowCredentials: boolean
  /** Seconds for which a browser may remember the answer to a preflight. */
  readonly maxAge: number
}

const everyOrigin = '*'
const noContent = 204
/** DELETE is for stored responses (OE-R44), which a web page of a listed origin may also create. */
const methods = 'GET, HEAD, POST, DELETE, OPTIONS'
const exposedHeaders = [
  'request-id',
  'x-request-id',
  'x-nexus-notes',
  'openai-processing-ms',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'ratelimit',
  'ratelimit-policy',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'nexus-budget',
].join(', ')

/** No page of another origin reads the dashboard, which shows what others do. */
const isDashboard = (url: string): boolean => /^\/dashboard(?:\/|$)/.test(targetOf(url).path)

const isListed = (origin: string, { origins }: CorsOptions): boolean => origins.includes(origin)

export const isAllowedOrigin = (origin: string, url: string, cors: CorsOptions | undefined): boolean =>
  cors !== undefined && (isListed(origin, cors) || cors.origins.includes(everyOrigin)) && !isDashboard(url)

const headerNames = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/

const corsHeaders = (origin: string, cors: CorsOptions): Record<string, string> => ({
  'access-control-allow-origin': isListed(origin, cors) ? origin : everyOrigin,
  'access-control-expose-headers': exposedHeaders,
  ...(cors.allowCredentials && { 'access-control-allow-credentials': 'true' }),
})

const preflightHeaders = (headers: Headers, origin: string, cors: CorsOptions): Record<string, string> => {
  const requested = headers.get('access-control-request-headers') ?? ''
  const isPrivate = headers.get('access-control-request-private-network') === 'true' && isListed(origin, cors)
  return {
    'access-control-allow-methods': methods,
    'access-control-max-age': String(cors.maxAge),
    ...(headerNames.test(requested) && { 'access-control-allow-headers': requested }),
    ...(isPrivate && { 'access-control-allow-private-network': 'true' }),
  }
}

/** Before the guard: an error that the guard throws carries the headers, too. */
export const corsHeadersOf = (cors: CorsOptions) => (app: Elysia) =>
  app.onRequest(({ request: { headers, url }, set }) => {
    set.headers['vary'] = 'origin'
    const origin = headers.get('origin')
    if (origin !== null && isAllowedOrigin(origin, url, cors)) Object.assign(set.headers, corsHeaders(origin, cors))
  })

/** Answers preflights of allowed origins. Only for servers with CORS: a hook that returns costs each request a promise. */
export const preflight = (cors: CorsOptions) => (app: Elysia) =>
  app.onRequest(({ request: { headers, method, url }, set }) => {
    const origin = headers.get('origin')
    if (method !== 'OPTIONS' || origin === null || !headers.has('access-control-request-method')) return undefined
    // A page of the server's own origin sends no preflight.
    if (!isAllowedOrigin(origin, url, cors)) return undefined
    const own = set.headers as Record<string, string>
    return new Response(null, { status: noContent, headers: { ...own, ...preflightHeaders(headers, origin, cors) } })
  })
