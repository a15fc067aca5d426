import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { Secret } from '../../../src/base/secret.ts'
import { startNative } from '../../support/anthropic.ts'
import { defaultConfig } from '../../support/chain.ts'
import { rawRequest } from '../../support/raw-client.ts'
import { waitUntil } from '../../support/wait-until.ts'

const hashOf = (bytes: Uint8Array | string): string => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

const json = { 'content-type': 'application/json' }
const fine = (): Response => Response.json({ type: 'message' })

const post = (
  url: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = json,
): Promise<Response> => fetch(url + path, { method: 'POST', headers, body })

/** Odd spacing, escapes, a duplicate, a number of 17 digits, a lone surrogate, a member that no schema has. */
const oddBody = Buffer.from(
  '\t{ "model" : "x","new":12345678901234567,"new":1.0e0,\r\n "messages":[{"role":"user","content":"\\u00e9\\ud800 \\/"}] }\n\n',
)
const notJson = Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0xc3])

describe('a request', () => {
  test.each([
    ['an odd one', oddBody],
    ['one that is not JSON', notJson],
    ['an empty object', Buffer.from('{}')],
    ['one of 3 MB', Buffer.alloc(3 << 20, 'ü')],
  ])('arrives byte for byte: %s (AU-N1, AU-N2, AU-N3)', async (_, body) => {
    const { url, received } = startNative(fine)
    for (const path of ['/v1/messages?beta=true', '/v1/messages/count_tokens']) {
      expect((await post(url, path, body)).status).toBe(200)
    }
    expect(received.map((entry) => [entry.path, hashOf(entry.body)])).toEqual([
      ['/v1/messages?beta=true', hashOf(body)],
      ['/v1/messages/count_tokens', hashOf(body)],
    ])
  })

  test('that is compressed stays compressed (AU-N4)', async () => {
    const { url, received } = startNative(fine, { anthropic: { modelMap: new Map([['x', 'y']]) } })
    const body = gzipSync('{"model":"x"}')
    await post(url, '/v1/messages', body, { ...json, 'content-encoding': 'gzip' })
    expect([received[0]?.headers.get('content-encoding'), hashOf(received[0]?.body ?? '')]).toEqual([
      'gzip',
      hashOf(body),
    ])
  })

  test('asks for an answer that is not compressed (AU-N6, AU-H1)', async () => {
    const { url, received } = startNative(fine)
    await post(url, '/v1/messages', '{}', { ...json, 'accept-encoding': 'gzip, br' })
    expect(received[0]?.headers.get('accept-encoding')).toBe('identity')
  })

  test('names no client but its own (AU-H1, AU-T4)', async () => {
    const { url, received } = startNative(fine)
    await rawRequest(url, 'POST /v1/messages', json, '{}')
    await rawRequest(url, 'POST /v1/messages', { ...json, 'user-agent': 'claude-cli/2.1' }, '{}')
    expect(received.map(({ headers }) => headers.get('user-agent') ?? '')).toEqual(['', 'claude-cli/2.1'])
  })

  test('has the model of the map, and no other change (AU-N7)', async () => {
    const { url, received } = startNative(fine, { anthropic: { modelMap: new Map([['opus', 'claude-opus-4-6']]) } })
    const body = '{"metadata":{"model":"opus"}, "model" :"opus"}'
    const answer = await post(url, '/v1/messages', body)
    expect(Buffer.from(received[0]?.body ?? []).toString()).toBe(
      '{"metadata":{"model":"opus"}, "model" :"claude-opus-4-6"}',
    )
    expect(await answer.json()).toEqual({ type: 'message' })
  })

  test('of another type than JSON is refused for messages, batches and files (AU-N3)', async () => {
    const { url, received } = startNative(fine)
    const statusOf = async (path: string, type: string): Promise<number> =>
      (await post(url, path, 'x', { 'content-type': type })).status
    for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/messages/batches', '/v1/messages/later'])
      expect(await statusOf(path, 'text/plain')).toBe(415)
    expect(await statusOf('/v1/files', 'application/json')).toBe(415)
    expect(received).toEqual([])
    expect(await statusOf('/v1/files', 'multipart/form-data; boundary=x')).toBe(200)
    expect(await statusOf('/v1/later', 'text/plain')).toBe(200)
    expect((await fetch(`${url}/v1/messages/batches/b/cancel`, { method: 'POST' })).status).toBe(200)
  })

  test('of a web page reaches no path (AU-N3, AU-P8)', async () => {
    const { url, received } = startNative(fine)
    for (const path of ['/v1/messages', '/v1/files', '/v1/skills', '/v1/later', '/v1/models']) {
      const page = { origin: 'https://evil.example', 'content-type': 'text/plain' }
      expect((await post(url, path, '{}', page)).status).toBe(403)
      expect((await post(url, path, '{}', { ...json, host: 'evil.example' })).status).toBe(403)
    }
    expect(received).toEqual([])
  })

  test('that loads it as an image, a script or a link reaches no path either (AU-N3, AU-P8)', async () => {
    const { url, received } = startNative(fine)
    const statusOf = async (site: string, path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(url + path, { headers: { 'sec-fetch-site': site, ...headers } })).status
    for (const path of ['/v1/models', '/v1/files/file_1/content', '/v1/later'])
      for (const site of ['cross-site', 'same-site'])
        expect([path, site, await statusOf(site, path)]).toEqual([path, site, 403])
    expect(received).toEqual([])
    for (const site of ['none', 'same-origin']) expect(await statusOf(site, '/v1/later')).toBe(200)
    expect(await statusOf('cross-site', '/v1/later', { origin: url })).toBe(200)
  })

  test('needs the client token on every path (AU-P8)', async () => {
    const { url, received } = startNative(fine, { clientToken: new Secret('token') })
    for (const path of ['/v1/messages', '/v1/files', '/v1/later', '/v1/models', '/v1/organizations'])
      expect((await post(url, path, '{}')).status).toBe(401)
    expect(received).toEqual([])
    expect((await post(url, '/v1/later', '{}', { ...json, 'x-api-key': 'token' })).status).toBe(200)
    expect(received[0]?.headers.get('x-api-key')).toBe('sk-ant-api-configured')
  })
})

