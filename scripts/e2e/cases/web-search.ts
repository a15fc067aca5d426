import assert from 'node:assert/strict'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { type RequestView, resultTextOf } from '../../../src/simulator/request-view.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import type { ClientRun } from '../client.ts'
import { nexus, openAi, type UpstreamRow } from '../openai-upstreams.ts'
import type { Session, SessionSetup } from '../session.ts'

/** WebSearch of Claude Code, with a search provider on this machine (WS section 8). */

const query = 'when does the ferry leave'
const found = { title: 'Ferry timetable', url: 'https://ferry.example/timetable', snippet: 'It leaves at 7:45.' }
const summary = 'It leaves at a quarter to eight.'
const noSummary = 'The search did not work.'

type Provider = NonNullable<SessionSetup['search']>

const finds: Provider = { results: [found] }
const fails: Provider = { answer: () => new Response('no', { status: 503 }) }
const hangs: Provider = { answer: () => new Promise<Response>(() => {}) }
const floods: Provider = { answer: () => new Response('x'.repeat(10 * 1024 * 1024)) }

const offers = ({ tools }: RequestView, wanted: string): boolean => tools.some(({ name }) => name === wanted)

/** Searches once. Claude Code makes a request on the side for each search, with one tool. */
const searching: Scenario<unknown> = (request) => {
  const { messages } = request.body as { readonly messages: unknown }
  const words = JSON.stringify(messages)
  if (offers(request, 'web_search')) {
    if (request.assistantTurns === 0) return { content: [{ tool: 'web_search', input: { query } }] }
    return { content: [{ text: words.includes(found.snippet) ? summary : noSummary }] }
  }
  if (request.tools.length === 0) return undefined
  if (words.includes(query)) return { content: [{ text: `I read: ${resultTextOf(request)}` }] }
  // Newer clients load the tool first.
  if (!offers(request, 'WebSearch')) return { content: [{ tool: 'ToolSearch', input: { query: 'select:WebSearch' } }] }
  return { content: [{ tool: 'WebSearch', input: { query } }] }
}

const find = prompt('find the ferry', '--allowedTools', 'ToolSearch,WebSearch')

/** The model's two calls of one search, as the upstream got them. */
const callsOfSearch = ({ journal }: Session): string[] =>
  journal.map(({ body }) => JSON.stringify(body)).filter((body) => body.includes('"web_search"'))

const queriesOf = ({ searches }: Session) => searches.map(({ parameters }) => parameters['q'])

interface ModelUsage {
  readonly webSearchRequests: number
}

/** What Claude Code counts, and adds to its estimate of the costs. */
const countedSearches = ({ result }: ClientRun): number =>
  Object.values((result?.['modelUsage'] ?? {}) as Readonly<Record<string, ModelUsage>>).reduce(
    (sum, { webSearchRequests }) => sum + webSearchRequests,
    0,
  )

const webSearch = (row: UpstreamRow, name: string, setup: Omit<SessionSetup, 'scenario'>): Case => ({
  name: `WebSearch over ${row.name}, ${name}`,
  setup: () => ({ search: finds, ...setup, ...row.setup(searching) }),
  async play(session) {
    const run = await session.headless(find)
    succeeded(run, `I read: Web search results for query: "${query}"`)
    for (const words of [found.title, found.url, summary]) assert.ok(String(run.result?.['result']).includes(words))
    assert.deepEqual([queriesOf(session), countedSearches(run)], [[query], 1])
    const [first, second, ...more] = callsOfSearch(session)
    assert.ok(first !== undefined && second !== undefined && more.length === 0)
    assert.ok(!first.includes(found.snippet) && second.includes(found.snippet))
    assert.match(session.serverLog(), /"searches":1,"searchMs":\d+,"searchProvider":"searxng"/)
    assert.ok(!session.serverLog().includes('ferry'))
  },
})

/** The client's main model gets the failure, and the turn goes on. */
const failing = (name: string, search: Provider): Case => ({
  name: `WebSearch with a provider that ${name}`,
  setup: () => ({ scenario: searching, search, launch: 'claude' }),
  async play(session) {
    const run = await session.headless(find)
    succeeded(run, 'Web search error: unavailable')
    assert.ok(String(run.result?.['result']).includes(noSummary))
    assert.deepEqual([queriesOf(session), countedSearches(run)], [[query], 0])
    assert.match(session.serverLog(), /"event":"search\.failed"/)
  },
})

/** The printed line cannot take the tool off the list. */
const off: Case = {
  name: 'WebSearch while web search is off',
  setup: () => ({ scenario: searching }),
  async play(session) {
    succeeded(await session.headless(find), 'web search is not available on this endpoint')
    assert.deepEqual(callsOfSearch(session), [])
  },
}

const onScreen: Case = {
  name: 'WebSearch in the terminal',
  newestOnly: true,
  setup: () => ({ scenario: searching, search: finds, launch: 'claude' }),
  async play(session) {
    await using terminal = await session.terminal('--allowedTools', 'ToolSearch,WebSearch')
    await terminal.says('find the ferry')
    await terminal.shows(/Did 1 search/)
    await terminal.shows(/I read: Web search results for query/)
  },
}

export const webSearchCases: readonly Case[] = [
  webSearch(nexus, 'with the printed line', {}),
  webSearch(nexus, 'in one step', { launch: 'claude' }),
  webSearch(openAi, 'with the printed line', {}),
  failing('fails', fails),
  failing('does not answer', hangs),
  failing('answers 10 MB', floods),
  off,
  onScreen,
]
