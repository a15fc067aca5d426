import { describe, expect, test } from 'bun:test'
import { assistant, tool, toolResult, toolUse, translate, user, validBody } from '../../support/translate.ts'

const ask = { messages: [user('a')] }

describe('what a model has refused', () => {
  const body = (members: object, overrides: object) => translate(members, { overrides }).body

  test('1.10 additional fields are removed, and objects that become empty', () => {
    const members = { ...ask, thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'high' } }
    const { additionalModelRequestFields } = body(members, {
      refusedFields: ['thinking.display', 'output_config.effort', 'nothing.here'],
    })
    expect(additionalModelRequestFields).toEqual({ thinking: { type: 'adaptive' } })
  })

  test('1.10 A8 beta flags: a refused one is not sent again, of suspected ones half are', () => {
    const [long, fine, display] = [
      'context-1m-2025-08-07',
      'fine-grained-tool-streaming-2025-05-14',
      'thinking-display-updates-2026-08-18',
    ]
    const thinking = { type: 'adaptive', display: 'updates' }
    const flags = (betas: string[], overrides: object): unknown =>
      translate({ ...ask, thinking }, { betas, overrides }).body.additionalModelRequestFields?.['anthropic_beta']
    expect(flags([long], { refusedBetas: [long] })).toBeUndefined()
    expect(flags([long, fine], { refusedBetas: [long] })).toEqual([fine])
    const suspected = { suspectedBetas: [long, fine, display] }
    expect(flags([long, fine, display], suspected)).toEqual([long, fine])
    expect(flags([fine, display], suspected)).toEqual([fine])
    expect(flags([display], suspected)).toEqual([display])
  })

  test('A8 a value that needs a beta flag is sent only with it', () => {
    const beta = 'thinking-display-updates-2026-08-18'
    const thinking = (display: string, betas: string[], overrides = {}): unknown =>
      validBody({ ...ask, thinking: { type: 'adaptive', display } }, { betas, overrides }).additionalModelRequestFields
    const plain = { thinking: { type: 'adaptive' } }
    expect(thinking('updates', [beta])).toEqual({
      thinking: { type: 'adaptive', display: 'updates' },
      anthropic_beta: [beta],
    })
    expect(thinking('updates', [])).toEqual(plain)
    expect(thinking('updates', [beta], { refusedBetas: [beta] })).toEqual(plain)
    expect(thinking('omitted', [])).toEqual({ thinking: { type: 'adaptive', display: 'omitted' } })
    const bound = { ...ask, thinking: { type: 'adaptive', block_binding: 'strict' } }
    expect(translate(bound).body.additionalModelRequestFields).toEqual(plain)
    expect(translate(bound).notes.map(({ path }) => path)).toEqual(['thinking.block_binding'])
  })

  test('A8 a value that the model does not accept is left out, with its flag', () => {
    const beta = 'thinking-display-updates-2026-08-18'
    const overrides = { takenValues: { 'thinking.display': ['summarized', 'omitted'] } }
    const sent = (display: string): unknown =>
      translate({ ...ask, thinking: { type: 'adaptive', display } }, { betas: [beta], overrides }).body
        .additionalModelRequestFields
    expect(sent('updates')).toEqual({ thinking: { type: 'adaptive' } })
    expect(sent('summarized')).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } })
  })

  test('1.10 1.5 a model without a limit to one tool still supports none and a forced tool', () => {
    const overrides = { capabilities: { toolLimit: false } }
    const sent = (type: string) => {
      const choice = { type, ...(type !== 'none' && { disable_parallel_tool_use: true }) }
      const { toolConfig, additionalModelRequestFields } = body(
        { ...ask, tools: [tool('A')], tool_choice: choice },
        overrides,
      )
      return [toolConfig?.toolChoice, additionalModelRequestFields]
    }
    expect(sent('auto')).toEqual([undefined, undefined])
    expect(sent('any')).toEqual([{ any: {} }, undefined])
    expect(sent('none')).toEqual([undefined, { tool_choice: { type: 'none' } }])
  })

  test('1.10 cache points, K9: none for a model that accepts none', () => {
    const marked = { messages: [user({ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } })] }
    expect(JSON.stringify(body(marked, { capabilities: { cachePoints: false } }))).not.toContain('cachePoint')
  })

  test('1.5 none, 1.10 tool choice: for a model that does not support it: no tools, or stand-ins', () => {
    const overrides = { capabilities: { toolChoiceNone: false } }
    const none = { tools: [tool('A')], tool_choice: { type: 'none' } }
    expect(body({ ...ask, ...none }, overrides).toolConfig).toBeUndefined()
    const messages = [user('a'), assistant(toolUse('t', 'A')), user(toolResult('t'))]
    const used = body({ messages, ...none }, overrides)
    expect(used.toolConfig).toEqual({ tools: [{ toolSpec: { name: 'A', inputSchema: { json: { type: 'object' } } } }] })
    expect(used.additionalModelRequestFields).toBeUndefined()
  })
})
