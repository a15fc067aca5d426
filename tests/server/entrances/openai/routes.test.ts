import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { Secret } from '../../../../src/base/secret.ts'
import type { Scenario } from '../../../../src/simulator/reply.ts'
import { accessRecords } from '../../../support/access-records.ts'
import { clientToken, expectNoSecrets, privateWord, secretsIn } from '../../../support/canary.ts'
import { type ChainOptions, defaultConfig, startChain } from '../../../support/chain.ts'

const user = { role: 'user', content: privateWord }
const chatTool = { type: 'function', function: { name: privateWord, description: privateWord, parameters: {} } }
const call = { id: 'call_1', type: 'function', function: { name: privateWord, arguments: `{"a":"${privateWord}"` } }

/** Requests that are full of the private word: valid ones, and one that is refused. */
const bodies: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { messages: [user], tools: [chatTool], user: privateWord, metadata: { a: privateWord } }],
  [
    '/v1/chat/completions',
    {
      messages: [
        { role: 'system', content: privateWord },
        user,
        { role: 'assistant', tool_calls: [call], reasoning_content: privateWord },
        { role: 'tool', tool_call_id: 'call_1', content: privateWord },
      ],
    },
  ],
  ['/v1/chat/completions', { messages: [{ role: privateWord, content: privateWord }] }],
  ['/v1/responses', { input: privateWord, instructions: privateWord, client_metadata: { a: privateWord } }],
  ['/v1/responses', { input: [{ type: privateWord, [privateWord]: privateWord }] }],
]

const answering: Scenario = () => ({
  content: [
    { thinking: privateWord },
    { text: privateWord },
    { tool: privateWord, input: { [privateWord]: privateWord } },
  ],
})

/** With a header of Codex that has a path of the user's machine (OE-K1). */
const headers = {
  authorization: `Bearer ${clientToken}`,
  originator: 'codex_exec',
  'session-id': privateWord,
  'x-codex-turn-metadata': JSON.stringify({ workspaces: { [`/home/${privateWord}`]: {} } }),
}

const chainWith = (options: ChainOptions = {}) =>
  startChain({ ...options, config: { ...options.config, clientToken: new Secret(clientToken) } })

describe('the log', () => {
  test.each([true, false])(
    'has no word of OpenAI clients and their headers, with stream %p (OE-K1)',
    async (stream) => {
      const chain = chainWith({ scenario: answering })
      for (const [path, body] of bodies) {
        const sent = { model: 'claude-sonnet-4.6', stream, ...body }
        const reply = await (await chain.post(sent, { path, headers })).text()
        expect(secretsIn(reply, [clientToken])).toEqual([])
      }
      expect(accessRecords(chain.records).length).toBe(bodies.length)
      expectNoSecrets(chain.records)
    },
  )
})

describe("OpenAI's SDK", () => {
  const clientFor = (options: ChainOptions = {}) => {
    const chain = chainWith({ ...options, config: { ...defaultConfig, maxRetries: 0 } })
    const client = new OpenAI({ baseURL: `${chain.url}/v1`, apiKey: clientToken })
    return { chain, client }
  }
  const body = { model: 'claude-sonnet-4.6', messages: [{ role: 'user' as const, content: 'Hello' }] }

  test('knows the id of a request, and lists the models (OE-K4)', async () => {
    const { client } = clientFor()
    const { request_id: id, response } = await client.chat.completions.create(body).withResponse()
    expect([id === null, id]).toEqual([false, response.headers.get('request-id')])
    expect((await client.models.list()).data.length).toBeGreaterThan(2)
  })

  test('repeats a request after an overload, and not one that cannot succeed (OE-K4)', async () => {
    let requests = 0
    const { client } = clientFor({
      scenario: () => {
        requests += 1
        return requests === 1 ? { error: { status: 503, type: 'ServiceUnavailableException', message: 'busy' } } : {}
      },
    })
    expect((await client.chat.completions.create(body)).choices.length).toBe(1)
    expect(requests).toBe(2)
    const refused = clientFor({ scenario: () => ({ error: { status: 401, message: 'no' } }) })
    const error = await refused.client.chat.completions.create(body).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 401, code: 'upstream_authentication' })
    expect(refused.chain.simulator.journal.length).toBe(1)
  })
})

test('a plain request without a library gets JSON (OE-K11)', async () => {
  const { url } = startChain()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^application\/json/),
  ])
  expect(await response.json()).toMatchObject({ object: 'chat.completion', model: 'gpt-5' })
})
