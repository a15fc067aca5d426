import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { Secret } from '../../src/base/secret.ts'
import { request, startChain } from '../support/chain.ts'

/** What comes back for bytes that no proper client would send. */
const raw = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })

const json = async (response: Response): Promise<Record<string, never>> =>
  response.json() as Promise<Record<string, never>>

describe('what probes ask', () => {
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

  test('telemetry is taken and discarded', async () => {
    const { post, records } = startChain()
    const response = await post({ events: [{ secret: 'canary' }] }, { path: '/api/event_logging/batch' })
    expect(response.status).toBe(200)
    expect(JSON.stringify(records)).not.toContain('canary')
  })
})

describe('models', () => {
  test('pages, both spellings, both ways', async () => {
    const { url } = startChain()
    const page = async (query: string): Promise<unknown> => {
      const { data, ...rest } = (await (await fetch(`${url}/v1/models${query}`)).json()) as { data: { id: string }[] }
      return { ids: data.map(({ id }) => id), ...rest }
    }
    expect(await page('?limit=1000')).toMatchObject({
      has_more: false,
      first_id: 'claude-sonnet-4-6',
      last_id: 'claude-haiku-4.5',
    })
    expect(await page('?limit=2')).toEqual({
      ids: ['claude-sonnet-4-6', 'claude-sonnet-4.6'],
      has_more: true,
      first_id: 'claude-sonnet-4-6',
      last_id: 'claude-sonnet-4.6',
    })
    expect(await page('?limit=1&after_id=claude-sonnet-4.6')).toMatchObject({
      ids: ['claude-opus-4-6'],
      has_more: true,
    })
    expect(await page('?limit=1&before_id=claude-opus-4-6')).toMatchObject({
      ids: ['claude-sonnet-4.6'],
      has_more: true,
    })
    expect((await fetch(`${url}/v1/models?limit=0`)).status).toBe(400)
    expect((await fetch(`${url}/v1/models?after_id=nobody`)).status).toBe(400)
  })

  test('one model, by any of its names', async () => {
    const { url } = startChain()
    const idOf = async (name: string): Promise<unknown> =>
      (await json(await fetch(`${url}/v1/models/${encodeURIComponent(name)}`)))['id']
    expect(await idOf('claude-sonnet-4.6')).toBe('claude-sonnet-4.6')
    expect(await idOf('sonnet')).toBe('claude-sonnet-4-6')
    expect(await idOf('us.anthropic.claude-opus-4-6-v1')).toBe('claude-opus-4-6')
    const missing = await fetch(`${url}/v1/models/gpt-5`)
    expect(missing.status).toBe(404)
    expect(await json(missing)).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: 'model: gpt-5' },
    } as never)
  })
})

