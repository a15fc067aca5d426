import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/base/secret.ts'
import { defaultConfig, request, startChain } from '../support/chain.ts'

const json = async (response: Response): Promise<Record<string, never>> =>
  response.json() as Promise<Record<string, never>>

describe('status routes', () => {
  test('GET /, HEAD /, /api/hello, /health', async () => {
    const { url } = startChain()
    expect(await json(await fetch(url))).toMatchObject({
      status: 'ok',
      name: 'nexus-claude-api',
      version: expect.any(String),
      upstream: { name: 'nexus' },
      endpoints: expect.any(Array),
    } as never)
    expect(await json(await fetch(`${url}/health`))).toMatchObject({
      status: 'healthy',
      service: 'nexus-claude-api',
      version: expect.any(String),
    } as never)
    for (const path of ['/', '/api/hello', '/health', '/v1/models', '/v1/models/claude-haiku-4-5']) {
      const head = await fetch(url + path, { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
      expect(head.headers.get('request-id')).toMatch(/^req_/)
    }
  })

  test('OP-K2 /healthz is /health, and /ready and /readyz report that the server accepts requests', async () => {
    const { url } = startChain({ endpointUrl: 'http://127.0.0.1:1', config: { clientToken: new Secret('token') } })
    const { uptime: _uptime, timestamp: _timestamp, ...health } = await json(await fetch(`${url}/health`))
    expect(await json(await fetch(`${url}/healthz`))).toMatchObject(health as never)
    for (const path of ['/ready', '/readyz']) {
      const ready = await fetch(url + path)
      // Independent of the upstream, and without a token.
      expect([ready.status, await json(ready)]).toEqual([200, { status: 'ready' } as never])
      expect((await fetch(url + path, { method: 'HEAD' })).status).toBe(200)
      expect((await fetch(url + path, { method: 'POST' })).status).toBe(405)
    }
    expect(String((await json(await fetch(url)))['endpoints'])).toContain('GET /ready')
  })

  test("the list of endpoints has OpenAI's paths while they are on, and --no-openai-api turns them off (OE-T1)", async () => {
    const paths = ['/v1/responses', '/v1/chat/completions', '/openai/v1/responses', '/responses', '/chat/completions']
    const statusesOf = async (url: string) =>
      Promise.all(paths.map(async (path) => (await fetch(url + path, { method: 'POST' })).status))
    const on = startChain()
    expect(String((await json(await fetch(on.url)))['endpoints'])).toContain('POST /v1/responses')
    expect(await statusesOf(on.url)).not.toContain(404)
    const openaiEntrance = { ...defaultConfig.openaiEntrance, enabled: false }
    const off = startChain({ config: { openaiEntrance } })
    expect(String((await json(await fetch(off.url)))['endpoints'])).not.toContain('responses')
    expect(await statusesOf(off.url)).toEqual(paths.map(() => 404))
  })

  test('OP-K2 a server that stops is not ready, but healthy, and refuses all other requests', async () => {
    const { url, shutdown } = startChain()
    shutdown.begin()
    for (const path of ['/ready', '/readyz?x']) {
      const ready = await fetch(url + path)
      expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await json(ready)).toEqual({ status: 'draining' } as never)
    }
    const statuses = await Promise.all(
      ['/health', '/healthz', '/', '/v1/messages'].map(async (path) => (await fetch(url + path)).status),
    )
    expect(statuses).toEqual([200, 200, 529, 529])
  })

  test('accepts and discards telemetry', async () => {
    const { post, records } = startChain()
    const response = await post({ events: [{ secret: 'canary' }] }, { path: '/api/event_logging/batch' })
    expect(response.status).toBe(200)
    expect(JSON.stringify(records)).not.toContain('canary')
  })
})

describe('counting', () => {
  test('is additive, immediate, and never 1', async () => {
    const { post } = startChain()
    const count = async (members: object): Promise<number> => {
      const response = await post(
        { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'foo' }], ...members },
        { path: '/v1/messages/count_tokens?beta=true' },
      )
      return ((await response.json()) as { input_tokens: number }).input_tokens
    }
    const tool = {
      name: 'Bash',
      description: 'Runs a command.',
      input_schema: { type: 'object', properties: { command: { type: 'string' } } },
    }
    const base = await count({})
    const other = { messages: [{ role: 'user', content: 'something much longer than foo is' }] }
    const cost = (await count({ tools: [tool] })) - base
    expect(base).toBeGreaterThan(5)
    expect(cost).toBeGreaterThan(20)
    expect(Math.abs((await count({ ...other, tools: [tool] })) - (await count(other)) - cost)).toBeLessThanOrEqual(1)
  })
})

describe('4.2 client: unsupported requests', () => {
  const errorOf = async (response: Response): Promise<unknown> => {
    const body = (await response.json()) as { type: string; error: { type: string }; request_id: string }
    expect(body.type).toBe('error')
    expect(body.request_id).toBe(response.headers.get('request-id') ?? '')
    expect(response.headers.get('content-type')).toContain('application/json')
    return [response.status, body.error.type]
  }

  test('404, with a hint for the most common mistake', async () => {
    const { url } = startChain()
    expect(await errorOf(await fetch(`${url}/nothing`))).toEqual([404, 'not_found_error'])
    const twice = await fetch(`${url}/v1/v1/messages`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await twice.text()).toContain('ANTHROPIC_BASE_URL')
  })

  test('405 with the methods of the path', async () => {
    const { url } = startChain()
    for (const [path, method, allow] of [
      ['/v1/messages', 'GET', 'POST'],
      ['/v1/messages/count_tokens', 'PUT', 'POST'],
      ['/v1/models', 'POST', 'GET, HEAD'],
      ['/v1/models/x', 'DELETE', 'GET, HEAD'],
      ['/', 'POST', 'GET, HEAD'],
      ['/health', 'OPTIONS', 'GET, HEAD'],
      ['/api/event_logging/batch', 'GET', 'POST'],
    ] as const) {
      const headers = { 'anthropic-version': '2023-06-01' }
      const response = await fetch(url + path, {
        method,
        headers,
        ...(method === 'POST' && { body: 'no JSON at all' }),
      })
      expect(response.headers.get('allow')).toBe(allow)
      expect(await errorOf(response)).toEqual([405, 'invalid_request_error'])
    }
  })

  test('415 for a content type other than JSON', async () => {
    const { url } = startChain()
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      '',
    ]) {
      const response = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        body: Buffer.from(JSON.stringify(request())),
        headers: type === '' ? {} : { 'content-type': type },
      })
      expect(await errorOf(response)).toEqual([415, 'invalid_request_error'])
    }
    const accepted = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify(request()),
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    })
    expect(accepted.status).toBe(200)
  })
})
