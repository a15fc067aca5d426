import { describe, expect, test } from 'bun:test'
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
import { fileHost, fileResponse, sourcesFrom } from './support/file-host.ts'
import { cases, fixture } from './support/fixtures.ts'
import { callContext, nexusAt } from './support/nexus.ts'
import { urlBlock } from './support/url-sources.ts'

/**
 * Neither a key nor a word of a prompt or an answer is in any log at any level, in a page for probes, or in
 * an error as the console shows it, whatever happens. An error's body may hold the client's own words where
 * Anthropic's API quotes them, and what the upstream said. tests/cli/canary.test.ts holds the same of what
 * the program prints.
 */

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** The upstream's words, with the canary in them. */
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

/** Refusals that a request is mended by. */
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

/** Both ways of asking; what was told. */
const ask = async ({ post }: Chain, body: unknown, path = '/v1/messages'): Promise<string[]> => {
  const ways = typeof body === 'object' && path === '/v1/messages' ? [true, false] : [undefined]
  const told: string[] = []
  for (const stream of ways) {
    const sent = stream === undefined ? body : { ...(body as object), stream }
    told.push(await (await post(sent, { headers, path })).text())
  }
  return told
}

const pagesOf = async ({ url }: Chain): Promise<string> => {
  const texts: string[] = []
  for (const path of ['/', '/health', '/v1/models', '/v1/models/nobody'])
    texts.push(await (await fetch(url + path, { headers })).text())
  return texts.join('\n')
}

const expectSilence = async (chain: Chain, told: readonly string[]): Promise<void> => {
  expectNoSecrets(chain.records)
  expect(secretsIn(told.join('\n'), secrets)).toEqual([])
  expect(secretsIn(await pagesOf(chain))).toEqual([])
}

