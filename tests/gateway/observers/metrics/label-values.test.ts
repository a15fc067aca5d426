import { describe, expect, test } from 'bun:test'
import { createModelLabel, methodLabel } from '../../../../src/gateway/observers/metrics/label-values.ts'
import { requestRecord } from '../../../support/records.ts'

const known = new Set(['claude-sonnet-4.6'])

describe('the label of a model', () => {
  test('is the id of a known model, whatever became of the request (OP-M1)', () => {
    const label = createModelLabel({ known, forwarded: undefined })
    expect(label(requestRecord({ used: 'claude-sonnet-4.6' }))).toBe('claude-sonnet-4.6')
    expect(label(requestRecord({ used: 'claude-sonnet-4.6', outcome: 'failed' }))).toBe('claude-sonnet-4.6')
  })

  test('is unknown without a model, and other for a name that a client may have invented (OP-M1)', () => {
    const label = createModelLabel({ known, forwarded: undefined })
    expect(label(requestRecord({ used: undefined }))).toBe('unknown')
    expect(label(requestRecord({ used: 'claude-canary' }))).toBe('other')
  })

  test('is one of the first 50 that forwarded answers name, then other (OP-M1)', () => {
    const label = createModelLabel({ known, forwarded: 'anthropic' })
    const names = Array.from({ length: 60 }, (_, index) => `claude-${index}`)
    const labels = names.map((used) => label(requestRecord({ used })))
    expect(labels.slice(0, 50)).toEqual(names.slice(0, 50))
    expect(labels.slice(50)).toEqual(Array.from({ length: 10 }, () => 'other'))
    expect(label(requestRecord({ used: 'claude-7', outcome: 'failed' }))).toBe('claude-7')
  })

  test('never comes from a failure, a count, a translated request or an odd name (OP-M1)', () => {
    const label = createModelLabel({ known, forwarded: 'anthropic' })
    const odd = ['a b', 'a"b', 'a\nb', '', 'x'.repeat(65), 'claude[1m]', 'é']
    for (const used of odd) expect(label(requestRecord({ used }))).toBe('other')
    expect(label(requestRecord({ used: 'canary', outcome: 'refused' }))).toBe('other')
    expect(label(requestRecord({ used: 'canary', operation: 'count' }))).toBe('other')
    expect(label(requestRecord({ used: 'canary', operation: undefined }))).toBe('other')
    expect(label(requestRecord({ used: 'canary', entrance: 'openai-chat' }))).toBe('other')
  })
})

test('the label of a method is one of a fixed list (OP-M1)', () => {
  const labels = ['GET', 'POST', 'CANARY', 'get'].map((method) => methodLabel(requestRecord({ method })))
  expect(labels).toEqual(['GET', 'POST', 'other', 'other'])
})
