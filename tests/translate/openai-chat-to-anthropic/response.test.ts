import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import { toMessage } from '../../../src/translate/openai-chat-to-anthropic/response.ts'
import type { ChatOutput } from '../../../src/wire/openai-chat/response.ts'
import { answer, chatContext, contentOf, usage, whole } from '../../support/chat-response.ts'
import { countingIds } from '../../support/response-context.ts'
import { refusalMessage } from '../../support/translate.ts'

/** Whole responses. */

const contents = (message: ChatOutput): unknown[] => contentOf(whole(answer(message)))

const call = (name: string, input: unknown, id = `call_${name}`) => ({
  id,
  type: 'function',
  function: { name, arguments: input },
})

describe('a whole response', () => {
  test('has a new id and the model that the client requested (OU-A1, OU-A2)', () => {
    const response = { id: 'chatcmpl-1', model: 'gpt-4.1', ...answer({ content: 'Hello' }) }
    expect(toMessage(response, chatContext(), countingIds())).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-6',
      content: [{ type: 'text', text: 'Hello', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      context_management: null,
      diagnostics: null,
      usage: {
        input_tokens: 30,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 7,
        service_tier: 'standard',
        output_tokens_details: null,
        server_tool_use: null,
        inference_geo: null,
        speed: null,
        iterations: null,
        fallback_credit: null,
      },
    })
  })

  test('joins all choices in their order (OU-A3)', () => {
    const choices = [
      { finish_reason: 'tool_calls', message: { content: 'Both.', role: 'assistant' } },
      { finish_reason: 'tool_calls', message: { tool_calls: [call('Read', '{"path":"a"}', 'a')] } },
      { finish_reason: 'tool_calls', message: { tool_calls: [call('Read', '{"path":"b"}', 'b')] } },
    ]
    const message = whole({ choices, usage })
    expect(contentOf(message)).toEqual(['Both.', { Read: { path: 'a' }, id: 'a' }, { Read: { path: 'b' }, id: 'b' }])
    expect(message.stop_reason).toBe('tool_use')
  })

  test.each([[{ choices: [] }], [{}], [{ choices: null }], [{ choices: [null] }]])(
    'without a choice is an error that may be tried again: %j (OU-A3)',
    (response) => {
      const act = () => whole({ usage, ...response })
      expect(act).toThrow(GatewayError)
      expect(act).toThrow(expect.objectContaining({ type: 'api_error', status: 502, retryable: true }))
    },
  )

  test('has thinking, text and calls in this order, for any order of the members (OU-A4)', () => {
    const message = { tool_calls: [call('Read', '{}', 'r')], content: 'Look.', reasoning_content: 'Hm.' }
    expect(contents(message)).toEqual([{ thinking: 'Hm.' }, 'Look.', { Read: {}, id: 'r' }])
  })

  test('accepts content as a string, null or parts (OU-A4)', () => {
    expect(contents({ content: null })).toEqual([])
    const parts = [
      {
        type: 'thinking',
        thinking: [
          { type: 'text', text: 'One ' },
          { type: 'text', text: 'two.' },
        ],
      },
      { type: 'text', text: 'Three' },
      { type: 'reference', reference_ids: [4] },
      ' four.',
    ]
    expect(contents({ content: parts })).toEqual([{ thinking: 'One two.' }, 'Three four.'])
  })

  test('reports a content part of unknown type only by name (OU-A4)', () => {
    const oddities: string[] = []
    const context = chatContext({ onOddity: (what) => oddities.push(what) })
    expect(contentOf(whole(answer({ content: [{ type: 'hologram', data: 'secret' }] }), context))).toEqual([])
    expect(oddities).toEqual(['content part of unknown type'])
  })

  test('has its refusal as a separate text, and stops with reason refusal (OU-A9)', () => {
    const message = whole(answer({ content: 'Well.', refusal: 'I cannot.' }))
    expect(contentOf(message)).toEqual(['Well.', 'I cannot.'])
    expect(message.stop_reason).toBe('refusal')
    expect(message.stop_details).toMatchObject({ type: 'refusal', category: null, explanation: 'The model refused.' })
  })

  test("drops members that Anthropic's format does not have (OU-A10)", () => {
    const more = { annotations: [{ type: 'url_citation' }], audio: null, logprobs: null }
    const response = {
      ...answer({ content: 'Hello', ...more }),
      citations: ['https://a.example'],
      search_results: [{}],
      obfuscation: 'x',
      moderation: {},
    }
    expect(whole(response)).toEqual(whole(answer({ content: 'Hello' })))
  })

  test.each([
    ['priority', 'priority'],
    ['default', 'standard'],
    ['flex', 'standard'],
    [null, 'standard'],
  ])('served by tier %p has the tier %p (OU-A10)', (service_tier, expected) => {
    expect(whole({ ...answer({ content: 'x' }), service_tier }).usage.service_tier).toBe(expected as 'standard')
  })

  test('without content has no blocks (OU-A12)', () => {
    for (const message of [{}, { content: '' }, { content: ' \n' }, { content: [], tool_calls: [] }]) {
      expect(whole(answer(message))).toMatchObject({ content: [], stop_reason: 'end_turn' })
    }
  })

  test('to a request for no tokens has no blocks and stops at the limit (OU-Q1)', () => {
    const context = chatContext({ isPrewarm: true, maxTokens: 1 })
    const message = whole(answer({ content: 'x', tool_calls: [call('Read', '{}')] }), context)
    expect(message).toMatchObject({ content: [], stop_reason: 'max_tokens' })
  })
})

