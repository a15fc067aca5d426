import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Secret } from '../../../src/base/secret.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'
import { startDomainServer } from '../../support/domain-files.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'

/** The response to bytes that no valid client sends. */
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

describe('the guard', () => {
  test('refuses a host name of another machine, and a page of another origin', async () => {
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

  test('sends no CORS headers', async () => {
    const { url } = startChain()
    const response = await fetch(`${url}/health`)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('requires a client token for /v1 and nothing else', async () => {
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

  test('checks requests with short host names like all others', async () => {
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

  test('answers raw requests without a host, with an invalid one, of an old protocol', async () => {
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

describe('the guard of a server with files of credentials', () => {
  const key = { type: 'api_key', api_key: 'sk-team' }

  test('accepts a host that has a file, and no other (AU-K11)', async () => {
    const { status } = startDomainServer({ 'team.example': key, 'port.example:80': key })
    expect(await status('/health', { host: 'team.example' })).toBe(200)
    expect(await status('/health', { host: 'TEAM.example:4141' })).toBe(200)
    expect(await status('/health', { host: 'port.example:80' })).toBe(200)
    expect(await status('/health', { host: 'port.example' })).toBe(403)
    expect(await status('/health', { host: 'evil.example' })).toBe(403)
    expect(await status('/health', { host: 'team.example', origin: 'https://evil.example' })).toBe(403)
    expect(await status('/health', {})).toBe(200)
  })

  test('tells an unknown host that a file of credentials makes a name known (AU-K11)', async () => {
    const { post } = startDomainServer({ 'team.example': key })
    expect(await (await post({ host: 'evil.example' })).text()).toContain(
      'This server answers only to requests for localhost, and for names that have a file of credentials.',
    )
  })

  test('refuses a host whose file is invalid, with the reason (AU-K13)', async () => {
    const { post, status, received } = startDomainServer({
      'team.example': { type: 'api_key' },
      localhost: { type: '' },
    })
    const response = await post({ host: 'team.example' })
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([500, 'false'])
    expect(await response.json()).toMatchObject({
      error: {
        type: 'api_error',
        message: 'credentials for this domain are invalid: team.example.credentials.json: api_key is missing',
      },
    })
    expect((await post({ host: 'localhost' })).status).toBe(500)
    // A probe of this machine does not depend on the file.
    expect(await status('/health', { host: 'localhost' })).toBe(200)
    expect(received).toEqual([])
  })

  const gated = { ...key, client_api_key: 'cnp_live_team' }

  test('opens a domain that has a client key for this key only, and makes no call without it (AU-K16)', async () => {
    const { post, status, received } = startDomainServer({ 'team.example': gated, 'other.example': key })
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { authorization: 'Bearer sk-team' }]) {
      const response = await post({ host: 'team.example', ...headers })
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([401, 'false'])
    }
    expect(await status('/v1/models', { host: 'team.example' })).toBe(401)
    expect(received).toEqual([])
    expect((await post({ host: 'team.example', 'x-api-key': 'cnp_live_team' })).status).toBe(200)
    expect((await post({ host: 'team.example:80', authorization: 'Bearer cnp_live_team' })).status).toBe(200)
    expect((await post({ host: 'other.example' })).status).toBe(200)
    expect(received.map(({ key: used, bearer }) => [used, bearer])).toEqual(
      Array.from({ length: 3 }, () => ['sk-team', null]),
    )
  })

  test("opens a domain for the server's own token, too, and the domain's key opens no other domain (AU-K16)", async () => {
    const { post, received } = startDomainServer(
      { 'team.example': gated, 'other.example': key },
      { config: { clientToken: new Secret('general') } },
    )
    const statusOf = async (host: string, token: string): Promise<number> =>
      (await post({ host, 'x-api-key': token })).status
    expect(await statusOf('team.example', 'general')).toBe(200)
    expect(await statusOf('team.example', 'cnp_live_team')).toBe(200)
    expect(await statusOf('other.example', 'general')).toBe(200)
    expect(await statusOf('other.example', 'cnp_live_team')).toBe(401)
    expect(await statusOf('team.example', 'wrong')).toBe(401)
    expect(JSON.stringify(received)).not.toMatch(/general|cnp_live/)
  })

  test.each(['auto', 'forward', 'ignore'] as const)(
    "never forwards the server's own token, with --client-keys %s (AU-K5)",
    async (clientKeys) => {
      const { post, received } = startDomainServer(
        {},
        {
          config: {
            clientToken: new Secret('sk-ant-general'),
            anthropic: { ...defaultConfig.anthropic, clientKeys },
          },
        },
      )
      const token = 'sk-ant-general'
      for (const headers of [{ 'x-api-key': token }, { authorization: `Bearer ${token}` }])
        expect((await post(headers)).status).toBe(401)
      expect((await post({ 'x-api-key': token, authorization: 'Bearer sk-ant-api03-own' })).status).toBe(
        clientKeys === 'forward' ? 200 : 401,
      )
      expect(received.map(({ key: used, bearer }) => [used, bearer])).toEqual(
        clientKeys === 'forward' ? [['sk-ant-api03-own', null]] : [],
      )
    },
  )
})

describe('the guard of a server with named clients', () => {
  /** The answer for a token, in words that a client sees. */
  const answerFor = async (url: string, headers: Record<string, string>, path = '/v1/models') => {
    const response = await fetch(url + path, { headers })
    const body = (await response.json()) as { readonly error?: { readonly type: string; readonly message: string } }
    return { status: response.status, retry: response.headers.get('x-should-retry'), error: body.error }
  }

  test('accepts the token of a client in each header, and of the variable and the shared token next to it (OP-A1, OP-A2)', async () => {
    const { url } = startChain({
      config: { clientToken: new Secret('shared'), clientTokens: new Secret(`bob:${tokenOf('bob')}`) },
      clients: [clientEntry('alice')],
    })
    const alice = tokenOf('alice')
    const accepted = [
      { 'x-api-key': alice },
      { 'api-key': alice },
      { authorization: `Bearer ${alice}` },
      { authorization: alice },
      { 'x-api-key': 'stale', authorization: `bearer ${alice}` },
      { 'x-api-key': tokenOf('bob') },
      { 'x-api-key': 'shared' },
    ]
    for (const headers of accepted) expect((await answerFor(url, headers)).status).toBe(200)
  })

  test('refuses a token that is missing, unknown, disabled or expired with the same 401 (OP-A6)', async () => {
    const { url, simulator } = startChain({
      clients: [clientEntry('off', { disabled: true }), clientEntry('past', { expires: '2020-01-01' })],
    })
    const refusal = {
      status: 401,
      retry: 'false',
      error: { type: 'authentication_error', message: 'invalid x-api-key' },
    }
    for (const headers of [{}, { 'x-api-key': 'x' }, { 'x-api-key': tokenOf('off') }, { 'x-api-key': tokenOf('past') }])
      expect(await answerFor(url, { ...headers, 'anthropic-version': '2023-06-01' })).toEqual(refusal)
    expect(simulator.journal).toEqual([])
  })

  test('lets no client in if the file has none (OP-A2)', async () => {
    const { url } = startChain({ clients: [] })
    expect((await answerFor(url, {})).status).toBe(401)
    expect((await answerFor(url, { 'x-api-key': 'dummy' })).status).toBe(401)
  })

  test('protects these paths, in each spelling, and no others (OP-A7)', async () => {
    const { url, simulator } = startChain({ config: { metrics: 'on' }, clients: [clientEntry('alice')] })
    const status = async (method: string, path: string): Promise<number> =>
      (await fetch(url + path, { method, redirect: 'manual' })).status
    const ofModels = ['/messages', '/messages/count_tokens', '/models', '/models/sonnet', '/anything', '']
    const ofOpenAi = ['/chat/completions', '/responses', '/responses/x', '/responses/compact', '/models']
    const covered = [
      ...ofModels.map((path) => `/v1${path || '/'}`),
      ...['', '/v1', '/openai', '/openai/v1'].flatMap((prefix) => ofOpenAi.map((path) => prefix + path)),
      '/openai',
      '/openai/deployments/x/chat/completions',
      '/v1/embeddings',
      ...['/CHAT/completions', '//responses', '/v1//messages', '/v1/%6dessages', '/%6dodels', '/v1/../v1/models'],
      '/token-stats',
      '/test-connection',
    ]
    expect(await status('GET', '/metrics')).toBe(401)
    for (const path of covered)
      for (const method of ['GET', 'POST', 'DELETE', 'PUT'])
        expect([path, method, await status(method, path)]).toEqual([path, method, 401])
    const open = ['/', '/health', '/healthz', '/ready', '/readyz', '/api/hello']
    for (const path of open) {
      expect([path, await status('GET', path)]).toEqual([path, 200])
      expect([path, await status('HEAD', path)]).toEqual([path, 200])
    }
    const events = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect((await fetch(`${url}/api/event_logging/batch`, events)).status).toBe(200)
    // Not a path of the server.
    for (const path of ['/unknown', '/v2/messages', '/tokens'])
      expect([path, await status('GET', path)]).toEqual([path, 404])
    expect(simulator.journal).toEqual([])
  })

  test('the limits of a client hold for this client alone (OP-A2, OP-L1, OP-L7)', async () => {
    const { post } = startChain({
      config: { clientsFile: 'clients.json' },
      clients: [
        clientEntry('alice', { requestsPerMinute: 1, burst: 0 }),
        clientEntry('bob', { requestsPerDay: 1 }),
        clientEntry('carol'),
      ],
    })
    const send = async (name: string): Promise<string> => {
      const response = await post(request(), { headers: { 'x-api-key': tokenOf(name) } })
      const { error } = (await response.json()) as { readonly error?: { readonly type: string } }
      return error?.type ?? 'answered'
    }
    const twice = async (name: string): Promise<string[]> => [await send(name), await send(name)]
    expect(await twice('alice')).toEqual(['answered', 'rate_limit_error'])
    expect(await twice('bob')).toEqual(['answered', 'billing_error'])
    expect(await twice('carol')).toEqual(['answered', 'answered'])
  })

  test("the record of a request has the client's name, and nothing has its token (OP-A8)", async () => {
    const ended: unknown[] = []
    const { url, post, records } = startChain({
      config: { clientToken: new Secret('shared-token-of-all-clients') },
      clients: [clientEntry('alice')],
      observers: [(record) => ended.push(record)],
    })
    await (await post(request(), { headers: { 'x-api-key': tokenOf('alice') } })).text()
    await answerFor(url, { 'x-api-key': 'shared-token-of-all-clients' })
    await answerFor(url, { 'x-api-key': 'wrong-token-of-a-client' })
    expect(ended.map((record) => (record as { client?: string }).client)).toEqual(['alice', 'default', undefined])
    const all = JSON.stringify([ended, records])
    for (const token of [tokenOf('alice'), 'shared-token', 'wrong-token', clientEntry('alice').tokenHash])
      expect(all).not.toContain(token)
  })

  test('the record has no client where all share one token (OP-A8)', async () => {
    const ended: unknown[] = []
    const { url } = startChain({
      config: { clientToken: new Secret('shared') },
      observers: [(record) => ended.push(record)],
    })
    await answerFor(url, { 'x-api-key': 'shared' })
    expect(ended).not.toContainEqual(expect.objectContaining({ client: expect.anything() }))
  })
})

describe('a client that may use some models', () => {
  const token = tokenOf('alice')
  const start = (models = ['haiku', 'claude-sonnet-4-6']) => startChain({ clients: [clientEntry('alice', { models })] })
  const headers = { 'x-api-key': token, 'content-type': 'application/json' }

  const send = async (url: string, path: string, body: object) => {
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, text: await response.text() }
  }

  const refusal = "model: claude-opus-4-6 is not allowed. Client 'alice' may use: haiku, claude-sonnet-4-6."

  test.each([
    ['/v1/messages', (model: string) => request({ model })],
    ['/v1/messages', (model: string) => request({ model, stream: true })],
    ['/v1/messages/count_tokens', (model: string) => ({ ...request({ model }), max_tokens: undefined })],
    ['/v1/chat/completions', (model: string) => ({ model, messages: [{ role: 'user', content: 'Hello' }] })],
    ['/responses', (model: string) => ({ model, input: 'Hello' })],
    ['/v1/responses/input_tokens', (model: string) => ({ model, input: 'Hello' })],
  ])('gets a 403 at %s for others, which names the allowed models (OP-A6)', async (path, bodyOf) => {
    const { url, simulator, records } = start()
    for (const model of ['claude-haiku-4-5', 'sonnet']) expect((await send(url, path, bodyOf(model))).status).toBe(200)
    const sent = simulator.journal.length
    const { status, text } = await send(url, path, bodyOf('claude-opus-4-6'))
    expect(status).toBe(403)
    expect(text).toContain(refusal)
    expect(simulator.journal.length).toBe(sent)
    const logged = records.findLast(({ event }) => event === 'request.refused')?.fields['reason']
    expect(logged).toBe("model: not allowed. Client 'alice' may use: haiku, claude-sonnet-4-6.")
  })

  test('gets the error of the protocol (OP-A6)', async () => {
    const { url } = start()
    const anthropic = JSON.parse((await send(url, '/v1/messages', request({ model: 'opus' }))).text)
    expect(anthropic.error.type).toBe('permission_error')
    const chat = { model: 'opus', messages: [{ role: 'user', content: 'Hello' }] }
    const openAi = JSON.parse((await send(url, '/v1/chat/completions', chat)).text)
    expect(openAi.error).toMatchObject({ code: 'model_not_found', message: expect.stringContaining('may use: haiku') })
  })

  test('sees only these in the lists of models (OP-A6)', async () => {
    const { url } = start()
    const idsAt = async (path: string, more: Record<string, string> = {}): Promise<string[]> => {
      const { data } = (await (await fetch(url + path, { headers: { ...headers, ...more } })).json()) as {
        readonly data: readonly { readonly id: string }[]
      }
      return data.map(({ id }) => id)
    }
    const allowed = ['claude-sonnet-4-6', 'claude-haiku-4-5']
    expect(await idsAt('/v1/models', { 'anthropic-version': '2023-06-01' })).toEqual(allowed)
    for (const path of ['/v1/models', '/models', '/openai/v1/models']) expect(await idsAt(path)).toEqual(allowed)
    const catalog = await (await fetch(`${url}/models?client_version=1`, { headers })).text()
    expect(catalog).toContain('claude-sonnet-4-6')
    expect(catalog).not.toContain('opus')
  })

  test('finds only these by name (OP-A6)', async () => {
    const { url } = start()
    for (const version of [{}, { 'anthropic-version': '2023-06-01' }]) {
      const status = async (name: string): Promise<number> =>
        (await fetch(`${url}/v1/models/${name}`, { headers: { ...headers, ...version } })).status
      expect([await status('sonnet'), await status('haiku'), await status('opus'), await status('unknown')]).toEqual([
        200, 200, 404, 404,
      ])
    }
  })

  test("sees only these in a server without OpenAI's API (OP-A6)", async () => {
    const { url } = startChain({
      config: { openaiEntrance: { ...defaultConfig.openaiEntrance, enabled: false } },
      clients: [clientEntry('alice', { models: ['haiku'] })],
    })
    const list = await (await fetch(`${url}/v1/models`, { headers })).json()
    expect(list).toMatchObject({ data: [{ id: 'claude-haiku-4-5' }], has_more: false })
    expect((await fetch(`${url}/v1/models/opus`, { headers })).status).toBe(404)
  })
})
