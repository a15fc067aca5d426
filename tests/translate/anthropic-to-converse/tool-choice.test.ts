import { describe, expect, test } from 'bun:test'
import { startChain } from '../../support/chain.ts'
import { assistant, refusalMessage, toolResult, toolUse, translate, user } from '../../support/translate.ts'

describe('1.5 without tools: a choice of a tool', () => {
  const ask = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: [user('a')] }
  const history = [user('a'), assistant(toolUse('t1')), user(toolResult('t1'))]
  const any = { type: 'any', disable_parallel_tool_use: true }
  const anyWords = 'tool_choice.any may only be specified while providing tools'
  const toolWords = "tool_choice: Tool 'T' not found in provided tools"

  test.each([
    ['any', { tool_choice: any }, anyWords],
    ['any of an empty list', { tool_choice: any, tools: [] }, anyWords],
    ['any of null', { tool_choice: any, tools: null }, anyWords],
    ['any, where the history has used tools', { tool_choice: any, messages: history }, anyWords],
    ['one by name', { tool_choice: { type: 'tool', name: 'T' } }, toolWords],
    ['one by name of an empty list', { tool_choice: { type: 'tool', name: 'T' }, tools: [] }, toolWords],
  ])('that forces %s is refused in the words of Anthropic, counting included', async (_, members, message) => {
    const { post, simulator } = startChain()
    for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
      const response = await post({ ...ask, ...members }, { path })
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { type: 'invalid_request_error', message } },
      ])
    }
    expect(simulator.journal).toEqual([])
  })

  test.each([
    ['auto', { type: 'auto', disable_parallel_tool_use: true }],
    ['none', { type: 'none' }],
  ])('that is %s is left out, as Anthropic serves it', (_, choice) => {
    for (const tools of [undefined, null, []]) {
      const { body, notes } = translate({ ...ask, tool_choice: choice, ...(tools !== undefined && { tools }) })
      expect([body.toolConfig, body.additionalModelRequestFields]).toEqual([undefined, undefined])
      expect(notes.map(({ path }) => path)).toEqual(['tool_choice'])
    }
  })

  test('that is free is dropped with the last server tool that is removed (N11)', () => {
    const { body } = translate({
      ...ask,
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect([body.toolConfig, body.additionalModelRequestFields]).toEqual([undefined, undefined])
  })

  test('that forces a tool is refused if only stand-ins for the history are left (N11, N13)', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
    for (const name of ['T', 'Bash']) {
      const members = { ...ask, messages: history, tools, tool_choice: { type: 'tool', name } }
      expect(refusalMessage(() => translate(members))).toBe(`tool_choice: Tool '${name}' not found in provided tools`)
    }
  })

  test('that is free is dropped with a note if only stand-ins for the history are left (N13)', () => {
    for (const tools of [undefined, [{ type: 'web_search_20250305', name: 'web_search' }]]) {
      const members = { ...ask, messages: history, tool_choice: { type: 'auto' }, ...(tools && { tools }) }
      const { body, notes } = translate(members)
      expect(body.additionalModelRequestFields).toEqual({ tool_choice: { type: 'none' } })
      expect(notes.map(({ path }) => path)).toContain('tool_choice')
    }
  })

  test('that forces a tool defined during the conversation is sent', () => {
    const definition = { name: 'T', input_schema: { type: 'object' } }
    const added = { type: 'tool_addition', tool: { type: 'tool_definition', definition } }
    const messages = [user('a'), { role: 'system', content: [added] }]
    const { body } = translate({ ...ask, messages, tool_choice: { type: 'any' } })
    expect(body.toolConfig?.toolChoice).toEqual({ any: {} })
  })
})
