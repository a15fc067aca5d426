import type { RequestRow } from '../../src/usage/usage-report.ts'
import { noon } from './history.ts'

/** Requests as the history lists them, of a conversation whose cache is audited. */

export const cacheRow = (members: Partial<RequestRow> = {}): RequestRow => ({
  id: 'req_1',
  at: noon,
  endpoint: 'messages',
  upstream: 'nexus',
  model: 'm',
  session: 's',
  isSubagent: false,
  status: 200,
  outcome: 'answered',
  isStream: true,
  inputTokens: 3,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 100,
  durationMs: 1000,
  attempts: 1,
  cacheClass: 'hit',
  ...members,
})

interface Conversation {
  readonly requests: number
  /** Tokens that each request adds. */
  readonly added: number
  /** Minutes before the request with this index; otherwise 30 seconds. */
  readonly pauses: Readonly<Record<number, number>>
  /** What the client asks for. */
  readonly ttl: '5m' | '1h'
}

const [secondMs, minuteMs] = [1000, 60_000]
const first = 30_000

/** As an upstream answers that forgets by lifetime alone. */
export const conversation = ({ requests, added, pauses, ttl }: Conversation): RequestRow[] => {
  let at = noon
  return Array.from({ length: requests }, (_, index) => {
    const pause = pauses[index]
    if (index > 0) at += secondMs + (pause === undefined ? 30 * secondMs : pause * minuteMs)
    const before = index === 0 ? 0 : first + (index - 1) * added
    const isExpired = (pause ?? 0) > (ttl === '5m' ? 5 : 60)
    const read = isExpired ? 0 : before
    const written = first + index * added - read
    return cacheRow({
      id: `req_${index}`,
      at,
      cacheReadTokens: read,
      cacheWriteTokens: written,
      cacheWrite1hTokens: ttl === '1h' ? written : 0,
      cacheClass: index === 0 ? 'cold' : isExpired ? `ttl_expired_${ttl}` : 'hit',
      cacheExpectedTokens: before,
      cacheMissedTokens: before - read,
    })
  })
}