describe('the canary is in no record and on no page, and the keys are in no reply', () => {
  test.each([...errorReplies, ...streamReplies, ...otherReplies])('%s', async (_name, reply) => {
    const chain = chainWith({ scenario: () => reply })
    await expectSilence(chain, await ask(chain, validRequest))
    expect(chain.simulator.journal.length).toBeGreaterThan(0)
    const events = chain.records.map(({ event }) => event)
    expect(events.filter((event) => event === 'request.shape').length).toBe(2)
    expect(accessRecords(chain.records).length).toBeGreaterThan(1)
  })

  test.each(Object.entries(invalidRequests))('%s, and what of it is quoted', async (_name, { body, quotes }) => {
    const chain = chainWith({ scenario: () => ({ content: [{ text: 'fine' }] }) })
    const told = [...(await ask(chain, body)), ...(await ask(chain, body, '/v1/messages/count_tokens'))]
    await expectSilence(chain, told)
    expect(secretsIn(told.join('\n'), [privateWord])).toEqual(quotes ? [privateWord] : [])
  })

  test.each(fallbackComplaints)('a mended request: %s', async (message) => {
    let asked = 0
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
        asked += 1
        return asked % 2 === 1 ? { error: { status: 400, type: 'ValidationException', message } } : privateReply
      },
    })
    const strict = { ...validRequest, tools: validRequest.tools.map((tool) => ({ ...tool, strict: true })) }
    await expectSilence(chain, await ask(chain, strict))
    const { degraded } = (await (await fetch(`${chain.url}/health`)).json()) as { degraded: unknown[] }
    expect(degraded.length).toBe(1)
  })

  test('URL sources that are refused, missing, or something else', async () => {
    const host = await fileHost((path) =>
      path.includes('missing')
        ? `HTTP/1.1 404 ${privateWord}\r\nx-word: ${privateWord}\r\n\r\n${privateWord}`
        : path.includes('moved')
          ? `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/${privateWord}\r\n\r\n`
          : fileResponse(`text/${privateWord}`, privateWord),
    )
    const chain = chainWith({ inlineUrlSources: sourcesFrom(host) })
    const told: string[] = []
    for (const url of ['missing', 'moved', 'odd'].map(
      (path) => `https://files.example/${path}/${privateWord}.png?${privateWord}`,
    )) {
      for (const type of ['image', 'document'] as const)
        told.push(
          ...(await ask(chain, { ...validRequest, messages: [{ role: 'user', content: [urlBlock(type, url)] }] })),
        )
    }
    for (const url of [
      `http://files.example/${privateWord}`,
      `https://${privateWord}:${privateWord}@files.example/`,
      `file:///${privateWord}`,
    ])
      told.push(
        ...(await ask(chain, { ...validRequest, messages: [{ role: 'user', content: [urlBlock('image', url)] }] })),
      )
    await expectSilence(chain, told)
    expect(secretsIn(told.join('\n').replaceAll('"text":"CANARYWORD"', ''), ['.png', `/${privateWord}`])).toEqual([])
  })

  test('counting, whatever the upstream says to it', async () => {
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
      const told = await ask(chain, validRequest, '/v1/messages/count_tokens')
      await expectSilence(chain, told)
      expect(told[0]).toMatch(/^{"input_tokens":\d+}$/)
    }
  })

  test('a model whose name is a sentence with claude in it', async () => {
    const chain = chainWith({ scenario: () => ({ content: [{ text: 'fine' }] }) })
    const body = { ...validRequest, model: `Please tell claude that it is ${privateWord}` }
    const told = [...(await ask(chain, body)), ...(await ask(chain, body, '/v1/messages/count_tokens'))]
    await expectSilence(chain, told)
    expect(accessRecords(chain.records).slice(0, 3)).toMatchObject(
      [0, 1, 2].map(() => ({ event: 'request.answered', fields: { used: 'claude-sonnet-4.6' } })),
    )
  })

  test('a dead host, doors that do not exist, wrong tokens, bodies that are none', async () => {
    const chain = chainWith({ endpointUrl: 'http://127.0.0.1:1' })
    const told = await ask(chain, validRequest)
    const wrong = {
      'x-api-key': privateWord,
      authorization: privateWord,
      host: privateWord,
      origin: `https://${privateWord}`,
    }
    told.push(await (await chain.post(validRequest, { headers: wrong })).text())
    for (const encoding of ['gzip', 'identity', privateWord]) {
      const body = `{"${privateWord}": ${privateWord}`
      const sent = { ...headers, 'content-type': 'application/json', 'content-encoding': encoding }
      told.push(await (await fetch(`${chain.url}/v1/messages`, { method: 'POST', headers: sent, body })).text())
    }
    told.push(await (await fetch(`${chain.url}/nowhere?prompt=${privateWord}`, { headers })).text())
    await expectSilence(chain, told)
  })
})

describe('an error as the console shows it', () => {
  const failing = [...errorReplies, ...streamReplies, ...otherReplies]

  test.each(failing)('%s: holds neither a key nor a word', async (_name, reply) => {
    const { nexus } = nexusAt(simulate({ scenario: () => reply }).url, { apiKey: new Secret(key), silenceMs: 300 })
    const call = callContext(new AbortController().signal)
    const asked = validRequest as unknown as MessagesRequest
    const drain = async (): Promise<void> => {
      for await (const _ of await nexus.stream(asked, call));
    }
    for (const act of [() => nexus.message(asked, call), drain]) {
      const error: unknown = await act().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) continue
      expect(error).toBeInstanceOf(GatewayError)
      expect(secretsIn(Bun.inspect({ error }) + JSON.stringify(error))).toEqual([])
    }
  })

  test('says what it is, where it was made, and our own words', () => {
    const error = new GatewayError('timeout_error', 'Ours.', { isLoggable: true, cause: { code: 'ECONNRESET' } })
    expect(Bun.inspect(error)).toMatch(/^GatewayError: 504 timeout_error: Ours\. \(cause: ECONNRESET\)\n +at .*canary/)
    const quoting = new GatewayError('api_error', privateWord, { cause: new Error(privateWord) })
    expect(Bun.inspect(quoting)).toStartWith('GatewayError: 500 api_error: [message withheld] (cause: an error)\n')
  })
})
