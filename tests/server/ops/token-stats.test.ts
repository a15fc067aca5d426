import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { type Chain, request, startChain } from '../../support/chain.ts'

const statsOf = async ({ url }: Pick<Chain, 'url'>, headers: Record<string, string> = {}): Promise<unknown> =>
  (await fetch(`${url}/token-stats`, { headers })).json()

const two = [
  { type: 'text', text: 'a' },
  { type: 'text', text: 'b' },
]

describe('/token-stats', () => {
  test('is empty at the start (AU-U1)', async () => {
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as never
    expect(await statsOf(startChain())).toEqual({ status: 'ok', stats: {}, timestamp })
  })

  test.each([true, false])(
    'counts each translated request once, with tokens, class and tools (stream: %p) (AU-U2, AU-U3, AU-U4, AU-U6)',
    async (stream) => {
      const tool = { tool: 'Bash', input: { command: 'ls' } }
      const chain = startChain({ scenario: () => ({ content: [{ text: 'x' }, tool] }) })
      const tools = [{ name: 'Bash', input_schema: { type: 'object' } }]
      const begun = Date.now()
      for (const system of ['one', two, undefined]) {
        await (await chain.post(request({ stream, tools, ...(system && { system }) }))).text()
      }
      const { host } = new URL(chain.url)
      const counted = expect.any(Number) as never
      expect(await statsOf(chain)).toMatchObject({
        stats: {
          [host]: {
            inputTokens: counted,
            outputTokens: counted,
            requestCount: 3,
            queryEvaluationCount: 1,
            inferenceCount: 1,
            toolCallCount: 3,
            lastUpdated: counted,
            errorCount: 0,
          },
        },
      })
      const { stats } = (await statsOf(chain)) as {
        stats: Record<string, { lastUpdated: number; inputTokens: number }>
      }
      expect(stats[host]?.lastUpdated).toBeWithin(begun, Date.now() + 1)
      expect(stats[host]?.inputTokens).toBeGreaterThan(0)
    },
  )

  test('counts failures, but no counts of tokens, models and other paths (AU-U4, AU-U7)', async () => {
    const error = { status: 400, type: 'ValidationException', message: 'm' }
    const chain = startChain({ scenario: () => ({ error }) })
    await (await chain.post(request(), { headers: { host: 'localhost:9' } })).text()
    await (await chain.post(request(), { path: '/v1/messages/count_tokens' })).text()
    for (const path of ['/v1/models', '/health', '/nowhere']) await (await fetch(chain.url + path)).text()
    expect(await statsOf(chain)).toMatchObject({ stats: { 'localhost:9': { requestCount: 1, errorCount: 1 } } })
    expect(Object.keys(((await statsOf(chain)) as { stats: object }).stats)).toEqual(['localhost:9'])
  })

  test('needs the client token where one is set (AU-U1)', async () => {
    const { url } = startChain({ config: { clientToken: new Secret('token') } })
    expect((await fetch(`${url}/token-stats`)).status).toBe(401)
    expect((await fetch(`${url}/token-stats`, { headers: { 'x-api-key': 'token' } })).status).toBe(200)
  })

  test('takes GET and HEAD only', async () => {
    const { url } = startChain()
    expect((await fetch(`${url}/token-stats`, { method: 'HEAD' })).status).toBe(200)
    const response = await fetch(`${url}/token-stats`, { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})
