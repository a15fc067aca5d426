import { describe, expect, test } from 'bun:test'
import { apiModels } from '../../../src/simulator/anthropic/models.ts'
import { CountBody, MessagesBody } from '../../../src/simulator/anthropic/request-schema.ts'
import { validateBody } from '../../../src/simulator/anthropic/validate-request.ts'
import { redact, sign } from '../../../src/simulator/signature.ts'
import { cases, fixture } from '../../support/fixtures.ts'

/** Requests that the real API refuses, with its words; and requests that it accepts. */

const catalog = { models: apiModels, isAnyModelServed: false }
const request = (more: object = {}): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 4000,
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
})

/** The words of the refusal, or undefined. */
const refusal = (body: unknown, betas: readonly string[] = []): string | undefined => {
  const validated = validateBody(MessagesBody, body, catalog, betas)
  return 'refusal' in validated ? validated.refusal.message : undefined
}

const user = (...content: object[]): object => ({ role: 'user', content })
const assistant = (...content: object[]): object => ({ role: 'assistant', content })
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more })
const use = (id: string): object => ({ type: 'tool_use', id, name: 'look', input: {} })
const result = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: 'x' })
const tool = (more: object = {}): object => ({ name: 'look', input_schema: { type: 'object' }, ...more })
const said = (...messages: object[]): object => request({ messages, tools: [tool()] })
const marked = (ttl?: string): object => text('x', { cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } })

describe('the shape of a body', () => {
  test.each([
    ['not JSON', undefined, 'The request body is not valid JSON.'],
    ['no max_tokens', request({ max_tokens: undefined }), 'max_tokens: Field required'],
    ['no messages', request({ messages: [] }), 'messages: at least one message is required'],
    ['an unknown member', request({ frequency: 1 }), 'frequency: Extra inputs are not permitted'],
    ['another type', request({ max_tokens: '9' }), 'max_tokens: Input should be a valid integer'],
    ['a value out of range', request({ temperature: 1.5 }), 'temperature: Input should be less than or equal to 1'],
    [
      'another role',
      request({ messages: [{ role: 'tool', content: 'x' }] }),
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
    ],
    [
      'a member of a block',
      request({ messages: [user(text('x', { index: 1 }))] }),
      'messages.0.content.0.text.index: Extra inputs are not permitted',
    ],
    [
      'a missing member of a block',
      request({ messages: [user({ type: 'tool_result', content: 'x' })] }),
      'messages.0.content.0.tool_result.tool_use_id: Field required',
    ],
    [
      'a text as the source of a PDF',
      request({
        messages: [
          user({ type: 'document', source: { type: 'base64', media_type: 'text/plain', data: 'eA==' } }, text('x')),
        ],
      }),
      "messages.0.content.0.document.source.base64.media_type: Input should be 'application/pdf'",
    ],
    [
      'a name of a tool',
      request({ tools: [tool({ name: 'a b' })] }),
      'tools.0.custom.name: String should match pattern',
    ],
    [
      'a schema without a type',
      request({ tools: [tool({ input_schema: {} })] }),
      'tools.0.custom.input_schema.type: Field required',
    ],
    [
      'a small budget',
      request({ thinking: { type: 'enabled', budget_tokens: 10 } }),
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    ],
  ])('%s is refused', (_, body, words) => {
    expect(refusal(body)).toStartWith(words)
  })

  test('an unknown block names the known ones', () => {
    const words = refusal(request({ messages: [user({ type: 'video' })] }))
    expect(words).toStartWith("messages.0.content.0: Input tag 'video' found using 'type' does not match any of the")
    expect(words).toContain("'text', 'image', 'document'")
  })

  test('a count has no settings of an answer', () => {
    const { max_tokens: _, ...countable } = request() as { max_tokens: number }
    expect(validateBody(CountBody, countable, catalog, [])).toHaveProperty('body')
    expect(validateBody(CountBody, request(), catalog, [])).toHaveProperty('refusal')
  })

  test('a member of a beta needs its flag', () => {
    const body = request({ context_management: { edits: [] } })
    expect(refusal(body)).toBe('context_management: Extra inputs are not permitted')
    expect(refusal(body, ['context-management-2025-06-27'])).toBeUndefined()
  })
})