describe('calls of a whole response', () => {
  test.each([
    ['a JSON text', '{"a":1}', { a: 1 }],
    ['an object', { a: 1 }, { a: 1 }],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['an empty text', '', {}],
    ['the text null', 'null', {}],
    ['a JSON string of an object', '"{\\"a\\":1}"', { a: 1 }],
    ['white space around an object', ' {"a":1}\n', { a: 1 }],
    ['half an object', '{"a":', { __unparsedToolInput: { raw: '{"a":' } }],
    ['two objects', '{}{"a":1}', { __unparsedToolInput: { raw: '{}{"a":1}' } }],
    ['a list', '[1]', { __unparsedToolInput: { raw: '[1]' } }],
    ['words', 'path=a', { __unparsedToolInput: { raw: 'path=a' } }],
  ])('whose arguments are %s have an object as input (OU-A7)', (_, input, expected) => {
    expect(contents({ tool_calls: [call('Read', input, 'r')] })).toEqual([{ Read: expected, id: 'r' }])
  })

  test('keep numbers that a double cannot represent (OU-A7)', () => {
    const [block] = whole(answer({ tool_calls: [call('Read', '{"line":9007199254740993}')] })).content
    expect(JSON.stringify(block)).toContain('"input":{"line":9007199254740993}')
  })

  test('have the names that the client knows (OU-A7)', () => {
    const context = chatContext({ toClientToolName: (name) => (name === 'short_1' ? 'a very long name' : name) })
    const message = whole(answer({ tool_calls: [call('short_1', '{}', 'a'), call('Read', '{}', 'b')] }), context)
    expect(contentOf(message)).toEqual([
      { 'a very long name': {}, id: 'a' },
      { Read: {}, id: 'b' },
    ])
  })

  test('lose the template mark after the name of an offered tool, but of no other (OU-A7)', () => {
    const names = ['Read<|channel|>commentary', 'Raed<|channel|>commentary']
    expect(contents({ tool_calls: names.map((name, at) => call(name, '{}', `c${at}`)) })).toEqual([
      { Read: {}, id: 'c0' },
      { 'Raed<|channel|>commentary': {}, id: 'c1' },
    ])
  })

  test('of a custom tool have its text as input (OU-A7)', () => {
    const custom = { id: 'c', type: 'custom', custom: { name: 'Patch', input: '*** Begin "x"' } }
    expect(contents({ tool_calls: [custom] })).toEqual([{ Patch: { input: '*** Begin "x"' }, id: 'c' }])
  })

  test('in the older form, before tool_calls, are calls (OU-A7)', () => {
    const message = whole(answer({ content: null, function_call: { name: 'Read', arguments: '{"a":1}' } }))
    expect(contentOf(message)).toEqual([{ Read: { a: 1 }, id: 'tooluse' }])
    expect(message.stop_reason).toBe('tool_use')
  })

  test('without a name get one that the client can send back (OU-A7)', () => {
    expect(contents({ tool_calls: [{ id: 'x', function: { arguments: '{}' } }] })).toEqual([
      { unnamed_tool: {}, id: 'x' },
    ])
  })

  test('that are not objects are ignored (OU-A7)', () => {
    expect(contents({ content: 'x', tool_calls: [null, 3, 'call', {}] })).toEqual(['x'])
  })

  test('keep their ids, unless the client has them already or could not send them back (OU-A8)', () => {
    const context = chatContext({ usedToolCallIds: () => new Set(['call_0']) })
    const ids = ['call_0', 'call_1', 'call_1', '', 'functions.Read:0', 'call_0', '../a b']
    const message = whole(answer({ tool_calls: ids.map((id) => call('Read', '{}', id)) }), context)
    const made = message.content.map((block) => (block.type === 'tool_use' ? block.id : undefined))
    expect(made).toEqual(['call_0-2', 'call_1', 'call_1-2', 'tooluse', 'functions.Read:0', 'call_0-3', '..-a-b'])
  })

  test('after the first are held back if the client allows only one (OU-Q64)', () => {
    const oddities: string[] = []
    const context = chatContext({ isOneCallAllowed: true, onOddity: (what) => oddities.push(what) })
    const message = whole(answer({ tool_calls: [call('Read', '{}', 'a'), call('Bash', '{}', 'b')] }), context)
    expect(contentOf(message)).toEqual([{ Read: {}, id: 'a' }])
    expect(message.stop_reason).toBe('tool_use')
    expect(oddities).toEqual(['second tool call, but the client allows one'])
  })
})

describe('a failure instead of an answer', () => {
  test.each([
    ['error', 'api_error', 502],
    ['network_error', 'api_error', 502],
    ['abort', 'api_error', 502],
    ['ABORT', 'api_error', 502],
    ['insufficient_system_resource', 'overloaded_error', 529],
  ])('named %s by finish_reason is an error (OU-A26)', (finish_reason, type, status) => {
    const act = () => whole(answer({ content: 'half of ' }, { finish_reason }))
    expect(act).toThrow(expect.objectContaining({ type, status, retryable: true }))
    expect(refusalMessage(act)).toStartWith('The upstream ')
  })
})
