import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import {
  type AnthropicAnswer,
  type AnthropicCall,
  type AnthropicClientOptions,
  createAnthropicClient,
} from '../../../src/upstreams/anthropic/client.ts'
import { oauthBeta } from '../../../src/upstreams/anthropic/credentials/credential.ts'
import { anthropicCall, clientOptions, credentialsOf, keyCredential, recordingServer } from '../../support/anthropic.ts'
import { rawServer } from '../../support/raw-server.ts'

const clientAt = (url: string, more: Partial<AnthropicClientOptions> = {}) => {
  const { options, logged, waits } = clientOptions(url, more)
  const { send } = createAnthropicClient(options)
  return { send: (call: Partial<AnthropicCall> = {}) => send(anthropicCall(call)), logged, waits }
}

const textOf = async ({ ok, response }: AnthropicAnswer): Promise<string> => {
  if (ok) return response.text()
  const chunks = response.relay()
  return chunks === undefined ? '' : Buffer.concat(await Array.fromAsync(chunks)).toString()
}

const overloaded = (headers: Record<string, string> = {}, status = 529): Response =>
  new Response('{"type":"error"}', { status, headers })

describe('retries', () => {
  test.each([408, 500, 502, 503, 504, 529])('sends a request again after a %d (AU-R1)', async (status) => {
    const { url, received } = recordingServer((_, count) => (count < 3 ? overloaded({}, status) : new Response('fine')))
    const { send, waits, logged } = clientAt(url)
    let attempts = 0
    const answer = await send({ onAttempt: () => (attempts += 1) })
    expect([answer.ok, await textOf(answer), received.length, attempts]).toEqual([true, 'fine', 3, 3])
    expect(waits).toEqual([500, 1000])
    expect(logged.filter(({ event }) => event === 'upstream.retry').map(({ fields }) => fields['status'])).toEqual([
      status,
      status,
    ])
  })

  test('relays the last failure, byte for byte (AU-R5)', async () => {
    const { url, received } = recordingServer(() => overloaded({ 'request-id': 'req_theirs' }))
    const ids: string[] = []
    const answer = await clientAt(url).send({ onUpstreamId: (id) => ids.push(id) })
    expect([answer.ok, answer.response.status, await textOf(answer)]).toEqual([false, 529, '{"type":"error"}'])
    expect([received.length, ids.at(-1)]).toEqual([3, 'req_theirs'])
  })

  test('x-should-retry decides where it is there, except for a 429 (AU-R1, AU-R2)', async () => {
    const countOf = async (status: number, advice: string): Promise<number> => {
      const { url, received } = recordingServer(() => overloaded({ 'x-should-retry': advice }, status))
      await clientAt(url).send()
      return received.length
    }
    expect(await countOf(529, 'false')).toBe(1)
    expect(await countOf(409, 'true')).toBe(3)
    expect(await countOf(429, 'true')).toBe(1)
  })

  test.each([400, 401, 403, 404, 413, 429])('relays a %d at once (AU-R1, AU-R2)', async (status) => {
    const { url, received } = recordingServer(() => overloaded({ 'retry-after': '1' }, status))
    const { response } = await clientAt(url).send()
    expect([response.status, response.headers.get('retry-after'), received.length]).toEqual([status, '1', 1])
  })

  test('waits as long as the answer says, and relays it if that is longer than ten seconds (AU-R1)', async () => {
    const waitsFor = async (headers: Record<string, string>): Promise<readonly number[]> => {
      const { url } = recordingServer(() => overloaded(headers))
      const { send, waits } = clientAt(url)
      await send()
      return waits
    }
    expect(await waitsFor({ 'retry-after': '10' })).toEqual([10_000, 10_000])
    expect(await waitsFor({ 'retry-after': '11' })).toEqual([])
    expect(await waitsFor({ 'retry-after': '1', 'retry-after-ms': '20' })).toEqual([20, 20])
  })

  test('sends again after a broken connection, and reports the last one (AU-R1)', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy())
    const { send } = clientAt(server.url, { retry: { maxRetries: 1, random: () => 0, sleep: async () => {} } })
    await expect(send()).rejects.toMatchObject({ type: 'api_error', status: 502 })
    // Two tries, and one more connection for a kept-alive one that may be dead.
    expect(server.count()).toBe(3)
  })

  test('never sends a stream twice (AU-R4)', async () => {
    const streamOf = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream()
    const { url, received } = recordingServer(() => overloaded())
    const { credentials, judged } = credentialsOf([keyCredential('one-key-1'), keyCredential('two-key-2')])
    const answer = await clientAt(url, { credentials }).send({ body: streamOf('x') })
    expect([answer.ok, answer.response.status, received.length, judged]).toEqual([false, 529, 1, [529]])
    const broken = await rawServer((socket) => socket.resetAndDestroy())
    await expect(clientAt(broken.url).send({ body: streamOf('x') })).rejects.toMatchObject({ status: 502 })
    expect(broken.count()).toBe(1)
  })
})

