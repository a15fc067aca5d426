import { setMostRecent } from '../../base/lru.ts'
import { isMiss, isOurFault } from '../../gateway/cache-miss.ts'
import type { Report } from '../../gateway/observers/report.ts'
import { toRequestRow } from '../request-row.ts'
import type { RequestRow } from '../usage-report.ts'

/** What the prompt cache did since the start, in memory (CA-A2, CA-U1). */

/** Requests since the start. */
export interface CacheCounts {
  readonly hits: number
  /** Also those of the two other counts. */
  readonly misses: number
  readonly evicted: number
  /** This server changed the prompt. */
  readonly ourFaults: number
}

export interface CacheUse extends Report {
  readonly counts: () => CacheCounts
  /** The last ones, in the order of their ends. */
  readonly requests: () => readonly RequestRow[]
}

/** About half a megabyte, and a day of one developer. */
export const mostRequests = 2000

export const createCacheUse = (): CacheUse => {
  const last = new Map<string, RequestRow>()
  let [hits, misses, evicted, ourFaults] = [0, 0, 0, 0]
  return {
    observe(record) {
      const { cacheClass } = record
      if (cacheClass === undefined) return
      if (cacheClass === 'hit') hits += 1
      if (isMiss(cacheClass)) misses += 1
      if (cacheClass === 'upstream_evicted') evicted += 1
      if (isOurFault(cacheClass)) ourFaults += 1
      const row = toRequestRow(record)
      if (row !== undefined) setMostRecent(last, row.id, row, mostRequests)
    },
    counts: () => ({ hits, misses, evicted, ourFaults }),
    requests: () => [...last.values()],
    end: async () => {},
  }
}
