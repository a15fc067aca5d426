import { expect, test } from 'bun:test'
import { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { findIssue } from '../../../src/wire/issue.ts'
import { request } from '../../support/chain.ts'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, refusalMessage, user } from '../../support/translate.ts'

test('texts are sent unchanged, and blank ones are omitted (OU-Q30)', () => {
  expect(chatMessages([user(' a\n', '\n\t', 'b'), assistant('c', ' '), user('d')])).toEqual([
    { role: 'user', content: ' a\n\n\nb' },
    { role: 'assistant', content: 'c' },
    { role: 'user', content: 'd' },
  ])
})

test('the work of tools of Anthropic, and files for its containers, become text with a note (OU-Q42)', () => {
  const translation = translateChat({
    messages: [
      user('a', { type: 'container_upload', file_id: 'f' }),
      assistant(
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'rain' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 's',
          content: [
            { type: 'web_search_result', title: 'Wet', url: 'https://u.example', encrypted_content: 'c2VhbA==' },
          ],
        },
        { type: 'mcp_tool_use', id: 'm', name: 'find', server_name: 'wiki', input: {} },
      ),
      user('b'),
    ],
  })
  expect(translation.body.messages.map(({ content }) => content)).toEqual([
    'a\n\n[file uploaded to a container: not available on this endpoint]',
    '[web_search: rain]\n\n[web_search result]\nWet – https://u.example\n\n[wiki find: {}]',
    'b',
  ])
  expect(notesIn(translation).filter((note) => note.startsWith('info'))).toEqual([
    'info messages.0.content.1: a file for a container: the upstream has no containers, and a text tells the model',
    'info messages.1.content.0: a tool of Anthropic: sent as text',
    'info messages.1.content.1: a tool of Anthropic: sent as text',
    'info messages.1.content.2: a tool of Anthropic: sent as text',
  ])
})

test('blocks without content for the model are dropped with a note (OU-Q43)', () => {
  const translation = translateChat({
    messages: [user('a'), assistant({ type: 'fallback' }, { type: 'compaction', content: null }, 'b'), user('c')],
  })
  expect(translation.body.messages[1]).toEqual({ role: 'assistant', content: 'b' })
  expect(notesIn(translation)).toEqual([
    'debug messages.1.content.0: fallback block: it holds nothing for the model',
    'debug messages.1.content.1: compaction block: it holds nothing for the model',
  ])
})

test('the schema refuses unknown kinds, and the translation refuses misplaced ones (OU-Q43)', () => {
  const unknown = request({ messages: [user({ type: 'novel' })] })
  expect(findIssue(MessagesRequest, unknown)).toMatchObject({ path: ['messages', 0, 'content', 0] })
  expect(refusalMessage(() => chatMessages([user({ type: 'tool_addition', tool: { type: 'tool_reference' } })]))).toBe(
    "messages.0.content.0: content blocks of type 'tool_addition' belong in messages with role 'system'",
  )
  expect(
    refusalMessage(() =>
      chatMessages([user('a'), assistant({ type: 'search_result', source: 's', title: 't', content: [] })]),
    ),
  ).toBe('messages.1.content.0: `search_result` blocks can only be in `user` messages')
})
