import { describe, expect, test } from 'bun:test'
import { sign } from '../../../src/simulator/signature.ts'
import {
  assistant,
  lawfulBody,
  marked,
  point,
  refusal,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
} from '../../support/translate.ts'

/** Histories that began somewhere else: at Anthropic's own API, with its own tools. */

const textOf = (block: object): string => {
  const turns = lawfulBody({ messages: [user('a'), assistant(block), user('b')] }).messages
  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  const [only, ...others] = turns[1]?.content ?? []
  expect(others).toEqual([])
  return only !== undefined && 'text' in only ? only.text : ''
}

describe("B10 Anthropic's own tools are told as words", () => {
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

  test('B10 no seal of theirs is sent, and their cache marker stays', () => {
    const block = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', title: 'T', url: 'u', encrypted_content: sealed }],
      cache_control: { type: 'ephemeral' },
    }
    const body = lawfulBody({ messages: [user('a'), assistant(block), user('b')] })
    expect(body.messages[1]?.content[1]).toEqual(point)
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
    const body = lawfulBody({
      messages: [user('a'), assistant(found), user('b')],
      tools: [tool('A'), tool('Late', { defer_loading: true }), tool('Never', { defer_loading: true })],
    })
    expect(body.toolConfig?.tools.map((entry) => ('toolSpec' in entry ? entry.toolSpec.name : ''))).toEqual([
      'A',
      'Late',
    ])
    expect(JSON.stringify(body.messages[1])).toContain('[tool_search result]\\nLate')
  })

  test('B10 a turn that paused at one of them is gone on with', () => {
    const paused = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } }
    expect(lawfulBody({ messages: [user('a'), assistant(paused)] }).messages.at(-1)).toEqual({
      role: 'user',
      content: [{ text: '(continue)' }],
    })
  })

  test('B10 they stand on the assistant side', () => {
    expect(
      refusal(() => translate({ messages: [user({ type: 'server_tool_use', name: 'web_search', input: {} })] })),
    ).toBe('messages.0.content.0: `server_tool_use` blocks can only be in `assistant` messages')
  })
})

describe('blocks that say nothing, or everything', () => {
  test('B11 a file for a container: the model is told that it is not here', () => {
    const { body, notes } = translate({ messages: [user('a', { type: 'container_upload', file_id: 'file_1' })] })
    expect(body.messages[0]?.content).toEqual([
      { text: 'a' },
      { text: '[file uploaded to a container: not available on this endpoint]' },
    ])
    expect(notes).toContainEqual(expect.objectContaining({ level: 'info', path: 'messages.0.content.1' }))
  })

  test('B12 a summary takes the place of all that was before it', () => {
    const summary = {
      type: 'compaction',
      content: 'They spoke of bees.',
      encrypted_content: 'x',
      cache_control: { type: 'ephemeral' },
    }
    const { messages } = lawfulBody({
      messages: [
        user('old'),
        assistant(toolUse('t1')),
        user(toolResult('t1')),
        assistant('older', summary, 'And now?'),
        user('wasps'),
      ],
      tools: [tool('Bash')],
    })
    expect(messages).toEqual([
      {
        role: 'user',
        content: [{ text: '<conversation-summary>\nThey spoke of bees.\n</conversation-summary>' }, point],
      },
      { role: 'assistant', content: [{ text: 'And now?' }] },
      { role: 'user', content: [{ text: 'wasps' }] },
    ])
  })

  test('B12 a summary may be all that the assistant said; a failed one counts for nothing', () => {
    const { messages } = lawfulBody({
      messages: [user('old'), assistant({ type: 'compaction', content: 'S' }), user('new')],
    })
    expect(messages.map(({ role, content }) => [role, content.length])).toEqual([['user', 2]])
    const failed = { type: 'compaction', content: null }
    expect(lawfulBody({ messages: [user('old'), assistant(failed, 'x'), user('new')] }).messages.length).toBe(3)
  })

  test('B12 1.2.2 system messages that lead the conversation outlive a summary', () => {
    const body = lawfulBody({
      messages: [
        { role: 'system', content: 'lead' },
        user('old'),
        assistant({ type: 'compaction', content: 'S' }),
        user('new'),
      ],
    })
    expect(body.system).toEqual([{ text: 'lead' }])
    expect(body.messages.length).toBe(1)
  })

  test('B12 faults behind a summary are named by the client own place', () => {
    const members = {
      messages: [user('old'), assistant({ type: 'compaction', content: 'S' }, 'x'), user(toolResult('t9'))],
    }
    expect(refusal(() => translate(members))).toContain('messages.2.content.0: unexpected `tool_use_id`')
  })

  test('B13 a change of models is nothing to the model', () => {
    const fallback = { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }
    const { messages } = lawfulBody({ messages: [user('a'), assistant(fallback, 'x'), user('b')] })
    expect(messages[1]?.content).toEqual([{ text: 'x' }])
  })

  test('B14 a block of an unknown kind is refused by name, with the kinds that there are', () => {
    // The schema's work: see tests/wire/issue.test.ts for the words.
    expect(() => translate({ messages: [user({ type: 'hologram' })] })).toThrow()
  })

  test('B9b what a browser shows is told as words', () => {
    const state = { type: 'browser_state', tabs: [{ tab_id: '1', url: 'https://a.example', title: 'A' }] }
    const { messages } = lawfulBody({
      messages: [user('a'), assistant(toolUse('t1')), user(toolResult('t1', [state]))],
      tools: [tool('Bash')],
    })
    expect(JSON.stringify(messages[2])).toContain('https://a.example')
  })
})

