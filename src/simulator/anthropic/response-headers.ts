import type { Credential } from './credentials.ts'

/** The headers of the API's responses: its own, those of the network in front of it, and its rate limits. */

type HeaderList = Readonly<Record<string, string>>

const secondsInHour = 3600
const secondsInDay = 24 * secondsInHour

/** Headers of every response. */
export const commonHeaders = (requestId: string): HeaderList => ({
  'request-id': requestId,
  'anthropic-organization-id': '11111111-2222-4333-8444-555555555555',
  server: 'cloudflare',
  via: '1.1 google',
  'cf-ray': '8f0000000000000a-FRA',
  'cf-cache-status': 'DYNAMIC',
  'alt-svc': 'h3=":443"; ma=86400',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'set-cookie': '_cfuvid=simulated; path=/; domain=.api.anthropic.com; HttpOnly; Secure',
})

const apiKeyLimits = (now: number): HeaderList => {
  const reset = new Date(now + 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  const limits = { requests: 4000, tokens: 2_400_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 }
  return Object.fromEntries(
    Object.entries(limits).flatMap(([unit, limit]) => [
      [`anthropic-ratelimit-${unit}-limit`, String(limit)],
      [`anthropic-ratelimit-${unit}-remaining`, String(limit - 1)],
      [`anthropic-ratelimit-${unit}-reset`, reset],
    ]),
  )
}

/** Of a plan: two windows. Claude Code shows them as its usage. */
const planLimits = (now: number): HeaderList => {
  const seconds = Math.floor(now / 1000)
  const prefix = 'anthropic-ratelimit-unified'
  return {
    [`${prefix}-status`]: 'allowed',
    [`${prefix}-reset`]: String(seconds + 5 * secondsInHour),
    [`${prefix}-representative-claim`]: 'five_hour',
    [`${prefix}-fallback-percentage`]: '0.5',
    [`${prefix}-overage-status`]: 'rejected',
    [`${prefix}-overage-disabled-reason`]: 'org_level_disabled',
    [`${prefix}-5h-status`]: 'allowed',
    [`${prefix}-5h-reset`]: String(seconds + 5 * secondsInHour),
    [`${prefix}-5h-utilization`]: '0.42',
    [`${prefix}-7d-status`]: 'allowed',
    [`${prefix}-7d-reset`]: String(seconds + 7 * secondsInDay),
    [`${prefix}-7d-utilization`]: '0.30',
  }
}

export const limitHeaders = ({ kind }: Credential): HeaderList =>
  kind === 'oauth' ? planLimits(Date.now()) : apiKeyLimits(Date.now())

/** Adds the headers that the response does not have. */
export const withHeaders = (response: Response, added: HeaderList): Response => {
  for (const [name, value] of Object.entries(added)) if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}