describe('the rules of a conversation', () => {
  test.each([
    ['an assistant first', said(assistant(text('x'))), 'messages: first message must use the "user" role'],
    ['no content', said(user()), 'messages.0: all messages must have non-empty content'],
    ['an empty text', said(user(text(''))), 'messages: text content blocks must be non-empty'],
    ['a blank text', said(user(text(' '))), 'messages: text content blocks must contain non-whitespace text'],
    ['a call of the user', said(user(use('t1'))), 'messages.0: `tool_use` blocks can only be in `assistant` messages'],
    [
      'a call without a result',
      said(user(text('x')), assistant(use('t1')), user(text('y'))),
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.',
    ],
    [
      'a result without a call',
      said(user(text('x')), assistant(text('y')), user(result('t1'))),
      'messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1.',
    ],
    [
      'two results of a call',
      said(user(text('x')), assistant(use('t1')), user(result('t1'), result('t1'))),
      'messages.2: each tool_use must have a single result.',
    ],
    [
      'two calls with one id',
      said(user(text('x')), assistant(use('t1'), use('t1')), user(result('t1'))),
      'messages.1.content.1: `tool_use` ids must be unique',
    ],
    [
      'a prefill',
      said(user(text('x')), assistant(text('y'))),
      'This model does not support assistant message prefill.',
    ],
    [
      'changed thinking',
      said(user(text('x')), assistant({ type: 'thinking', thinking: 'y', signature: sign('z') }), user(text('x'))),
      'messages.1.content.0: Invalid `signature` in `thinking` block',
    ],
  ])('%s is refused', (_, body, words) => {
    expect(refusal(body)).toStartWith(words)
  })

  test('successive messages of one role are one turn', () => {
    expect(
      refusal(
        said(
          user(text('x')),
          user(text('y')),
          assistant(use('t1')),
          assistant(use('t2')),
          user(result('t1')),
          user(result('t2')),
        ),
      ),
    ).toBeUndefined()
  })
})

describe('the rules of settings', () => {
  const thinking = { type: 'enabled', budget_tokens: 2000 }
  test.each([
    ['two tools of one name', request({ tools: [tool(), tool()] }), 'tools: Tool names must be unique.'],
    ['an unknown choice', request({ tools: [tool()], tool_choice: { type: 'tool', name: 'x' } }), "Tool 'x' not found"],
    ['a choice without tools', request({ tool_choice: { type: 'any' } }), 'tool_choice: tool_choice may only be'],
    ['a large limit', request({ max_tokens: 200_000 }), 'max_tokens: 200000 > 128000, which is the maximum'],
    ['a budget over the limit', request({ max_tokens: 1500, thinking }), '`max_tokens` must be greater than'],
    ['a temperature', request({ thinking, temperature: 0.5 }), '`temperature` may only be set to 1'],
    ['two samplings', request({ temperature: 1, top_p: 0.9 }), '`temperature` and `top_p` cannot both be specified'],
    [
      'a forced tool',
      request({ thinking, tools: [tool()], tool_choice: { type: 'any' } }),
      'Thinking may not be enabled when tool_choice forces tool use.',
    ],
    [
      'adaptive thinking of an older model',
      request({ model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } }),
      'adaptive thinking is not supported on this model',
    ],
    [
      'effort of an older model',
      request({ model: 'claude-haiku-4-5', output_config: { effort: 'low' } }),
      'This model does not support the effort parameter.',
    ],
    [
      'five marks',
      request({ messages: [user(...Array.from({ length: 5 }, () => marked()))] }),
      'A maximum of 4 blocks',
    ],
    [
      'a long lifetime after a short one',
      request({ messages: [user(marked(), marked('1h'))] }),
      "a ttl='1h' cache_control block must not come after a ttl='5m'",
    ],
    [
      'invalid base64',
      request({
        messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '!' } })],
      }),
      'messages.0.content.0.image.source.base64: invalid base64 data',
    ],
    ['a long prompt', request({ system: 'word '.repeat(210_000) }), 'prompt is too long: 2100'],
    [
      'a prompt that leaves too little space',
      request({ system: 'word '.repeat(190_000), max_tokens: 20_000 }),
      'input length and `max_tokens` exceed context limit: 1900',
    ],
  ])('%s is refused', (_, body, words) => {
    expect(refusal(body)).toStartWith(words)
  })

  test('the flag of the long window widens it', () => {
    const long = request({ system: 'word '.repeat(210_000) })
    expect(refusal(long, ['context-1m-2025-08-07'])).toBeUndefined()
  })
})

const resealed = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('type' in value)) return value
  if (value.type === 'thinking' && 'thinking' in value) return { ...value, signature: sign(String(value.thinking)) }
  return value.type === 'redacted_thinking' ? { ...value, data: redact('x') } : value
}

describe('recorded requests of Claude Code', () => {
  test.each(cases('requests'))('%s is accepted', (name) => {
    // The recorded seals are those of another model.
    const body: unknown = JSON.parse(JSON.stringify(fixture<object>('requests', name, 'request')), resealed)
    const { betas } = fixture<{ betas: string[] }>('requests', name, 'context')
    expect(refusal(body, betas)).toBeUndefined()
  })
})
