import { describe, expect, test } from 'bun:test'
import { toFinalUsage } from '../../../src/messages/usage.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { Reply, ReplyBlock } from '../../../src/simulator/reply.ts'
import { redact, sign } from '../../../src/simulator/signature.ts'
import type { CallContext, Upstream } from '../../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import type { Message } from '../../../src/wire/anthropic/response.ts'
import type { ConverseRequest } from '../../../src/wire/converse/request.ts'
import { request } from '../../support/chain.ts'
import { grammarFault } from '../../support/sse.ts'
import {
  briefly,
  collected,
  contextOf,
  eventsOf,
  type FindPages,
  foundAbout,
  inTurns,
  pagesAbout,
  searchingOver,
  searchRequest,
  searchTool,
  startChatSearching,
  startSearching,
  wants,
} from '../../support/web-search.ts'

/** The answer that a client gets from a model that searches, over a simulated Nexus. */

const clientTool = { name: 'Read', input_schema: { type: 'object' } }
const failingAbout =
  (word: string): FindPages =>
  async ({ query }) => {
    if (query === word) throw new Error('The provider is down.')
    return pagesAbout(query)
  }

interface Case {
  readonly replies: readonly (readonly ReplyBlock[] | Reply)[]
  readonly sent?: MessagesRequest
  readonly find?: FindPages
  readonly content: readonly unknown[]
  readonly stop?: string
  readonly calls: number
}

const cases: Readonly<Record<string, Case>> = {
  'no search': { replies: [[{ text: 'I know.' }]], content: ['I know.'], calls: 1 },
  'one search (WS-12)': {
    replies: [[{ text: 'I look.' }, wants('a')], [{ text: 'So.' }]],
    content: ['I look.', { search: 'a' }, foundAbout('a'), 'So.'],
    calls: 2,
  },
  'searches one after another (WS-12)': {
    replies: [[wants('a')], [{ thinking: 'More.' }, wants('b')], [{ text: 'So.' }]],
    content: [{ search: 'a' }, foundAbout('a'), 'thinking', { search: 'b' }, foundAbout('b'), 'So.'],
    calls: 3,
  },
  'parallel searches, with all uses before all results (WS-12, WS-22)': {
    replies: [[wants('a'), wants('b'), wants('c')], [{ text: 'So.' }]],
    content: [...['a', 'b', 'c'].map((search) => ({ search })), ...['a', 'b', 'c'].map(foundAbout), 'So.'],
    calls: 2,
  },
  "a search next to a call of the client's tool, which ends the answer (WS-13)": {
    sent: searchRequest({ tools: [clientTool, searchTool()] }),
    replies: [[wants('a'), { tool: 'Read', id: 'tooluse_read', input: { path: 'x' } }, wants('b')]],
    content: [{ search: 'a' }, { call: 'Read' }, { search: 'b' }, foundAbout('a'), foundAbout('b')],
    stop: 'tool_use',
    calls: 1,
  },
  'a search that fails, and one that does not (WS-25)': {
    find: failingAbout('a'),
    replies: [[wants('a'), wants('b')], [{ text: 'So.' }]],
    content: [{ search: 'a' }, { search: 'b' }, { found: 'unavailable' }, foundAbout('b'), 'So.'],
    calls: 2,
  },
  'a search without a query (WS-25)': {
    replies: [[{ tool: 'web_search', id: 'tooluse_none', input: {} }, wants(7)], [{ text: 'So.' }]],
    content: [
      { search: undefined },
      { search: 7 },
      { found: 'invalid_tool_input' },
      { found: 'invalid_tool_input' },
      'So.',
    ],
    calls: 2,
  },
  'a call that is cut within a search, which is not run (WS-17)': {
    replies: [{ content: [wants('a')], stopReason: 'max_tokens' }],
    content: [{ search: 'a' }, { found: 'unavailable' }],
    stop: 'max_tokens',
    calls: 1,
  },
  'a later call that the model refuses (WS-12)': {
    replies: [[wants('a')], { content: [{ text: 'No.' }], stopReason: 'guardrail_intervened' }],
    content: [{ search: 'a' }, foundAbout('a'), 'No.'],
    stop: 'refusal',
    calls: 2,
  },
}

/** Without what differs between two answers: the message's id, and the tier that only whole answers have at their end. */
const comparable = ({ id, usage, ...rest }: Message): object => {
  expect(id).toStartWith('msg_')
  return { ...rest, usage: toFinalUsage(usage) }
}

const expectSame = async (upstream: Upstream, sent: MessagesRequest, context: CallContext): Promise<Message> => {
  const message = await upstream.message(sent, context)
  const events = await eventsOf(upstream, sent, context)
  expect(grammarFault(events as never)).toBeUndefined()
  expect(comparable(collected(events))).toEqual(comparable(message))
  return message
}

describe.each(Object.entries(cases))(
  'an answer with %s',
  (name, { replies, sent = searchRequest(), find, ...expected }) => {
    const { content, stop = 'end_turn', calls } = expected
    const options = find && { find }

    test('has the same blocks, whole and streamed (WS-21, WS-24)', async () => {
      const { upstream, journal } = startSearching(inTurns(...replies), options)
      const message = await expectSame(upstream, sent, contextOf())
      expect<unknown[]>([message.content.map(briefly), message.stop_reason]).toEqual([content, stop])
      expect(journal.map(({ status }) => status)).toEqual(Array.from({ length: 2 * calls }, () => 200))
    })

    test('is the same over Chat Completions (WS-8)', async () => {
      if (name.includes('refuses')) return
      const { upstream, modelId, journal } = startChatSearching(inTurns(...replies), options)
      const message = await expectSame(upstream, sent, contextOf({ modelId }))
      expect<unknown[]>([message.content.map(briefly), message.stop_reason]).toEqual([content, stop])
      expect(journal.map(({ status }) => status)).toEqual(Array.from({ length: 2 * calls }, () => 200))
    })
  },
)