describe('credentials', () => {
  test.each([
    [keyCredential('sk-ant-api-1'), { 'x-api-key': 'sk-ant-api-1', authorization: null }],
    [
      keyCredential('sk-ant-oat-1', { header: 'authorization' as const, kind: 'oauth' as const }),
      { 'x-api-key': null, authorization: 'Bearer sk-ant-oat-1' },
    ],
  ])("send exactly one header, also with the client's own (AU-K6)", async (credential, expected) => {
    const { url, received } = recordingServer(() => new Response('fine'))
    const headers = new Headers({ 'x-api-key': 'sk-ant-client', authorization: 'Bearer client' })
    await clientAt(url, credentialsOf([credential])).send({ headers })
    const seen = received[0]?.headers
    expect({ 'x-api-key': seen?.get('x-api-key'), authorization: seen?.get('authorization') }).toEqual(expected)
  })

  test('change at once after a failure, without a wait (AU-K8, AU-R2)', async () => {
    const { url, received } = recordingServer(({ headers }) =>
      headers.get('x-api-key') === 'three' ? new Response('fine') : overloaded({}, 429),
    )
    const { credentials, judged } = credentialsOf(['one', 'two', 'three'].map((key) => keyCredential(key)))
    const { send, waits } = clientAt(url, { credentials })
    const used: string[] = []
    let attempts = 0
    const answer = await send({
      onCredential: (kind, secret) => used.push(`${kind} ${secret.reveal()}`),
      onAttempt: () => (attempts += 1),
    })
    expect([answer.ok, judged, waits, attempts]).toEqual([true, [429, 429], [], 3])
    expect(used).toEqual(['configured one', 'configured two', 'configured three'])
    expect(received.length).toBe(3)
  })

  test('are reported as those of a subscription if they are OAuth tokens (OP-C3)', async () => {
    const { url } = recordingServer(() => new Response('fine'))
    const token = keyCredential('sk-ant-oat-1', { header: 'authorization', kind: 'oauth', betas: [oauthBeta] })
    const reported: boolean[] = []
    for (const credential of [keyCredential('sk-ant-api-1'), token]) {
      await clientAt(url, credentialsOf([credential])).send({
        onCredential: (_kind, _secret, isSubscription) => reported.push(isSubscription),
      })
    }
    expect(reported).toEqual([false, true])
  })

  test('without a valid one, nothing is sent', async () => {
    const { url, received } = recordingServer(() => new Response('fine'))
    const error = new GatewayError('authentication_error', 'no credential', { shouldRetry: false })
    const choose = (): never => {
      throw error
    }
    await expect(clientAt(url, { credentials: { choose: async () => choose() } }).send()).rejects.toBe(error)
    expect(received).toEqual([])
  })
})

describe('a failed answer', () => {
  test('that is long or slow is relayed completely (AU-R5)', async () => {
    const long = 'x'.repeat(300_000)
    const { url } = recordingServer(
      () =>
        new Response(
          (async function* () {
            yield long
            await Bun.sleep(1)
            yield 'end'
          })(),
          { status: 400 },
        ),
    )
    expect(await textOf(await clientAt(url).send())).toBe(`${long}end`)
  })

  test('that breaks breaks again when it is relayed (AU-R5)', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 10\r\n\r\nabc')
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    const { response } = await clientAt(server.url).send()
    expect(response.status).toBe(400)
    if (!('relay' in response)) throw new Error('not held')
    const parts: string[] = []
    const read = async (): Promise<void> => {
      for await (const part of response.relay() ?? []) parts.push(Buffer.from(part).toString())
    }
    await expect(read()).rejects.toMatchObject({ type: 'api_error' })
    expect(parts.join('')).toBe('abc')
  })
})

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%d is not followed, and only its host is named (AU-N8)', async (status) => {
    const other = recordingServer(() => new Response('stolen'))
    const { url, received } = recordingServer(
      () => new Response(null, { status, headers: { location: `${other.url}/secret-path?token=1` } }),
    )
    const failure = await clientAt(url)
      .send()
      .catch((error: GatewayError) => error)
    expect(failure).toMatchObject({ type: 'api_error', status: 502 })
    expect(String(failure)).toContain('redirects to another address')
    expect(String(failure)).toContain(new URL(other.url).host)
    expect(String(failure)).not.toContain('secret')
    expect([received.length, other.received.length]).toEqual([1, 0])
  })
})

describe('a status that no server can pass on', () => {
  test.each([199, 600, 999])('%d is a failure of the upstream (AU-R5)', async (status) => {
    const { url } = await rawServer((socket) => socket.end(`HTTP/1.1 ${status} Odd\r\ncontent-length: 0\r\n\r\n`))
    await expect(clientAt(url).send()).rejects.toMatchObject({ type: 'api_error', status: 502 })
  })
})

describe('the log', () => {
  test("names the credential's kind and the headers, never a value (AU-D2)", async () => {
    const { url } = recordingServer(() => new Response('fine'))
    const { send, logged } = clientAt(url)
    const domain = { name: 'team.example:3000' }
    const headers = new Headers({ 'x-app': 'canary', 'anthropic-beta': 'canary', cookie: 'canary' })
    await send({ headers, caller: { domain, headers, mayForwardKey: true } })
    expect(logged).toMatchObject([
      {
        level: 'debug',
        event: 'upstream.request',
        fields: {
          requestId: 'req_ours',
          method: 'POST',
          path: '/v1/messages',
          domain: 'team.example:3000',
          credential: 'configured',
          headers: 'user-agent anthropic-version anthropic-beta x-app',
        },
      },
    ])
    expect(JSON.stringify(logged)).not.toMatch(/canary|sk-ant/)
  })
})
