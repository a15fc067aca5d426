import type { UsageFigures } from '../usage/usage-report.ts'
import { create } from './dom.ts'
import { amount, duration, money, none, orNone, percent } from './format.ts'

/** The figures of the whole time, at the top of the page. */

interface Tile {
  readonly title: string
  readonly figure: string
  readonly note?: string
}

const count = (value: number, one: string, many: string): string => `${amount(value)} ${value === 1 ? one : many}`

const failures = ({ requests, failed, refused, cancelled }: UsageFigures): string => {
  if (requests === 0) return ''
  const parts = [
    failed > 0 && `${count(failed, 'failed', 'failed')} (${percent(failed / requests)})`,
    refused > 0 && count(refused, 'refused', 'refused'),
    cancelled > 0 && count(cancelled, 'cancelled', 'cancelled'),
  ].filter((part) => part !== false)
  return parts.length === 0 ? 'none failed' : parts.join(', ')
}

const perRequest = ({ requests, outputTokens }: UsageFigures): string =>
  requests === 0 ? '' : `${amount(outputTokens / requests)} per request`

const unpricedNote = ({ unpriced }: UsageFigures): string =>
  unpriced === 0 ? 'estimate' : `estimate; ${count(unpriced, 'request', 'requests')} without a price`

export const tilesOf = (total: UsageFigures, currency: string): readonly Tile[] => {
  const { requests, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, cacheHitRate } = total
  const { firstEventMs, durationMs, cost } = total
  return [
    { title: 'Requests', figure: amount(requests), note: failures(total) },
    {
      title: 'Input tokens',
      figure: amount(inputTokens + cacheReadTokens + cacheWriteTokens),
      note: `${amount(inputTokens)} not cached`,
    },
    { title: 'Cache hit rate', figure: orNone(cacheHitRate, percent), note: `${amount(cacheReadTokens)} read` },
    { title: 'Output tokens', figure: amount(outputTokens), note: perRequest(total) },
    ...(cost === undefined ? [] : [{ title: 'Cost', figure: money(currency)(cost), note: unpricedNote(total) }]),
    {
      title: 'First event',
      figure: orNone(firstEventMs.p50, duration),
      note: `p95 ${orNone(firstEventMs.p95, duration)}`,
    },
    { title: 'Duration', figure: orNone(durationMs.p50, duration), note: `p95 ${orNone(durationMs.p95, duration)}` },
  ]
}

export const showSummary = (host: HTMLElement, tiles: readonly Tile[]): void =>
  host.replaceChildren(
    ...tiles.map(({ title, figure, note }) =>
      create(
        'div',
        {},
        create('dt', {}, title),
        create('dd', { class: figure === none ? 'figure quiet' : 'figure' }, figure),
        note === undefined || note === '' ? undefined : create('dd', { class: 'note', title: note }, note),
      ),
    ),
  )
