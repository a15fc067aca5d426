import type { Elysia } from 'elysia'

/** Lets web pages of other origins use the server (OP-W7). Off unless the configuration lists origins. */

export interface CorsOptions {
  /** `https://app.example.com`; `*` allows all. */
  readonly origins: readonly string[]
  readonly allowCredentials: boolean
}

const everyOrigin = '*'
/** Ten minutes. */
const preflightSeconds = 600
const noContent = 204
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
].join(', ')

const isListed = (origin: string, { origins }: CorsOptions): boolean => origins.includes(origin)

export const isAllowedOrigin = (origin: string, cors: CorsOptions | undefined): boolean =>
  cors !== undefined && (isListed(origin, cors) || cors.origins.includes(everyOrigin))

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
    'access-control-max-age': String(preflightSeconds),
    ...(headerNames.test(requested) && { 'access-control-allow-headers': requested }),
    ...(isPrivate && { 'access-control-allow-private-network': 'true' }),
  }
}

/** Before the guard: an error that the guard throws carries the headers, too. */
export const corsHeadersOf = (cors: CorsOptions) => (app: Elysia) =>
  app.onRequest(({ request: { headers }, set }) => {
    set.headers['vary'] = 'origin'
    const origin = headers.get('origin')
    if (origin !== null && isAllowedOrigin(origin, cors)) Object.assign(set.headers, corsHeaders(origin, cors))
  })

/** Answers preflights of allowed origins. Only for servers with CORS: a hook that returns costs each request a promise. */
export const preflight = (cors: CorsOptions) => (app: Elysia) =>
  app.onRequest(({ request: { headers, method }, set }) => {
    const origin = headers.get('origin')
    if (method !== 'OPTIONS' || origin === null || !headers.has('access-control-request-method')) return undefined
    const own = set.headers as Record<string, string>
    return new Response(null, { status: noContent, headers: { ...own, ...preflightHeaders(headers, origin, cors) } })
  })