describe('counting', () => {
  test('is additive, at once, and never 1', async () => {
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

describe('what is not here', () => {
  const errorOf = async (response: Response): Promise<unknown> => {
    const body = (await response.json()) as { type: string; error: { type: string }; request_id: string }
    expect(body.type).toBe('error')
    expect(body.request_id).toBe(response.headers.get('request-id') ?? '')
    expect(response.headers.get('content-type')).toContain('application/json')
    return [response.status, body.error.type]
  }

  test('404, with a hint for the usual mistake', async () => {
    const { url } = startChain()
    expect(await errorOf(await fetch(`${url}/nothing`))).toEqual([404, 'not_found_error'])
    const twice = await fetch(`${url}/v1/v1/messages`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await twice.text()).toContain('ANTHROPIC_BASE_URL')
  })

  test('405 with what the path takes', async () => {
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
      const response = await fetch(url + path, { method, ...(method === 'POST' && { body: 'no JSON at all' }) })
      expect(response.headers.get('allow')).toBe(allow)
      expect(await errorOf(response)).toEqual([405, 'invalid_request_error'])
    }
  })

  test('415 for what is not JSON', async () => {
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

describe('bodies', () => {
  const bytes = Buffer.from(JSON.stringify(request({ messages: [{ role: 'user', content: 'grüße 🎉' }] })))

  test.each([
    ['gzip', gzipSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['zstd', zstdCompressSync(bytes)],
    ['identity', bytes],
    ['gzip, br', brotliCompressSync(gzipSync(bytes))],
  ])('come %s encoded', async (encoding, body) => {
    const { url } = startChain()
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
    })
    expect(await response.text()).toContain('You said: grüße 🎉')
  })

  test('damaged, unknown and swollen ones are refused', async () => {
    const { url } = startChain()
    const send = async (body: Buffer, encoding: string): Promise<number> => {
      const response = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      })
      await response.text()
      return response.status
    }
    expect(await send(gzipSync(bytes).subarray(0, 40), 'gzip')).toBe(400)
    expect(await send(bytes, 'rot13')).toBe(415)
    expect(await send(gzipSync(Buffer.alloc(40 * 1024 * 1024, 32)), 'gzip')).toBe(413)
  })

  test('what is nested for the sake of it is refused at once, lawful or not', async () => {
    const { url } = startChain()
    const send = async (body: string, path = '/v1/messages'): Promise<unknown> => {
      const response = await fetch(url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      return [response.status, ((await response.json()) as { error: { message: string } }).error.message]
    }
    const deep = [400, 'The request body is nested more than 500 levels deep.']
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(await send(`{"model":"sonnet","max_tokens":10,"messages":${nested(30_000)}}`)).toEqual(deep)
    const tool = `{"name":"t","input_schema":{"type":"object","p":${nested(100_000)}}}`
    const body = `{"model":"sonnet","max_tokens":10,"tools":[${tool}],"messages":[{"role":"user","content":"x"}]}`
    expect(await send(body)).toEqual(deep)
    expect(await send(body, '/v1/messages/count_tokens')).toEqual(deep)
    const lawful = body.replace(nested(100_000), nested(400))
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: lawful,
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(200)
  })

  test('bytes that are no UTF-8 are refused, not replaced', async () => {
    const { url } = startChain()
    const bytes = Buffer.concat([
      Buffer.from('{"model":"sonnet","max_tokens":10,"messages":[{"role":"user","content":"a'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('b"}]}'),
    ])
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json' },
    })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { message: 'The request body is not valid UTF-8.' } },
    ])
  })

  test('over 32 MB are refused, declared or not', async () => {
    const { url } = startChain()
    const body = Buffer.alloc(33 * 1024 * 1024, 32)
    const declared = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([declared.status, await declared.json()]).toMatchObject([413, { error: { type: 'request_too_large' } }])
    const chunks = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 33; part += 1) controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
        controller.close()
      },
    })
    const streamed = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: chunks,
      headers: { 'content-type': 'application/json' },
    })
    expect(streamed.status).toBe(413)
  })

  test.each([
    ['', 'The request body is not valid JSON.'],
    ['{"model": canary', 'The request body is not valid JSON.'],
    ['[]', 'Input should be an object'],
    ['null', 'Input should be an object'],
    ['{}', 'model: Field required'],
    [JSON.stringify(request({ max_tokens: undefined })), 'max_tokens: Field required'],
    [JSON.stringify(request({ max_tokens: 0 })), 'max_tokens: Input should be greater than or equal to 1'],
    [JSON.stringify(request({ max_tokens: 1.5 })), 'max_tokens: Input should be a valid integer'],
    [JSON.stringify(request({ messages: [] })), 'messages: Length should be at least 1'],
    [
      JSON.stringify(request({ messages: [{ role: 'bot', content: 'x' }] })),
      "messages.0.role: Input should be 'user', 'assistant', 'system'",
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: 7 }] })),
      'messages.0.content: Input should be a valid string or a valid list',
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: [{ type: 'text' }] }] })),
      'messages.0.content.0.text: Field required',
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: [{ text: 'x' }] }] })),
      'messages.0.content.0.type: Field required',
    ],
    [
      JSON.stringify(
        request({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', data: '' } }] }] }),
      ),
      'messages.0.content.0.source.media_type: Field required',
    ],
    [
      JSON.stringify(request({ temperature: 2 })),
      'temperature: Input should be greater than or equal to 0 and less than or equal to 1',
    ],
    [JSON.stringify(request({ tools: [{ name: 'x' }] })), 'tools.0.input_schema: Field required'],
    [JSON.stringify(request({ tools: [{ type: 'custom', name: 'x' }] })), 'tools.0.input_schema: Field required'],
    [JSON.stringify(request({ tool_choice: { type: 'tool' } })), 'tool_choice.name: Field required'],
    [
      JSON.stringify(request({ thinking: { type: 'enabled', budget_tokens: 10 } })),
      'thinking.budget_tokens: Input should be greater than or equal to 1024',
    ],
    [JSON.stringify(request({ system: [{ type: 'text', text: 1 }] })), 'system.0.text: Input should be a valid string'],
  ])('%#: %s', async (body, message) => {
    const { url } = startChain()
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', message } })
  })

  test('an unknown block names the known ones', async () => {
    const { post } = startChain()
    const response = await post(request({ messages: [{ role: 'user', content: [{ type: 'hologram', text: 'x' }] }] }))
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { message: string } }
    expect(error.message).toStartWith(
      "messages.0.content.0: Input tag 'hologram' found using 'type' does not match any of the expected tags: 'text', 'tool_use', ",
    )
  })

  test('unknown members survive the schema, at any depth', async () => {
    const { post, records } = startChain()
    expect(
      (
        await post(
          request({
            brand_new: { deep: [1] },
            messages: [{ role: 'user', content: [{ type: 'text', text: 'a', odd: 1 }] }],
          }),
        )
      ).status,
    ).toBe(200)
    const noted = records.filter(({ event }) => event === 'translate.note').map(({ fields }) => fields['path'])
    expect(noted).toEqual(['brand_new', 'messages.0.content.0.odd'])
  })

  test('null stands for absent', async () => {
    const { post } = startChain()
    const nothing = {
      system: null,
      tools: null,
      tool_choice: null,
      thinking: null,
      output_config: null,
      temperature: null,
      top_p: null,
      top_k: null,
      stop_sequences: null,
      stream: null,
      cache_control: null,
    }
    expect((await post(request(nothing))).status).toBe(200)
  })
})

