import { describe, expect, test } from 'bun:test'
import { createTokenStatistics, type DomainStatistics } from '../../../src/gateway/observers/token-statistics.ts'
import type { RequestRecord } from '../../../src/gateway/request-record.ts'
import { requestHead } from '../../support/records.ts'

const usage = { input_tokens: 1, cache_read_input_tokens: 20, cache_creation_input_tokens: 300, output_tokens: 4000 }

const recordOf = (facts: Partial<RequestRecord> = {}): RequestRecord => ({
  ...requestHead,
  endpoint: 'messages',
  at: 0,
  outcome: 'answered',
  status: 200,
  firstEventMs: 1,
  durationMs: 2,
  attempts: 1,
  errorType: undefined,
  errorReason: undefined,
  operation: 'message',
  domain: 'localhost:3000',
  ...facts,
})

const after = (...records: readonly Partial<RequestRecord>[]): Record<string, DomainStatistics> => {
  const statistics = createTokenStatistics(() => 1000)
  for (const record of records) statistics.observer(recordOf(record), undefined)
  return Object.fromEntries(statistics.byDomain())
}

const none = {
  inputTokens: 0,
  outputTokens: 0,
  requestCount: 0,
  queryEvaluationCount: 0,
  inferenceCount: 0,
  toolCallCount: 0,
  lastUpdated: 1000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  errorCount: 0,
}

describe('token statistics', () => {
  test("have M7's members in its order, and the additional ones after them (AU-U1, AU-U3)", () => {
    const statistics = after(
      { usage, toolCalls: 2, requestClass: 'inference' },
      { usage, requestClass: 'query_evaluation' },
    )
    expect(JSON.stringify(statistics)).toBe(
      JSON.stringify({
        'localhost:3000': {
          inputTokens: 642,
          outputTokens: 8000,
          requestCount: 2,
          queryEvaluationCount: 1,
          inferenceCount: 1,
          toolCallCount: 2,
          lastUpdated: 1000,
          cacheReadTokens: 40,
          cacheWriteTokens: 600,
          errorCount: 0,
        },
      }),
    )
  })

  test('count a failed request with its known tokens (AU-U4)', () => {
    expect(after({ outcome: 'failed' }, { outcome: 'refused', usage }, { outcome: 'cancelled' })).toEqual({
      'localhost:3000': {
        ...none,
        requestCount: 3,
        errorCount: 2,
        inputTokens: 321,
        outputTokens: 4000,
        cacheReadTokens: 20,
        cacheWriteTokens: 300,
      },
    })
  })

  test('do not count other requests than messages (AU-U7)', () => {
    const models: RequestRecord = { ...recordOf(), path: '/v1/models' }
    const { operation: _, ...rest } = models
    const statistics = createTokenStatistics(() => 1000)
    statistics.observer(recordOf({ operation: 'count', countedTokens: 7, usage }), undefined)
    statistics.observer(rest, undefined)
    expect(statistics.byDomain().size).toBe(0)
  })

  test('have 1,000 domains at most; the others are counted together (AU-U5)', () => {
    const records = Array.from({ length: 1010 }, (_, index) => ({ domain: `host-${index}.example` }))
    const statistics = after(...records, { domain: 'host-0.example' }, {})
    expect(Object.keys(statistics)).toHaveLength(1001)
    expect(statistics['other']).toEqual({ ...none, requestCount: 11 })
    expect(statistics['host-0.example']?.requestCount).toBe(2)
  })
})
