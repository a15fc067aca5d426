import { expect, test } from 'bun:test'
import { tilesOf } from '../../src/dashboard/summary.ts'
import type { UsageFigures } from '../../src/usage/usage-report.ts'
import { noFigures } from '../support/usage.ts'

const texts = (total: UsageFigures): string[] =>
  tilesOf(total, 'USD').map(({ title, figure, note = '' }) => `${title}: ${figure} (${note})`)

test('the summary says what a figure is, and calls a cost an estimate (OP-D2, OP-C5)', () => {
  expect(
    texts({
      ...noFigures,
      requests: 200,
      failed: 3,
      refused: 1,
      cancelled: 2,
      inputTokens: 1000,
      cacheReadTokens: 90_000,
      cacheWriteTokens: 9000,
      outputTokens: 5000,
      cacheHitRate: 0.9,
      cost: 12.5,
      unpriced: 1,
      firstEventMs: { p50: 800, p95: 4000 },
      durationMs: { p50: 9000, p95: 61_000 },
    }),
  ).toEqual([
    'Requests: 200 (3 failed (1.5 %), 1 refused, 2 cancelled)',
    'Input tokens: 100K (1,000 not cached)',
    'Cache hit rate: 90 % (90K read)',
    'Output tokens: 5,000 (25 per request)',
    'Cost: USD 12.50 (estimate; 1 request without a price)',
    'First event: 800 ms (p95 4.0 s)',
    'Duration: 9.0 s (p95 1 min 1 s)',
  ])
})

test('without requests there is no rate, no time and no cost (OP-D2)', () => {
  expect(texts(noFigures)).toEqual([
    'Requests: 0 ()',
    'Input tokens: 0 (0 not cached)',
    'Cache hit rate: – (0 read)',
    'Output tokens: 0 ()',
    'First event: – (p95 –)',
    'Duration: – (p95 –)',
  ])
})
