import { describe, expect, test } from 'bun:test'
import type { CacheClass } from '../../../src/gateway/cache-audit/cache-class.ts'
import { createCacheUse, mostRequests } from '../../../src/usage/cache/cache-use.ts'
import { requestRecord, usage } from '../../support/records.ts'

const record = (cacheClass: CacheClass | undefined, requestId = 'req_1') =>
  requestRecord({ requestId, usage, cacheClass, cacheMissedTokens: cacheClass && 10, cacheReachUnits: 3 })

describe('the use of the cache since the start', () => {
  test('counts hits, misses, those of the upstream and our own faults (CA-A2)', () => {
    const { observe, counts } = createCacheUse()
    expect(counts()).toEqual({ hits: 0, misses: 0, evicted: 0, ourFaults: 0 })
    const classes = ['hit', 'hit', 'cold', 'unknown', 'below_minimum', 'tools_changed'] as const
    const faults = ['upstream_evicted', 'translation_changed', 'marker_moved', undefined] as const
    for (const one of [...classes, ...faults]) observe(record(one), undefined)
    expect(counts()).toEqual({ hits: 2, misses: 4, evicted: 1, ourFaults: 2 })
  })

  test('keeps the last 2,000 audited requests, with figures and names only (CA-U1, CA-F4)', () => {
    const { observe, requests } = createCacheUse()
    observe(record(undefined), undefined)
    expect(requests()).toEqual([])
    for (let index = 0; index <= mostRequests; index += 1) observe(record('hit', `req_${index}`), undefined)
    expect(requests()).toHaveLength(mostRequests)
    expect([requests()[0]?.id, requests().at(-1)?.id]).toEqual(['req_1', `req_${mostRequests}`])
    expect(requests()[0]).toMatchObject({ cacheClass: 'hit', cacheMissedTokens: 10, cacheReadTokens: 200 })
    expect(requests()[0]).not.toHaveProperty('path')
  })
})
