import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { CacheClass } from '../../../src/gateway/cache-audit/cache-class.ts'
import { createCacheUse } from '../../../src/usage/cache/cache-use.ts'
import { startChain } from '../../support/chain.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor } from '../../support/doctor.ts'
import { type RecordMembers, requestRecord, usage } from '../../support/records.ts'
import { writeUsage } from '../../support/usage.ts'

const on = { NEXUS_CACHE_AUDIT: 'on' }
const minute = 60_000

const requests = (cacheClass: CacheClass, cacheMissedTokens: number): RecordMembers[] =>
  Array.from({ length: 24 }, (_, index) => ({
    requestId: `req_${index}`,
    usage,
    at: Date.now() - (24 - index) * minute,
    cacheClass,
    cacheMissedTokens,
  }))

const portOf = (members: readonly RecordMembers[]): string => {
  const cacheUse = createCacheUse()
  for (const one of members) cacheUse.observe(requestRecord(one), undefined)
  return new URL(startChain({ cacheUse }).url).port
}

const findingOf = async (port: string, environment: Record<string, string> = {}) =>
  (await doctor(['--offline', '--port', port], { ...on, ...environment })).of('cache-audit')

describe("doctor's check of the cache audit", () => {
  test('asks for a bug report if the server itself made requests miss the cache (CA-A2)', async () => {
    expect(await findingOf(portOf(requests('translation_changed', 100)))).toMatchObject({
      status: 'warn',
      title: 'Cache audit',
      detail: 'this server made 24 requests miss the prompt cache',
      remedy: expect.stringMatching(/^Report this as a bug, with the lines cache\.our_fault of the log/) as never,
      data: { ourFaults: 24 },
    })
  })

  test('shows how much of the input came from the cache (CA-A2)', async () => {
    expect(await findingOf(portOf(requests('hit', 0)))).toMatchObject({
      status: 'ok',
      detail: '6.2 % of the input of 24 requests came from the cache',
      data: { requests: 24, missedTokens: 0, cacheHitRate: 0.062 },
    })
  })

  test('names the loss and its class, and what to read about it (CA-T7)', async () => {
    const { status, detail, remedy } = await findingOf(portOf(requests('tools_changed', 3000)))
    expect(status).toBe('info')
    expect(detail).toContain('1 session lost 91.3 % of the price of the input to cache misses, most by tools_changed.')
    expect(remedy).toBe('No other lifetime would have cost less. docs/prompt-cache.md explains each class.')
  })

  test('reads the history if no server runs (CA-T7)', async () => {
    const file = join(temporaryFolder(), 'usage.sqlite')
    await writeUsage(file, requests('hit', 0))
    const finding = await findingOf('0', { NEXUS_HISTORY_FILE: file })
    expect(finding).toMatchObject({ status: 'ok', data: { requests: 24 } })
  })

  test('says that there is nothing yet, and is absent while the audit is off (CA-S4)', async () => {
    expect(await findingOf('0', { NEXUS_HISTORY_FILE: join(temporaryFolder(), 'none.sqlite') })).toMatchObject({
      status: 'info',
      detail: 'audited; no request of the last week has been seen yet',
    })
    const { checks } = await doctor(['--offline', '--port', '0'])
    expect(checks.map(({ id }) => id)).not.toContain('cache-audit')
  })
})
