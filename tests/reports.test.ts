import { describe, expect, test } from 'bun:test'
import { Secret } from '../src/base/secret.ts'
import type { Config } from '../src/config/load.ts'
import { type ChainOptions, defaultConfig, request, startChain } from './support/chain.ts'
import { received, startSlackSink, startTelemetrySink } from './support/sinks.ts'

/** What Slack and a telemetry address get of requests that pass through the whole product. */

const slackAt = (url: string, members: Partial<Config['slack']> = {}): Partial<Config> => ({
  slack: { ...defaultConfig.slack, webhookUrl: new Secret(url), ...members },
})

const start = (config: Partial<Config>, options: ChainOptions = {}) => startChain({ ...options, config })

describe('telemetry', () => {
  test('gets the figures of each answer at its end, streamed or whole (AU-Y1)', async () => {
    const sink = startTelemetrySink()
    const { post } = start({ telemetry: { endpoint: sink.url } })
    for (const stream of [false, true])
      await (await post(request({ stream }), { path: '/v1/messages?beta=true' })).text()
    const bodies = await received(sink, 2)
    for (const body of bodies) {
      expect(body).toMatchObject({ method: 'POST', path: '/v1/messages', model: 'claude-sonnet-4-6', status: 200 })
      const { inputTokens, outputTokens, duration } = body as Record<string, number>
      expect([inputTokens, outputTokens, duration].map((figure) => typeof figure)).toEqual([
        'number',
        'number',
        'number',
      ])
      expect(outputTokens).toBeGreaterThan(0)
    }
  })

  test('gets refused and failed requests with their own status (AU-Y1)', async () => {
    const sink = startTelemetrySink()
    const { post } = start(
      { telemetry: { endpoint: sink.url }, clientToken: new Secret('client-token-0123456789') },
      { endpointUrl: 'http://127.0.0.1:1' },
    )
    await post(request())
    await post(request(), { headers: { 'x-api-key': 'client-token-0123456789' } })
    expect(await received(sink, 2)).toMatchObject([
      { status: 401, error: 'authentication_error', model: 'unknown', apiKey: 'unknown' },
      { status: 502, error: 'api_error', model: 'claude-sonnet-4-6' },
    ])
  })
})

describe('Slack', () => {
  const content = [
    { text: 'It is <b>done</b>.' },
    { tool: 'Read', input: { file_path: '/a/b/c.ts', offset: 1, limit: 9 } },
  ]

  test('gets the words of an exchange, streamed or whole, and a prompt only once (AU-S1, AU-S3, AU-S6)', async () => {
    const sink = startSlackSink()
    const { post, url } = start(slackAt(sink.url, { channel: '#claude' }), { scenario: () => ({ content }) })
    const messages = [{ role: 'user', content: 'Do <this>' }]
    for (const stream of [false, true]) {
      await (await post(request({ messages, stream }))).text()
      await received(sink, stream ? 2 : 1)
    }
    const answer = '🤖 Claude: It is &lt;b&gt;done&lt;/b&gt;.\n🔧 Read - b/c.ts (lines 1-9)'
    const [first, second] = await received(sink, 2)
    expect(first).toEqual({
      channel: '#claude',
      username: 'Claude Nexus Proxy',
      icon_emoji: ':robot_face:',
      text: `👤 User: Do &lt;this&gt;\n\n${answer}`,
      attachments: [
        {
          footer: expect.stringMatching(
            new RegExp(`^${new URL(url).host} \\| claude-sonnet-4-6 \\| unknown \\| Tokens: \\d+/\\d+$`),
          ) as never,
          ts: expect.stringMatching(/^\d{10}$/) as never,
        },
      ],
    })
    expect(second?.['text']).toBe(answer)
  })

  test('gets nothing of query evaluations, of counts, and of requests without text of the user (AU-S2)', async () => {
    const sink = startSlackSink()
    const { post } = start(slackAt(sink.url), { scenario: () => ({ content }) })
    const reminder = '<system-reminder>Be brief.</system-reminder>'
    await post(request({ system: 'You evaluate.' }))
    await post(request({ messages: [{ role: 'user', content: reminder }] }))
    await post(request({}), { path: '/v1/messages/count_tokens' })
    await post(
      request({ messages: [{ role: 'user', content: [reminder, 'Last'].map((text) => ({ type: 'text', text })) }] }),
    )
    const [message] = await received(sink, 1)
    expect([sink.posts.length, String(message?.['text']).split('\n')[0]]).toEqual([1, '👤 User: Last'])
  })

  test('gets a failure in our own words, which do not quote the request (AU-S4)', async () => {
    const sink = startSlackSink()
    const scenario = () => ({ error: { status: 500, type: 'InternalServerException', message: 'CANARYWORD' } })
    const { post } = start(slackAt(sink.url), { scenario })
    await post(request({ messages: [{ role: 'user', content: 'CANARYWORD' }] }))
    const [body] = await received(sink, 1)
    expect(body).toMatchObject({
      username: 'Claude Nexus Proxy',
      icon_emoji: ':robot_face:',
      attachments: [{ author_name: ':warning: Error', title: expect.stringMatching(/^Request req_\w+$/) }],
    })
    expect(JSON.stringify(body)).not.toContain('CANARYWORD')
  })

  test('gets nothing of a personal domain (AU-S2)', async () => {
    const sink = startSlackSink()
    const { post } = start(slackAt(sink.url), { endpointUrl: 'http://127.0.0.1:1' })
    await post(request(), { headers: { host: 'personal.localhost' } })
    await post(request(), { headers: { host: 'team.localhost' } })
    await received(sink, 1)
    expect(sink.posts.length).toBe(1)
  })
})
