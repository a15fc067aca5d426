import { describe, expect, test } from 'bun:test'
import { fullestOf, quotaHeaders, type Standing, usedUpHeaders } from '../../../src/gateway/policy/quota-headers.ts'

const prefix = 'anthropic-ratelimit-unified-'
const until = Date.UTC(2026, 10, 30)
const second = '1795996800'
const standing = (used: number, limit = 100): Standing => ({
  budget: { name: 'tokens', period: 'day', used, limit },
  until,
})

describe('the headers of a budget (SI-Q1)', () => {
  test.each([
    [0, '0', undefined],
    [41.6, '0.42', undefined],
    [75, '0.75', undefined],
    [75.1, '0.75', '0.75'],
    [82, '0.82', '0.75'],
    [95, '0.95', '0.75'],
    [96, '0.96', '0.95'],
    // Claude Code reads 1 as used up.
    [99.9, '0.99', '0.95'],
  ])('show %p of 100 as %s, beyond the threshold %p', (used, utilization, threshold) => {
    const status = threshold === undefined ? 'allowed' : 'allowed_warning'
    expect(quotaHeaders(standing(used))).toEqual({
      [`${prefix}status`]: status,
      [`${prefix}representative-claim`]: 'overage',
      [`${prefix}overage-status`]: status,
      [`${prefix}overage-utilization`]: utilization,
      ...(threshold && { [`${prefix}overage-surpassed-threshold`]: threshold }),
      [`${prefix}reset`]: second,
      [`${prefix}overage-reset`]: second,
    })
  })

  test('show the fullest of several', () => {
    expect(fullestOf([standing(50), standing(9, 10), standing(80)])?.budget.used).toBe(9)
    expect(fullestOf([])).toBeUndefined()
  })
})

test('the headers of a used-up budget name its period, and no claim that would replace our sentence (SI-Q2)', () => {
  const month = { ...standing(10, 10), budget: { name: 'cost', period: 'month', used: 10, limit: 10 } } as const
  expect(usedUpHeaders(month)).toEqual({
    [`${prefix}status`]: 'rejected',
    [`${prefix}reset`]: second,
    [`${prefix}overage-reset`]: second,
    [`${prefix}overage-utilization`]: '1',
    [`${prefix}overage-surpassed-threshold`]: '1',
    [`${prefix}overage-period`]: 'monthly',
    [`${prefix}overage-disabled-reason`]: 'org_spend_cap_reached',
  })
  expect(usedUpHeaders(standing(10, 10))[`${prefix}overage-period`]).toBe('daily')
})
