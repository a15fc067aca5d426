import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { LogFields } from '../../src/base/logger.ts'
import { toRequestShape } from '../../src/gateway/request-shape.ts'
import { CountTokensRequest, type MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { request, startChain } from '../support/chain.ts'
import { image, toolResult, toolUse } from '../support/translate.ts'

/** Counts, sizes and kinds of a request, and never its text. */

const shapeOf = (members: object, betas: readonly string[] = []): LogFields => {
  const shape = toRequestShape(request(members) as MessagesRequest, betas)
  return JSON.parse(JSON.stringify(shape))
}

describe('the shape', () => {
  test('of the smallest request', () => {
    expect(shapeOf({})).toEqual({
      messages: 1,
      userTurns: 1,
      assistantTurns: 0,
      systemBlocks: 0,
      systemCharacters: 0,
      tools: 0,
      blocks: 'text:1',
      characters: 'text:5',
      cacheMarkers: 0,
      maxTokens: 1024,
    })
  })

  test('of a request with every kind of content', () => {
    const marked = { cache_control: { type: 'ephemeral' } }
    const tools = [{ name: 'a', input_schema: { type: 'object' }, ...marked }]
    const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more })
    const picture = image() as { source: { data: string } }
    const shape = shapeOf(
      {
        system: [text('12345'), text('678', marked)],
        messages: [
          { role: 'user', content: [text('four'), picture] },
          {
            role: 'assistant',
            content: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }, toolUse('t1', 'a', { x: 1 })],
          },
          { role: 'user', content: [toolResult('t1', [text('result', marked), picture])] },
          { role: 'system', content: 'be brief' },
        ],
        tools,
        tool_choice: { type: 'any' },
        thinking: { type: 'enabled', budget_tokens: 2000 },
        output_config: { effort: 'high' },
        stream: true,
      },
      ['claude-code-20250219', 'context-1m-2025-08-07', 'Not a flag', 'sk-ant-api03-abcdef'],
    )
    expect(shape).toEqual({
      messages: 4,
      userTurns: 2,
      assistantTurns: 1,
      systemTurns: 1,
      systemBlocks: 2,
      systemCharacters: 8,
      tools: 1,
      toolCharacters: JSON.stringify(tools).length,
      blocks: 'text:3,image:2,thinking:1,tool_use:1,tool_result:1',
      characters: `text:${4 + 6 + 8},image:${2 * picture.source.data.length},thinking:5,tool_use:7,tool_result:0`,
      cacheMarkers: 3,
      thinking: 'enabled',
      thinkingBudget: 2000,
      effort: 'high',
      toolChoice: 'any',
      maxTokens: 1024,
      stream: true,
      betas: 'claude-code-20250219,context-1m-2025-08-07',
      otherBetas: 2,
    })
  })

  test('counts unknown blocks together', () => {
    const content = [{ type: 'secret' }, { type: 'constructor' }, { type: 'text', text: '' }]
    expect(shapeOf({ messages: [{ role: 'user', content }] })).toMatchObject({ blocks: 'other:2,text:1' })
  })

  test.each([
    ...['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'thinking-token-count-2026-05-13'],
    ...['context-management-2025-06-27', 'prompt-caching-scope-2026-01-05', 'mid-conversation-system-2026-04-07'],
    ...['effort-2025-11-24', 'advanced-tool-use-2025-11-20', 'mid-conversation-tool-changes-2026-07-01'],
    ...['per-turn-control-2026-07-01', 'dangerous-tool-use-2026-09-03', 'afk-mode-2026-01-31', 'name-2025-01-31'],
  ])('names the beta flag %s', (flag) => {
    const { betas, otherBetas } = shapeOf({}, [flag])
    expect([betas, otherBetas]).toEqual([flag, undefined])
  })

  test('names a limited number of flags that look like betas', () => {
    const flags = Array.from({ length: 50 }, (_, index) => `flag-${index}-2025-01-01`)
    const { betas, otherBetas } = shapeOf({}, flags)
    expect([String(betas).split(',').length, otherBetas]).toEqual([20, 30])
    const odd = [
      'a'.repeat(80),
      '\u001b[31m-2025-01-01',
      'UPPER-2025-01-01',
      `${'a-'.repeat(40)}2025-01-01`,
      '2025-01-01',
    ]
    expect(shapeOf({}, odd)).toMatchObject({ otherBetas: odd.length })
  })
})

