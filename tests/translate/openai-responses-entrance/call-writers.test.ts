import { describe, expect, test } from 'bun:test'
import { noUsage } from '../../../src/messages/usage.ts'
import { ResponseEvents } from '../../../src/translate/openai-responses-entrance/events.ts'
import { callBlock, clock, identity, itemEvents, responsesPlan } from '../../support/responses-answer.ts'

describe('a call', () => {
  test('of a function passes its JSON on as it arrives, with name and namespace of the client (OE-R22, OE-R32)', () => {
    const place = { item_id: 'fc_0a_0', output_index: 0 }
    const item = {
      type: 'function_call',
      id: 'fc_0a_0',
      call_id: 'toolu_1',
      name: 'add',
      namespace: 'mcp__probe',
      arguments: '{"a":1}',
      status: 'completed',
    }
    expect(itemEvents([callBlock('mcp__probe__add', { a: 1 })])).toEqual([
      { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '', status: 'in_progress' } },
      { type: 'response.function_call_arguments.delta', ...place, delta: '{"a"' },
      { type: 'response.function_call_arguments.delta', ...place, delta: ':1}' },
      { type: 'response.function_call_arguments.done', ...place, arguments: '{"a":1}' },
      { type: 'response.output_item.done', output_index: 0, item },
    ] as never)
  })

  test('without input has the arguments {} (OE-R32)', () => {
    const events = itemEvents([callBlock('exec', {})])
    expect(events.map((event) => ('delta' in event ? event.delta : event.type))).toEqual([
      'response.output_item.added',
      '{}',
      'response.function_call_arguments.done',
      'response.output_item.done',
    ])
  })

  test('of a custom tool passes its text on, and is completed when it is done (OE-R33)', () => {
    const place = { item_id: 'ctc_0a_0', output_index: 0 }
    const item = {
      type: 'custom_tool_call',
      id: 'ctc_0a_0',
      call_id: 'toolu_1',
      name: 'apply',
      input: 'a\n"b"',
      status: 'completed',
    }
    const events = itemEvents([callBlock('apply', { input: 'a\n"b"' })])
    expect(events[0]).toEqual({
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, input: '', status: 'in_progress' } as never,
    })
    expect(events.slice(-2)).toEqual([
      { type: 'response.custom_tool_call_input.done', ...place, input: 'a\n"b"' },
      { type: 'response.output_item.done', output_index: 0, item: item as never },
    ])
    const deltas = events.flatMap((event) =>
      event.type === 'response.custom_tool_call_input.delta' ? [event.delta] : [],
    )
    expect(deltas.join('')).toBe(item.input)
    expect(deltas.length).toBeGreaterThan(1)
  })

  test('of a hosted tool whose input is broken keeps the input, as a call of a function (OE-R24)', () => {
    const events = new ResponseEvents(responsesPlan(), identity, clock)
    const start = { type: 'content_block_start', index: 0, content_block: callBlock('shell', {}) } as const
    const delta = { type: 'input_json_delta', partial_json: '{"commands":[' } as const
    events.batch([start, { type: 'content_block_delta', index: 0, delta }, { type: 'content_block_stop', index: 0 }])
    const { output } = events.end({ stop_reason: 'max_tokens', stop_details: null }, noUsage)
    expect(output).toMatchObject([
      { type: 'function_call', name: 'shell', arguments: '{"commands":[', status: 'incomplete' },
    ])
  })
})
