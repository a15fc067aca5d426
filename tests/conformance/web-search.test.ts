import { describe, expect, test } from 'bun:test'
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import type { Reply, ReplyBlock, Scenario } from '../../src/simulator/reply.ts'
import type { ResponseBlock } from '../../src/wire/anthropic/response.ts'
import type { Citation } from '../../src/wire/converse/response.ts'
import { accessRecords } from '../support/access-records.ts'
import { type Chain, defaultConfig, startChain } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { type SearchStub, searchAnswer, startSearchStub } from '../support/search-providers.ts'
import { waitUntil } from '../support/wait-until.ts'
import { briefly, foundAbout, inTurns, pagesAbout, startChatModel, wants } from '../support/web-search.ts'

/** The official SDK searches through the whole server: a provider on loopback, and a simulated model. */

/** Pages about each query; an error for `down`, and nothing for `hang`. */
const answerOf = (sent: Request): Response | Promise<Response> => {
  const query = new URL(sent.url).searchParams.get('q') ?? ''
  if (query === 'down') return new Response('', { status: 503 })
  if (query === 'hang') return new Promise(() => {})
  const pages = pagesAbout(query).map(({ pageAge, ...page }) => ({ ...page, ...(pageAge && { date: pageAge }) }))
  return new Response(searchAnswer('searxng', pages), { headers: { 'content-type': 'application/json' } })
}

interface Searching {
  readonly chain: Chain
  readonly client: Anthropic
  /** Requests to the model. */
  readonly journal: readonly JournalEntry[]
  readonly provider: SearchStub
}

/** Starts the provider, the server and the model. */
const searchingThrough = (
  start: (search: typeof defaultConfig.search) => Omit<Searching, 'client' | 'provider'>,
): Searching => {
  const provider = startSearchStub('searxng', { answer: answerOf })
  afterTest(() => provider.stop())
  const started = start({ ...defaultConfig.search, provider: 'searxng', url: provider.url })
  afterTest(() => expect(provider.faults).toEqual([]))
  return { ...started, provider, client: new Anthropic({ baseURL: started.chain.url, apiKey: 'key', maxRetries: 0 }) }
}

const starts: Readonly<Record<string, (scenario: Scenario<unknown>) => Searching>> = {
  nexus: (scenario) =>
    searchingThrough((search) => {
      const chain = startChain({ scenario: scenario as Scenario, config: { search } })
      return { chain, journal: chain.simulator.journal }
    }),
  openai: (scenario) =>
    searchingThrough((search) => {
      const { config, endpointUrl, journal } = startChatModel(scenario)
      return { chain: startChain({ config: { ...config, search }, endpointUrl }), journal }
    }),
}

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const }
const ask = {
  model: 'claude-sonnet-4-6',
  max_tokens: 4000,
  messages: [{ role: 'user' as const, content: 'Look it up.' }],
  tools: [webSearch],
}

/** What both kinds of answers have; the SDK adds `parsed_output` to streams. */
const comparable = ({ content, stop_reason, usage }: Anthropic.Message): object => ({
  content: JSON.parse(JSON.stringify(content)),
  stop_reason,
  figures: [usage.input_tokens, usage.output_tokens, usage.server_tool_use],
})

const shortOf = ({ content }: Anthropic.Message): unknown[] => (content as unknown as ResponseBlock[]).map(briefly)

/** The conversation as the model reads it; its bytes are what a prompt cache compares. */
const messagesIn = (entry: JournalEntry | undefined): string => {
  const body = entry?.body as { readonly messages: unknown[] } | undefined
  return JSON.stringify(body?.messages).slice(0, -1)
}

interface Case {
  readonly replies: readonly (readonly ReplyBlock[])[]
  readonly content: readonly unknown[]
  readonly searches: number
  readonly stop?: string
}

const readTool = { name: 'Read', input_schema: { type: 'object' as const } }

const cases: Readonly<Record<string, Case>> = {
  'one search': {
    replies: [[{ text: 'I look.' }, wants('a')], [{ text: 'So.' }], [{ text: 'Again.' }]],
    content: ['I look.', { search: 'a' }, foundAbout('a'), 'So.'],
    searches: 1,
  },
  'several searches': {
    replies: [[wants('a')], [{ text: 'More.' }, wants('ü 🎉')], [{ text: 'So.' }], [{ text: 'Again.' }]],
    content: [{ search: 'a' }, foundAbout('a'), 'More.', { search: 'ü 🎉' }, foundAbout('ü 🎉'), 'So.'],
    searches: 2,
  },
  'parallel searches, one of which fails': {
    replies: [[wants('a'), wants('down'), wants('b')], [{ text: 'So.' }], [{ text: 'Again.' }]],
    content: [
      ...['a', 'down', 'b'].map((search) => ({ search })),
      ...[foundAbout('a'), { found: 'unavailable' }, foundAbout('b')],
      'So.',
    ],
    searches: 2,
  },
  "a search next to the client's own tool": {
    replies: [[wants('a'), { tool: 'Read', id: 'tooluse_read', input: { path: 'x' } }], [{ text: 'Again.' }]],
    content: [{ search: 'a' }, { call: 'Read' }, foundAbout('a')],
    searches: 1,
    stop: 'tool_use',
  },
}

