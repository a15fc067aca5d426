import { describe, expect, test } from 'bun:test'
import type { ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { callBlock, itemEvents, textBlock, wholeOf } from '../../support/responses-answer.ts'

describe('text', () => {
  test('becomes a message, with the whole text in every last event (OE-R31)', () => {
    const place = { item_id: 'msg_0a_0', output_index: 0, content_index: 0 }
    const part = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }
    const item = { type: 'message', id: 'msg_0a_0', role: 'assistant', status: 'completed', content: [part] }
    expect(itemEvents([textBlock('Hello')])).toEqual([
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...place, delta: 'Hell', logprobs: [] },
      { type: 'response.output_text.delta', ...place, delta: 'o', logprobs: [] },
      { type: 'response.output_text.done', ...place, text: 'Hello', logprobs: [] },
      { type: 'response.content_part.done', ...place, part },
      { type: 'response.output_item.done', output_index: 0, item },
    ] as never)
  })

  test('blocks next to each other are parts of one message; a tool of the upstream between them has no item (OE-R31, OE-C86)', () => {
    const search: ResponseBlock = {
      type: 'server_tool_use',
      id: 's',
      name: 'web_fetch',
      input: {},
      caller: { type: 'direct' },
    }
    const { output } = wholeOf([textBlock('a'), search, textBlock('b'), callBlock('exec', {}), textBlock('c')])
    expect(output.map((item) => (item.type === 'message' ? item.content.map((part) => part.text) : item.type))).toEqual(
      [['a', 'b'], 'function_call', ['c']] as never,
    )
  })

  test('keeps the pages that it cites (OE-C85, OE-R31)', () => {
    const citations = [
      {
        type: 'web_search_result_location',
        cited_text: 'x',
        url: 'https://a.example',
        title: 'A',
        encrypted_index: '',
      },
      {
        type: 'char_location',
        cited_text: 'x',
        document_index: 0,
        document_title: null,
        file_id: null,
        start_char_index: 0,
        end_char_index: 1,
      },
    ] as const
    const annotation = { type: 'url_citation', start_index: 0, end_index: 5, title: 'A', url: 'https://a.example' }
    const events = itemEvents([{ type: 'text', text: 'Hello', citations }])
    expect(events.filter(({ type }) => type.includes('annotation'))).toEqual([
      {
        type: 'response.output_text.annotation.added',
        item_id: 'msg_0a_0',
        output_index: 0,
        content_index: 0,
        annotation_index: 0,
        annotation,
      } as never,
    ])
    expect(events.at(-1)).toMatchObject({ item: { content: [{ annotations: [annotation] }] } })
  })

  test('that is a JSON object loses the fence around it (OE-C56, OE-R6)', () => {
    const events = itemEvents([textBlock('```json\n{"a":1}\n```')], { isJsonObject: true })
    expect(events.flatMap((event) => ('delta' in event ? [event.delta] : [])).join('')).toBe('{"a":1}')
    expect(events.at(-1)).toMatchObject({ item: { content: [{ text: '{"a":1}' }] } })
  })
})
