import type { Summary } from '../server/ops/dashboard/summary.ts'
import type { RequestPage } from '../usage/usage-report.ts'
import type { Breakdown, Period } from './range.ts'

/** Gets the server's answers. */

const base = '/dashboard/api'

/** The session has ended: the page is the form that begins another. */
const unauthorized = 401

const read = async <T>(path: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<T> => {
  const response = await fetch(`${base}/${path}?${new URLSearchParams(values)}`, { signal })
  if (response.status === unauthorized) location.reload()
  if (!response.ok) throw new Error(`The server answers with status ${response.status}.`)
  return response.json()
}

export const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone

export const readSummary = ({ since, until }: Period, by: Breakdown, signal: AbortSignal): Promise<Summary> =>
  read('summary', { since: new Date(since).toISOString(), until: new Date(until).toISOString(), by, timezone }, signal)

const pageRows = '50'

/** Without `before`, the newest requests. */
export const readRequests = (before: string | undefined, signal: AbortSignal): Promise<RequestPage> =>
  read('requests', { limit: pageRows, ...(before !== undefined && { before }) }, signal)

export type LiveState = 'connecting' | 'live' | 'lost'

const retryMs = 15_000

/**
 * The newest requests, then each second those that have ended since. Connects again by itself. If the server refuses
 * more viewers, `onState` gets `lost` until there is a place.
 */
export const watchRequests = (onPage: (page: RequestPage) => void, onState: (state: LiveState) => void): void => {
  onState('connecting')
  const source = new EventSource(`${base}/live`)
  source.addEventListener('open', () => onState('live'))
  source.addEventListener('message', ({ data }) => onPage(JSON.parse(data)))
  source.addEventListener('error', () => {
    // The browser itself connects again only after a connection that broke.
    const isRefused = source.readyState === EventSource.CLOSED
    onState(isRefused ? 'lost' : 'connecting')
    if (isRefused) setTimeout(() => watchRequests(onPage, onState), retryMs)
  })
}
