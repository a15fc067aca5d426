import { secondsUntil } from '../http/failed-response.ts'

/** The wait that a provider requests, in seconds (OU-E6). */

const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** `6m0s`, `120ms`, `1.5`. */
const duration = (value: string): number | undefined => {
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value)
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  if (parts.length === 0) return undefined
  return parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (secondsPer[unit] ?? 1), 0)
}

const header = (headers: Headers, name: string): string | undefined => headers.get(name)?.trim() || undefined

/** Seconds, or a date, relative to the date of the response. */
const retryAfter = (headers: Headers): number | undefined => {
  const value = header(headers, 'retry-after')
  if (value === undefined) return undefined
  return duration(value) ?? secondsUntil(value, headers)
}

const retryAfterMs = (headers: Headers): number | undefined => {
  const milliseconds = Number(header(headers, 'retry-after-ms') ?? Number.NaN)
  return Number.isFinite(milliseconds) ? milliseconds / 1000 : undefined
}

/** Larger values are a time since 1970, not a duration. */
const longestReset = 10_000_000

/** The longest wait of all exhausted limits. */
const rateLimitReset = (headers: Headers): number | undefined => {
  const waits = ['requests', 'tokens']
    .filter((name) => (header(headers, `x-ratelimit-remaining-${name}`) ?? '0') === '0')
    .map((name) => duration(header(headers, `x-ratelimit-reset-${name}`) ?? ''))
    .filter((wait) => wait !== undefined && wait < longestReset)
  return waits.length === 0 ? undefined : Math.max(...waits.map(Number))
}

const inWords = (message: string): number | undefined => {
  const found = /try again in ((?:\d+(?:\.\d+)?(?:ms|s|m|h)\s*)+)/i.exec(message)
  return found?.[1] === undefined ? undefined : duration(found[1])
}

/** Whole seconds, rounded up; undefined if the provider requests no wait. */
export const retryAfterSeconds = (headers: Headers, message: string): number | undefined => {
  const wait = retryAfterMs(headers) ?? retryAfter(headers) ?? rateLimitReset(headers) ?? inWords(message)
  return wait === undefined ? undefined : Math.ceil(Math.max(wait, 0))
}
