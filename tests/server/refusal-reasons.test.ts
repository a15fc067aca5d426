import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { LogRecord } from '../../src/base/logger.ts'
import { createLogSink } from '../../src/cli/log/log-sink.ts'
import { accessRecords } from '../support/access-records.ts'
import { type Chain, request, startChain } from '../support/chain.ts'
import { toolResult, toolUse } from '../support/translate.ts'

/** A7: the log shows why a request was refused: path and rule, or the upstream's error class; no text of a client. */

const written = (records: readonly LogRecord[], format: 'text' | 'json'): string => {
  let text = ''
  const write = (line: string): void => {
    text += line
  }
  const sink = createLogSink({ format, file: undefined, color: false, write, now: () => new Date(0) })
  for (const record of records) sink(record)
  return text
}

/** The reason in the record, which is in the terminal's line and in the JSON, too. */
const reasonAfter = async (chain: Chain, send: () => Promise<Response>): Promise<unknown> => {
  await (await send()).text()
  const [record] = accessRecords(chain.records)
  const reason = record?.fields['reason']
  expect(written(chain.records, 'text')).toContain(String(record?.fields['error']))
  expect(written(chain.records, 'text')).toContain(JSON.stringify(reason ?? null).slice(1, -1))
  expect(written(chain.records, 'json')).toContain(`"reason":${JSON.stringify(reason)}`)
  return reason
}

const user = (...content: unknown[]): object => ({ role: 'user', content })
const privateText = 'PRIVATE'

describe('A7 a refusal of our own is logged with path and rule', () => {
  test.each<[string, object, string]>([
    ['a missing member', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['a wrong type', { max_tokens: privateText }, 'max_tokens: Input should be a valid integer'],
    [
      'a wrong role',
      { messages: [{ role: privateText, content: 'x' }] },
      "messages.0.role: Input should be 'user', 'assistant'",
    ],
    [
      'a block of no type',
      { messages: [user({ type: privateText })] },
      "messages.0.content.0: Input tag found using 'type' is none of the expected ones",
    ],
    [
      'a result without its call',
      { messages: [user(toolResult(privateText, privateText))] },
      'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: no such `tool_use` in the previous message',
    ],
    [
      'a call without its result',
      { messages: [user({ type: 'text', text: 'x' }), { role: 'assistant', content: [toolUse(privateText, 'T')] }] },
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after',
    ],
    [
      'a tool that is not on offer',
      { tools: [{ name: 'T', input_schema: { type: 'object' } }], tool_choice: { type: 'tool', name: privateText } },
      'tool_choice: The tool is not among the provided tools',
    ],
    ['a model that is not known', { model: privateText }, 'model: not found. Available: claude-sonnet-4-6'],
    [
      'a prefill',
      { messages: [user({ type: 'text', text: 'x' }), { role: 'assistant', content: privateText }] },
      'This model does not support assistant message prefill.',
    ],
  ])('%s', async (_, members, reason) => {
    const chain = startChain()
    expect(await reasonAfter(chain, () => chain.post(request(members)))).toStartWith(reason)
    expect(written(chain.records, 'json')).not.toContain(privateText)
  })

  test.each<[string, string, RequestInit, string]>([
    ['a path', `/${'x'.repeat(9)}`, {}, 'Unknown path.'],
    ['a path with v1 twice', '/v1/v1/messages', {}, 'Unknown path. Remove /v1 from the end'],
    ['a method', '/v1/messages', {}, 'Method not allowed. This path takes POST.'],
    [
      'a page of another origin',
      '/',
      { headers: { origin: `https://${privateText}` } },
      'This server does not answer to web pages',
    ],
    ['a model of the list', '/v1/models/none', {}, 'model: not found'],
    ['a limit', '/v1/models?limit=x', {}, 'limit: Input should be an integer from 1 to 1000'],
    [
      'a content type',
      '/v1/messages',
      { method: 'POST', body: privateText },
      'The content type must be application/json.',
    ],
  ])('%s', async (_, path, init, reason) => {
    const chain = startChain()
    expect(await reasonAfter(chain, () => fetch(chain.url + path, init))).toStartWith(reason)
  })

  test.each<[string, Record<string, string>, string, string]>([
    ['broken JSON', {}, `{"${privateText}`, 'The request body is not valid JSON.'],
    ['a body of another encoding', { 'content-encoding': privateText }, 'x', 'The content encoding is not supported.'],
    ['a body that is not compressed', { 'content-encoding': 'gzip' }, 'x', 'The request body is not valid gzip.'],
    ['a body that is nested too deeply', {}, '['.repeat(600), 'The request body is nested more than 500 levels deep.'],
    ['a body that is too large', {}, ' '.repeat(33 * 1024 * 1024), 'Request exceeds the maximum size of'],
  ])('%s', async (_, headers, body, reason) => {
    const chain = startChain()
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
    expect(await reasonAfter(chain, () => fetch(`${chain.url}/v1/messages`, init))).toStartWith(reason)
  })
})

describe('A7 a refusal of the upstream is logged with its status and class', () => {
  test.each([
    [400, 'ValidationException', 'AI Nexus answered 400 (ValidationException)'],
    [403, 'com.amazon.coral#AccessDeniedException:http://x/', 'AI Nexus answered 403 (AccessDeniedException)'],
    [400, 'validationException', 'AI Nexus answered 400 (ValidationException)'],
    [404, `${privateText}Exception`, 'AI Nexus answered 404'],
  ])('%i %s', async (status, type, reason) => {
    const chain = startChain({ scenario: () => ({ error: { status, type, message: privateText } }) })
    expect(await reasonAfter(chain, () => chain.post(request()))).toBe(reason)
    expect(written(chain.records, 'json')).not.toContain(privateText)
  })

  test('in the middle of a stream, too', async () => {
    const chain = startChain({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'exception' } }),
    })
    expect(await reasonAfter(chain, () => chain.post(request({ stream: true })))).toStartWith(
      'AI Nexus ended the stream (',
    )
  })
})

