import { describe, expect, test } from 'bun:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import OpenAI from 'openai'
import { Secret } from '../../../../src/base/secret.ts'
import { createOpenAiEntranceOf } from '../../../../src/server/entrances/openai/paths.ts'
import { startNative } from '../../../support/anthropic.ts'
import { defaultConfig, startChain } from '../../../support/chain.ts'

const chat = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] }
const responses = { model: 'claude-sonnet-4-6', input: 'hello' }
const prefixes = ['', '/v1', '/openai', '/openai/v1']
const spellings = prefixes.flatMap((prefix): [string, object][] => [
  [`${prefix}/chat/completions`, chat],
  [`${prefix}/responses`, responses],
])

describe('every spelling of the paths (OE-T1)', () => {
  test.each(spellings)('%s is served', async (path, body) => {
    const response = await startChain().post(body, { path })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ model: 'claude-sonnet-4-6' })
  })
})

describe('the client token (OE-T2)', () => {
  const token = 'the-client-token'
  const accepted: Record<string, string>[] = [
    { authorization: `Bearer ${token}` },
    { authorization: `bearer ${token}` },
    { authorization: token },
    { 'x-api-key': token },
    { 'api-key': token },
    { 'api-key': token, authorization: 'Bearer stale' },
  ]

  test.each(spellings)('opens %s in each header, and nothing else does', async (path, body) => {
    const { post, simulator } = startChain({ config: { clientToken: new Secret(token) } })
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'api-key': 'wrong' }, { 'x-api-key': '' }]) {
      const response = await post(body, { path, headers: headers as Record<string, string> })
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([401, 'false'])
      expect(await response.json()).toMatchObject({
        error: { type: 'authentication_error', code: 'invalid_api_key', param: null },
      })
    }
    expect(simulator.journal.length).toBe(0)
    for (const headers of accepted) expect((await post(body, { path, headers })).status).toBe(200)
    expect(JSON.stringify(simulator.journal)).not.toContain(token)
  })

  test('is required for every path of this API, however it is spelled', async () => {
    const { url } = startChain({ config: { clientToken: new Secret(token) } })
    for (const path of [
      '/models',
      '/models/claude-sonnet-4-6',
      '/openai',
      '/openai/anything',
      '/OPENAI/v1/models',
      '/%6fpenai/v1/models',
      '//openai/v1/models',
      '/Responses',
      '/chat//completions',
      '/chat%2Fcompletions',
      '/v1/embeddings',
      '/%6d%6f%64%65%6c%73',
    ])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 401])
    for (const path of ['/health', '/modelsx', '/open', '/chat'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, path === '/health' ? 200 : 404])
  })

  test('is not needed where there is none, and the key of a client never reaches the upstream (OE-T2)', async () => {
    const { post, simulator } = startChain()
    const headers = { authorization: 'Bearer sk-client', 'x-api-key': 'sk-client', 'api-key': 'sk-client' }
    for (const [path, body] of spellings) expect((await post(body, { path, headers })).status).toBe(200)
    expect(JSON.stringify(simulator.journal)).not.toContain('sk-client')
  })

  test('a key of Anthropic is not forwarded either, also where clients of Messages bring their own (OE-T2, AU-K5)', async () => {
    const { post, received } = startNative(() => Response.json({ type: 'error', error: {} }, { status: 400 }))
    for (const headers of [
      { authorization: 'Bearer sk-ant-api-client' },
      { 'x-api-key': 'sk-ant-api-client' },
      { 'api-key': 'sk-ant-api-client' },
    ] as Record<string, string>[])
      for (const [path, body] of spellings) await post(body, { path, headers })
    expect(received.length).toBe(3 * spellings.length)
    for (const { headers } of received) {
      expect(headers.get('x-api-key')).toBe('sk-ant-api-configured')
      expect([headers.get('authorization'), headers.get('api-key')]).toEqual([null, null])
    }
  })

  test('a host of another machine and a page of another origin are refused in the same form (OE-T2, OE-E5)', async () => {
    const { post } = startChain()
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }] as Record<string, string>[]) {
      const response = await post(chat, { path: '/v1/chat/completions', headers })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { type: 'permission_error', code: null } })
    }
  })
})

