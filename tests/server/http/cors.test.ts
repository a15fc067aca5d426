import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { checkCors } from '../../../src/config/cors.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'

const page = 'https://app.example.com'
const cors = { origins: [page], allowCredentials: false, maxAge: 600 }

const corsOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control') || name === 'vary'))

describe('CORS (OP-W7, OU-R14, G11)', () => {
  test("a listed origin reads responses, and errors, and OpenAI's SDK in it obeys when to retry (OE-E13)", async () => {
    const { url, post } = startChain({ config: { cors, clientToken: new Secret('token') } })
    const exposed =
      'request-id, x-request-id, x-nexus-notes, openai-processing-ms, retry-after, retry-after-ms, x-should-retry, ratelimit, ratelimit-policy, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, nexus-budget'
    const expected = {
      'access-control-allow-origin': page,
      'access-control-expose-headers': exposed,
      vary: 'origin',
    }
    const ok = await fetch(`${url}/health`, { headers: { origin: page } })
    expect([ok.status, corsOf(ok)]).toEqual([200, expected])
    const refused = await fetch(`${url}/v1/models`, { headers: { origin: page } })
    expect([refused.status, corsOf(refused)]).toEqual([401, expected])
    const stream = await post(request({ stream: true }), { headers: { origin: page, 'x-api-key': 'token' } })
    expect([stream.status, corsOf(stream)]).toEqual([200, expected])
    expect(await stream.text()).toContain('message_stop')
  })

  test('a preflight needs no token: 204, and the requested headers come back', async () => {
    const { url } = startChain({ config: { cors, clientToken: new Secret('token') } })
    const preflight = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/v1/messages`, {
        method: 'OPTIONS',
        headers: { origin: page, 'access-control-request-method': 'POST', ...headers },
      })
    const response = await preflight({ 'access-control-request-headers': 'content-type, x-api-key' })
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(corsOf(response)).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
      'access-control-allow-headers': 'content-type, x-api-key',
      'access-control-max-age': '600',
    })
    const odd = await preflight({
      'access-control-request-headers': 'a b',
      'access-control-request-private-network': 'true',
    })
    expect(odd.headers.get('access-control-allow-headers')).toBeNull()
    expect(odd.headers.get('access-control-allow-private-network')).toBe('true')
  })

  test('a preflight is remembered for cors.maxAge seconds (OP-W7)', async () => {
    const { url } = startChain({ config: { cors: { ...cors, maxAge: 5 } } })
    const headers = { origin: page, 'access-control-request-method': 'POST' }
    const response = await fetch(`${url}/v1/messages`, { method: 'OPTIONS', headers })
    expect(response.headers.get('access-control-max-age')).toBe('5')
  })

  test.each(['/dashboard', '/dashboard/api/summary?by=day', '/dashboard/login'])(
    'no page of another origin reads %s, not even a listed one (OP-W7)',
    async (path) => {
      const { url } = startChain({ config: { cors } })
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const headers = { origin: page, 'access-control-request-method': 'GET' }
        const response = await fetch(url + path, { method, headers })
        expect([response.status, corsOf(response)]).toEqual([403, { vary: 'origin' }])
      }
      // A page whose path only begins like this one.
      expect((await fetch(`${url}/dashboards`, { headers: { origin: page } })).status).toBe(404)
    },
  )

  test('* needs a token of any kind (OP-W7)', () => {
    const config = { ...defaultConfig, cors: { ...cors, origins: ['*'] } }
    expect(() => checkCors(config)).toThrow('cors.origins: * would let each web page')
    for (const gate of [
      { clientToken: new Secret('x') },
      { clientsFile: 'clients.json' },
      { clientTokens: new Secret('a:b') },
    ])
      expect(() => checkCors({ ...config, ...gate })).not.toThrow()
  })

  test('another origin is refused as before', async () => {
    const { url } = startChain({ config: { cors } })
    const response = await fetch(`${url}/health`, { headers: { origin: 'https://evil.example' } })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([403, null])
  })

  test('* allows each origin, with a client token only', async () => {
    const config = { cors: { origins: ['*'], allowCredentials: false, maxAge: 600 }, clientToken: new Secret('token') }
    const { url } = startChain({ config })
    const response = await fetch(`${url}/v1/models`, {
      headers: { origin: 'https://any.example', 'x-api-key': 'token' },
    })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    expect(() => checkCors({ ...defaultConfig, cors: config.cors })).toThrow('cors.origins: * would let each web page')
    const withCredentials = { ...config.cors, allowCredentials: true }
    expect(() => checkCors({ ...defaultConfig, ...config, cors: withCredentials })).toThrow('cors.allowCredentials')
  })

  test.each(['app.example.com', 'https://app.example.com/path', 'ftp://x', 'https://*.example.com'])(
    '%s is no origin (OP-W7)',
    (origin) => {
      const config = { ...defaultConfig, cors: { origins: [origin], allowCredentials: false, maxAge: 600 } }
      expect(() => checkCors(config)).toThrow(`${origin} is not an origin`)
    },
  )
})
