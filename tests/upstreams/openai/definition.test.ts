import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../../../src/config/load.ts'
import type { Simulator } from '../../../src/simulator/exchange.ts'
import { type ChatSimulatorOptions, startChatSimulator } from '../../../src/simulator/openai-chat/server.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'

/** The server in front of a simulated OpenAI-compatible server, as the variables of the replaced systems set it up. */

type Variables = Readonly<Record<string, string>>

const start = (variables: Variables = {}, options: ChatSimulatorOptions = {}) => {
  const bodies: Record<string, unknown>[] = []
  const simulator: Simulator = startChatSimulator({ isAnyModelServed: true, ...options })
  afterTest(() => simulator.stop())
  const environment = { NEXUS_UPSTREAM: 'openai', OPENAI_BASE_URL: `${simulator.url}/v1`, ...variables }
  const { config } = loadConfig({ flags: {}, files: [], environment })
  const proxy = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const text = await request.text()
      bodies.push(JSON.parse(text))
      const { pathname } = new URL(request.url)
      return fetch(simulator.url + pathname, { method: request.method, headers: request.headers, body: text })
    },
  })
  afterTest(() => proxy.stop(true))
  const chain = startChain({ endpointUrl: `http://127.0.0.1:${proxy.port}/v1`, config })
  return { ...chain, bodies }
}

const request = (more: object = {}) => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 1000,
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
})
const bodyOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as never
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }

describe('the server with --upstream openai', () => {
  test('maps the model, and answers by the name that was requested (OU-R1, OU-R4)', async () => {
    const { post, bodies } = start({ BIG_MODEL: 'big/B', MIDDLE_MODEL: 'mid/M' })
    const whole = await bodyOf(await post(request()))
    expect([bodies[0]?.['model'], whole['model']]).toEqual(['mid/M', 'claude-sonnet-4-6'])
    const stream = await (await post(request({ stream: true, model: 'claude-opus-4-6' }))).text()
    expect(bodies[1]?.['model']).toBe('big/B')
    expect(stream).toContain('"model":"claude-opus-4-6"')
  })

  test('limits max_tokens, and adds a missing one (OU-R8, N8)', async () => {
    const { post, bodies } = start({ MAX_TOKENS_LIMIT: '4096', MIN_TOKENS_LIMIT: '100' })
    for (const max of [32_000, undefined, -1, 50]) {
      const response = await post(request({ max_tokens: max }))
      expect(response.status).toBe(200)
    }
    expect(bodies.map((body) => body['max_tokens'])).toEqual([4096, 100, 100, 50])
    const without = await start().post(request({ max_tokens: undefined }))
    expect([without.status, await without.text()]).toEqual([400, expect.stringContaining('max_tokens: Field required')])
  })

  test('routes a turn with an image, and gives the other models a placeholder (OU-R3)', async () => {
    const { post, bodies } = start({ BIG_MODEL: 'big/B', VISION_MODEL: 'see/V' })
    const turn = { role: 'user', content: [image, { type: 'text', text: 'What is this?' }] }
    const tools = [{ name: 'Read', input_schema: { type: 'object' } }]
    await post(request({ system: 'Be brief.', tools, messages: [turn] }))
    expect(bodies[0]).toMatchObject({ model: 'see/V' })
    expect(Object.keys(bodies[0] ?? {})).not.toContain('tools')
    expect(JSON.stringify(bodies[0]?.['messages'])).not.toContain('Be brief.')
    const later = [turn, { role: 'assistant', content: 'A cat' }, { role: 'user', content: 'Thanks' }]
    await post(request({ messages: later }))
    expect(bodies[1]).toMatchObject({ model: 'big/B' })
    expect(JSON.stringify(bodies[1])).toContain('[image omitted: this model does not see images]')
    expect(JSON.stringify(bodies[1])).not.toContain('image_url')
  })

  test('sends no tools with DISABLE_TOOLS, and calls of the history as text (OU-R11)', async () => {
    const { post, bodies } = start({ DISABLE_TOOLS: 'true' })
    const messages = [
      { role: 'user', content: 'List the files' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }] },
    ]
    const response = await post(request({ tools: [{ name: 'Bash', input_schema: { type: 'object' } }], messages }))
    expect(response.status).toBe(200)
    expect(Object.keys(bodies[0] ?? {})).not.toContain('tools')
    const sent = JSON.stringify(bodies[0]?.['messages'])
    expect(sent).toContain('a.txt')
    expect(sent).not.toContain('tool_call')
  })

  test('estimates token counts, and sends no request (OU 1.9)', async () => {
    const { post, bodies } = start()
    const response = await post(
      { model: 'claude-sonnet-4-6', messages: request().messages },
      { path: '/v1/messages/count_tokens' },
    )
    expect(await bodyOf(response)).toEqual({ input_tokens: expect.any(Number) })
    expect(bodies).toEqual([])
  })

  test('reports provider and state in / and /health (OU-R13, N17)', async () => {
    const { url, post } = start(
      { OPENAI_API_KEY: 'x', GATEWAY_TOKEN: 'gate', BIG_MODEL: 'B', MAX_TOKENS_LIMIT: '4096' },
      { apiKey: 'other' },
    )
    const health = async () => bodyOf(await fetch(`${url}/health`))
    expect(await health()).toMatchObject({
      status: 'healthy',
      upstream: {
        name: 'openai',
        provider: 'unknown',
        address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
      },
      openai_api_configured: true,
      api_key_valid: true,
      client_api_key_validation: true,
      timestamp: expect.any(String),
    })
    const refused = await post(request(), { headers: { 'x-api-key': 'gate' } })
    expect(refused.status).toBe(401)
    expect(await health()).toMatchObject({ api_key_valid: false })
    expect(await bodyOf(await fetch(url))).toMatchObject({
      config: { max_tokens_limit: 4096, client_api_key_validation: true, big_model: 'B', small_model: 'B' },
    })
  })

  test('each token of the replaced systems is accepted, also without Bearer (OU-R5, G3, N3)', async () => {
    const { post } = start({ GATEWAY_TOKEN: 'gate', ANTHROPIC_API_KEY: 'client' })
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await post(request(), { headers })).status
    expect(await status({})).toBe(401)
    expect(await status({ 'x-api-key': 'wrong' })).toBe(401)
    for (const headers of [
      { 'x-api-key': 'gate' },
      { 'x-api-key': 'client' },
      { authorization: 'gate' },
      { authorization: 'Bearer client' },
    ])
      expect([headers, await status(headers)]).toEqual([headers, 200])
  })

  test('/v1/models lists the names that resolve', async () => {
    const { url } = start({ MODEL_MAP: 'claude-sonnet-4-6:gpt-5' })
    const { data } = (await bodyOf(await fetch(`${url}/v1/models`))) as { data: { id: string }[] }
    expect(data.map(({ id }) => id)).toEqual(['claude-sonnet-4-6', 'gpt-5'])
  })

  test('a server that is silent for longer than the timeout causes a 504 (OU-R6)', async () => {
    const silent = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Promise<Response>(() => {}) })
    afterTest(() => silent.stop(true))
    const environment = { NEXUS_UPSTREAM: 'openai', REQUEST_TIMEOUT: '0.05', MAX_RETRIES: '0' }
    const { config } = loadConfig({ flags: {}, files: [], environment })
    const { post } = startChain({ endpointUrl: `http://127.0.0.1:${silent.port}/v1`, config })
    const response = await post(request())
    expect([response.status, await bodyOf(response)]).toMatchObject([504, { error: { type: 'timeout_error' } }])
  })
})
