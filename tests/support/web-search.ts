import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { composeUpstream } from '../../src/cli/compose.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type WebSearchOptions, withWebSearch } from '../../src/gateway/web-search/with-web-search.ts'
import { createSearch } from '../../src/search/search.ts'
import type { SearchProvider, SearchResult } from '../../src/search/search-provider.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import type { ChatModel } from '../../src/simulator/openai-chat/models.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { Reply, ReplyBlock, Scenario } from '../../src/simulator/reply.ts'
import { collectMessage } from '../../src/translate/openai-chat-to-anthropic/response.ts'
import type { CallContext, Upstream } from '../../src/upstreams/upstream.ts'
import type { MessageStreamEvent } from '../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { Message, ResponseBlock } from '../../src/wire/anthropic/response.ts'
import { request, simulate } from './chain.ts'
import { afterTest } from './cleanup.ts'
import { callContext, nexusAt } from './nexus.ts'

/** Models that search, a provider, and the server's loop between them. */

export const searchTool = (members: object = {}): object => ({
  type: 'web_search_20250305',
  name: 'web_search',
  ...members,
})

export const searchRequest = (members: object = {}): MessagesRequest =>
  request({ tools: [searchTool()], ...members }) as MessagesRequest

/** A call of the plain tool by the model. */
export const wants = (query: unknown, id = `tooluse_${String(query).replace(/\W/g, '')}`): ReplyBlock => ({
  tool: 'web_search',
  id,
  input: { query },
})

/** The model's replies, one for each of its turns; the last one again after that. */
export const inTurns =
  (...replies: readonly (readonly ReplyBlock[] | Reply)[]): Scenario<unknown> =>
  ({ assistantTurns }) => {
    const reply = replies[Math.min(assistantTurns, replies.length - 1)]
    return Array.isArray(reply) ? { content: reply } : (reply as Reply)
  }

/** Two pages, named after the query. */
export const pagesAbout = (query: string): SearchResult[] =>
  ['one', 'two'].map((name) => ({
    title: `${query} ${name}`,
    url: `https://${name}.example/${encodeURIComponent(query)}`,
    snippet: `What ${name} says about ${query}.`,
    pageAge: name === 'one' ? '2026-11-01' : null,
  }))

const chatModel: ChatModel = {
  id: 'searching',
  window: 100_000,
  maxOutputTokens: 50_000,
  efforts: [],
  sampling: true,
  stop: true,
  images: true,
}

export type FindPages = SearchProvider['search']

const findPages: FindPages = async ({ query }) => pagesAbout(query)

interface SearchingOptions extends Partial<Pick<WebSearchOptions, 'maxUses' | 'sleep' | 'now'>> {
  readonly find?: FindPages
}

/** Never wakes: without pings. */
const neverAwake = (_milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/** The upstream with web search, whose provider finds what `find` returns. */
export const searchingOver = (
  upstream: Upstream,
  { find = findPages, ...more }: SearchingOptions = {},
): { readonly upstream: Upstream; readonly records: readonly LogRecord[] } => {
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const now = (): number => performance.now()
  const provider = { name: 'stub', search: find }
  const search = createSearch({
    provider,
    count: 8,
    timeoutMs: 60_000,
    allowedDomains: [],
    blockedDomains: [],
    now,
    log,
  })
  const options = { search, maxUses: 8, now, sleep: neverAwake, log, ...more }
  return { upstream: withWebSearch(upstream, options), records }
}

/** A simulated Nexus whose model follows the scenario, and the upstream with web search in front of it. */
export const startSearching = (scenario: Scenario<unknown>, options: SearchingOptions = {}) => {
  const journal: JournalEntry[] = []
  const simulator = simulate({ scenario: scenario as Scenario, onRequest: (entry) => journal.push(entry) })
  return { ...searchingOver(nexusAt(simulator.url).nexus, options), journal }
}

/** A simulated server that speaks Chat Completions, and the configuration of a server in front of it. */
export const startChatModel = (scenario: Scenario<unknown>) => {
  const journal: JournalEntry[] = []
  const simulator = startChatSimulator({
    face: 'vllm',
    models: [chatModel],
    scenario,
    onRequest: (entry) => journal.push(entry),
  })
  afterTest(() => simulator.stop())
  const endpointUrl = `${simulator.url}/v1`
  const { config } = loadConfig({
    flags: {
      upstream: 'openai',
      provider: 'vllm',
      'openai-url': endpointUrl,
      'model-map': `claude-sonnet-4-6:${chatModel.id}`,
    },
    environment: {},
    files: [],
  })
  return { journal, endpointUrl, config: { ...config, maxRetries: 0 } }
}

/** The same over Chat Completions. */
export const startChatSearching = (scenario: Scenario<unknown>, options: SearchingOptions = {}) => {
  const { journal, ...model } = startChatModel(scenario)
  const log = createLogger('silent', () => {})
  const upstream = composeUpstream({ ...model, apiKey: new Secret('key'), log })
  return { ...searchingOver(upstream, options), journal, modelId: chatModel.id }
}

export const contextOf = (members: Partial<CallContext> = {}): CallContext => ({
  ...callContext(new AbortController().signal),
  ...members,
})

/** A block in short form: a text, a search by its query, results by their titles, an error by its code. */
export const briefly = (block: ResponseBlock): unknown => {
  switch (block.type) {
    case 'text':
      return block.text
    case 'server_tool_use':
      return { search: block.input['query'] }
    case 'tool_use':
      return { call: block.name }
    case 'web_search_tool_result':
      return {
        found: 'error_code' in block.content ? block.content.error_code : block.content.map(({ title }) => title),
      }
    default:
      return block.type
  }
}

export const foundAbout = (query: string): unknown => ({ found: [`${query} one`, `${query} two`] })

/** The message that a client collects from a stream. */
export const collected = (events: readonly MessageStreamEvent[]): Message => collectMessage(events)

/** All events of a stream. */
export const eventsOf = async (
  upstream: Upstream,
  sent: MessagesRequest,
  context: CallContext = contextOf(),
): Promise<MessageStreamEvent[]> => {
  const events: MessageStreamEvent[] = []
  for await (const batch of await upstream.stream({ ...sent, stream: true }, context)) events.push(...batch)
  return events
}
