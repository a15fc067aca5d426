import { describe, expect, test } from 'bun:test'
import type { RequestRecord } from '../../src/gateway/request-record.ts'
import { toRequestRow } from '../../src/usage/request-row.ts'
import { requestRecord, usage } from '../support/records.ts'

const rowOf = (members: Partial<RequestRecord>) => toRequestRow(requestRecord(members))

describe('a row of the history', () => {
  test.each<[string, Partial<RequestRecord>]>([
    ['messages', { endpoint: 'messages' }],
    ['chat completions', { endpoint: 'chat_completions' }],
    ['responses', { endpoint: 'responses' }],
    ['embeddings', { endpoint: 'embeddings' }],
    ['a batch', { endpoint: 'batches' }],
    ['a request that a limit refuses', { outcome: 'refused', status: 429, attempts: 0 }],
    ['a request that the upstream refuses because of the key', { outcome: 'failed', status: 401, attempts: 1 }],
  ])('is made for %s (OP-H2)', (_, members) => {
    expect(rowOf(members)?.id).toBe('req_1')
  })

  test.each<[string, Partial<RequestRecord>]>([
    ['a count of tokens', { endpoint: 'count_tokens' }],
    ['a list of models', { endpoint: 'models', method: 'GET' }],
    ['the state of a batch', { endpoint: 'batches', method: 'GET' }],
    ['health', { endpoint: 'health', method: 'GET' }],
    ['an unknown path', { endpoint: 'other' }],
    ['a request with a wrong token', { outcome: 'refused', status: 401, attempts: 0 }],
  ])('is not made for %s (OP-H2)', (_, members) => {
    expect(rowOf(members)).toBeUndefined()
  })

  test('has no path, no address, no key and no text of an error', () => {
    const row = rowOf({
      path: '/v1/secret-path',
      clientIp: '192.0.2.1',
      userAgent: 'program/1.0',
      maskedKey: '...hidden',
      errorReason: 'a text',
      outcome: 'failed',
      errorType: 'api_error',
    })
    expect(JSON.stringify(row)).not.toMatch(/secret|192.0|program|hidden|a text/)
    expect(row?.error).toBe('api_error')
  })

  test('has names of one line, without characters that control a terminal or the direction of text (OP-U1)', () => {
    const row = rowOf({ used: '\u001b]0;title\u0007x', domain: 'a\nb', session: '\u202emoc\u2028' })
    expect([row?.model, row?.domain, row?.session]).toEqual([' ]0;title x', 'a b', ' moc '])
  })

  test('has whole figures and short names, also if an upstream answers others', () => {
    const row = rowOf({
      used: 'm'.repeat(1000),
      usage: { ...usage, input_tokens: Number.NaN, output_tokens: 1e300, cache_read_input_tokens: -5 },
      cost: Number.NaN,
      firstEventMs: 0.4,
      durationMs: Number.POSITIVE_INFINITY,
    })
    expect(row).toMatchObject({
      model: 'm'.repeat(128),
      inputTokens: 0,
      cacheReadTokens: 0,
      outputTokens: 1e12,
      firstEventMs: 0,
      durationMs: 0,
    })
    expect(row && 'cost' in row).toBe(false)
  })
})
