import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { credentialId } from '../../../src/simulator/anthropic/credentials.ts'
import { type AnthropicSimulatorOptions, startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { Reply } from '../../../src/simulator/reply.ts'
import { afterTest } from '../../support/cleanup.ts'
import { grammarFault, readEvents } from '../../support/sse.ts'
import { waitUntil } from '../../support/wait-until.ts'

const version = { 'anthropic-version': '2023-06-01' }
const json = { 'content-type': 'application/json' }
const body = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }

interface Sent {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

const start = (options: AnthropicSimulatorOptions = {}) => {
  const journal: JournalEntry[] = []
  const simulator = startAnthropicSimulator({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => simulator.stop())
  const send = (sent: Sent = {}): Promise<Response> =>
    fetch(`${simulator.url}${sent.path ?? '/v1/messages'}`, {
      method: 'POST',
      headers: { 'x-api-key': 'key', ...version, ...json, ...sent.headers },
      body: sent.body ?? JSON.stringify(body),
    })
  const stream = (): Promise<Response> => send({ body: JSON.stringify({ ...body, stream: true }) })
  return { ...simulator, journal, send, stream }
}

const refusalOf = async (response: Response): Promise<readonly [number, string, string]> => {
  const {
    type,
    error,
    request_id: id,
  } = (await response.json()) as {
    type: string
    error: { type: string; message: string }
    request_id: string
  }
  expect([type, id]).toEqual(['error', response.headers.get('request-id') ?? ''])
  return [response.status, error.type, error.message]
}

describe('the checks before the body', () => {
  const post = (url: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/v1/messages`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })

  test('none, two and wrong credentials are refused', async () => {
    const { url } = start({ apiKeys: ['right'] })
    const messageFor = async (headers: Record<string, string>) => refusalOf(await post(url, { ...version, ...headers }))
    expect(await messageFor({})).toEqual([401, 'authentication_error', 'x-api-key header is required'])
    expect(await messageFor({ 'x-api-key': 'wrong' })).toEqual([401, 'authentication_error', 'invalid x-api-key'])
    expect((await messageFor({ 'x-api-key': 'right', authorization: 'Bearer right' }))[0]).toBe(401)
    expect((await messageFor({ authorization: 'Bearer wrong' }))[2]).toBe('Invalid bearer token')
    expect((await messageFor({ authorization: 'Bearer sk-ant-oat01-x' }))[2]).toBe(
      'OAuth authentication is currently not supported.',
    )
    expect((await post(url, { ...version, 'x-api-key': 'right' })).status).toBe(200)
    expect((await post(url, { ...version, authorization: 'Bearer right' })).status).toBe(200)
  })

  test('version, content type, beta flags, method and path are checked', async () => {
    const { url, send } = start()
    const messageFor = async (response: Promise<Response>) => (await refusalOf(await response))[2]
    expect(await messageFor(post(url, { 'x-api-key': 'k' }))).toBe('anthropic-version: header is required')
    expect(await messageFor(send({ headers: { 'anthropic-version': '1' } }))).toContain('is not a valid version')
    expect(await messageFor(send({ headers: { 'content-type': 'text/plain' } }))).toContain('content-type')
    expect(await messageFor(send({ headers: { 'anthropic-beta': 'good-2025-01-01,bad' } }))).toContain('`bad`')
    expect(await refusalOf(await send({ path: '/v1/nothing' }))).toEqual([404, 'not_found_error', 'Not found'])
    expect(await refusalOf(await fetch(`${url}/v1/messages`))).toEqual([
      405,
      'invalid_request_error',
      'Method Not Allowed',
    ])
  })

  test('a body over 32 MB is too large', async () => {
    const { send } = start()
    const response = await send({ body: new Uint8Array(32 * 1024 * 1024 + 1) })
    expect((await refusalOf(response)).slice(0, 2)).toEqual([413, 'request_too_large'])
  })
})

describe('the journal', () => {
  test('has the bytes and the query of a request, and no credential', async () => {
    const { journal, send } = start()
    const odd = `{ "model":"claude-sonnet-4-6", "max_tokens" : 10,"messages":[{"role":"user","content":"\\u0041"}]}`
    await send({ path: '/v1/messages?beta=true', body: odd })
    const [entry] = journal
    expect(Buffer.from(entry?.bytes ?? []).toString()).toBe(odd)
    expect(entry).toMatchObject({
      path: '/v1/messages',
      query: '?beta=true',
      status: 200,
      credential: { kind: 'api_key', id: credentialId('key') },
    })
    expect(Object.keys(entry?.headers ?? {})).not.toContain('x-api-key')
  })

  test('has the words of a refusal, of every endpoint', async () => {
    const { journal, send } = start()
    await send({ body: '{' })
    await send({ path: '/v1/messages/count_tokens', body: '{}' })
    expect(journal.map(({ refusal }) => refusal)).toEqual([
      'The request body is not valid JSON.',
      'model: Field required',
    ])
  })

  test('a compressed body is read, and its bytes are kept', async () => {
    const { journal, send } = start()
    const compressed = Bun.gzipSync(JSON.stringify(body))
    const response = await send({ headers: { 'content-encoding': 'gzip' }, body: compressed })
    expect(response.status).toBe(200)
    expect(journal[0]?.bytes).toEqual(compressed)
  })
})

describe('the headers of a response', () => {
  test('limits, ids, and those of the network', async () => {
    const { send } = start()
    const { headers } = await send()
    expect(headers.get('request-id')).toMatch(/^req_01/)
    for (const name of ['anthropic-organization-id', 'anthropic-ratelimit-tokens-remaining', 'cf-ray', 'set-cookie'])
      expect(headers.get(name)).not.toBeNull()
    expect(headers.get('anthropic-ratelimit-unified-status')).toBeNull()
  })

  test('those of a scenario win', async () => {
    const headers = { 'retry-after': '9', 'anthropic-ratelimit-tokens-remaining': '0' }
    const { send } = start({ scenario: () => ({ error: { status: 429, headers } }) })
    const response = await send()
    expect(response.headers.get('anthropic-ratelimit-tokens-remaining')).toBe('0')
    expect(await refusalOf(response)).toEqual([429, 'rate_limit_error', 'The simulated service failed.'])
  })

  test('a redirect', async () => {
    const { url } = start({ outage: () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' } }) })
    const response = await fetch(`${url}/v1/models`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://127.0.0.1:1/'])
  })
})

describe('streams', () => {
  const text = { content: [{ text: 'Grüße, 世界 🎉 and more' }] }

  test('have the grammar of the API, with a ping', async () => {
    const { stream } = start({ scenario: () => text })
    const response = await stream()
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = await readEvents(response)
    expect(grammarFault(events)).toBeUndefined()
    expect(events.map(({ type }) => type)).toContain('ping')
  })

  /** The answer on the wire: each chunk of the body, until the connection ends. */
  const chunksOf = (port: number): Promise<readonly string[]> =>
    new Promise((resolve) => {
      const payload = JSON.stringify({ ...body, stream: true })
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.setEncoding('latin1')
      socket.on('data', (data) => {
        received += String(data)
        if (received.endsWith('0\r\n\r\n')) socket.end()
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        const lines = received.slice(received.indexOf('\r\n\r\n') + 4).split('\r\n')
        resolve(lines.filter((_, index) => index % 2 === 1))
      })
      const head = { host: 'x', 'x-api-key': 'k', ...version, ...json, 'content-length': String(payload.length) }
      const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`POST /v1/messages HTTP/1.1\r\n${lines.join('')}\r\n${payload}`)
    })

  test('each write is a chunk of the requested size', async () => {
    const { port } = start({ scenario: () => ({ ...text, pace: { chunkBytes: 7 } }) })
    const chunks = await chunksOf(port)
    const sizes = chunks.filter((chunk) => chunk !== '').map(({ length }) => length)
    expect(sizes.length).toBeGreaterThan(100)
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([7]))
  })

  test.each([['cut'], ['reset']] as const)('a %s after a number of bytes sends exactly these', async (kind) => {
    const { port } = start({ scenario: () => ({ ...text, fault: { kind, afterBytes: 333 } }) })
    const chunks = await chunksOf(port)
    expect(chunks.join('').length).toBe(333)
  })

  test('an error event follows the events before it', async () => {
    const fault = { kind: 'error', afterFrames: 4, type: 'api_error', message: 'Broken.' } as const
    const { stream } = start({ scenario: (): Reply => ({ ...text, fault }) })
    const events = await readEvents(await stream())
    expect(grammarFault(events)).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error', message: 'Broken.' } })
    expect(events).toHaveLength(5)
  })

  test('a compressed stream is decoded by a client that accepts none', async () => {
    const { stream } = start({ scenario: () => ({ ...text, encoding: 'gzip' }) })
    const response = await stream()
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(grammarFault(await readEvents(response))).toBeUndefined()
  })

  test('the journal records whether the client read to the end', async () => {
    const { journal, stream } = start({
      scenario: ({ body: { max_tokens: limit } }) => (limit === 100 ? { ...text, pace: { frameMs: 20 } } : text),
    })
    const reader = (await stream()).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await waitUntil(() => journal[0]?.outcome === 'cancelled')
  })
})