describe('a path', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
    'with method %s is forwarded as it is, and logged as other (AU-P8)',
    async (method) => {
      const { url, received, records } = startNative(fine)
      const response = await fetch(`${url}/v1/new-thing/secret-name?a=%zz&b=1`, { method })
      expect(response.status).toBe(200)
      expect(received.map((entry) => [entry.method, entry.path])).toEqual([
        [method, '/v1/new-thing/secret-name?a=%zz&b=1'],
      ])
      await waitUntil(() => records.some(({ event }) => event === 'request.answered'))
      const logged = records.filter(({ event }) => event.startsWith('request.'))
      expect(logged).toMatchObject([{ fields: { path: 'other' } }])
      expect(JSON.stringify(logged)).not.toContain('secret-name')
    },
  )

  test('that is unknown is refused if the configuration says so (AU-P8)', async () => {
    const { url, received } = startNative(fine, { anthropic: { unknownPaths: 'refuse' } })
    const response = await post(url, '/v1/new-thing', '{}')
    expect([response.status, await response.json()]).toMatchObject([404, { error: { type: 'not_found_error' } }])
    expect((await post(url, '/v1/messages', '{}')).status).toBe(200)
    expect(received.length).toBe(1)
  })

  test.each([
    'GET /v1/organizations',
    'GET /v1/x/../organizations',
    'GET /v1/%2e%2e/v1/oauth/token',
    'GET /v1\\environments',
    'GET http://evil.example/v1/organizations',
    'GET /v1/organiz%61tions',
    'GET /v1//messages',
    'GET /v1/x%2fy',
    'GET /v1/x%5cy',
    'GET /v1/x%00',
    'GET /v1/x%',
    'GET /V1/ORGANIZATIONS',
    'POST /v1/chat/other',
    'POST /v1/completions',
    'POST /v1/embeddings',
    'GET //v1/models',
    'GET /api/oauth/token',
    'POST /api/event_logging/batch',
    'GET /',
    'HEAD /',
    'GET /health',
    'GET /ready',
  ])('is answered here, before a credential is chosen: %s (AU-P6, AU-P7, AU-P9)', async (line) => {
    const { url, received, records } = startNative(fine)
    const { status } = await rawRequest(
      url,
      line,
      line.startsWith('POST') ? json : {},
      line.startsWith('POST') ? '{}' : '',
    )
    expect([200, 404]).toContain(status)
    expect(received).toEqual([])
    expect(records.filter(({ event }) => event === 'upstream.request')).toEqual([])
  })

  test('goes out without its fragment (AU-P9)', async () => {
    const { url, received } = startNative(fine)
    await rawRequest(url, 'POST /v1/messages?beta=true#fragment', json, '{}')
    expect(received.map(({ path }) => path)).toEqual(['/v1/messages?beta=true'])
  })

  test.each(['TRACE', 'CONNECT'])(
    'with method %s is refused, because fetch may not send it (AU-P8)',
    async (method) => {
      const { url, received } = startNative(fine)
      const { status, head } = await rawRequest(url, `${method} /v1/messages`)
      expect([status, /allow: (.*)/i.exec(head)?.[1]]).toEqual([405, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'])
      expect(received).toEqual([])
    },
  )

  test('of a read has no body (AU-P8)', async () => {
    const { url, received } = startNative(fine)
    expect((await rawRequest(url, 'GET /v1/files', {}, 'x')).status).toBe(400)
    expect(received).toEqual([])
  })

  test('of counts is answered by our estimate without a call, if the configuration says so (AU-P2)', async () => {
    const body = JSON.stringify({ model: 'claude-opus-4-6', messages: [{ role: 'user', content: 'hi' }] })
    const estimating = startNative(fine, { countTokens: 'estimate' })
    const answer = await post(estimating.url, '/v1/messages/count_tokens', body)
    expect(await answer.json()).toEqual({ input_tokens: expect.any(Number) })
    expect(estimating.received).toEqual([])
    const counting = startNative(() => Response.json({ input_tokens: 7 }))
    expect(await (await post(counting.url, '/v1/messages/count_tokens', body)).json()).toEqual({ input_tokens: 7 })
  })
})

