import { describe, expect, test } from 'bun:test'
import { quotaHeaders, type Standing } from '../../../src/gateway/policy/quota-headers.ts'
import { usageReport } from '../../../src/gateway/sign-in/usage-report.ts'

const spent = { daily: 12.4, weekly: 50.009, monthly: 0.29 }
const month = Date.UTC(2026, 11, 1)
const cost = (used: number, limit = 500): Standing => ({
  budget: { name: 'cost', period: 'month', used, limit },
  until: month,
})
const tokens = (used: number): Standing => ({
  budget: { name: 'tokens', period: 'day', used, limit: 100 },
  until: Date.UTC(2026, 10, 30),
})

describe('the report of usage (SI-Q3)', () => {
  test('has the amounts of a budget in money, in cents, until the second of the headers', () => {
    const report = usageReport({ standings: [cost(271.4)], spent, currency: 'USD' })
    expect(report).toEqual({
      extra_usage: {
        is_enabled: true,
        monthly_limit: 50_000,
        used_credits: 27_140,
        utilization: 54,
        currency: 'USD',
      },
      limits: [
        {
          kind: 'spend',
          group: 'monthly',
          percent: 54,
          resets_at: '2026-12-01T00:00:00.000Z',
          severity: 'normal',
          is_active: true,
        },
      ],
    })
    const reset = Number(quotaHeaders(cost(271.4))['anthropic-ratelimit-unified-overage-reset'])
    expect(Date.parse(report.limits[0]?.resets_at ?? '')).toBe(reset * 1000)
  })

  test.each([
    [374, 75, 'normal'],
    [376, 75, 'warning'],
    [476, 95, 'critical'],
    [499.99, 99, 'critical'],
    [600, 120, 'critical'],
  ])('of %p of 500 is %p percent and %s', (used, percent, severity) => {
    const { limits } = usageReport({ standings: [cost(used)], spent, currency: 'USD' })
    expect(limits).toMatchObject([{ percent, severity }])
  })

  test('leaves the amounts inactive if the headers describe a fuller budget', () => {
    const { limits } = usageReport({ standings: [cost(10), tokens(90)], spent, currency: 'USD' })
    expect(limits).toMatchObject([{ is_active: false }])
  })

  test('without a budget in money has what was spent in the day, the week and the month', () => {
    expect(usageReport({ standings: [tokens(90)], spent, currency: 'EUR' })).toEqual({
      extra_usage: {
        is_enabled: true,
        monthly_limit: null,
        used_credits: 29,
        utilization: null,
        currency: 'EUR',
        daily: { limit: null, used_credits: 1240, utilization: null },
        weekly: { limit: null, used_credits: 5000, utilization: null },
      },
      limits: [],
    })
  })
})
