import { expect, test } from 'bun:test'
import { createRecentUsage } from '../../src/usage/recent-usage.ts'
import { noon } from '../support/history.ts'
import { requestRecord } from '../support/records.ts'

test('the last 1,000 requests stay in memory, each once', async () => {
  const recent = createRecentUsage()
  for (let index = 0; index < 1200; index += 1) {
    const record = requestRecord({ requestId: `req_${index}`, at: noon + index })
    recent.observe(record, undefined)
    recent.observe(record, undefined)
  }
  recent.observe(requestRecord({ requestId: 'count', endpoint: 'count_tokens' }), undefined)
  const { total } = await recent.summarize({ by: 'day', since: 0, until: noon + 86_400_000, timezone: 'UTC' })
  expect(total.requests).toBe(1000)
  const { requests } = await recent.requests({ limit: 2000 })
  expect([requests.length, requests[0]?.id, requests.at(-1)?.id]).toEqual([1000, 'req_1199', 'req_200'])
})
