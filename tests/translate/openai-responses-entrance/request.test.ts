import { describe, expect, test } from 'bun:test'
import type { Json } from '../../../src/base/json.ts'
import { refusalOf } from '../../support/openai-context.ts'
import { translateResponses } from '../../support/responses-request.ts'

const translated = (members: Json, options = {}) => translateResponses({ input: 'hello', ...members }, options)
const requestOf = (members: Json) => translated(members, { policy: { autoCache: false } }).request

describe('the members of a request', () => {
  test('instructions are the first block of the system prompt (OE-R2)', () => {
    const input = [
      { role: 'developer', content: 'Be short.' },
      { role: 'user', content: 'hello' },
    ]
    expect(requestOf({ instructions: 'Work.', input }).system).toEqual([
      { type: 'text', text: 'Work.' },
      { type: 'text', text: 'Be short.' },
    ])
    expect(requestOf({ instructions: ' ' }).system).toBeUndefined()
  })

  test('an empty input is refused (OE-R3)', () => {
    for (const input of [[], null, undefined, '', [{ role: 'user', content: [] }]])
      expect(refusalOf(() => translateResponses({ input })).param).toBe('input')
  })

  test('those that Chat Completions has, too, mean the same (OE-R1, OE-R4)', () => {
    const members = {
      max_output_tokens: 100,
      temperature: 1.5,
      top_p: 0.5,
      safety_identifier: 'ada',
      user: 'bob',
      metadata: { a: 'b' },
      parallel_tool_calls: true,
      prompt_cache_key: 'k',
    }
    const { request, notes } = translated(members)
    expect(request).toMatchObject({ max_tokens: 100, temperature: 1, top_p: 0.5, metadata: { user_id: 'ada' } })
    expect(notes).toEqual(['temperature: lowered to 1, the highest of the model'])
    expect(requestOf({}).max_tokens).toBe(32_000)
    expect(refusalOf(() => translated({ top_logprobs: 2 })).param).toBe('top_logprobs')
    expect(translated({ service_tier: 'flex' }).notes).toEqual(['service_tier: the upstream decides on the tier'])
  })

  test('the prompt cache: a longer retention is an hour (OE-R1)', () => {
    const { request } = translated({ prompt_cache_retention: '24h' })
    expect(request.messages.at(-1)?.content as unknown).toEqual([
      { type: 'text', text: 'hello', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ])
  })

  test('reasoning: its effort, its summary, and the object alone (OE-R5)', () => {
    const adaptive = { type: 'adaptive', display: 'summarized' }
    const high = translated({ reasoning: { effort: 'high', summary: 'auto' } })
    expect(high.request).toMatchObject({ thinking: adaptive, output_config: { effort: 'high' } })
    expect(high.plan.showsSummary).toBe(true)
    const alone = translated({ reasoning: { generate_summary: 'auto' } })
    expect(alone.request.thinking as unknown).toEqual(adaptive)
    expect(alone.request.output_config).toBeUndefined()
    expect(alone.plan.showsSummary).toBe(true)
    expect(translated({ reasoning: { effort: 'low', summary: null } }).plan.showsSummary).toBe(false)
    expect(requestOf({}).thinking).toBeUndefined()
    expect(translated({ reasoning: { context: 'all_turns' } }).notes).toEqual(['reasoning.context: the model decides'])
  })

  test('text.format is flat, and the verbosity is a note (OE-R6)', () => {
    const schema = { type: 'object', properties: {} }
    const format = { type: 'json_schema', name: 'codex_output_schema', strict: true, schema }
    expect(requestOf({ text: { format } }).output_config).toEqual({ format: { type: 'json_schema', schema } })
    const object = translated({ text: { format: { type: 'json_object' } }, instructions: 'Work.' })
    expect(object.plan.isJsonObject).toBe(true)
    expect(object.request.system).toHaveLength(2)
    expect(translated({ text: { verbosity: 'low' } }).notes).toEqual([
      'text.verbosity: the model has no such parameter',
    ])
    expect(translated({ text: { format: { type: 'text' }, verbosity: 'medium' } }).notes).toEqual([])
    expect(refusalOf(() => translated({ text: { format: { type: 'yaml' } } })).param).toBe('text.format.type')
  })

  test('an answer has the format of the text also if the client sends other members of it (OE-R6, OE-R9)', () => {
    expect(translated({ text: { verbosity: 'low' } }).plan.echo['text']).toEqual({
      verbosity: 'low',
      format: { type: 'text' },
    })
  })

  test('include and stream options need nothing (OE-R7, OE-R9)', () => {
    const members = {
      include: ['reasoning.encrypted_content', 'file_search_call.results'],
      stream: true,
      stream_options: { include_obfuscation: true },
    }
    const { request, notes } = translated(members)
    expect(request.stream).toBe(true)
    expect(notes).toEqual([])
    expect(requestOf({ stream: false }).stream).toBeUndefined()
  })

  test.each([
    ['background', true],
    ['conversation', 'conv_1'],
    ['conversation', { id: 'conv_1' }],
    ['prompt', { id: 'pmpt_1' }],
  ])('%s: %j is refused (OE-R10)', (name, value) => {
    expect(refusalOf(() => translated({ [name]: value }))).toEqual({ code: 'unsupported_parameter', param: name })
  })

  test('store is a boolean: another value is refused (OE-R8, OE-T7)', () => {
    expect(refusalOf(() => translated({ store: 'false' }))).toEqual({ code: 'invalid_value', param: 'store' })
    for (const store of [true, false, null]) expect(translated({ store }).notes).toEqual([])
  })

  test('null and false are not set (OE-R10)', () => {
    const members = {
      background: false,
      conversation: null,
      prompt: null,
      max_tool_calls: null,
      context_management: [],
    }
    expect(translated({ ...members, truncation: 'disabled' }).notes).toEqual([])
  })

  test.each([
    ['max_tool_calls', 3],
    ['context_management', [{ type: 'compaction' }]],
    ['truncation', 'auto'],
  ])('%s: %j is a note (OE-R10, OE-R11)', (name, value) => {
    expect(translated({ [name]: value }).notes).toEqual([expect.stringMatching(new RegExp(`^${name}: `))])
  })

  test("clients' metadata is ignored (OE-R12)", () => {
    const { request, notes } = translated({ client_metadata: { turn_id: 'turn-0123', workspace: '/home/ada' } })
    expect(JSON.stringify(request)).not.toMatch(/turn-0123|ada/)
    expect(notes).toEqual([])
  })
})

describe('the plan of the answer', () => {
  test('repeats the request as it was sent (OE-R9)', () => {
    const members = {
      instructions: 'Work.',
      max_output_tokens: 100,
      temperature: 2,
      tool_choice: 'required',
      tools: [{ type: 'function', name: 'add', parameters: null }],
      reasoning: { effort: 'ultra', summary: 'auto', context: 'x' },
      metadata: { a: 'b' },
      user: 'ada',
    }
    expect(translated(members).plan.echo).toMatchObject({
      ...members,
      reasoning: { effort: 'ultra', summary: 'auto' },
      text: { format: { type: 'text' } },
      parallel_tool_calls: true,
      previous_response_id: null,
      service_tier: 'default',
      top_p: null,
      truncation: 'disabled',
    })
  })

  test('repeats all tools of the request (OE-R9)', () => {
    const tools = [{ type: 'function', name: 'add', description: 'x'.repeat(70_000), parameters: null }]
    expect(translated({ tools }).plan.echo['tools']).toEqual(tools)
  })

  test('has the model by both of its names (OE-R1, OE-R43)', () => {
    const { plan, request } = translated({ model: 'gpt-6-sol' }, { modelId: 'claude-sonnet-4.6' })
    expect(plan).toMatchObject({ model: 'gpt-6-sol', modelId: 'claude-sonnet-4.6' })
    expect(request.model).toBe('gpt-6-sol')
  })
})
