import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { queriesOf, searchEnvironment, searchReactions, startSearchServer } from '../scripts/support/search-server.ts'
import type { Scenario } from '../src/simulator/reply.ts'
import type { RequestView } from '../src/simulator/request-view.ts'
import {
  clientToken,
  headers,
  invalidRequests,
  key,
  namedToken,
  privateWord,
  secretsIn,
  validRequest,
} from './support/canary.ts'
import { simulate } from './support/chain.ts'
import { afterTest } from './support/cleanup.ts'
import { startCli, temporaryFolder } from './support/cli.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis.ts'

/**
 * No key and no word of a request or an answer leaves a team's server that has everything turned on: in a metric, a page, a
 * row, a span, a line of the log, or a key or a value of Redis.
 */

const redisPassword = 'CANARYREDIS0123456789'
const collectorToken = 'CANARYCOLLECTOR0123456789'
const canaries = [key, clientToken, namedToken, privateWord, redisPassword, collectorToken]
const leaksIn = (text: string): string[] => secretsIn(text, canaries)

/** Keeps the bodies that it receives. */
const startCollector = () => {
  const bodies: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      bodies.push(await request.text())
      return Response.json({})
    },
  })
  afterTest(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, bodies }
}

/** Whether the request has the plain tool of the server's web search, and no results of it yet. */
const wantsSearch = ({ tools, lastTurn }: RequestView): boolean =>
  tools.some(({ name }) => name === 'web_search') && !lastTurn.some((part) => 'toolResult' in part)

const scenario = (): Scenario => {
  let count = 0
  return (request) => {
    if (wantsSearch(request))
      return { content: [{ text: privateWord }, { tool: 'web_search', input: { query: privateWord } }] }
    count += 1
    if (count % 3 === 0) return { error: { status: 400, type: 'ValidationException', message: privateWord } }
    const fault = { afterFrames: 2, kind: 'exception', type: privateWord, message: privateWord } as const
    const content = [{ text: privateWord }, { tool: privateWord, input: { [privateWord]: privateWord } }]
    return { content, ...(count % 3 === 1 && { fault }) }
  }
}

/** With the token of a client, and the headers of a trace. */
const sentHeaders = {
  ...headers,
  'x-api-key': namedToken,
  authorization: `Bearer ${namedToken}`,
  'content-type': 'application/json',
  'user-agent': privateWord,
  'x-claude-code-session-id': 'session-0123456789',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: `vendor=${privateWord}`,
  baggage: `word=${privateWord}`,
}

