import { describe, expect, test } from 'bun:test'
import { toChatTools } from '../../../src/translate/openai-chat-entrance/tools.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const named = (name: string) => ({ type: 'function', function: { name } })
const canonical = (name: string) => ({ name, input_schema: { type: 'object', properties: {} } })

describe('tools of Chat Completions', () => {
  test('tools and their identities (OE-C9, OE-C51)', () => {
    const body = { tools: [named('read'), { type: 'custom', custom: { name: 'note' } }], tool_choice: 'required' }
    expect<unknown>(toChatTools(body, openAiContext())).toMatchObject({
      tools: [canonical('read'), { name: 'note' }],
      toolChoice: { type: 'any' },
      identities: new Map([
        ['read', { kind: 'function', name: 'read' }],
        ['note', { kind: 'custom', name: 'note' }],
      ]),
      usesFunctions: false,
    })
  })

  test.each([
    [undefined, { type: 'auto', disable_parallel_tool_use: true }],
    ['none', { type: 'none' }],
    [{ name: 'read' }, { type: 'tool', name: 'read', disable_parallel_tool_use: true }],
  ])('functions with function_call %j, never parallel (OE-C9, OE-C10, OE-C52)', (call, toolChoice) => {
    const body = { functions: [{ name: 'read' }], function_call: call }
    expect<unknown>(toChatTools(body, openAiContext())).toMatchObject({
      tools: [canonical('read')],
      toolChoice,
      usesFunctions: true,
    })
  })

  test('parallel_tool_calls false limits the calls (OE-C10, OE-C52)', () => {
    const { toolChoice } = toChatTools({ tools: [named('read')], parallel_tool_calls: false }, openAiContext())
    expect(toolChoice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  })

  test.each([
    [{ tools: [named('a')], functions: [{ name: 'b' }] }, 'functions'],
    [{ tools: [named('a'), named('a')] }, 'tools[1]'],
    [{ functions: [{ name: 'a' }, { name: '' }] }, 'functions[1].name'],
    [{ tools: 'a' }, 'tools'],
    [{ tools: [named('a')], parallel_tool_calls: 'no' }, 'parallel_tool_calls'],
    [{ functions: [{ name: 'a' }], function_call: { name: 'b' } }, 'function_call'],
  ])('%j is refused with its path (OE-C9, OE-C50, OE-C52)', (body, param) => {
    expect(refusalOf(() => toChatTools(body, openAiContext())).param).toBe(param)
  })
})

describe('web search', () => {
  const approximate = { city: 'Bern', country: 'CH' }
  const body = { web_search_options: { user_location: { type: 'approximate', approximate } } }

  test('becomes the tool of an upstream that has one (OE-C15)', () => {
    expect<unknown>(toChatTools(body, openAiContext({ searchesWeb: true })).tools).toEqual([
      { type: 'web_search_20250305', name: 'web_search', user_location: { type: 'approximate', ...approximate } },
    ])
  })

  test('its size is noted (OE-C15)', () => {
    const context = openAiContext({ searchesWeb: true })
    toChatTools({ web_search_options: { search_context_size: 'high' } }, context)
    expect(notedPaths(context)).toEqual(['web_search_options.search_context_size'])
  })

  test('is refused next to a tool of its name (OE-C15, OE-C50)', () => {
    const both = { web_search_options: {}, tools: [named('web_search')] }
    expect(refusalOf(() => toChatTools(both, openAiContext({ searchesWeb: true }))).param).toBe('web_search_options')
  })

  test('is refused by any other upstream (OE-C15)', () => {
    expect(refusalOf(() => toChatTools({ web_search_options: {} }, openAiContext()))).toEqual({
      code: 'unsupported_parameter',
      param: 'web_search_options',
    })
  })
})