describe('an answer', () => {
  test('loses the headers of a compression that is undone (AU-N6, AU-H4)', async () => {
    const text = JSON.stringify({ text: 'x'.repeat(2000) })
    const { url } = startNative(
      () => new Response(gzipSync(text), { headers: { ...json, 'content-encoding': 'gzip', 'set-cookie': 'a=b' } }),
    )
    const response = await post(url, '/v1/messages', '{}')
    expect(await response.text()).toBe(text)
    for (const name of ['content-encoding', 'set-cookie'])
      expect([name, response.headers.get(name)]).toEqual([name, null])
    expect(response.headers.get('content-length')).toBe(String(text.length))
  })

  test('without a body has none (AU-N5)', async () => {
    const { url, shutdown, records } = startNative(() => new Response(null, { status: 204, headers: { etag: '"a"' } }))
    const response = await fetch(`${url}/v1/files/file_1`, { method: 'DELETE' })
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([204, null, '"a"'])
    await waitUntil(() => shutdown.running() === 0)
    expect(records.filter(({ event }) => event === 'request.answered').length).toBe(1)
  })

  test('to HEAD keeps the length that it describes (AU-H4, AU-P5)', async () => {
    const { url } = startNative(() => new Response('hello', { headers: json }))
    const response = await fetch(`${url}/v1/files/file_1/content`, { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '5', ''])
  })

  test('that is binary keeps its bytes (AU-P5)', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const headers = { 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="a.pdf"' }
    const { url } = startNative(() => new Response(bytes, { headers }))
    const response = await fetch(`${url}/v1/files/file_1/content`)
    expect([hashOf(await response.bytes()), response.headers.get('content-disposition')]).toEqual([
      hashOf(bytes),
      headers['content-disposition'],
    ])
  })

  test("of a batch keeps the address of its results, which is the upstream's (AU-P3)", async () => {
    const text = '{"id":"msgbatch_1", "results_url":"https://api.anthropic.com/v1/messages/batches/msgbatch_1/results"}'
    const { url } = startNative(() => new Response(text, { headers: json }))
    expect(await (await fetch(`${url}/v1/messages/batches/msgbatch_1`)).text()).toBe(text)
  })

  test.each([401, 403, 404, 429, 529])(
    '%d keeps status, body and id of the upstream (AU-R5, AU-H5)',
    async (status) => {
      const { url } = startNative(
        () => new Response('{"type" : "error"}', { status, headers: { ...json, 'request-id': 'req_theirs' } }),
        { maxRetries: 0 },
      )
      const response = await post(url, '/v1/messages', '{}')
      expect([response.status, await response.text(), response.headers.get('request-id')]).toEqual([
        status,
        '{"type" : "error"}',
        'req_theirs',
      ])
      expect(response.headers.get('retry-after')).toBeNull()
      expect(response.headers.get('x-should-retry')).toBe([401, 403].includes(status) ? 'false' : null)
    },
  )

  test('that never comes is an error of ours, with our id (AU-R5, AU-N8)', async () => {
    const { url } = startNative(() => new Response(null, { status: 302, headers: { location: 'https://a.example/b' } }))
    const response = await post(url, '/v1/messages', '{}')
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { type: 'error', error: { type: 'api_error' }, request_id: response.headers.get('request-id') },
    ])
  })

  test("names our id and the upstream's in the log (AU-H5)", async () => {
    const { url, records } = startNative(() => Response.json({}, { headers: { 'request-id': 'req_theirs' } }))
    await (await post(url, '/v1/messages', '{}')).text()
    await waitUntil(() => records.some(({ event }) => event === 'request.answered'))
    const { fields } = records.find(({ event }) => event === 'request.answered') ?? {}
    expect(fields).toMatchObject({ requestId: expect.stringMatching(/^req_/), upstreamRequestId: 'req_theirs' })
    expect(fields?.['requestId']).not.toBe('req_theirs')
  })

  test("carries the headers of CORS, never the upstream's (AU-H4)", async () => {
    const { url } = startNative(
      () => new Response('{}', { headers: { 'access-control-allow-origin': 'https://b.example' } }),
      {
        cors: { ...defaultConfig.cors, origins: ['https://app.example'] },
      },
    )
    const response = await post(url, '/v1/messages', '{}', { ...json, origin: 'https://app.example' })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example')
  })
})
