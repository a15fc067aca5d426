import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GatewayError } from '../src/base/errors.ts'
import { Secret } from '../src/base/secret.ts'
import type { Reply } from '../src/simulator/reply.ts'
import type { MessagesRequest } from '../src/wire/anthropic/request.ts'
import { accessRecords } from './support/access-records.ts'
import {
  clientToken,
  expectNoSecrets,
  headers,
  invalidRequests,
  key,
  privateWord,
  secrets,
  secretsIn,
  validRequest,
} from './support/canary.ts'
import { type Chain, type ChainOptions, defaultConfig, simulate, startChain } from './support/chain.ts'
import { afterTest } from './support/cleanup.ts'
import { temporaryFolder } from './support/cli.ts'
import { fileHost, fileResponse, sourcesFrom } from './support/file-host.ts'
import { cases, fixture } from './support/fixtures.ts'
import { testHistory } from './support/history.ts'
import { callContext, nexusAt } from './support/nexus.ts'
import { type SinkScenario, startSlackSink, startTelemetrySink } from './support/sinks.ts'
import { urlBlock } from './support/url-sources.ts'

/**
 * No key and no word of a prompt or a response is ever in a log at any level, in a page for probes, or in an error
 * as the console shows it. The body of an error may contain the client's own words where Anthropic's API quotes
 * them, and the upstream's message. tests/cli/canary.test.ts checks the same for the output of the program.
 */

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** An upstream's error body, with the canary in its messages. */
const quotingPrivateWord = (body: string): string => {
  try {
    const parsed = JSON.parse(body)
    for (const member of ['message', 'Message', 'originalMessage', 'detail'])
      if (typeof parsed[member] === 'string') parsed[member] += ` '${privateWord}'`
    return JSON.stringify(parsed)
  } catch {
    return `${body} ${privateWord}`
  }
}

const errorReplies: [string, Reply][] = cases('errors').flatMap((name): [string, Reply][] => {
  const { status, headers: given, body } = fixture<Answer>('errors', name, 'answer')
  const error = { status, headers: given }
  if (status < 300 || status === 304) return []
  return [
    [name, { error: { ...error, body } }],
    [`${name}, quoting`, { error: { ...error, body: quotingPrivateWord(body) } }],
  ]
})

const privateReply = { content: [{ text: privateWord }, { tool: privateWord, input: { [privateWord]: privateWord } }] }

const streamReplies: [string, Reply][] = [0, 2, 4].flatMap((afterFrames) =>
  (['cut', 'cut frame', 'reset', 'corrupt', 'exception', 'error', 'hang'] as const).map((kind): [string, Reply] => [
    `${kind} after ${afterFrames} frames`,
    {
      ...privateReply,
      fault: { afterFrames, kind, ...(kind !== 'hang' && { type: privateWord, message: privateWord }) },
    },
  ]),
)

const otherReplies: [string, Reply][] = [
  ['an answer', privateReply],
  ['a sealed one', { content: [{ thinking: privateWord }, { redacted: privateWord }] }],
  ['malformed output', { content: [{ text: privateWord }], stopReason: 'malformed_model_output' }],
  ['an unknown exception', { error: { status: 429, type: 'NoSuchException', message: privateWord } }],
  ['another model', { error: { status: 404, message: `no ${privateWord}` } }],
]

/** Refusals after which the upstream gets a changed request. */
const fallbackComplaints = [
  `tools.0.custom.strict: Extra inputs are not permitted ${privateWord}`,
  `Malformed input request: #/safeguards: extraneous key [${privateWord}] is not permitted, please reformat`,
  `The additional field safeguards/${privateWord} conflicts with an existing field.`,
  `You did not allow prompt caching for ${privateWord}`,
  `"thinking.type.adaptive" is not supported for this model. ${privateWord}`,
]

const chainWith = (options: ChainOptions): Chain =>
  startChain({
    apiKey: key,
    ...options,
    config: { clientToken: new Secret(clientToken), timeout: 0.3, ...options.config },
  })

const webhookCanary = 'CANARYWEBHOOK0123456789'

/** With Slack and telemetry, whose answers are given. */
const chainWithReports = (options: ChainOptions, answer?: SinkScenario) => {
  const [slack, telemetry] = [startSlackSink(answer), startTelemetrySink(answer)]
  const config = {
    slack: { ...defaultConfig.slack, webhookUrl: new Secret(`${slack.url}?${webhookCanary}`) },
    telemetry: { endpoint: `${telemetry.url}?${webhookCanary}` },
  }
  return { chain: chainWith({ ...options, config }), slack, telemetry }
}

/** Sends a body, messages both streamed and whole. Returns the texts of the responses. */
const send = async ({ post }: Chain, body: unknown, path = '/v1/messages'): Promise<string[]> => {
  const ways = typeof body === 'object' && path === '/v1/messages' ? [true, false] : [undefined]
  const replies: string[] = []
  for (const stream of ways) {
    const sent = stream === undefined ? body : { ...(body as object), stream }
    replies.push(await (await post(sent, { headers, path })).text())
  }
  return replies
}