describe('1.2.2 system messages in mid-conversation', () => {
  const note = (text: string): object => ({ role: 'system', content: text })
  const newest = { modelId: 'claude-opus-4-8', policy: { systemMessages: 'native' } } as const
  const turnsOf = (messages: object[], options: object = newest): unknown[] =>
    translate({ messages }, options).body.messages.map(({ role, content }) => [role, content])

  test('1.2.2 become words in the user turn, behind the results of its tools', () => {
    const { messages } = lawfulBody({
      messages: [user('a'), assistant(toolUse('t1')), note('Be brief.'), user(toolResult('t1'))],
      tools: [tool('Bash')],
    })
    expect(messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 't1', content: [{ text: 'ok' }] } },
      { text: '<system-reminder>\nBe brief.\n</system-reminder>' },
    ])
  })

  test('1.2.2 leading ones belong to the system prompt', () => {
    const body = lawfulBody({ system: 's', messages: [note('first'), user('a'), assistant('b'), user('c')] })
    expect(body.system).toEqual([{ text: 's' }, { text: 'first' }])
  })

  test('1.2.2 stay as they are where the model takes them and the owner says so', () => {
    expect(turnsOf([user('a'), note('Be brief.'), assistant('b'), user('c')])).toEqual([
      ['user', [{ text: 'a' }]],
      ['system', [{ text: 'Be brief.' }]],
      ['assistant', [{ text: 'b' }]],
      ['user', [{ text: 'c' }]],
    ])
    expect(
      turnsOf([user('a'), note('x'), assistant('b'), user('c')], { ...newest, modelId: 'claude-opus-4-7' })[0],
    ).toEqual(['user', [{ text: 'a' }, { text: '<system-reminder>\nx\n</system-reminder>' }]])
  })

  test('1.2.2 native ones never stand last, never two in a row, never behind the assistant', () => {
    const roles = (...messages: object[]): unknown[] => turnsOf(messages).map((turn) => (turn as unknown[])[0])
    expect(roles(user('a'), note('x'))).toEqual(['user'])
    expect(roles(user('a'), note('x'), note('y'), assistant('b'), user('c'))).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ])
    expect(roles(user('a'), assistant('b'), note('x'), user('c'))).toEqual(['user', 'assistant', 'user'])
    expect(roles(user('a'), note('x'), assistant(' '), user('c'))).toEqual(['user'])
    expect(roles(user('a'), note('x'), user('b'), assistant('c'), user('d'))).toEqual(['user', 'assistant', 'user'])
    const unsigned = { type: 'thinking', thinking: 'x', signature: sign('x') }
    expect(roles(user('a'), note('x'), assistant(unsigned, 'b'), user('c'))).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ])
  })

  test('1.2.2 one without words ends the turn of the assistant, now and one turn later', () => {
    const change = {
      role: 'system',
      content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'Read' } }],
    }
    const shorter = lawfulBody({ messages: [user('a'), assistant('b'), change] }).messages
    expect(shorter.at(-1)).toEqual({ role: 'user', content: [{ text: '(no content)' }] })
    const longer = lawfulBody({ messages: [user('a'), assistant('b'), change, assistant('c'), user('d')] }).messages
    expect(longer.slice(0, 3)).toEqual(shorter)
    const asked = lawfulBody({ messages: [user('a'), assistant('b'), change, user('c')] }).messages
    expect(asked.at(-1)).toEqual({ role: 'user', content: [{ text: 'c' }] })
  })

  test('1.2.2 K1 a marker on one is kept', () => {
    const { messages } = lawfulBody({ messages: [user('a'), { role: 'system', content: [marked('x')] }] })
    expect(messages[0]?.content.at(-1)).toEqual(point)
  })
})