/** The members of Anthropic's tool that a tool of Converse has. */
const plainToolOf = (tool: unknown): object => {
  const { toolSpec } = tool as { toolSpec: { description: string; inputSchema: { json: object } } }
  return { description: toolSpec.description, input_schema: toolSpec.inputSchema.json }
}

const bodiesOf = (journal: readonly JournalEntry[]): ConverseRequest[] =>
  journal.map(({ body }) => body as ConverseRequest)

describe('the requests to the model', () => {
  test('begin with everything that the earlier calls had, and thinking goes back unchanged (WS-16)', async () => {
    const thoughts = [{ thinking: 'First, ä 🎉.' }, { redacted: 'hidden' }]
    const replies = [[...thoughts, wants('a')], [{ thinking: 'Then.' }, wants('b')], [{ text: 'So.' }]]
    for (const stream of [false, true]) {
      const { upstream, journal } = startSearching(inTurns(...replies))
      const sent = searchRequest({ thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 })
      if (stream) await eventsOf(upstream, sent)
      else await upstream.message(sent, contextOf())
      const bodies = bodiesOf(journal)
      expect(bodies).toHaveLength(3)
      for (const [index, { messages, toolConfig }] of bodies.slice(1).entries()) {
        const before = bodies[index] as ConverseRequest
        expect(messages.slice(0, before.messages.length)).toEqual(before.messages)
        expect(messages).toHaveLength(before.messages.length + 2)
        expect(toolConfig).toEqual(before.toolConfig as never)
      }
      const [thinking, redacted] = bodies[2]?.messages[1]?.content ?? []
      expect(thinking).toEqual({
        reasoningContent: { reasoningText: { text: 'First, ä 🎉.', signature: sign('First, ä 🎉.') } },
      })
      expect(redacted).toEqual({ reasoningContent: { redactedContent: redact('hidden') } })
    }
  })

  test.each<[object, object | undefined]>([
    [{ type: 'tool', name: 'web_search' }, { tool: { name: 'web_search' } }],
    [{ type: 'any' }, { any: {} }],
    [{ type: 'auto' }, undefined],
  ])('keep the choice %p for the first call only (WS-11)', async (tool_choice, choice) => {
    const { upstream, journal } = startSearching(inTurns([wants('a')], [{ text: 'So.' }]))
    await upstream.message(searchRequest({ tool_choice }), contextOf())
    expect(bodiesOf(journal).map(({ toolConfig }) => toolConfig?.toolChoice)).toEqual([choice, undefined] as never)
  })

  test('have the plain tool for a count, too (WS-36)', async () => {
    const { upstream, journal } = startSearching(inTurns([{ text: 'So.' }]))
    await upstream.message(searchRequest(), contextOf())
    const counted = await upstream.toCounted?.(searchRequest())
    const [tool] = bodiesOf(journal)[0]?.toolConfig?.tools ?? []
    expect<unknown>(counted?.tools).toEqual([{ name: 'web_search', ...plainToolOf(tool) }])
  })

  test('have a note in the log if their country is no code of two letters (WS-45)', async () => {
    const { upstream, records } = startSearching(inTurns([{ text: 'So.' }]))
    for (const country of ['DE', 'Germany']) {
      const user_location = { type: 'approximate', country }
      await upstream.message(searchRequest({ tools: [searchTool({ user_location })] }), contextOf())
    }
    const notes = records.filter(({ event }) => event === 'translate.note').map(({ fields }) => fields)
    expect(notes).toMatchObject([{ path: 'tools.0.user_location.country' }])
    expect(JSON.stringify(records)).not.toContain('Germany')
  })

  test('are those from which the count learns (WS-36)', async () => {
    const { upstream } = startSearching(inTurns([{ text: 'So.' }]))
    const learns: unknown[] = []
    const onSent = (sent: MessagesRequest, modelId: string): unknown => learns.push(sent, modelId)
    await upstream.message(searchRequest(), contextOf({ onSent }))
    expect(learns).toEqual([await upstream.toCounted?.(searchRequest()), contextOf().modelId])
  })

  test('are the very requests of the client if they have nothing to do with web search (WS-8)', async () => {
    const seen: unknown[] = []
    const plain: Upstream = {
      name: 'plain',
      address: 'http://127.0.0.1',
      async message(sent, context) {
        seen.push(sent, context)
        return {} as Message
      },
      async stream(sent, context) {
        seen.push(sent, context)
        return (async function* () {})()
      },
    }
    const { upstream } = searchingOver(plain)
    const sent = request({ tools: [{ name: 'web_search', input_schema: { type: 'object' } }] }) as MessagesRequest
    const context = contextOf()
    await upstream.message(sent, context)
    await upstream.stream(sent, context)
    expect(seen.map((one, index) => one === (index % 2 === 0 ? sent : context))).toEqual([true, true, true, true])
  })
})
