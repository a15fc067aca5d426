import { describe, expect, test } from 'bun:test'
import { ResponseEvents } from '../../../src/translate/openai-responses-entrance/events.ts'
import type { ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { streamOf } from '../../support/random-answers.ts'
import {
  answerWith,
  callBlock,
  clock,
  identity,
  itemEvents,
  responsesPlan,
  textBlock,
  wholeOf,
} from '../../support/responses-answer.ts'

const caller = { type: 'direct' } as const

const use = (id: string, query: string): ResponseBlock => ({
  type: 'server_tool_use',
  id,
  name: 'web_search',
  input: { query },
  caller,
})

const found = (id: string, ...urls: string[]): ResponseBlock => ({
  type: 'web_search_tool_result',
  tool_use_id: id,
  caller,
  content: urls.map((url) => ({
    type: 'web_search_result',
    url,
    title: 'T',
    page_age: null,
    encrypted_content: 'nca1_x',
  })),
})

const failed = (id: string): ResponseBlock => ({
  type: 'web_search_tool_result',
  tool_use_id: id,
  caller,
  content: { type: 'web_search_tool_result_error', error_code: 'unavailable' },
})

describe('a web search without the client', () => {
  test('is an item that shows its steps, and an item that carries the results (OE-R26)', () => {
    const action = { type: 'search', query: 'bun', queries: ['bun'] }
    const place = { item_id: 'ws_0a_0', output_index: 0 }
    const events = itemEvents([use('s1', 'bun'), found('s1', 'https://a.example'), textBlock('Found.')])
    expect(events.slice(0, 7)).toMatchObject([
      { type: 'response.output_item.added', output_index: 0, item: { status: 'in_progress', action } },
      { type: 'response.web_search_call.in_progress', ...place },
      { type: 'response.web_search_call.searching', ...place },
      { type: 'response.web_search_call.completed', ...place },
      {
        type: 'response.output_item.done',
        item: { type: 'web_search_call', id: 'ws_0a_0', status: 'completed', action },
      },
      { type: 'response.output_item.added', output_index: 1, item: { type: 'reasoning', summary: [] } },
      { type: 'response.output_item.done', output_index: 1, item: { type: 'reasoning', summary: [] } },
    ] as never)
  })

  test('lists its sources for a client that includes them (OE-R26)', () => {
    const content = [use('s1', 'bun'), found('s1', 'https://a.example', 'https://b.example'), textBlock('Found.')]
    const sourcesIn = (showsSources: boolean): unknown => {
      const [item] = wholeOf(content, {}, { showsSources }).output
      return item?.type === 'web_search_call' ? item.action.sources : 'no search'
    }
    expect(sourcesIn(true)).toEqual([
      { type: 'url', url: 'https://a.example' },
      { type: 'url', url: 'https://b.example' },
    ])
    expect(sourcesIn(false)).toBeUndefined()
  })

  test('fails without failing the answer (OE-R26, WS-25)', () => {
    const { output, status } = wholeOf([use('s1', 'bun'), failed('s1'), textBlock('Not found.')])
    expect(status).toBe('completed')
    expect(output).toMatchObject([
      { type: 'web_search_call', status: 'failed' },
      { type: 'reasoning' },
      { type: 'message' },
    ])
  })

  test('stays open next to other searches and calls until its own result (OE-R26, WS-22)', () => {
    const content = [use('s1', 'a'), use('s2', 'b'), callBlock('exec', {}), found('s1'), found('s2')]
    const done = itemEvents(content).flatMap((event) =>
      event.type === 'response.output_item.done' ? `${event.output_index} ${event.item.type}` : [],
    )
    expect(done).toEqual(['2 function_call', '0 web_search_call', '3 reasoning', '1 web_search_call', '4 reasoning'])
    expect(wholeOf(content).output.map(({ type }) => type)).toEqual([
      'web_search_call',
      'web_search_call',
      'function_call',
      'reasoning',
      'reasoning',
    ])
  })

  test('is incomplete if the answer ends before its result (OE-R26)', () => {
    expect(wholeOf([use('s1', 'a')], { stop_reason: 'pause_turn' }).output).toMatchObject([
      { type: 'web_search_call', status: 'incomplete', action: { query: 'a' } },
    ])
  })

  test('is not in the output of a stream that fails while it runs (OE-R39)', () => {
    const events = new ResponseEvents(responsesPlan(), identity, clock)
    events.batch(streamOf(answerWith([textBlock('a'), use('s1', 'a')]), 100).slice(0, -2))
    expect(events.failed({ code: 'server_error', message: 'broken' })).toMatchObject([
      { type: 'response.failed', response: { output: [{ type: 'message' }] } },
    ])
  })

  test('without a query is shown with an empty one (OE-R26)', () => {
    const block = { ...use('s1', ''), input: {} } as ResponseBlock
    expect(wholeOf([block, failed('s1')]).output).toMatchObject([{ action: { query: '', queries: [''] } }, {}])
  })
})

test('the usage of tools counts the searches of a request that may search (OE-R40, WS-19)', () => {
  const { usage } = answerWith([])
  const counted = { ...usage, server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 } }
  expect(wholeOf([textBlock('a')], { usage: counted })['tool_usage']).toMatchObject({ web_search: { num_requests: 2 } })
  expect(wholeOf([textBlock('a')])['tool_usage']).toBeUndefined()
})
