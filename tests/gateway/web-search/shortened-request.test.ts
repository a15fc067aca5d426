import { describe, expect, test } from 'bun:test'
import { toShortened } from '../../../src/gateway/web-search/shortened-request.ts'
import { searchRequest } from '../../support/web-search.ts'

describe('the tokens that are left', () => {
  test('must be at least 256 (WS-17)', () => {
    const sent = searchRequest({ max_tokens: 1000 })
    expect(toShortened(sent, 744)).toEqual({ ...sent, max_tokens: 256 })
    expect(toShortened(sent, 745)).toBeUndefined()
  })

  const thinkingOf = (budget_tokens: number, max_tokens: number, written: number) =>
    toShortened(searchRequest({ max_tokens, thinking: { type: 'enabled', budget_tokens } }), written)

  test.each<[string, number, number, number, number | undefined]>([
    ['stays if it fits', 2000, 8000, 4000, 2000],
    ['keeps its share if it does not fit', 6000, 8000, 4000, 3000],
    ['is never below the smallest one', 2000, 8000, 6500, 1024],
    ['needs room for the smallest one', 2000, 8000, 6976, undefined],
    ['stays above max_tokens if it was there: that is for interleaved thinking', 9000, 8000, 4000, 9000],
  ])('leave a budget that %s (WS-17)', (_name, budget, max_tokens, written, expected) => {
    const shortened = thinkingOf(budget, max_tokens, written)
    const thinking = shortened?.thinking
    expect(thinking?.type === 'enabled' ? thinking.budget_tokens : undefined).toBe(expected)
  })
})
