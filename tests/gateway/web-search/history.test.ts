import { describe, expect, test } from 'bun:test'
import type { GatewayError } from '../../../src/base/errors.ts'
import { invalidRequest } from '../../../src/base/errors.ts'
import { toServerToolId } from '../../../src/gateway/web-search/server-tool-ids.ts'
import { translateChat } from '../../support/chat-request.ts'
import { foreignSearch, found, historyOf, searchResult, searchUse, textBlock } from '../../support/search-blocks.ts'
import {
  assistant,
  refusalMessage,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
  validBody,
} from '../../support/translate.ts'

const thought = { type: 'thinking', thinking: 'Look it up.', signature: 'c2ln' }
const plainUse = (id: string, query = 'news'): object => toolUse(id, 'web_search', { query })
const intro = expect.stringMatching(/^The following was found on the web\./)
const modelResult = (id: string, ...texts: string[]): object =>
  toolResult(id, [
    { type: 'text', text: intro },
    ...texts.map((text) => ({
      type: 'search_result',
      source: found(text).url,
      title: found(text).title,
      content: [{ type: 'text', text }],
      citations: { enabled: true },
    })),
  ])

describe('a history with searches of this server', () => {
  test('is split into the calls of the model (WS-31)', () => {
    const history = historyOf([
      user('Question'),
      assistant(
        thought,
        'Searching.',
        searchUse('a'),
        searchUse('b', 'weather'),
        searchResult('a', { results: [found('one'), found('two')] }),
        searchResult('b', { results: [found('three')] }),
        'More.',
        searchUse('c'),
        searchResult('c', { results: [found('four')] }),
        'Answer.',
      ),
      user('Next'),
    ])
    expect(history.messages()).toEqual([
      user('Question'),
      assistant(thought, 'Searching.', plainUse('a'), plainUse('b', 'weather')),
      user(modelResult('a', 'one', 'two'), modelResult('b', 'three')),
      assistant('More.', plainUse('c')),
      user(modelResult('c', 'four')),
      assistant('Answer.'),
      user('Next'),
    ] as never)
  })

  test("the client's results follow ours in one turn (WS-31)", () => {
    const mixed = assistant(searchUse('a'), toolUse('x'), searchResult('a', { results: [found('one')] }))
    const history = historyOf([user('Question'), mixed, user(toolResult('x', 'done'), 'and more')])
    const { messages } = validBody({ messages: history.messages(), tools: [tool('Bash'), tool('web_search')] })
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages.at(-1)?.content.map((block) => Object.keys(block)[0])).toEqual(['toolResult', 'toolResult', 'text'])
  })

  test('a paused answer goes on after its results (WS-31)', () => {
    const paused = assistant(searchUse('a'), searchResult('a', { results: [found('one')] }))
    const history = historyOf([user('Question'), paused])
    expect(history.messages().map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(validBody({ messages: history.messages(), tools: [tool('web_search')] }).messages).toHaveLength(3)
  })

  test('is split in the same way if the client sends one message for each block (WS-31)', () => {
    const blocks = ['Text.', searchUse('a'), searchResult('a', { results: [found('one')] }), 'Answer.']
    const sent = (messages: object[]): unknown =>
      validBody({ messages: historyOf([user('Question'), ...messages, user('Next')]).messages() }).messages
    expect(sent(blocks.map((block) => assistant(block)))).toEqual(sent([assistant(...blocks)]))
  })

  test('without the tool, the model gets a stand-in for it (WS-32)', () => {
    const history = historyOf([
      user('Question'),
      assistant(searchUse('a'), searchResult('a', { results: [found('one')] }), 'Answer.'),
      user('Next'),
    ])
    expect(validBody({ messages: history.messages() }).toolConfig?.tools).toEqual([
      { toolSpec: { name: 'web_search', inputSchema: { json: { type: 'object' } } } },
    ])
  })

  test('markers of uses and results stay (WS-31)', () => {
    const control = { cache_control: { type: 'ephemeral' } }
    const history = historyOf([
      user('Question'),
      assistant({ ...searchUse('a'), ...control }, { ...searchResult('a', { results: [found('one')] }), ...control }),
    ])
    expect(history.messages().slice(1)).toEqual([
      assistant({ ...plainUse('a'), ...control }),
      user({ ...modelResult('a', 'one'), ...control }),
    ] as never)
  })
})

