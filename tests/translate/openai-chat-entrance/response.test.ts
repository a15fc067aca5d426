import { describe, expect, test } from 'bun:test'
import { messageToCompletion } from '../../../src/translate/openai-chat-entrance/response.ts'
import type { ResponseBlock, StopReason, TextCitation } from '../../../src/wire/anthropic/response.ts'
import type { CompletionMessage } from '../../../src/wire/openai-chat/completion.ts'
import { answered, caller, chatPlan, identity } from '../../support/chat-answer.ts'

const text = (value: string, citations: TextCitation[] | null = null): ResponseBlock => ({
  type: 'text',
  text: value,
  citations,
})
const call: ResponseBlock = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'x' }, caller }

const messageOf = (content: readonly ResponseBlock[], plan = chatPlan()): CompletionMessage | undefined =>
  messageToCompletion(answered(content), plan, identity).choices[0]?.message

describe('a whole completion', () => {
  test('has every member that clients read, and no other (OE-C80, OE-C84)', () => {
    expect(messageToCompletion(answered([text('Hello')]), chatPlan(), identity)).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1764409000,
      model: 'claude-sonnet-4.6',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 3210,
        completion_tokens: 50,
        total_tokens: 3260,
        prompt_tokens_details: { cached_tokens: 3000, cache_write_tokens: 200, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
    })
  })

  test('joins its texts; calls alone have the content null, nothing at all has an empty one (OE-C81)', () => {
    expect(messageOf([text('One. '), call, text('Two.')])?.content).toBe('One. Two.')
    expect(messageOf([call])?.content).toBeNull()
    expect(messageOf([])?.content).toBe('')
  })

  test('has calls with their arguments as JSON, never empty (OE-C82)', () => {
    const custom: ResponseBlock = { ...call, id: 'toolu_2', name: 'apply_patch', input: { input: 'patch' } }
    const empty: ResponseBlock = { ...call, id: 'toolu_3', input: {} }
    const flat: ResponseBlock = { ...call, id: 'toolu_4', name: 'mcp__probe__add' }
    expect(messageOf([call, custom, empty, flat])?.tool_calls).toEqual([
      { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } },
      { id: 'toolu_2', type: 'custom', custom: { name: 'apply_patch', input: 'patch' } },
      { id: 'toolu_3', type: 'function', function: { name: 'look', arguments: '{}' } },
      { id: 'toolu_4', type: 'function', function: { name: 'mcp__probe__add', arguments: '{"at":"x"}' } },
    ])
  })

  test('has one call of a function for a client that declares functions (OE-C82)', () => {
    const message = messageOf([call, call], chatPlan({ usesFunctions: true }))
    expect(message?.function_call).toEqual({ name: 'look', arguments: '{"at":"x"}' })
    expect(message?.tool_calls).toBeUndefined()
  })

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['a newer reason', 'stop'],
  ])('ends for %s with %s (OE-C83)', (stop_reason, finish) => {
    const message = answered([text('x'), call], { stop_reason: stop_reason as StopReason })
    expect(messageToCompletion(message, chatPlan(), identity).choices[0]?.finish_reason).toBe(finish as 'stop')
  })

  test('has calls whenever it ends with tool_calls (OE-C82, OE-C83, OE-C86)', () => {
    const server: ResponseBlock = { ...call, type: 'server_tool_use' }
    const [choice] = messageToCompletion(answered([server], { stop_reason: 'tool_use' }), chatPlan(), identity).choices
    expect(choice?.finish_reason).toBe('stop')
    expect(choice?.message.tool_calls).toBeUndefined()
  })

  test('ends with function_call for a client that declares functions (OE-C83)', () => {
    const message = answered([call], { stop_reason: 'tool_use' })
    const plan = chatPlan({ usesFunctions: true })
    expect(messageToCompletion(message, plan, identity).choices[0]?.finish_reason).toBe('function_call')
  })

  test('gives the reason of a refusal, and keeps the written text (OE-C83)', () => {
    const stop_details = {
      type: 'refusal',
      category: null,
      explanation: 'Not this.',
      recommended_model: null,
      fallback_credit_token: null,
      fallback_has_prefill_claim: null,
    } as const
    const message = answered([text('Well, ')], { stop_reason: 'refusal', stop_details })
    expect(messageToCompletion(message, chatPlan(), identity).choices[0]?.message).toMatchObject({
      content: 'Well, ',
      refusal: 'Not this.',
    })
  })

  test('counts cached tokens among those of the prompt, and estimates those of thinking (OE-C84)', () => {
    const thinking: ResponseBlock = { type: 'thinking', thinking: 'x'.repeat(81), signature: 's' }
    const { usage } = messageToCompletion(answered([thinking]), chatPlan({ reasoning: 'none' }), identity)
    expect(usage.completion_tokens_details.reasoning_tokens).toBe(21)
    const long = { ...thinking, thinking: 'x'.repeat(1000) }
    const most = messageToCompletion(answered([long]), chatPlan(), identity).usage.completion_tokens_details
    expect(most.reasoning_tokens).toBe(50)
  })

  test('cites pages, with places in the content, and no documents (OE-C85)', () => {
    const page: TextCitation = {
      type: 'web_search_result_location',
      cited_text: 'words',
      url: 'https://page.example/',
      title: 'Page',
      encrypted_index: 'x',
    }
    const document: TextCitation = {
      type: 'char_location',
      cited_text: 'words',
      document_index: 0,
      document_title: 'Doc',
      file_id: null,
      start_char_index: 0,
      end_char_index: 5,
    }
    expect(messageOf([text('😀 '), text('cited', [document, page])])?.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: { start_index: 3, end_index: 8, title: 'Page', url: 'https://page.example/' },
      },
    ])
  })

  test('shows thinking as reasoning_content and as reasoning_details, and never as reasoning (OE-C62)', () => {
    const content: ResponseBlock[] = [
      { type: 'thinking', thinking: 'one', signature: 'c2ln+/==' },
      { type: 'redacted_thinking', data: 'ZGF0YQ==' },
      { type: 'thinking', thinking: 'two', signature: '' },
      text('Hello'),
    ]
    const format = 'anthropic-claude-v1' as const
    const reasoning_details = [
      { type: 'reasoning.text', text: 'one', signature: 'c2ln+/==', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'ZGF0YQ==', format, index: 1 },
      { type: 'reasoning.text', text: 'two', format, index: 2 },
    ] as const
    const shown = (reasoning: 'both' | 'content' | 'details' | 'none') => messageOf(content, chatPlan({ reasoning }))
    const plain: CompletionMessage = { role: 'assistant', content: 'Hello', refusal: null, annotations: [] }
    expect(shown('both')).toEqual({ ...plain, reasoning_content: 'onetwo', reasoning_details })
    expect(shown('content')).toEqual({ ...plain, reasoning_content: 'onetwo' })
    expect(shown('details')).toEqual({ ...plain, reasoning_details })
    expect(shown('none')).toEqual(plain)
  })
})
