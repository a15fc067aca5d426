import { expect, test } from 'bun:test'
import { callBlock, itemEvents, wholeOf } from '../../support/responses-answer.ts'

test.each([
  [
    'local_shell',
    { command: ['ls', '-l'], timeout_ms: 5, env: { A: 'b', C: 1 }, other: true },
    {
      type: 'local_shell_call',
      id: 'lsh_0a_0',
      action: { type: 'exec', command: ['ls', '-l'], env: { A: 'b' }, timeout_ms: 5 },
    },
  ],
  [
    'shell',
    { commands: 'ls' },
    {
      type: 'shell_call',
      id: 'sh_0a_0',
      action: { commands: ['ls'], timeout_ms: null, max_output_length: null },
      environment: null,
    },
  ],
  [
    'apply_patch',
    { operation: { type: 'delete_file', path: 'a' } },
    { type: 'apply_patch_call', id: 'apc_0a_0', operation: { type: 'delete_file', path: 'a' } },
  ],
  [
    'tool_search',
    { query: 'x' },
    { type: 'tool_search_call', id: 'tsc_0a_0', execution: 'client', arguments: { query: 'x' } },
  ],
])('a call of %s has the shape of that tool (OE-R24, OE-R25)', (name, input, item) => {
  const events = itemEvents([callBlock(name, input)])
  expect(events).toEqual(
    (['in_progress', 'completed'] as const).map((status, index) => ({
      type: index === 0 ? 'response.output_item.added' : 'response.output_item.done',
      output_index: 0,
      item: { ...item, call_id: 'toolu_1', status },
    })) as never,
  )
})

test.each([
  ['local_shell', { command: [1] }],
  ['shell', {}],
  ['apply_patch', { operation: { type: 'update_file', path: 'a' } }],
  ['apply_patch', { operation: { type: 'move_file', path: 'a' } }],
])('a call of %s without its shape keeps the whole input, as a call of a function (OE-R24)', (name, input) => {
  expect(itemEvents([callBlock(name, input)]).at(-1)).toMatchObject({
    item: { type: 'function_call', name, arguments: JSON.stringify(input), status: 'completed' },
  })
})

test('a patch may lack the member around it, and is complete in an answer that is cut after it (OE-R24, OE-R36)', () => {
  const operation = { type: 'create_file', path: 'a', diff: '+b' }
  expect(wholeOf([callBlock('apply_patch', operation)], { stop_reason: 'max_tokens' })).toMatchObject({
    status: 'incomplete',
    output: [{ type: 'apply_patch_call', status: 'completed', operation }],
  })
})
