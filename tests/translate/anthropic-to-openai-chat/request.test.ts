import { describe, expect, test } from 'bun:test'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, refusalMessage, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const messages = [user('a')]

const everything = {
  system: 's',
  messages,
  tools: [tool('Bash')],
  tool_choice: { type: 'tool', name: 'Bash', disable_parallel_tool_use: true },
  temperature: 0,
  top_p: 0.5,
  top_k: 3,
  stop_sequences: ['END'],
  output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
  thinking: { type: 'disabled' },
  metadata: { user_id: JSON.stringify({ session_id: 'session-1' }) },
  stream: true,
}

const dialect: ChatDialectChange = {
  maxTokens: 'max_completion_tokens',
  topK: true,
  reasoning: 'openai',
  efforts: ['none', 'low'],
  promptCacheKey: true,
  store: true,
  toolStream: true,
  userIdMember: 'safety_identifier',
}

describe('the body', () => {
  test('has its members in a fixed order, and the model of the provider (OU-T7)', () => {
    const { body } = translateChat(everything, { dialect, policy: { serviceTier: 'flex', userId: 'hash' } })
    expect(Object.keys(body)).toEqual([
      'model',
      'messages',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'tool_stream',
      'max_completion_tokens',
      'temperature',
      'top_p',
      'top_k',
      'stop',
      'response_format',
      'reasoning_effort',
      'prompt_cache_key',
      'safety_identifier',
      'service_tier',
      'store',
      'stream',
      'stream_options',
    ])
    expect(body.model).toBe('model-1')
  })

  test('of a small request has no other members (OU-T7, OU-Q15)', () => {
    expect(translateChat({ messages }).body).toEqual({
      model: 'model-1',
      messages: [{ role: 'user', content: 'a' }],
      max_tokens: 1024,
    })
  })

  test('requests a stream with usage if the provider supports it (OU-Q6)', () => {
    const body = (change: ChatDialectChange, stream?: boolean) =>
      translateChat({ messages, ...(stream !== undefined && { stream }) }, { dialect: change }).body
    expect(body({}, true)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(body({ streamOptions: false }, true)).not.toHaveProperty('stream_options')
    expect(body({}, false)).not.toHaveProperty('stream')
    // A provider that reasons in streams alone.
    expect(body({ wholeBy: 'stream' })).toMatchObject({ stream: true })
  })

  test("has the service tier of the configuration, never the client's (OU-Q11)", () => {
    const members = { messages, service_tier: 'auto' }
    expect(translateChat(members).body).not.toHaveProperty('service_tier')
    expect(translateChat(members, { policy: { serviceTier: 'flex' } }).body.service_tier).toBe('flex')
  })

  test('switches storage off if the provider supports it (OU-Q15)', () => {
    expect(translateChat({ messages }, { dialect: { store: true } }).body.store).toBe(false)
  })
})

test('each part that is not sent gets one note (OU-Q9, OU-Q13)', () => {
  const translation = translateChat(
    {
      messages,
      metadata: { user_id: 'user_1' },
      context_management: { edits: [] },
      safeguards: [{ type: 'dangerous_tool_use' }],
      betas: ['context-1m-2025-08-07'],
      novel: 1,
    },
    { betas: ['claude-code-20250219', 'a secret'] },
  )
  const why = 'not supported by the upstream'
  expect(notesIn(translation)).toEqual([
    `debug metadata: ${why}`,
    `debug context_management: ${why}`,
    `debug safeguards: ${why}`,
    `debug novel: ${why}`,
    'debug anthropic-beta.claude-code-20250219: beta flag: not sent',
    'debug anthropic-beta: beta flag: not sent',
    'debug anthropic-beta.context-1m-2025-08-07: beta flag: not sent',
  ])
  expect(Object.keys(translation.body)).toEqual(['model', 'messages', 'max_tokens'])
})

test.each([{ container: 'c' }, { mcp_servers: [{ url: 'u' }] }, { container: { skills: [{ id: 's' }] } }])(
  '%p changes the meaning of the request: the refusal names it (OU-Q14)',
  (members) => {
    const [name] = Object.keys(members)
    expect(refusalMessage(() => translateChat({ messages, ...members }))).toBe(
      `${name}: not supported by this endpoint: remove it`,
    )
  },
)

test('the context of the response has the data that it needs of the request (OU-Q1, OU-Q5, OU-Q50, OU-Q64)', () => {
  const longName = 'x'.repeat(80)
  const { body, response } = translateChat(
    {
      ...everything,
      max_tokens: 0,
      messages: [user('a'), assistant(toolUse('t1')), user(toolResult('t1'))],
      tools: [tool('Bash'), tool(longName)],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      stop_sequences: ['1', '2', '3', '4', '5'],
    },
    { dialect },
  )
  expect(response).toMatchObject({
    model: 'claude-sonnet-4-6',
    isPrewarm: true,
    maxTokens: 1,
    stopSequences: ['1', '2', '3', '4', '5'],
    watchedStops: ['5'],
    isOneCallAllowed: true,
  })
  expect(response.usedToolCallIds()).toEqual(new Set(['t1']))
  const sent = body.tools?.map(({ function: { name } }) => name) ?? []
  expect([...response.offeredTools.keys()]).toEqual(sent)
  expect(sent.map(response.toClientToolName)).toEqual(['Bash', longName])
})
