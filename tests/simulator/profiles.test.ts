import { describe, expect, test } from 'bun:test'
import type { NexusProfile } from '../../src/simulator/profiles.ts'
import { simulate } from '../support/chain.ts'

/** The same requests, to three kinds of AI Nexus. */

const hello = [{ role: 'user', content: [{ text: 'Hello.' }] }]
const byModel = (words: string): string => `The model returned the following errors: ${words}`
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const readTool = { toolSpec: { name: 'Read', inputSchema: { json: { type: 'object' } } } }
const imageResult = [
  ...hello,
  { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'Read', input: {} } }] },
  {
    role: 'user',
    content: [{ toolResult: { toolUseId: 't', content: [{ image: { format: 'png', source: { bytes: pixel } } }] } }],
  },
]
const jsonSchema = { schema: JSON.stringify({ type: 'object', additionalProperties: false }) }

/** Each optional feature, and Bedrock's words for its refusal. */
const features: readonly (readonly [string, object, string])[] = [
  [
    'a lifetime of a cache point',
    { system: [{ text: 'Rules.' }, { cachePoint: { type: 'default', ttl: '1h' } }] },
    byModel('system.0.cache_control.ephemeral.ttl: Extra inputs are not permitted'),
  ],
  [
    'an effort',
    { additionalModelRequestFields: { output_config: { effort: 'low' } } },
    byModel('output_config.effort: Extra inputs are not permitted'),
  ],
  [
    'adaptive thinking',
    { additionalModelRequestFields: { thinking: { type: 'adaptive' } } },
    byModel('adaptive thinking is not supported on this model'),
  ],
  [
    'structured output',
    { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } },
    byModel('output_config.format: Extra inputs are not permitted'),
  ],
  [
    'an image in a tool result',
    { messages: imageResult, toolConfig: { tools: [readTool] } },
    "This model doesn't support the image field for user messages. Remove image and try again.",
  ],
  [
    'a beta flag',
    { additionalModelRequestFields: { anthropic_beta: ['context-1m-2025-08-07'] } },
    byModel('invalid beta flag'),
  ],
]

const post = async (profile: NexusProfile, operation: string, body: object): Promise<[number, string | undefined]> => {
  const { url } = simulate({ profile, countTokens: true })
  const headers = { authorization: 'Bearer any' }
  const address = `${url}/model/claude-sonnet-4.6/${operation}`
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
  return [response.status, ((await response.json()) as { message?: string }).message]
}

describe('three kinds of AI Nexus', () => {
  for (const [feature, members, words] of features) {
    test(`only a poor one refuses ${feature} (MX-C3)`, async () => {
      const body = { messages: hello, ...members }
      expect(await post('lenient', 'converse', body)).toEqual([200, undefined])
      expect(await post('strict', 'converse', body)).toEqual([200, undefined])
      expect(await post('poor', 'converse', body)).toEqual([400, words])
    })
  }

  test('a poor one has no operation that counts tokens (MX-C3)', async () => {
    const body = { input: { converse: { messages: hello } } }
    expect(await post('lenient', 'count-tokens', body)).toEqual([200, undefined])
    expect(await post('strict', 'count-tokens', body)).toEqual([200, undefined])
    expect(await post('poor', 'count-tokens', body)).toEqual([404, 'Unknown operation'])
  })

  test("a lenient one has the rules of AWS's service model alone (MX-C3)", async () => {
    const blank = { messages: [{ role: 'user', content: [{ text: ' ' }] }] }
    expect((await post('lenient', 'converse', blank))[0]).toBe(200)
    expect((await post('strict', 'converse', blank))[0]).toBe(400)
    const [status, words] = await post('lenient', 'converse', { messages: hello, unknown: true })
    expect([status, words]).toEqual([400, expect.stringContaining('extraneous key [unknown] is not permitted')])
  })
})
