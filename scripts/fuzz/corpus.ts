import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { isObject, type Json } from '../../src/base/json.ts'
import { conversations } from '../../tests/support/conversations.ts'
import { openAiConversations } from '../../tests/support/openai-conversations.ts'
import { openAiFixture, openAiFixtureNames } from '../../tests/support/openai-fixtures.ts'
import { responsesConversations } from '../../tests/support/responses-conversations.ts'
import { createRandom } from '../support/random.ts'

/** Valid requests to mutate: those of the fixtures, and random conversations. */

/** Placeholder of the canary, a word that no log may contain. */
export const canaryMark = '%canary%'

/** A valid body, and the paths that accept it. */
export interface ValidRequest {
  readonly paths: readonly string[]
  readonly body: Json
}

const spoken = new Set([
  ...['text', 'title', 'context', 'description', 'query', 'thinking', 'reasoning_content', 'refusal'],
  ...['instructions', 'input', 'output', 'summary', 'diff', 'stdout', 'command', 'user'],
])

/** Adds the canary to all texts of users. Replaces URLs, so that no other host gets a request. */
const marked = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((inner) => marked(inner))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, marked(inner, name)]))
  if (typeof value !== 'string') return value
  if (/^https?:/.test(value)) return 'https://127.0.0.1/'
  // Calls of OpenAI's protocols have their input as JSON.
  if (key === 'arguments' && value.startsWith('{"')) return `{"canary":"${canaryMark}",${value.slice(1)}`
  return spoken.has(key) || (key === 'content' && value !== '') ? `${canaryMark}${value}` : value
}

const fixtures = join(import.meta.dir, '..', '..', 'tests', 'fixtures', 'requests')
const randomConversations = 200

const messagesPaths = ['/v1/messages', '/v1/messages', '/v1/messages', '/v1/messages/count_tokens']

const models = ['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5', 'default']

/** The same for the same seed. */
export const readCorpus = (seed: number): ValidRequest[] => {
  const recorded = readdirSync(fixtures)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(fixtures, name, 'request.json'), 'utf8')) as Json)
  const made = fc
    .sample(conversations, { seed, numRuns: randomConversations })
    .map(({ system, messages, more }, index) =>
      JSON.parse(JSON.stringify({ model: models[index % models.length], max_tokens: 4000, system, messages, ...more })),
    )
  // Several copies of each recorded request: they are few, but typical.
  return [...recorded, ...recorded, ...recorded, ...made].map((request) => ({
    paths: messagesPaths,
    body: marked(request) as Json,
  }))
}

const searchTool = {
  type: 'web_search_20250305',
  name: 'web_search',
  max_uses: 2,
  allowed_domains: ['example.com', 'example.org/docs'],
  user_location: { type: 'approximate', city: 'Bern', country: 'CH', timezone: 'Europe/Zurich' },
}

const caller = { type: 'direct' }

const searchUse = { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'news' }, caller }

/** The results of a search: carried by this server, of another server, none, or an error. */
const searchContents: readonly ((carried: string) => unknown)[] = [
  (carried) => [
    { type: 'web_search_result', url: 'https://a.example', title: 'A', page_age: null, encrypted_content: carried },
  ],
  () => [
    { type: 'web_search_result', url: 'https://a.example', title: 'A', page_age: null, encrypted_content: 'Eq==' },
  ],
  () => [],
  () => ({ type: 'web_search_tool_result_error', error_code: 'unavailable' }),
]

const carriedSnippet = (text: string): string =>
  `nca1_${deflateSync(JSON.stringify({ t: text })).toString('base64url')}`

/** Requests that search, with histories of searches. */
export const readSearchCorpus = (seed: number): ValidRequest[] => {
  const random = createRandom(seed)
  return Array.from({ length: randomConversations }, (_, index) => {
    const content = random.pick(searchContents)(carriedSnippet(`snippet ${index}`))
    const result = { type: 'web_search_tool_result', tool_use_id: searchUse.id, caller, content }
    const history = [
      { role: 'assistant', content: [searchUse, result, { type: 'text', text: 'Found.' }] },
      { role: 'user', content: 'More?' },
    ]
    return {
      paths: messagesPaths,
      body: marked({
        model: models[index % models.length],
        max_tokens: 4000,
        tools: [searchTool],
        stream: random.chance(0.5),
        ...(random.chance(0.3) && { tool_choice: { type: 'tool', name: 'web_search' } }),
        messages: [{ role: 'user', content: 'News?' }, ...(random.chance(0.7) ? history : [])],
      }) as Json,
    }
  })
}

/** Users forget the prefix, and some clients send a body of one protocol to the path of the other. */
const openAiPaths = {
  '/v1/chat/completions': ['/v1/chat/completions', '/v1/chat/completions', '/chat/completions', '/v1/responses'],
  '/v1/responses': ['/v1/responses', '/v1/responses', '/openai/v1/responses', '/v1/chat/completions'],
} as const

/** Requests of OpenAI's clients: the recorded ones, and random conversations. */
export const readOpenAiCorpus = (seed: number): ValidRequest[] => {
  const numRuns = randomConversations / 2
  const recorded = openAiFixtureNames.map(openAiFixture)
  const chats = fc.sample(openAiConversations, { seed, numRuns }).map(({ messages, members }, index) => ({
    path: '/v1/chat/completions' as const,
    body: { model: models[index % models.length], messages, ...members },
  }))
  const responses = fc.sample(responsesConversations, { seed, numRuns }).map(({ tools, input }, index) => ({
    path: '/v1/responses' as const,
    body: { model: models[index % models.length], input, tools, store: index % 2 === 0 },
  }))
  return [...recorded, ...recorded, ...recorded, ...chats, ...responses].map(({ path, body }) => ({
    paths: openAiPaths[path],
    body: marked(JSON.parse(JSON.stringify(body))) as Json,
  }))
}

/** The members that let a server search, by the path of the protocol. */
const searchMembers = (paths: readonly string[], { tools }: Json): Json =>
  paths[0] === '/v1/responses'
    ? { tools: [...(Array.isArray(tools) ? tools : []), { type: 'web_search', filters: { allowed_domains: [] } }] }
    : { web_search_options: { user_location: { type: 'approximate', approximate: { country: 'CH' } } } }

/** The same requests, which may search. */
export const readOpenAiSearchCorpus = (seed: number): ValidRequest[] =>
  readOpenAiCorpus(seed).map(({ paths, body }) => ({ paths, body: { ...body, ...searchMembers(paths, body) } }))