describe('the guard', () => {
  test('a name that is not this machine, and a page of another origin, are refused', async () => {
    const { url } = startChain()
    const { port } = new URL(url)
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}/health`, { headers })).status
    expect(await status({ host: 'evil.example' })).toBe(403)
    expect(await status({ host: `localhost.evil.example:${port}` })).toBe(403)
    expect(await status({ host: `localhost:${port}` })).toBe(200)
    expect(await status({ host: `[::1]:${port}` })).toBe(200)
    expect(await status({ origin: 'https://evil.example' })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    expect(await status({ origin: `http://localhost:${Number(port) + 1}` })).toBe(403)
    expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(200)
  })

  test('no CORS headers', async () => {
    const { url } = startChain()
    const response = await fetch(`${url}/health`)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('a client token guards /v1 and nothing else', async () => {
    const { url, simulator } = startChain({ config: { clientToken: new Secret('token') } })
    const status = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(url + path, { headers })).status
    expect(await status('/health', {})).toBe(200)
    expect(await status('/v1/models', {})).toBe(401)
    expect(await status('/v1/models', { 'x-api-key': 'wrong' })).toBe(401)
    expect(await status('/v1/models', { 'x-api-key': 'token' })).toBe(200)
    expect(await status('/v1/models', { authorization: 'Bearer token' })).toBe(200)
    expect(await status('/v1/models', { authorization: 'bearer token', 'x-api-key': 'stale' })).toBe(200)
    expect(simulator.journal.length).toBe(0)
  })

  test('short host names lead to the same doors, and round none of them', async () => {
    const { url, simulator } = startChain({ config: { host: '0.0.0.0', clientToken: new Secret('token') } })
    const status = async (path: string, host: string, token?: string): Promise<number> => {
      const headers = { host, 'content-type': 'application/json', ...(token && { 'x-api-key': token }) }
      return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(request()) })).status
    }
    for (const host of ['a', 'ab', 'nas', 'a:1', 'host.example']) {
      for (const path of ['/xx/v1/messages', '/x/v1/messages', '//v1/messages', '/./v1/messages'])
        expect([401, 404]).toContain(await status(path, host))
      expect(await status('/v1/messages', host)).toBe(401)
      expect(await status('/v1/messages', host, 'token')).toBe(200)
    }
    expect(simulator.journal.length).toBe(5)
  })

  test('raw requests without a host, with an odd one, of an old protocol', async () => {
    const { url } = startChain({ config: { host: '0.0.0.0', clientToken: new Secret('token') } })
    expect(await raw(url, 'GET /health HTTP/1.0\r\n\r\n')).toStartWith('HTTP/1.1 200')
    expect(await raw(url, 'GET /v1/models HTTP/1.0\r\n\r\n')).toStartWith('HTTP/1.1 401')
    expect(await raw(url, 'GET /health HTTP/1.1\r\nHost: a/b?\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 (?:200|4\d\d)/,
    )
    expect(
      await raw(url, 'GET /v1/models/% HTTP/1.1\r\nHost: a\r\nx-api-key: token\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 4\d\d/)
  })

  test("a client's own key never reaches Nexus", async () => {
    const { post, simulator } = startChain({ simulator: { apiKey: 'test-key' } })
    expect(
      (
        await post(request(), {
          headers: { authorization: 'Bearer client-secret', 'x-api-key': 'client-secret', cookie: 'client-secret' },
        })
      ).status,
    ).toBe(200)
    expect(JSON.stringify(simulator.journal)).not.toContain('client-secret')
  })
})
