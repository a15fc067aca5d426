import { describe, expect, test } from 'bun:test'
import { Secret } from '../src/base/secret.ts'
import type { Reply } from '../src/simulator/reply.ts'
import { startChain } from './support/chain.ts'
import { startCli } from './support/cli.ts'
import { image, toolResult, toolUse } from './support/translate.ts'

/** Neither a key nor a word of a prompt or an answer is in any log, at any level, whatever happens. */

const key = 'CANARYKEY0123456789abcdef'
const clientToken = 'CANARYTOKEN0123456789abc'
const word = 'CANARYWORD'
const headers = {
  'x-api-key': clientToken,
  authorization: `Bearer ${clientToken}`,
  'anthropic-beta': 'claude-code-20250219,context-1m-2025-08-07',
  cookie: word,
}

const lawful = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  system: [
    { type: 'text', text: `x-anthropic-billing-header: ${word};` },
    { type: 'text', text: word },
  ],
  metadata: { user_id: word },
  safeguards: { home_dir: `/home/${word}` },
  [`${word} as a name`]: word,
  thinking: { type: 'adaptive' },
  tools: [
    { name: word, description: word, input_schema: { type: 'object', properties: { [word]: { description: word } } } },
  ],
  messages: [
    { role: 'user', content: [{ type: 'text', text: word, [`${word} inside`]: 1 }, image()] },
    {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: word, signature: '' }, toolUse('t1', word, { [word]: word })],
    },
    { role: 'user', content: [toolResult('t1', [{ type: 'text', text: word }])] },
    { role: 'system', content: word },
  ],
}

const bodies: Record<string, unknown> = {
  lawful,
  'wrong model': { ...lawful, model: `${word}-model` },
  'unknown block': { ...lawful, messages: [{ role: 'user', content: [{ type: word, text: word }] }] },
  'missing field': { ...lawful, messages: [{ role: 'user', content: [{ type: 'text', txt: word }] }] },
  'wrong pairs': { ...lawful, messages: [{ role: 'user', content: [toolResult(word, word)] }] },
  'unknown tool': { ...lawful, tool_choice: { type: 'tool', name: `${word}2` }, thinking: undefined },
  'not an object': word,
}

const replies: Reply[] = [
  { content: [{ text: word }, { tool: word, input: { [word]: word } }] },
  { error: { status: 400, type: 'ValidationException', message: `The value '${word}' is wrong` } },
  { error: { status: 500, body: `${word} is no JSON` } },
  { error: { status: 429, type: word, message: word } },
  { error: { status: 403, message: `Authentication failed for ${word}` } },
  {
    content: [{ text: word }],
    fault: { afterFrames: 2, kind: 'exception', type: 'validationException', message: word },
  },
  { content: [{ text: word }], fault: { afterFrames: 2, kind: 'corrupt' } },
  { content: [{ text: word }], fault: { afterFrames: 0, kind: 'error', type: word, message: word } },
  { content: [{ text: word }], stopReason: 'malformed_model_output' },
]

describe('the canary', () => {
  test('is in no record, and the keys are in no reply', async () => {
    const canaries = [key, clientToken, word]
    let reply: Reply = {}
    const { post, records, url, simulator } = startChain({
      apiKey: key,
      config: { clientToken: new Secret(clientToken), maxRetries: 1 },
      scenario: () => reply,
    })
    const told: string[] = []
    for (reply of replies) {
      const isWhole = reply.error !== undefined
      for (const [name, body] of Object.entries(isWhole ? { lawful } : bodies)) {
        for (const stream of [true, false]) {
          const sent = typeof body === 'object' ? { ...body, stream } : body
          told.push(name, await (await post(sent, { headers })).text())
        }
      }
    }
    told.push(await (await post(lawful, { headers, path: '/v1/messages/count_tokens' })).text())
    told.push(await (await post(lawful, { headers: { ...headers, 'x-api-key': word, authorization: word } })).text())
    for (const path of ['/', '/health', '/v1/models', '/v1/models/nobody', `/nowhere?prompt=${word}`])
      told.push(await (await fetch(url + path, { headers })).text())

    expect(records.length).toBeGreaterThan(100)
    expect(simulator.journal.length).toBeGreaterThan(20)
    const logged = JSON.stringify(records)
    for (const canary of canaries) expect(logged.includes(canary)).toBe(false)
    for (const secret of [key, clientToken]) expect(told.join('\n').includes(secret)).toBe(false)
  })

  test.each([['text'], ['json']])('is not in what the program prints (%s)', async (format) => {
    const program = startCli(
      [
        'start',
        '-p',
        '0',
        '--verbose',
        '--simulate',
        '--log-format',
        format,
        '--client-token',
        clientToken,
        '--claude-code',
      ],
      { NEXUS_API_KEY: key },
    )
    const [, url] = await program.says(/Address +(http:\S+)/)
    for (const body of Object.values(bodies)) {
      await (
        await fetch(`${url}/v1/messages`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).text()
    }
    await program.says(/request\.answered/)
    program.kill('SIGTERM')
    const { out, err } = await program.ended
    // The client token stands in the launch command, which was asked for, and nowhere else.
    expect([out.includes(key), out.includes(word), out.includes(clientToken)]).toEqual([false, false, true])
    for (const canary of [key, word, clientToken]) expect(err.includes(canary)).toBe(false)
  })
})
