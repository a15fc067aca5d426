import { expect, test } from 'bun:test'
import { findSearchTool, type SearchTool } from '../../../src/gateway/web-search/request.ts'
import { SearchRuns, type SearchUse } from '../../../src/gateway/web-search/search-runs.ts'
import type { SearchRequest } from '../../../src/search/search-provider.ts'
import { searchRequest, searchTool } from '../../support/web-search.ts'

const uses = (count: number): SearchUse[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'server_tool_use',
    id: `srvtoolu_${index}`,
    name: 'web_search',
    input: { query: `q${index}` },
    caller: { type: 'direct' },
  }))

const runsOf = (members: object, run: (request: SearchRequest) => Promise<void>) =>
  new SearchRuns({
    search: {
      provider: 'stub',
      run: async (request) => {
        await run(request)
        return { results: [{ title: String(request.query), url: 'https://a.example', snippet: '', pageAge: null }] }
      },
    },
    tool: findSearchTool(searchRequest({ tools: [searchTool(members)] })) as SearchTool,
    maxUses: 100,
    now: () => 0,
    onSearches: undefined,
  })

test('runs at most four searches at once, and keeps their order (WS-12)', async () => {
  const waiting: (() => void)[] = []
  let [running, most] = [0, 0]
  const runs = runsOf({}, async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => waiting.push(resolve))
    running -= 1
  })
  let isDone = false
  const outcomes = runs.run(uses(10), new AbortController().signal).finally(() => {
    isDone = true
  })
  // The last of the running searches ends first.
  while (!isDone) {
    waiting.pop()?.()
    await Promise.resolve()
  }
  expect(most).toBe(4)
  expect((await outcomes).map((outcome) => 'results' in outcome && outcome.results[0]?.title)).toEqual(
    Array.from({ length: 10 }, (_, index) => `q${index}`),
  )
})

test("gives each search the tool's domains and location (WS-6)", async () => {
  const seen: SearchRequest[] = []
  const user_location = { type: 'approximate', country: 'DE', city: 'Berlin' }
  const runs = runsOf({ allowed_domains: ['a.example'], user_location }, async (request) => void seen.push(request))
  await runs.run(uses(1), new AbortController().signal)
  expect(seen).toEqual([
    { query: 'q0', allowedDomains: ['a.example'], blockedDomains: [], location: { country: 'DE', city: 'Berlin' } },
  ])
})
