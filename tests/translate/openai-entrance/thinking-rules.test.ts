import { describe, expect, test } from 'bun:test'
import { withThinkingRules } from '../../../src/translate/openai-entrance/thinking-rules.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { notedPaths, openAiContext } from '../../support/openai-context.ts'

const adaptive = { type: 'adaptive', display: 'summarized' } as const
const messages: MessagesRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]
const request = (members: Partial<MessagesRequest>): MessagesRequest => ({
  model: 'm',
  max_tokens: 8000,
  messages,
  ...members,
})
const translated = (members: Partial<MessagesRequest>, modelId = 'claude-sonnet-4-6') => {
  const context = openAiContext({ modelId })
  return { request: withThinkingRules(request(members), context), noted: notedPaths(context) }
}

describe('the rest of a request that thinks', () => {
  test('sampling is dropped with notes (OE-C60)', () => {
    expect(translated({ thinking: adaptive, temperature: 0.5, top_p: 0.9, top_k: 4 })).toEqual({
      request: request({ thinking: adaptive }),
      noted: ['temperature', 'top_p', 'top_k'],
    })
  })

  test('a temperature of 1 is dropped in silence (OE-C60)', () => {
    expect(translated({ thinking: adaptive, temperature: 1 }).noted).toEqual([])
  })

  test.each([[undefined], [{ type: 'disabled' } as const]])('without thinking (%j) it stays (OE-C60)', (thinking) => {
    const members = { temperature: 0.5, ...(thinking && { thinking }) }
    expect(translated(members)).toEqual({ request: request(members), noted: [] })
  })

  test.each([
    [4096, 8000, 8000, 4096],
    [8000, 8000, 16_000, 8000],
    [60_000, 8000, 64_000, 60_000],
    [70_000, 8000, 64_000, 63_999],
  ])('a budget of %p with a limit of %p raises it to %p (OE-C60)', (budget, limit, raised, sent) => {
    const thinking = { type: 'enabled', budget_tokens: budget } as const
    const { request: changed, noted } = translated({ thinking, max_tokens: limit })
    expect(changed).toEqual(request({ max_tokens: raised, thinking: { type: 'enabled', budget_tokens: sent } }))
    expect(noted).toEqual(raised === limit ? [] : ['max_tokens'])
  })
})

describe('thinking that was lost', () => {
  const call = { type: 'tool_use', id: 't1', name: 'read', input: {} } as const
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'x' }] } as const
  const history = (...assistant: readonly object[]) =>
    [...messages, { role: 'assistant', content: assistant }, result] as MessagesRequest['messages']
  const thought = { type: 'thinking', thinking: 'hm', signature: 's' }

  test('a model with a budget answers without thinking, with a note (OE-C65)', () => {
    const turns = history(call)
    expect(translated({ thinking: adaptive, temperature: 0.5, messages: turns }, 'claude-haiku-4-5')).toEqual({
      request: request({ temperature: 0.5, messages: turns }),
      noted: ['thinking'],
    })
  })

  const second = { ...call, id: 't2' }
  const later = (...content: readonly object[]) =>
    [
      { role: 'assistant', content: [second] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't2', content: 'y' }, ...content] },
    ] as MessagesRequest['messages']

  const reminder: MessagesRequest['messages'][number] = { role: 'system', content: 'later' }

  test.each([
    ['thinking of an earlier question does not count', [...history(thought, call), ...messages, ...later()]],
    ['what follows the results does not count', [...history(call), reminder, ...messages]],
  ])('%s (OE-C65)', (_, turns) => {
    expect(translated({ thinking: adaptive, messages: turns }, 'claude-haiku-4-5').noted).toEqual(['thinking'])
  })

  test.each([
    ['claude-haiku-4-5', history(thought, call)],
    // Without interleaved thinking, the model thinks once, before its first call.
    ['claude-haiku-4-5', [...history(thought, call), ...later({ type: 'text', text: 'and hurry' })]],
    ['claude-haiku-4-5', history({ type: 'text', text: 'done' })],
    ['claude-haiku-4-5', messages],
    ['claude-sonnet-4-6', history(call)],
    ['gpt-5', history(call)],
  ])('%s keeps thinking where nothing is missing, or not required (OE-C65): %#', (modelId, turns) => {
    expect(translated({ thinking: adaptive, messages: turns }, modelId)).toEqual({
      request: request({ thinking: adaptive, messages: turns }),
      noted: [],
    })
  })
})

describe('thinking that is bound to its conversation', () => {
  const binding = { prefix_mismatch_behavior: 'drop_block' }
  const beta = 'thinking-binding-controls-2026-08-01'

  test('a block that does not fit is left out, by the beta flag (OE-C53)', () => {
    expect<unknown>(translated({ thinking: adaptive, betas: ['x'] }, 'claude-opus-5-5').request).toEqual({
      ...request({ betas: ['x', beta] }),
      thinking: { ...adaptive, block_binding: binding },
    })
  })

  test("the client's own choice stays (OE-C53)", () => {
    const thinking = { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'error' } } as const
    expect(translated({ thinking }, 'claude-opus-5-5').request).toEqual(request({ thinking }))
  })

  test.each(['claude-opus-5', 'claude-sonnet-4-6', 'gpt-5.5'])('%s gets no such member (OE-C53)', (modelId) => {
    expect(translated({ thinking: adaptive }, modelId).request).toEqual(request({ thinking: adaptive }))
  })
})