describe('the headers of answers (OE-T3)', () => {
  test.each([
    ['/v1/chat/completions', chat],
    ['/v1/chat/completions', { ...chat, stream: true }],
    ['/v1/responses', responses],
    ['/v1/responses', { ...responses, stream: true }],
    ['/v1/chat/completions', {}],
    ['/v1/embeddings', {}],
  ])('%s %j has its id, its time and its version', async (path, body) => {
    const { headers } = await startChain().post(body, { path })
    expect(headers.get('x-request-id')).toBe(headers.get('request-id'))
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/)
    expect(headers.get('openai-processing-ms')).toMatch(/^\d+$/)
    expect(headers.get('openai-version')).toBe('2020-10-01')
    expect([...headers.keys()].filter((name) => name.startsWith('x-codex'))).toEqual([])
  })

  test("OpenAI's own SDK shows the id (OE-T3)", async () => {
    const client = new OpenAI({ baseURL: `${startChain().url}/v1`, apiKey: 'dummy', maxRetries: 0 })
    const { _request_id } = await client.chat.completions.create({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: 'hello' }],
    })
    expect(_request_id).toMatch(/^[\w-]{8,}$/)
  })

  test('answers to clients of Messages have none of them (OE-T3)', async () => {
    const { headers } = await startChain().post({ ...chat, max_tokens: 10 })
    for (const name of ['x-request-id', 'openai-processing-ms', 'openai-version']) expect(headers.has(name)).toBe(false)
  })
})

describe('compressed bodies (OE-T6)', () => {
  const bytes = Buffer.from(JSON.stringify(chat))
  const send = (encoding: string, body: Uint8Array, path = '/v1/chat/completions'): Promise<Response> =>
    fetch(startChain().url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      body,
    })

  test.each([
    ['gzip', gzipSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['zstd', zstdCompressSync(bytes)],
  ])('%s is read', async (encoding, body) => expect((await send(encoding, body)).status).toBe(200))

  test('zstd is read by Responses, too, which Codex sends there', async () => {
    const body = zstdCompressSync(Buffer.from(JSON.stringify(responses)))
    expect((await send('zstd', body, '/v1/responses')).status).toBe(200)
  })

  test('another encoding is a 415, and a body that is too large after decoding a 413 (OE-E7, OE-E14)', async () => {
    const unknown = await send('compress', bytes)
    expect([unknown.status, await unknown.json()]).toEqual([
      415,
      {
        error: {
          message: "Content encoding 'compress' is not supported.",
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    ])
    const large = await send('gzip', gzipSync(Buffer.alloc(33 * 1024 * 1024, ' ')))
    expect(large.status).toBe(413)
    expect(await large.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'request_too_large' } })
  })
})

describe("the path decides the form of an error, and for the list of models the client's header (OE-E14)", () => {
  const nameOf = (path: string, headers: Record<string, string> = {}, hasFiles = false): string | undefined =>
    createOpenAiEntranceOf({ hasFiles })(new Request(`http://localhost${path}`, { headers }))?.name
  const version = { 'anthropic-version': '2023-06-01' }

  test.each([
    ['/v1/chat/completions', 'openai-chat'],
    ['/chat/completions/', 'openai-chat'],
    ['/openai/responses', 'openai-responses'],
    ['/v1/responses/resp_1', 'openai-responses'],
    ['/v1/models', 'openai'],
    ['/models/x?client_version=1', 'openai'],
    ['/openai/anything', 'openai'],
    ['/v1/files', 'openai'],
    ['/v1/messages', undefined],
    ['/v1/messages/batches', undefined],
    ['/v1/filesystem', undefined],
    ['/health', undefined],
    ['/', undefined],
    ['/%', undefined],
  ])('%s: %s', (path, name) => expect(nameOf(path)).toBe(name))

  test("Anthropic's clients and files keep their own form (OE-E14)", () => {
    expect(nameOf('/v1/models', version)).toBeUndefined()
    expect(nameOf('/v1/models/x', version)).toBeUndefined()
    expect(nameOf('/openai/v1/models', version)).toBe('openai')
    expect(nameOf('/v1/files/x', {}, true)).toBeUndefined()
    expect(nameOf('/openai/v1/files', {}, true)).toBe('openai')
  })

  test('405 names the methods, 415 and 400 the fault (OE-M5, OE-E14)', async () => {
    const { url, post } = startChain()
    const wrong = await fetch(`${url}/v1/chat/completions`, { method: 'PUT' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await wrong.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null, code: null } })
    const type = await fetch(`${url}/v1/responses`, { method: 'POST', body: 'text' })
    expect(type.status).toBe(415)
    expect(await type.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    const broken = await post({ model: 5 }, { path: '/v1/chat/completions' })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ error: { type: 'invalid_request_error', param: 'model' } })
  })

  test('a page of a listed origin reads them, and may delete a stored response (OE-E14, OE-R44)', async () => {
    const origin = 'https://app.example.com'
    const { url } = startChain({ config: { cors: { ...defaultConfig.cors, origins: [origin] } } })
    const preflight = await fetch(`${url}/v1/responses/resp_1`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'DELETE' },
    })
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
    const refused = await fetch(`${url}/v1/embeddings`, { headers: { origin } })
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    expect(refused.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })
})
