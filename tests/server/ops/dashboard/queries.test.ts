import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../../src/base/errors.ts'
import { rowsOf, toUsageQuery } from '../../../../src/server/ops/dashboard/queries.ts'

const values = { since: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z', by: 'model', timezone: 'UTC' } as const

describe('what the page asks of its data (OP-D3)', () => {
  test('becomes a report with a series, for one client or for all', () => {
    const query = {
      by: 'model',
      timezone: 'UTC',
      since: 1_793_491_200_000,
      until: 1_793_577_600_000,
      limit: 100,
      hasSeries: true,
    }
    expect(toUsageQuery(values, 'alice')).toEqual({ ...query, client: 'alice' } as never)
    expect(toUsageQuery(values, undefined)).toEqual({ ...query, client: undefined } as never)
  })

  test.each([
    [{ since: 'yesterday' }, 'since: Input should be a time in ISO 8601'],
    [{ until: '2026-11-01T00:00:00Z' }, 'until: Input should be after since'],
    [{ until: '2027-02-01T00:00:00Z' }, 'since: The range should be at most 90 days'],
    [{ since: '-271821-04-20T00:00:00Z' }, 'since: Input should be a time in ISO 8601'],
    [{ until: '+275760-09-13T00:00:00Z' }, 'until: Input should be a time in ISO 8601'],
    [{ since: '1969-12-31T00:00:00Z' }, 'since: Input should be a time in ISO 8601'],
  ])('is refused if it is not a range of at most 90 days: %o', (over, message) => {
    expect(() => toUsageQuery({ ...values, ...over }, undefined)).toThrow(
      new GatewayError('invalid_request_error', message),
    )
  })

  test('gets at most 100 requests in one page, and usually 50', () => {
    expect([undefined, '1', '100', '5000'].map(rowsOf)).toEqual([50, 1, 100, 100])
  })
})
