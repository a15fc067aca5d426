import { describe, expect, test } from 'bun:test'
import { decodeThinking } from '../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import type { ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { itemEvents, wholeOf } from '../../support/responses-answer.ts'

const thinking: ResponseBlock = { type: 'thinking', thinking: 'Let me see', signature: 'signed' }

describe('thinking', () => {
  const place = { item_id: 'rs_0a_0', output_index: 0 }
  const added = {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'reasoning', id: 'rs_0a_0', summary: [] },
  }

  test('becomes a reasoning item with a summary and the whole block (OE-R30, OE-R43)', () => {
    const events = itemEvents([thinking])
    const part = { type: 'summary_text', text: 'Let me see' }
    expect(events.slice(0, -1)).toEqual([
      added,
      { type: 'response.reasoning_summary_part.added', ...place, summary_index: 0, part: { ...part, text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: 'Let ' },
      { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: 'me s' },
      { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: 'ee' },
      { type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part },
    ] as never)
    const [item] = wholeOf([thinking]).output
    expect(events.at(-1)).toEqual({ type: 'response.output_item.done', output_index: 0, item: item as never })
    expect(item).toMatchObject({ type: 'reasoning', id: 'rs_0a_0', summary: [part] })
    expect(decodeThinking(String(item && 'encrypted_content' in item && item.encrypted_content))).toEqual({
      modelId: 'anthropic.claude',
      content: [thinking as never],
    })
  })

  test('is carried but not shown if the client wants no summary (OE-R5, OE-R30)', () => {
    const events = itemEvents([thinking], { showsSummary: false })
    expect(events.map(({ type }) => type)).toEqual(['response.output_item.added', 'response.output_item.done'])
    expect(events[1]).toMatchObject({ item: { summary: [], encrypted_content: expect.stringMatching(/^nx1\./) } })
  })

  test('that is redacted is carried (OE-R30)', () => {
    const [item] = wholeOf([{ type: 'redacted_thinking', data: 'sealed' }]).output
    expect(decodeThinking(String(item && 'encrypted_content' in item && item.encrypted_content))?.content).toEqual([
      { type: 'redacted_thinking', data: 'sealed' },
    ])
  })

  test('that was cut is not carried: it has no signature (OE-R30, OE-R36)', () => {
    const cut = wholeOf([{ ...thinking, signature: '' } as ResponseBlock], { stop_reason: 'max_tokens' })
    expect(cut.output).toEqual([
      { type: 'reasoning', id: 'rs_0a_0', summary: [{ type: 'summary_text', text: 'Let me see' }] },
    ])
  })
})
