import { describe, expect, test } from 'bun:test'
import type { ReplyBlock } from '../../src/simulator/reply.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { Message } from '../../src/wire/anthropic/response.ts'
import { assistant, toolResult, user } from '../support/translate.ts'
import {
  collected,
  contextOf,
  eventsOf,
  inTurns,
  searchRequest,
  searchTool,
  startChatSearching,
  startSearching,
  wants,
} from '../support/web-search.ts'

/** Two turns of a conversation with searches, and the requests that the simulated servers got. */

type Searching = Pick<ReturnType<typeof startSearching>, 'upstream' | 'journal'> & { readonly modelId?: string }

const clientTool = { name: 'Read', input_schema: { type: 'object' } }
const clientCall: ReplyBlock = { tool: 'Read', id: 'mine', input: {} }
const cited: ReplyBlock = {
  citedText: 'Cited.',
  citations: [
    {
      sourceContent: [{ text: 'What two says' }],
      location: { searchResultLocation: { searchResultIndex: 1, start: 0, end: 1 } },
    },
    { sourceContent: [{ text: 'nothing' }], location: { searchResultLocation: { searchResultIndex: 99 } } },
  ],
}

/** As a client keeps it. */
const kept = (message: Message): object[] => JSON.parse(JSON.stringify(message.content))

const answerOf = async ({ upstream, modelId }: Searching, members: object, isStream: boolean): Promise<Message> => {
  const sent = JSON.parse(
    JSON.stringify(searchRequest({ tools: [searchTool(), clientTool], ...members })),
  ) as MessagesRequest
  const context = contextOf(modelId === undefined ? {} : { modelId })
  return isStream ? collected(await eventsOf(upstream, sent, context)) : upstream.message(sent, context)
}

/** The bytes of the messages, without the end of the list and of its last message. */
const bytesOf = (entry: Searching['journal'][number] | undefined, isOpen = false): string => {
  const text = JSON.stringify((entry?.body as { messages?: unknown } | undefined)?.messages).slice(0, -1)
  return isOpen ? text.replace(/\]?\}$/, '') : text
}

const replies = [
  [{ thinking: 'Look.' }, { text: 'I look, ä 🎉.' }, wants('a'), wants('b')],
  [wants('c')],
  [{ text: 'So.' }, cited],
  [{ text: 'And so.' }],
]

describe.each([
  ['Converse', startSearching],
  ['Chat Completions', startChatSearching],
])('over %s', (_name, start) => {
  test.each([false, true])(
    'the next request begins with the bytes of the last call, streamed: %p (WS-31)',
    async (isStream) => {
      const searching = start(inTurns(...replies))
      const first = await answerOf(searching, { messages: [user('Question')] }, isStream)
      const next = { messages: [user('Question'), { role: 'assistant', content: kept(first) }, user('Next')] }
      await answerOf(searching, next, isStream)
      const { journal } = searching
      expect(journal.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(bytesOf(journal[3])).toStartWith(bytesOf(journal[2], true))
    },
  )

  test("the client's results join those of the searches in one turn (WS-13, WS-31)", async () => {
    const searching = start(inTurns([wants('a'), clientCall], [{ text: 'So.' }]))
    const first = await answerOf(searching, { messages: [user('Question')] }, true)
    const mine = first.content.find((block) => block.type === 'tool_use')
    const result = toolResult(mine?.type === 'tool_use' ? mine.id : '', 'done')
    const next = { messages: [user('Question'), assistant(...kept(first)), user(result)] }
    await answerOf(searching, next, true)
    const { journal } = searching
    expect(journal.map(({ status }) => status)).toEqual([200, 200])
    expect(bytesOf(journal[1])).toStartWith(bytesOf(journal[0], true))
  })
})

test.each([false, true])('citations name the results that the client got, streamed: %p (WS-27)', async (isStream) => {
  const searching = startSearching(inTurns([wants('a')], [cited]))
  const { content } = await answerOf(searching, { messages: [user('Question')] }, isStream)
  const [use, , text] = content
  expect(text).toEqual({
    type: 'text',
    text: 'Cited.',
    citations: [
      {
        type: 'web_search_result_location',
        cited_text: 'What two says',
        url: 'https://two.example/a',
        title: 'a two',
        encrypted_index: expect.stringMatching(/^nca1_[\w-]+$/),
      },
    ],
  })
  const [citation] = (text as { citations?: { encrypted_index: string }[] }).citations ?? []
  expect(JSON.parse(Buffer.from(citation?.encrypted_index.slice(5) ?? '', 'base64url').toString())).toEqual({
    use: (use as { id?: string }).id,
    result: 1,
    start: 0,
    end: 1,
  })
})
