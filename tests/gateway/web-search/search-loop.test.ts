import { describe, expect, test } from 'bun:test'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { ReplyBlock } from '../../../src/simulator/reply.ts'
import type { SearchFacts } from '../../../src/upstreams/upstream.ts'
import type { ConverseRequest } from '../../../src/wire/converse/request.ts'
import {
  briefly,
  contextOf,
  inTurns,
  pagesAbout,
  searchRequest,
  searchTool,
  startSearching,
  wants,
} from '../../support/web-search.ts'

/** The limits of one answer, and its figures. */

/** A model that searches in each of its turns. */
const tireless = inTurns(...Array.from({ length: 20 }, (_, index): ReplyBlock[] => [wants(`q${index}`)]))

const bodyOf = (entry: JournalEntry | undefined): ConverseRequest => entry?.body as ConverseRequest

describe('the number of searches', () => {
  test.each<[string, object, number, number]>([
    ["the tool's own limit", { max_uses: 1 }, 8, 1],
    ["the server's limit, if it is smaller", { max_uses: 5 }, 2, 2],
    ["the server's limit, if the tool has none", {}, 2, 2],
  ])('has %s (WS-14)', async (_name, members, maxUses, most) => {
    const queries: string[] = []
    const replies = [[wants('a')], [wants('b'), wants('c')], [{ text: 'So.' }]]
    const { upstream, journal } = startSearching(inTurns(...replies), {
      maxUses,
      find: async ({ query }) => {
        queries.push(query)
        return pagesAbout(query)
      },
    })
    const { content, usage } = await upstream.message(searchRequest({ tools: [searchTool(members)] }), contextOf())
    expect(queries).toEqual(['a', 'b', 'c'].slice(0, most))
    const found = content.flatMap((block) => (block.type === 'web_search_tool_result' ? [briefly(block)] : []))
    expect(found.slice(most)).toEqual(Array.from({ length: 3 - most }, () => ({ found: 'max_uses_exceeded' })))
    expect(JSON.stringify(journal.at(-1)?.body)).toContain('The search failed: max_uses_exceeded.')
    expect(usage.server_tool_use).toEqual({ web_search_requests: most, web_fetch_requests: 0 })
  })

  test('of calls is ten: then the answer pauses, and the result before the last call says so (WS-15)', async () => {
    const { upstream, journal } = startSearching(tireless, { maxUses: 100 })
    const { stop_reason, content } = await upstream.message(searchRequest({ max_tokens: 50_000 }), contextOf())
    expect(stop_reason).toBe('pause_turn')
    expect(journal).toHaveLength(10)
    const kinds = content.map(({ type }) => type)
    expect(kinds).toEqual(
      Array.from({ length: 10 }, () => ['server_tool_use', 'web_search_tool_result']).flat() as never,
    )
    const note = 'No further search is possible'
    expect(journal.map(({ body }) => JSON.stringify(body).includes(note))).toEqual(
      Array.from({ length: 10 }, (_, index) => index === 9),
    )
  })

  test('of calls begins again for the next request of a paused answer (WS-15)', async () => {
    const { upstream, journal } = startSearching(tireless, { maxUses: 100 })
    const sent = searchRequest({ max_tokens: 50_000 })
    const { content } = await upstream.message(sent, contextOf())
    const messages = [...sent.messages, { role: 'assistant', content }]
    const next = await upstream.message({ ...sent, messages } as never, contextOf())
    expect([next.stop_reason, journal.length]).toEqual(['pause_turn', 20])
    expect(journal.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('the output tokens', () => {
  const usage = (outputTokens: number) => ({ inputTokens: 100, outputTokens, totalTokens: 100 + outputTokens })

  test('of earlier calls are taken off max_tokens (WS-17)', async () => {
    const { upstream, journal } = startSearching(
      inTurns(
        { content: [wants('a')], usage: usage(500) },
        { content: [wants('b')], usage: usage(200) },
        { content: [{ text: 'So.' }], usage: usage(100) },
      ),
    )
    await upstream.message(searchRequest({ max_tokens: 1000 }), contextOf())
    expect(journal.map((entry) => bodyOf(entry).inferenceConfig?.maxTokens)).toEqual([1000, 500, 300])
  })

  test('end the answer with max_tokens if fewer than 256 are left, after the results (WS-17)', async () => {
    const { upstream, journal } = startSearching(inTurns({ content: [wants('a')], usage: usage(745) }))
    const { content, stop_reason } = await upstream.message(searchRequest({ max_tokens: 1000 }), contextOf())
    expect([content.map(({ type }) => type), stop_reason, journal.length]).toEqual([
      ['server_tool_use', 'web_search_tool_result'],
      'max_tokens',
      1,
    ])
  })
})

describe('the figures', () => {
  const parts = (read: number, write: number, input: number, output: number) => ({
    inputTokens: input,
    outputTokens: output,
    totalTokens: read + write + input + output,
    cacheReadInputTokens: read,
    cacheWriteInputTokens: write,
    cacheDetails: [{ ttl: '5m' as const, inputTokens: write }],
  })

  test('of an answer are the sums of its calls, and count the searches that had an answer (WS-19)', async () => {
    const { upstream } = startSearching(
      inTurns(
        { content: [wants('a'), wants('')], usage: parts(1, 10, 100, 50) },
        { content: [wants('b')], usage: parts(2, 20, 200, 60) },
        { content: [{ text: 'So.' }], usage: parts(3, 30, 300, 70) },
      ),
    )
    const { usage } = await upstream.message(searchRequest(), contextOf())
    expect(usage).toMatchObject({
      input_tokens: 600,
      output_tokens: 180,
      cache_read_input_tokens: 6,
      cache_creation_input_tokens: 60,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 0 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
    })
  })

  test('of the calls that have ended are in the record, even if a later call fails (WS-19)', async () => {
    const sums: number[] = []
    const broken = { error: { status: 429, type: 'ThrottlingException', message: 'Too many requests' } }
    const { upstream } = startSearching(
      inTurns(
        { content: [wants('a')], usage: parts(0, 0, 100, 50) },
        { content: [wants('b')], usage: parts(0, 0, 200, 60) },
        broken,
      ),
    )
    const answer = upstream.message(searchRequest(), contextOf({ onUsage: (sum) => sums.push(sum.input_tokens) }))
    await expect(answer).rejects.toThrow()
    expect(sums).toEqual([100, 300])
  })

  test('are reported after the searches of each call: how many, how long, by which provider (WS-20)', async () => {
    const facts: SearchFacts[] = []
    let clock = 0
    const { upstream } = startSearching(inTurns([wants('a'), wants('')], [wants('b')], [{ text: 'So.' }]), {
      now: () => clock,
      find: async ({ query }) => {
        clock += 200
        return pagesAbout(query)
      },
    })
    await upstream.message(searchRequest(), contextOf({ onSearches: (one) => facts.push(one) }))
    const searchProvider = 'stub'
    expect(facts).toEqual([
      { searches: 1, searchErrors: 1, searchMs: 200, searchProvider },
      { searches: 2, searchErrors: 1, searchMs: 400, searchProvider },
    ])
  })

  test('count no attempt for a call that continues after a search (WS-20)', async () => {
    let attempts = 0
    const { upstream, journal } = startSearching(inTurns([wants('a')], [wants('b')], [{ text: 'So.' }]))
    await upstream.message(searchRequest(), contextOf({ onAttempt: () => (attempts += 1) }))
    expect([attempts, journal.length]).toEqual([1, 3])
  })

  test('of each call go to the audit of the cache with its own message (WS-19)', async () => {
    const answered: string[] = []
    const { upstream } = startSearching(inTurns([wants('a')], [{ text: 'So.' }]))
    const audit = {
      translated() {},
      answered: (_usage: object, id: string) => void answered.push(id),
      diagnose: () => null,
    }
    const { id } = await upstream.message(searchRequest(), contextOf({ audit }))
    expect([answered.length, new Set(answered).size, answered[0]]).toEqual([2, 2, id])
  })
})
