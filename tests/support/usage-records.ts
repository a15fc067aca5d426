import fc from 'fast-check'
import type { RequestRecord } from '../../src/gateway/request-record.ts'
import { requestRecord } from './records.ts'

/** Random records of requests to a model. */

const tokens = fc.integer({ min: 0, max: 200_000 })

const usage = fc.record({
  input_tokens: tokens,
  cache_read_input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  output_tokens: tokens,
})

const name = (...names: string[]) => fc.constantFrom(...names)

/** Requests that start in the range, in milliseconds since 1970. */
export const usageRecord = (from: number, until: number): fc.Arbitrary<RequestRecord> =>
  fc
    .record({
      at: fc.integer({ min: from, max: until - 1 }),
      used: fc.option(name('claude-opus-4-5', 'claude-sonnet-4-6', 'claude-haiku-4-5'), { nil: undefined }),
      client: fc.option(name('alice', 'bob'), { nil: undefined }),
      domain: fc.option(name('a.example', 'b.example'), { nil: undefined }),
      session: fc.option(name('session-1', 'session-2', 'session-3'), { nil: undefined }),
      upstream: name('nexus', 'anthropic'),
      isSubagent: fc.boolean(),
      outcome: name('answered', 'refused', 'cancelled', 'failed') as fc.Arbitrary<RequestRecord['outcome']>,
      usage: fc.option(usage, { nil: undefined }),
      cost: fc.option(
        fc.integer({ min: 1, max: 100_000 }).map((parts) => parts / 1000),
        { nil: undefined },
      ),
      firstEventMs: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
      durationMs: fc.integer({ min: 1, max: 900_000 }),
    })
    .map(({ outcome, ...members }) => {
      const isError = outcome === 'failed' || outcome === 'refused'
      return requestRecord({
        ...members,
        requestId: `req_${crypto.randomUUID()}`,
        model: undefined,
        outcome,
        errorType: isError ? 'api_error' : undefined,
      })
    })
