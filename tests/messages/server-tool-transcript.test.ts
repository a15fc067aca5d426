import { describe, expect, test } from 'bun:test'
import { assistant, cachePoint, refusalMessage, tool, translate, user, validBody } from '../support/translate.ts'

/** Histories that began with Anthropic's own API and its own tools. */

const textOf = (block: object): string => {
  const turns = validBody({ messages: [user('a'), assistant(block), user('b')] }).messages
  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  const [only, ...others] = turns[1]?.content ?? []
  expect(others).toEqual([])
  return only !== undefined && 'text' in only ? only.text : ''
}

describe("B10 Anthropic's own tools are sent as text", () => {
  const sealed = 'c2VhbGVk'
  test.each<[object, string]>([
    [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'bun releases' } },
      '[web_search: bun releases]',
    ],
    [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a', max: 2 } },
      '[web_search: {"query":"a","max":2}]',
    ],
    [{ type: 'server_tool_use', id: 'srvtoolu_1', name: 'advisor', input: {} }, '[advisor: {}]'],
    [
      {
        type: 'web_search_tool_result',
        tool_use_id: 'srvtoolu_1',
        content: [
          { type: 'web_search_result', title: 'Bun', url: 'https://bun.example', encrypted_content: sealed },
          {
            type: 'web_search_result',
            title: 'News',
            url: 'https://n.example',
            page_age: '2 days',
            encrypted_content: sealed,
          },
        ],
      },
      '[web_search result]\nBun – https://bun.example\nNews – https://n.example – 2 days',
    ],
    [
      {
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' },
      },
      '[web_search failed: max_uses_exceeded]',
    ],
    [
      {
        type: 'web_fetch_tool_result',
        tool_use_id: 's',
        content: {
          type: 'web_fetch_result',
          url: 'https://p.example',
          content: {
            type: 'document',
            title: 'Page',
            source: { type: 'text', media_type: 'text/plain', data: 'The words of the page.' },
          },
        },
      },
      '[web_fetch result]\nhttps://p.example\nPage\nThe words of the page.',
    ],
    [
      {
        type: 'web_fetch_tool_result',
        tool_use_id: 's',
        content: {
          type: 'web_fetch_result',
          url: 'https://p.example/a.pdf',
          content: { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        },
      },
      '[web_fetch result]\nhttps://p.example/a.pdf\n(application/pdf, not shown)',
    ],
    [
      {
        type: 'code_execution_tool_result',
        tool_use_id: 's',
        content: { type: 'code_execution_result', stdout: 'out', stderr: 'err', return_code: 1, content: [] },
      },
      '[code_execution result]\nout\nerr\n1',
    ],
    [
      {
        type: 'code_execution_tool_result',
        tool_use_id: 's',
        content: {
          type: 'encrypted_code_execution_result',
          encrypted_stdout: sealed,
          stderr: '',
          return_code: 0,
          content: [],
        },
      },
      '[code_execution result]\n0',
    ],
    [
      {
        type: 'text_editor_code_execution_tool_result',
        tool_use_id: 's',
        content: { type: 'text_editor_code_execution_str_replace_result', lines: ['-a', '+b'], new_start: null },
      },
      '[text_editor_code_execution result]\n-a\n+b',
    ],
    [
      { type: 'advisor_tool_result', tool_use_id: 's', content: { type: 'advisor_result', text: 'Do it.' } },
      '[advisor result]\nDo it.',
    ],
    [
      { type: 'mcp_tool_use', id: 'm', name: 'find', server_name: 'wiki', input: { page: 'Home' } },
      '[wiki find: Home]',
    ],
    [
      { type: 'mcp_tool_result', tool_use_id: 'm', is_error: false, content: [{ type: 'text', text: 'Found.' }] },
      '[mcp result]\nFound.',
    ],
    [{ type: 'mcp_tool_result', tool_use_id: 'm', is_error: true, content: 'No.' }, '[mcp failed]\nNo.'],
    [{ type: 'mcp_tool_result', tool_use_id: 'm' }, '[mcp result]'],
    [{ type: 'mcp_tool_listing', server_name: 'wiki', tools: [{ name: 'find' }] }, '[mcp tools result]\nwiki\nfind'],
  ])('B10 %p', (block, text) => {
    expect(textOf(block)).toBe(text)
  })

  test('B10 encrypted values are not sent, and the cache marker stays', () => {
    const block = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', title: 'T', url: 'u', encrypted_content: sealed }],
      cache_control: { type: 'ephemeral' },
    }
    const body = validBody({ messages: [user('a'), assistant(block), user('b')] })
    expect(body.messages[1]?.content[1]).toEqual(cachePoint)
    expect(JSON.stringify(body)).not.toContain(sealed)
  })

  test('B10 N8 a tool that a server-side search has found is loaded', () => {
    const found = {
      type: 'tool_search_tool_result',
      tool_use_id: 's',
      content: {
        type: 'tool_search_tool_search_result',
        tool_references: [{ type: 'tool_reference', tool_name: 'Late' }],
      },
    }
    const body = validBody({
      messages: [user('a'), assistant(found), user('b')],
      tools: [tool('A'), tool('Late', { defer_loading: true }), tool('Never', { defer_loading: true })],
    })
    expect(body.toolConfig?.tools.map((entry) => ('toolSpec' in entry ? entry.toolSpec.name : ''))).toEqual([
      'A',
      'Late',
    ])
    expect(JSON.stringify(body.messages[1])).toContain('[tool_search result]\\nLate')
  })

  test('B10 a turn that paused at one of them continues', () => {
    const paused = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } }
    expect(validBody({ messages: [user('a'), assistant(paused)] }).messages.at(-1)).toEqual({
      role: 'user',
      content: [{ text: '(continue)' }],
    })
  })

  test('B10 they are in assistant turns', () => {
    expect(
      refusalMessage(() => translate({ messages: [user({ type: 'server_tool_use', name: 'web_search', input: {} })] })),
    ).toBe('messages.0.content.0: `server_tool_use` blocks can only be in `assistant` messages')
  })
})
