import { expect, test } from 'bun:test'
import { chartDataOf, stacked } from '../../src/dashboard/chart-data.ts'
import { chartsOf } from '../../src/dashboard/chart-definitions.ts'
import type { UsageFigures } from '../../src/usage/usage-report.ts'
import { noFigures } from '../support/usage.ts'

const figures = (over: Partial<UsageFigures> = {}): UsageFigures => ({ ...noFigures, ...over })

test('each series has a value for each point, and a gap where there is no figure (OP-D2)', () => {
  const points = [
    { at: '2026-11-29T10:00:00.000Z', ...figures() },
    { at: '2026-11-29T10:15:00.000Z', ...figures({ requests: 4, firstEventMs: { p50: 700, p95: 2100 } }) },
  ]
  const firstEvents = chartsOf(figures(), 'USD').find(({ id }) => id === 'first-event')!
  expect(chartDataOf(firstEvents, points)).toEqual({
    seconds: [1_795_946_400, 1_795_947_300],
    values: [
      [null, 700],
      [null, 2100],
    ],
  })
})

test('a stack adds each series to the ones before it, and counts a gap as 0 (OP-D2)', () => {
  expect(
    stacked([
      [1, 2, null],
      [10, null, 30],
      [100, 200, 300],
    ]),
  ).toEqual([
    [1, 2, 0],
    [11, 2, 30],
    [111, 202, 330],
  ])
})

test('the requests of the chart add up to all requests, and the cost has a chart only with a price (OP-D2)', () => {
  const total = figures({ requests: 10, failed: 1, refused: 2, cancelled: 3 })
  const requests = chartsOf(total, 'USD').find(({ id }) => id === 'requests')!
  expect(requests.series.map(({ label, value }) => [label, value(total)])).toEqual([
    ['Answered', 4],
    ['Cancelled', 3],
    ['Refused', 2],
    ['Failed', 1],
  ])
  const ids = (cost?: number): string[] =>
    chartsOf(figures(cost === undefined ? {} : { cost }), 'USD').map(({ id }) => id)
  expect(ids(1.5)).toEqual([...ids(), 'cost'])
})