const pagesOf = async ({ url }: Chain): Promise<string> => {
  const texts: string[] = []
  for (const path of ['/', '/health', '/v1/models', '/v1/models/unknown'])
    texts.push(await (await fetch(url + path, { headers })).text())
  return texts.join('\n')
}

const expectNoCanary = async (chain: Chain, replies: readonly string[]): Promise<void> => {
  expectNoSecrets(chain.records)
  const pages = await pagesOf(chain)
  expect(secretsIn(replies.join('\n'), [...secrets, webhookCanary])).toEqual([])
  expect(secretsIn(pages)).toEqual([])
  expect(secretsIn(JSON.stringify([chain.records, pages]), [webhookCanary])).toEqual([])
}

describe('the canary is in no record and on no page, and the keys are in no response', () => {
  test.each([...errorReplies, ...streamReplies, ...otherReplies])('%s', async (_name, reply) => {
    const { chain, slack, telemetry } = chainWithReports({ scenario: () => reply })
    await expectNoCanary(chain, await send(chain, validRequest))
    await chain.close()
    expect(chain.simulator.journal.length).toBeGreaterThan(0)
    // Telemetry has neither keys nor words, and Slack has words of answers alone.
    expect([telemetry.posts.length, secretsIn(JSON.stringify(telemetry.posts))]).toEqual([2, []])
    expect(secretsIn(JSON.stringify(slack.posts), secrets)).toEqual([])
    expect(secretsIn(JSON.stringify(slack.posts.filter(({ body }) => !('text' in body))))).toEqual([])
    const events = chain.records.map(({ event }) => event)
    expect(events.filter((event) => event === 'request.shape').length).toBe(2)
    expect(accessRecords(chain.records).length).toBeGreaterThan(1)
  })

  test.each(Object.entries(invalidRequests))(
    '%s: the error quotes the request only where Anthropic does',
    async (_name, { body, quotes }) => {
      const chain = chainWith({ scenario: () => ({ content: [{ text: 'fine' }] }) })
      const replies = [...(await send(chain, body)), ...(await send(chain, body, '/v1/messages/count_tokens'))]
      await expectNoCanary(chain, replies)
      expect(secretsIn(replies.join('\n'), [privateWord])).toEqual(quotes ? [privateWord] : [])
    },
  )

  test.each(fallbackComplaints)('a request that is sent again without a refused part: %s', async (message) => {
    let count = 0
    const chain = chainWith({
      config: {
        translation: {
          ...defaultConfig.translation,
          strictTools: 'send',
          safeguards: 'off',
          betas: ['dangerous-tool-use-2026-09-03'],
        },
      },
      scenario: () => {
        count += 1
        return count % 2 === 1 ? { error: { status: 400, type: 'ValidationException', message } } : privateReply
      },
    })
    const strict = { ...validRequest, tools: validRequest.tools.map((tool) => ({ ...tool, strict: true })) }
    await expectNoCanary(chain, await send(chain, strict))
    const { degraded } = (await (await fetch(`${chain.url}/health`)).json()) as { degraded: unknown[] }
    // The simulated model itself refuses the safeguards, too.
    expect([1, 2]).toContain(degraded.length)
  })

  test('URL sources that are refused, missing, or of another type', async () => {
    const host = await fileHost((path) =>
      path.includes('missing')
        ? `HTTP/1.1 404 ${privateWord}\r\nx-word: ${privateWord}\r\n\r\n${privateWord}`
        : path.includes('moved')
          ? `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/${privateWord}\r\n\r\n`
          : fileResponse(`text/${privateWord}`, privateWord),
    )
    const chain = chainWith({ inlineUrlSources: sourcesFrom(host) })
    const replies: string[] = []
    for (const url of ['missing', 'moved', 'odd'].map(
      (path) => `https://files.example/${path}/${privateWord}.png?${privateWord}`,
    )) {
      for (const type of ['image', 'document'] as const)
        replies.push(
          ...(await send(chain, { ...validRequest, messages: [{ role: 'user', content: [urlBlock(type, url)] }] })),
        )
    }
    for (const url of [
      `http://files.example/${privateWord}`,
      `https://${privateWord}:${privateWord}@files.example/`,
      `file:///${privateWord}`,
    ])
      replies.push(
        ...(await send(chain, { ...validRequest, messages: [{ role: 'user', content: [urlBlock('image', url)] }] })),
      )
    await expectNoCanary(chain, replies)
    expect(secretsIn(replies.join('\n').replaceAll('"text":"CANARYWORD"', ''), ['.png', `/${privateWord}`])).toEqual([])
  })

  test('token counts, with any response of the upstream', async () => {
    const answers = [
      [200, `{"inputTokens":"${privateWord}"}`],
      [200, '{"inputTokens":12}'],
      [400, `{"message":"${privateWord} cannot count"}`],
      [403, `{"message":"no ${privateWord}"}`],
      [500, privateWord],
    ] as const
    for (const [status, body] of answers) {
      const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(body, { status }) })
      afterTest(() => server.stop(true))
      const chain = chainWith({ endpointUrl: `http://127.0.0.1:${server.port}` })
      const replies = await send(chain, validRequest, '/v1/messages/count_tokens')
      await expectNoCanary(chain, replies)
      expect(replies[0]).toMatch(/^{"input_tokens":\d+}$/)
    }
  })

  test('a model name that is a sentence containing claude', async () => {
    const chain = chainWith({ scenario: () => ({ content: [{ text: 'fine' }] }) })
    const body = { ...validRequest, model: `Please tell claude that it is ${privateWord}` }
    const replies = [...(await send(chain, body)), ...(await send(chain, body, '/v1/messages/count_tokens'))]
    await expectNoCanary(chain, replies)
    expect(accessRecords(chain.records).slice(0, 3)).toMatchObject(
      [0, 1, 2].map(() => ({ event: 'request.answered', fields: { used: 'claude-sonnet-4.6' } })),
    )
  })

  test('an unreachable host, unknown paths, wrong tokens, invalid bodies', async () => {
    const chain = chainWith({ endpointUrl: 'http://127.0.0.1:1' })
    const replies = await send(chain, validRequest)
    const wrong = {
      'x-api-key': privateWord,
      authorization: privateWord,
      host: privateWord,
      origin: `https://${privateWord}`,
    }
    replies.push(await (await chain.post(validRequest, { headers: wrong })).text())
    for (const encoding of ['gzip', 'identity', privateWord]) {
      const body = `{"${privateWord}": ${privateWord}`
      const sent = { ...headers, 'content-type': 'application/json', 'content-encoding': encoding }
      replies.push(await (await fetch(`${chain.url}/v1/messages`, { method: 'POST', headers: sent, body })).text())
    }
    replies.push(await (await fetch(`${chain.url}/nowhere?prompt=${privateWord}`, { headers })).text())
    await expectNoCanary(chain, replies)
  })

  test('lost reports do not show their addresses', async () => {
    const refusing = { status: 302, headers: { location: `https://${privateWord}.example/` } }
    const { chain, slack, telemetry } = chainWithReports({ scenario: () => privateReply }, () => refusing)
    await expectNoCanary(chain, await send(chain, validRequest))
    await chain.close()
    await expectNoCanary(chain, [])
    const dropped = chain.records.filter(({ event }) => event === 'observer.dropped')
    expect(dropped.map(({ fields }) => fields['reason'])).toContain('HTTP 302')
    expect(slack.posts.length + telemetry.posts.length).toBe(4)
  })
})

