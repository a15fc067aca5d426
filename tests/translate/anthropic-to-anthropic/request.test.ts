import { describe, expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { toAcceptedRequest } from '../../../src/translate/anthropic-to-anthropic/request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const request = (members: Partial<MessagesRequest> & Record<string, unknown> = {}): MessagesRequest => ({
  model: 'm',
  max_tokens: 8000,
  messages: [{ role: 'user', content: 'hi' }],
  ...members,
})
const accepted = (modelId: string, members: Partial<MessagesRequest> & Record<string, unknown>) => {
  const notes = createNotes()
  const result = toAcceptedRequest(request(members), modelId, [], notes)
  return { ...result, noted: notes.all.map(({ path }) => path) }
}
const haiku = 'claude-haiku-4-5-20251001'
const sonnet = 'claude-sonnet-4-6'
const opus = 'claude-opus-5-5'
const adaptive = { type: 'adaptive', display: 'summarized' } as const

describe('a request for a model of Anthropic', () => {
  test('a model that accepts everything gets the same request (OE-C60)', () => {
    const members = { thinking: adaptive, output_config: { effort: 'max' as const }, top_p: 0.99 }
    expect(accepted(sonnet, members)).toEqual({ request: request(members), betas: [], noted: [] })
  })

  test('the beta flags of body and header are a header (OE-C22, OE-C53)', () => {
    const { request: sent, betas } = toAcceptedRequest(
      request({ betas: ['a', 'b'] }),
      sonnet,
      ['b', 'c'],
      createNotes(),
    )
    expect(sent).toEqual(request())
    expect(betas).toEqual(['b', 'c', 'a'])
  })

  test("another name than Claude's keeps its settings (OE-C60)", () => {
    const members = { thinking: adaptive, temperature: 0.5, top_p: 0.5, output_config: { effort: 'max' as const } }
    expect(accepted('glm-5', members)).toEqual({ request: request(members), betas: [], noted: [] })
  })
})

describe('thinking that the model does not have', () => {
  test('becomes a budget by its effort (OE-C60)', () => {
    expect(accepted(haiku, { thinking: adaptive, output_config: { effort: 'medium' } })).toEqual({
      request: request({ thinking: { type: 'enabled', budget_tokens: 4000, display: 'summarized' } as never }),
      betas: [],
      noted: ['thinking.type', 'output_config.effort'],
    })
  })

  test('is dropped if there is no room for a budget (OE-C60)', () => {
    expect(accepted(haiku, { thinking: adaptive, max_tokens: 500 })).toEqual({
      request: request({ max_tokens: 500 }),
      betas: [],
      noted: ['thinking'],
    })
  })

  test('a budget becomes adaptive (OE-C61)', () => {
    expect(accepted(opus, { thinking: { type: 'enabled', budget_tokens: 2048 } })).toEqual({
      request: request({ thinking: { type: 'adaptive' } }),
      betas: [],
      noted: ['thinking.type'],
    })
  })

  test('a model that always thinks gets no `disabled` (OE-C60)', () => {
    expect(accepted(opus, { thinking: { type: 'disabled' } })).toEqual({
      request: request(),
      betas: [],
      noted: ['thinking'],
    })
  })
})

describe('settings that the model does not have', () => {
  test('an effort is lowered, with its beta flag (OE-C60)', () => {
    expect(accepted('claude-opus-4-5', { output_config: { effort: 'max' } })).toEqual({
      request: request({ output_config: { effort: 'high' } }),
      betas: ['effort-2025-11-24'],
      noted: ['output_config.effort'],
    })
  })

  test('temperature wins over top_p (OE-C5)', () => {
    expect(accepted(haiku, { temperature: 0.5, top_p: 0.5 })).toEqual({
      request: request({ temperature: 0.5 }),
      betas: [],
      noted: ['top_p'],
    })
  })

  test('sampling is dropped where the model has none (OE-C4, OE-C5)', () => {
    expect(accepted(opus, { temperature: 0.5, top_p: 0.5, top_k: 3 })).toEqual({
      request: request(),
      betas: [],
      noted: ['temperature', 'top_p', 'top_k'],
    })
    expect(accepted(opus, { temperature: 1 })).toEqual({ request: request(), betas: [], noted: [] })
  })

  test('a forced tool next to thinking may be chosen (OE-C52)', () => {
    const forced = { type: 'tool', name: 'a', disable_parallel_tool_use: true } as const
    expect(accepted(sonnet, { thinking: adaptive, tool_choice: forced })).toEqual({
      request: request({ thinking: adaptive, tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
      betas: [],
      noted: ['tool_choice'],
    })
    expect(accepted(sonnet, { tool_choice: forced })).toEqual({
      request: request({ tool_choice: forced }),
      betas: [],
      noted: [],
    })
  })

  test('a schema for the answer is one that the grammar accepts (OE-C55)', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] }
    expect(accepted(sonnet, { output_config: { format: { type: 'json_schema', schema } } }).request).toEqual(
      request({
        output_config: {
          format: {
            type: 'json_schema',
            schema: { ...schema, properties: { n: { type: 'integer' } }, additionalProperties: false },
          },
        },
      }),
    )
  })

  const later = [
    { role: 'user', content: 'hi' },
    { role: 'system', content: [{ type: 'text', text: 'be brief' }] },
    { role: 'system', content: [] },
    { role: 'user', content: 'go' },
  ] satisfies MessagesRequest['messages']

  test('a later system message is a reminder in its place (OE-C31)', () => {
    expect(accepted(sonnet, { messages: later })).toEqual({
      request: request({
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'user', content: [{ type: 'text', text: '<system-reminder>\nbe brief\n</system-reminder>' }] },
          { role: 'user', content: 'go' },
        ],
      }),
      betas: [],
      noted: ['messages.1.role', 'messages.2.role'],
    })
  })

  test('a model with system messages gets it unchanged (OE-C31)', () => {
    expect(accepted(opus, { messages: later }).request).toEqual(request({ messages: later }))
  })
})