/** None of our names and numbers contains letters like these. */
const secret = fc.string({ unit: fc.constantFrom(...'QXZWKJVÄ中😀'), minLength: 4, maxLength: 12 })

const block = fc.oneof(
  secret.map((text) => ({ type: 'text', text })),
  fc.record({ type: fc.constant('thinking'), thinking: secret, signature: secret }),
  secret.map((data) => ({ type: 'redacted_thinking', data })),
  fc.record({ type: fc.constant('tool_use'), id: secret, name: secret, input: fc.dictionary(secret, secret) }),
  fc.record({ type: fc.constant('tool_result'), tool_use_id: secret, content: secret }),
  secret.map((text) => ({ type: 'tool_result', tool_use_id: text, content: [{ type: 'text', text }] })),
  secret.map((data) => ({ type: 'image', source: { type: 'base64', media_type: data, data } })),
  secret.map((url) => ({ type: 'image', source: { type: 'url', url } })),
  secret.map((title) => ({ type: 'document', title, context: title, source: { type: 'text', data: title } })),
  secret.map((id) => ({ type: 'document', source: { type: 'file', file_id: id } })),
  secret.map((name) => ({ type: 'server_tool_use', name, input: { [name]: name } })),
  secret.map((source) => ({ type: 'search_result', source, title: source, content: [{ type: 'text', text: source }] })),
)
const tool = fc.oneof(
  fc.record({ name: secret, description: secret, input_schema: fc.dictionary(secret, secret) }),
  fc.record({ type: secret, name: secret }),
)
/** As for a count: members of messages requests alone may have any value. */
const anyRequest = fc.record({
  model: secret,
  max_tokens: fc.oneof(fc.nat(100_000), secret),
  stream: fc.oneof(fc.boolean(), secret),
  system: fc.oneof(secret, fc.array(secret.map((text) => ({ type: 'text', text })))),
  messages: fc.array(
    fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: fc.oneof(secret, fc.array(block)) }),
    { minLength: 1 },
  ),
  tools: fc.array(tool),
  tool_choice: secret.map((name) => ({ type: 'tool', name })),
  output_config: secret.map((text) => ({ format: { type: 'json_schema', schema: { [text]: text } } })),
  stop_sequences: fc.array(secret),
  metadata: secret.map((user) => ({ user_id: user })),
})

test('contains no four characters of a client in sequence', () => {
  fc.assert(
    fc.property(anyRequest, fc.array(secret), (request, betas) => {
      expect(findIssue(CountTokensRequest, request)).toBeUndefined()
      const written = JSON.stringify(toRequestShape(request as CountTokensRequest, betas))
      expect(written).not.toMatch(/[QXZWKJVÄ中😀]/u)
    }),
  )
})

describe('the record', () => {
  test('exists for each valid body, with its size', async () => {
    const { post, records } = startChain()
    const body = request({ stream: true })
    await (await post(body)).text()
    await (await post(body, { path: '/v1/messages/count_tokens' })).text()
    await (await post({})).text()
    const shapes = records.filter(({ event }) => event === 'request.shape')
    expect(shapes.map(({ level, fields }) => [level, fields['bytes'], fields['messages']])).toEqual([
      ['debug', JSON.stringify(body).length, 1],
      ['debug', JSON.stringify(body).length, 1],
    ])
    expect(shapes[0]?.fields['requestId']).toMatch(/^req_/)
  })
})