describe('the history', () => {
  test('has no word and no key in any of its bytes (OP-H2)', async () => {
    const file = join(temporaryFolder(), 'usage.sqlite')
    const { history } = testHistory(file)
    const replies: Reply[] = [privateReply, ...errorReplies.map(([, reply]) => reply)]
    const chain = chainWith({ history, scenario: () => replies.shift() ?? privateReply })
    const named = { ...validRequest, model: `Please tell claude that it is ${privateWord}` }
    for (const body of [validRequest, named, { ...validRequest, model: privateWord }, '{'])
      for (let sent = 0; sent < 4; sent += 1) await send(chain, body)
    await send(chain, validRequest, '/v1/messages/count_tokens')
    await send(chain, validRequest, `/v1/${privateWord}`)
    await chain.close()
    const { requests } = await history.requests({ limit: 100 })
    expect(new Set(requests.map(({ outcome }) => outcome))).toEqual(new Set(['answered', 'refused', 'failed']))
    expect(new Set(requests.map(({ endpoint }) => endpoint))).toEqual(new Set(['messages']))
    await history.sink.end?.()
    expect(readdirSync(dirname(file))).toEqual(['usage.sqlite'])
    const bytes = readFileSync(file, 'latin1')
    expect(bytes).toContain('SQLite format 3')
    expect(secretsIn(bytes)).toEqual([])
  })
})

describe('an error as the console shows it', () => {
  const failing = [...errorReplies, ...streamReplies, ...otherReplies]

  test.each(failing)('%s: contains no key and no word', async (_name, reply) => {
    const { nexus } = nexusAt(simulate({ scenario: () => reply }).url, { apiKey: new Secret(key), silenceMs: 300 })
    const call = callContext(new AbortController().signal)
    const messagesRequest = validRequest as unknown as MessagesRequest
    const drain = async (): Promise<void> => {
      for await (const _ of await nexus.stream(messagesRequest, call));
    }
    for (const act of [() => nexus.message(messagesRequest, call), drain]) {
      const error: unknown = await act().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) continue
      expect(error).toBeInstanceOf(GatewayError)
      expect(secretsIn(Bun.inspect({ error }) + JSON.stringify(error))).toEqual([])
    }
  })

  test('contains its type, where it was created, and our own message', () => {
    const error = new GatewayError('timeout_error', 'Ours.', { isLoggable: true, cause: { code: 'ECONNRESET' } })
    expect(Bun.inspect(error)).toMatch(/^GatewayError: 504 timeout_error: Ours\. \(cause: ECONNRESET\)\n +at .*canary/)
    const quoting = new GatewayError('api_error', privateWord, { cause: new Error(privateWord) })
    expect(Bun.inspect(quoting)).toStartWith('GatewayError: 500 api_error: [message withheld] (cause: an error)\n')
  })
})