/** The user's turn after the answer: the results of the client's tools, or words. */
const nextTurn = ({ content }: Anthropic.Message): Anthropic.MessageParam => {
  const results = content.flatMap((block) =>
    block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'read' }] : [],
  )
  return { role: 'user', content: results.length > 0 ? results : 'And now?' }
}

describe.each(Object.entries(starts))('over the upstream %s', (_name, start) => {
  test.each(Object.entries(cases))(
    'the SDK reads %s, and its second turn begins with the same bytes (WS-21, WS-24, WS-31)',
    async (_case, { replies, content, searches, stop = 'end_turn' }) => {
      const { client, journal, chain } = start(inTurns(...replies))
      const sent = { ...ask, tools: [webSearch, readTool] }
      const streamed = await client.messages.stream(sent).finalMessage()
      expect<unknown[]>([shortOf(streamed), streamed.stop_reason]).toEqual([content, stop])
      expect(streamed.usage.server_tool_use?.web_search_requests).toBe(searches)
      const calls = journal.length
      expect(comparable(await client.messages.create(sent))).toEqual(comparable(streamed))
      const last = journal.at(-1)
      expect(messagesIn(journal[calls - 1])).toBe(messagesIn(last))

      const messages = [...ask.messages, { role: 'assistant' as const, content: streamed.content }, nextTurn(streamed)]
      const next = await client.messages.create({ ...sent, messages } as Anthropic.MessageCreateParamsNonStreaming)
      expect(shortOf(next)).toEqual(['Again.'])
      expect(messagesIn(journal.at(-1))).toStartWith(messagesIn(last))
      expect(journal.map(({ refusal }) => refusal).filter((refusal) => refusal !== undefined)).toEqual([])
      expect(accessRecords(chain.records).map(({ fields }) => fields['searches'])).toEqual([
        searches,
        searches,
        undefined,
      ])
    },
  )

  test('an error of the model after a search is one error event, and a status for a whole answer (WS-26)', async () => {
    const broken: Reply = { error: { status: 400, type: 'ValidationException', message: 'The input is invalid.' } }
    const { client } = start(inTurns([wants('a')], broken))
    for (const answer of [client.messages.stream(ask).finalMessage(), client.messages.create(ask)]) {
      const error = await answer.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(APIError)
      expect((error as APIError).message).toContain('invalid_request_error')
    }
  })

  test('an invalid tool is refused with its path before the model is called (WS-6)', async () => {
    const { client, journal } = start(inTurns([{ text: 'So.' }]))
    const tools = [{ ...webSearch, max_uses: 0 }]
    for (const stream of [false, true]) {
      const error = await Promise.resolve(client.messages.create({ ...ask, tools, stream })).catch((thrown) => thrown)
      expect([(error as APIError).status, String(error)]).toEqual([400, expect.stringContaining('tools.0.max_uses')])
    }
    expect(journal).toEqual([])
  })

  test('a client that disconnects ends the search, and the record says so (WS-18)', async () => {
    const { client, chain, journal, provider } = start(inTurns([wants('hang')]))
    const stream = client.messages.stream(ask)
    const ended = stream.done().catch((error: unknown) => error)
    await waitUntil(() => provider.searches.length === 1)
    stream.abort()
    expect(await ended).toBeInstanceOf(Error)
    await provider.left
    await waitUntil(() => accessRecords(chain.records).length === 1)
    expect(accessRecords(chain.records).map(({ event }) => event)).toEqual(['request.cancelled'])
    expect(journal).toHaveLength(1)
  })

  test('a client that disconnects from a whole answer during the search is no internal error (WS-18)', async () => {
    const { client, chain, provider } = start(inTurns([wants('hang')]))
    const leaving = new AbortController()
    const ended = Promise.resolve(client.messages.create(ask, { signal: leaving.signal })).catch((thrown) => thrown)
    await waitUntil(() => provider.searches.length === 1)
    leaving.abort()
    expect(await ended).toBeInstanceOf(Error)
    await provider.left
    await waitUntil(() => accessRecords(chain.records).length === 1)
    expect(accessRecords(chain.records).map(({ event }) => event)).toEqual(['request.cancelled'])
    expect(chain.records.filter(({ level }) => level === 'error')).toEqual([])
  })
})

test('the SDK reads citations of what the search found, and none that point to nothing (WS-27)', async () => {
  const cites = (searchResultIndex: number): Citation => ({
    title: 'as the model says',
    source: 'https://model.example',
    sourceContent: [{ text: 'What two says' }],
    location: { searchResultLocation: { searchResultIndex, start: 0, end: 1 } },
  })
  const replies = [[wants('a')], [{ citedText: 'Two says so.', citations: [cites(1), cites(7)] }]]
  const { client } = (starts['nexus'] as (typeof starts)[string])(inTurns(...replies))
  const streamed = await client.messages.stream(ask).finalMessage()
  const whole = await client.messages.create(ask)
  expect(comparable(streamed)).toEqual(comparable(whole))
  expect(whole.content.at(-1)).toEqual({
    type: 'text',
    text: 'Two says so.',
    citations: [
      {
        type: 'web_search_result_location',
        url: 'https://two.example/a',
        title: 'a two',
        cited_text: 'What two says',
        encrypted_index: expect.stringMatching(/^nca1_[\w+/=-]*$/),
      },
    ],
  } as never)
})