const pattern = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }],
  metadata: { user_id: 'u' },
  stop_sequences: ['stop'],
  thinking: { type: 'enabled', budget_tokens: 1024 },
  tools: [
    { name: 'T', description: 'd', input_schema: { type: 'object', properties: { a: { type: 'string' } } } },
    { type: 'web_search_20250305', name: 'web_search' },
  ],
  tool_choice: { type: 'auto' },
  messages: [
    user(
      { type: 'text', text: 'x' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aaaa' } },
    ),
    { role: 'assistant', content: [toolUse('t1', 'T', { a: 'b' })] },
    user(toolResult('t1', [{ type: 'text', text: 'r' }])),
    user({ type: 'document', title: 'd', source: { type: 'text', media_type: 'text/plain', data: 'y' } }),
  ],
}

/** The pattern with some texts and names replaced by the marker, and some values by others. */
const corrupted = (value: unknown, marker: string, draw: (sides: number) => number): unknown => {
  const inside = (item: unknown): unknown => corrupted(item, marker, draw)
  if (draw(60) === 0) return [marker, 1, null, [], {}, [marker], { [marker]: marker }][draw(7)]
  if (typeof value === 'string') return draw(6) === 0 ? marker : value
  if (Array.isArray(value)) return value.flatMap((item) => (draw(30) === 0 ? [] : [inside(item)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (draw(40) === 0) return []
      return [[draw(40) === 0 ? marker : name, inside(member)]]
    }),
  )
}

test('A7 the log contains no text of a request, for every refusal', async () => {
  // The upstream quotes the whole request.
  const quoting = (): { error: { status: number; type: string; message: string } } => ({
    error: { status: 400, type: `${marker}Exception`, message: `tools.0.${marker}: ${marker}` },
  })
  let marker = ''
  const chain = startChain({ scenario: quoting })
  const reasons = new Set<unknown>()
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.boolean(), async (generate, counts) => {
      marker = `marker${crypto.randomUUID().replaceAll('-', '')}`
      const draw = (sides: number): number => generate(fc.nat, { max: sides - 1 })
      const body = corrupted({ ...pattern, stream: draw(2) === 0 }, marker, draw)
      const path = counts ? '/v1/messages/count_tokens' : '/v1/messages'
      const from = chain.records.length
      await (await chain.post(body, { path, headers: { 'anthropic-beta': marker } })).text()
      const records = chain.records.slice(from)
      for (const format of ['text', 'json'] as const) expect(written(records, format)).not.toContain(marker)
      for (const { fields } of accessRecords(records)) reasons.add(fields['reason'])
    }),
    { numRuns: 400 },
  )
  // Otherwise the test would check nothing.
  expect(reasons.size).toBeGreaterThan(20)
}, 60_000)