describe('blocks that are not ours', () => {
  const own = [searchUse('a'), searchResult('a', { results: [found('one')] })]

  test('stay words of the assistant, byte for byte, next to ours (WS-33)', () => {
    const messages = [
      user('Question'),
      assistant('Before.', ...foreignSearch('srvtoolu_01'), 'Between.'),
      user('Next'),
      assistant(...foreignSearch('srvtoolu_02'), ...own, ...foreignSearch('srvtoolu_03'), 'Answer.'),
      user('Last'),
    ]
    const history = historyOf(messages)
    const plain = history.messages()
    expect(plain.slice(0, 3)).toEqual(JSON.parse(JSON.stringify(messages.slice(0, 3))))
    expect(plain.slice(3)).toEqual([
      assistant(...foreignSearch('srvtoolu_02'), plainUse('a')),
      user(modelResult('a', 'one')),
      assistant(...foreignSearch('srvtoolu_03'), 'Answer.'),
      user('Last'),
    ] as never)
    const sent = (all: readonly unknown[]): string => JSON.stringify(translate({ messages: all }).body.messages)
    expect(sent(plain.slice(0, 3))).toBe(sent(messages.slice(0, 3)))
  })

  test('a damaged text makes the whole search words, and never an error (WS-33)', () => {
    const result = searchResult('a', { results: [found('one'), found('two')] })
    const damages = ['EqgfCg==', 'nca1_', 'nca1_!', 'nca1_AAAA', undefined, 7]
    for (const encrypted_content of damages) {
      const content = Array.isArray(result.content) ? result.content : []
      const damaged = { ...result, content: [content[0], { ...content[1], encrypted_content }] }
      const messages = [user('Question'), assistant(searchUse('a'), damaged, 'Answer.'), user('Next')]
      const history = historyOf(messages)
      expect(history.messages()).toEqual(JSON.parse(JSON.stringify(messages)))
      const { body } = translate({ messages: history.messages() })
      expect(body.messages[1]?.content).toContainEqual({ text: '[web_search: news]' })
    }
  })

  test('texts that inflate to more than any model reads stay words, however few bytes carry them (WS-33)', () => {
    const bomb = searchResult('a', {
      results: [found('0'.repeat(64_000), { title: 'Zeros', url: 'https://a.example/' })],
    })
    const content = Array.isArray(bomb.content) ? bomb.content.flatMap((one) => Array(4).fill(one)) : []
    const ids = Array.from({ length: 100 }, (_, index) => `bomb${index}`)
    const bombs = ids.flatMap((id) => [searchUse(id), { ...searchResult(id, { results: [] }), content }])
    const messages = [user('Question'), assistant(...bombs, ...own), user('Next')]
    const plain = JSON.stringify(historyOf(messages).messages())
    expect(JSON.stringify(messages).length).toBeLessThan(300_000)
    expect(plain.length).toBeLessThan(10_000_000)
    expect(plain).toContain('"type":"search_result"')
    expect(plain).toContain('"type":"web_search_tool_result"')
  })

  test('damaged texts count, too, because to inflate them costs as much (WS-33)', () => {
    const damaged = Array.from({ length: 200 }, (_, index) => [
      searchUse(`damaged${index}`),
      { ...searchResult(`damaged${index}`, { results: [found('x')] }), content: [{ encrypted_content: 'nca1_AAAA' }] },
    ]).flat()
    const first = [user('Question'), assistant(...own, ...damaged), user('Next')]
    expect(historyOf(first).hasSearches).toBe(true)
    const last = [user('Question'), assistant(...damaged, ...own), user('Next')]
    expect(historyOf(last).hasSearches).toBe(false)
  })

  test('a result without text of ours is known by its id (WS-33)', () => {
    const failed = { type: 'web_search_tool_result_error', error_code: 'unavailable' }
    for (const content of [failed, []]) {
      const foreign = [
        { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'q' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_01', content },
      ]
      const messages = [user('Question'), assistant(...foreign, 'Answer.'), user('Next')]
      expect(historyOf(messages).messages()).toEqual(messages as never)
    }
  })

  test('without web search, ours are words, too (WS-34)', () => {
    const messages = [user('Question'), assistant(...own, 'Answer.'), user('Next')]
    const words = ['[web_search: news]', '[web_search result]\nAbout one – https://a.example/one', 'Answer.']
    expect(validBody({ messages }).messages[1]?.content).toEqual(words.map((text) => ({ text })))
    expect(translateChat({ messages }).body.messages[1]).toMatchObject({ content: words.join('\n\n') })
  })

  test('a failed search and one without results (WS-31)', () => {
    const history = historyOf([
      user('Question'),
      assistant(searchUse('a'), searchResult('a', { errorCode: 'too_many_requests' })),
      assistant(searchUse('b'), searchResult('b', { results: [] })),
    ])
    expect(history.messages()).toEqual([
      user('Question'),
      assistant(plainUse('a')),
      user({ ...toolResult('a', [{ type: 'text', text: 'The search failed: too_many_requests.' }]), is_error: true }),
      assistant(plainUse('b')),
      user(
        toolResult('b', [
          { type: 'text', text: intro },
          { type: 'text', text: 'No results were found.' },
        ]),
      ),
    ] as never)
  })
})

describe('searches without a partner', () => {
  test('a use without its result is refused (WS-35)', () => {
    const refused = (...messages: object[]): string => refusalMessage(() => historyOf(messages))
    const id = toServerToolId('a')
    expect(refused(user('Question'), assistant('Text.', searchUse('a')), user('Next'))).toBe(
      `messages.1: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    )
  })

  test('a result without its use, and one too many, are refused (WS-35)', () => {
    const result = searchResult('a', { results: [found('one')] })
    const id = toServerToolId('a')
    expect(refusalMessage(() => historyOf([user('Q'), assistant('Text.', result), user('Next')]))).toBe(
      `messages.1.content.1: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    )
    expect(refusalMessage(() => historyOf([user('Q'), assistant(searchUse('a'), result, result)]))).toBe(
      `messages.1.content.2: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
    )
  })
})

test('a search before a summary needs no result, because it is not sent (WS-35)', () => {
  const summed = [
    user('Question'),
    assistant(searchUse('a')),
    user('Sum up'),
    assistant({ type: 'compaction', content: 'So far.' }),
    user('Next'),
  ]
  expect(validBody({ messages: historyOf(summed).messages() }).messages).toHaveLength(1)
})

describe('paths in errors', () => {
  test('are those of the client (WS-31)', () => {
    const history = historyOf([
      user('Question'),
      assistant(textBlock('A.'), searchUse('a'), searchResult('a', { results: [found('one')] }), 'Answer.'),
      user('Next'),
    ])
    const restored = (path: (string | number)[]): GatewayError =>
      history.toClientError(invalidRequest(path, 'Input should be valid')) as GatewayError
    expect(restored(['messages', 4, 'content', 0, 'image'])).toMatchObject({
      message: 'messages.2.content.0.image: Input should be valid',
      reason: 'messages.2.content.0.image: Input should be valid',
      path: ['messages', 2, 'content', 0, 'image'],
      status: 400,
    })
    expect(restored(['messages', 3, 'content', 0])).toMatchObject({
      message: 'messages.1.content.3: Input should be valid',
    })
    expect(restored(['messages', 2, 'content', 0])).toMatchObject({
      message: 'messages.1.content.2: Input should be valid',
    })
    expect(restored(['messages', 3])).toMatchObject({ path: ['messages', 1] })
    const others = [invalidRequest(['tools', 1], 'Field required'), new Error('messages.3'), undefined]
    for (const other of others) expect(history.toClientError(other)).toBe(other)
  })
})