const post = async (url: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<void> => {
  const init = { method: 'POST', headers: { ...sentHeaders, ...more }, body: JSON.stringify(body) }
  const response = await fetch(url, { ...init, redirect: 'manual' })
  expect(leaksIn(JSON.stringify([...response.headers]))).toEqual([])
  await response.text()
}

/** Web searches: each reaction of the provider, and their results in the history of the next turn. */
const search = async (url: string): Promise<void> => {
  const tools = [
    { type: 'web_search_20250305', name: 'web_search', user_location: { type: 'approximate', city: privateWord } },
  ]
  const question = { role: 'user', content: privateWord }
  const request = { model: 'claude-sonnet-4-6', max_tokens: 2000, tools, messages: [question] }
  for (const _ of searchReactions) await post(`${url}/v1/messages`, { ...request, stream: true })
  const init = { method: 'POST', headers: sentHeaders, body: JSON.stringify(request) }
  const { content } = (await (await fetch(`${url}/v1/messages`, init)).json()) as { content: unknown }
  expect(JSON.stringify(content)).toContain('web_search_tool_result')
  await post(`${url}/v1/messages`, { ...request, messages: [question, { role: 'assistant', content }, question] })
  await post(`${url}/v1/responses`, { model: 'sonnet', input: privateWord, tools: [{ type: 'web_search' }] })
}

const sendEverything = async (url: string): Promise<void> => {
  const invalid = Object.values(invalidRequests).map(({ body }) => body)
  for (const stream of [true, false, true, false]) await post(`${url}/v1/messages`, { ...validRequest, stream })
  for (const body of invalid) await post(`${url}/v1/messages`, body)
  await post(`${url}/v1/messages/count_tokens?${privateWord}`, validRequest)
  await post(`${url}/v1/nowhere?${privateWord}`, validRequest)
  await post(`${url}/v1/messages`, validRequest, { 'x-api-key': privateWord, authorization: privateWord })
  await post(`${url}/v1/messages`, validRequest, { traceparent: privateWord })
  const messages = [{ role: 'user', content: privateWord }]
  await post(`${url}/v1/chat/completions`, { model: 'gpt-5', messages, user: privateWord })
  await post(`${url}/v1/responses`, { model: 'sonnet', input: privateWord, metadata: { [privateWord]: privateWord } })
  const login = { method: 'POST', headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' } }
  await fetch(`${url}/dashboard/login`, { ...login, body: `token=${privateWord}`, redirect: 'manual' })
}

const pages = [
  ...['/', '/health', '/ready', '/metrics', '/token-stats', '/dashboard', '/cache-audit'],
  ...['model', 'client', 'session', 'error', 'day'].map(
    (by) => `/dashboard/api/summary?since=2026-01-01&until=2026-03-01&by=${by}&timezone=UTC`,
  ),
  '/dashboard/api/requests?limit=100',
]

const read = async (url: string, path: string): Promise<string> =>
  (await fetch(url + path, { headers: { 'x-api-key': clientToken } })).text()

/** Each key of Redis with its value. */
const entriesOf = async (redis: RedisServer): Promise<string[]> => {
  const keys = (await redis.command('KEYS', '*')) as string[]
  const readers: Readonly<Record<string, string>> = { hash: 'HGETALL', string: 'GET' }
  const entries: string[] = []
  for (const name of keys) {
    const reader = readers[String(await redis.command('TYPE', name))]
    if (reader === undefined) throw new Error(`${name} has another type`)
    entries.push(`${name} ${JSON.stringify(await redis.command(reader, name))}`)
  }
  return entries
}

describeWithRedis('a server with two workers and everything that a team can turn on', () => {
  test('shows, stores and sends no word and no key (OP-R2, OP-O5, OP-H2, OP-A8, WS-54, CA-F4)', async () => {
    const redis = await startRedis({ options: ['--requirepass', redisPassword], login: `default:${redisPassword}` })
    const collector = startCollector()
    const searchServer = startSearchServer(privateWord)
    afterTest(() => searchServer.stop())
    const file = join(temporaryFolder(), 'usage.sqlite')
    const flags = ['--workers', '2', '--metrics', 'on', '--history', '--dashboard', '--otel', '--queue', '9']
    const program = startCli(
      [
        ...['start', '--port', '0', '--endpoint-url', simulate({ scenario: scenario() }).url, '--max-retries', '0'],
        ...['--log-format', 'json', '--log-level', 'debug', '--rate-limit', '600', ...flags],
      ],
      {
        NEXUS_API_KEY: key,
        NEXUS_CLIENT_TOKEN: clientToken,
        NEXUS_CLIENT_TOKENS: `alice:${namedToken}`,
        NEXUS_HISTORY_FILE: file,
        NEXUS_TOKENS_PER_DAY: '100000000',
        NEXUS_STATE: redis.url,
        NEXUS_OTEL_PROPAGATE: 'true',
        NEXUS_CACHE_AUDIT: 'on',
        ...searchEnvironment(searchServer),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${collectorToken}`,
      },
    )
    const [, url = ''] = await program.says(/"event":"program\.listening","address":"([^"]+)"/)
    await sendEverything(url)
    await search(url)
    expect(new Set(queriesOf(searchServer))).toEqual(new Set([privateWord]))
    for (const path of pages) expect([path, leaksIn(await read(url, path))]).toEqual([path, []])
    const entries = await entriesOf(redis)
    expect(entries.filter((entry) => /alice/.test(entry)).length).toBeGreaterThan(1)
    expect(leaksIn(entries.join('\n'))).toEqual([])
    program.kill('SIGTERM')
    const { code, out, err } = await program.ended
    expect(code).toBe(0)
    expect(err).toContain('"client":"alice"')
    expect(err).toContain('"searches":1')
    expect(err).toContain('"event":"search.failed"')
    expect(`${out}${err}`.split('\n').filter((line) => leaksIn(line).length > 0)).toEqual([])
    expect(collector.bodies.filter((body) => body.includes('gen_ai.')).length).toBeGreaterThan(1)
    expect(leaksIn(collector.bodies.join('\n'))).toEqual([])
    expect(existsSync(file)).toBe(true)
    expect(leaksIn(readFileSync(file, 'latin1'))).toEqual([])
  }, 60_000)
})
