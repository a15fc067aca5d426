import { describe, expect, test } from 'bun:test'
import type { ResponseCreateParamsBase, ResponseInputItem, Tool } from 'openai/resources/responses/responses'
import { responsesToMessages } from '../../src/translate/openai-responses-entrance/request.ts'
import type { ResponsesRequest } from '../../src/wire/openai-responses/request.ts'
import { type OfType, type Row, treatmentOf } from '../support/member-treatment.ts'
import { openAiContext } from '../support/openai-context.ts'

/**
 * Each member, item and tool of the official client's types is honoured, noted, refused or without effect (OE-P1). A new
 * one is a compile error here that names it.
 */

const user = { type: 'message', role: 'user', content: 'hi' } as const
const tool = { type: 'function', name: 'read', parameters: {}, strict: false } as const

const members: { readonly [K in keyof ResponseCreateParamsBase]-?: Row<ResponseCreateParamsBase[K]> } = {
  access_programs: { as: 'note', sample: { cyber: 'standard' } },
  background: { as: 'refused', sample: true },
  background_options: { as: 'note', sample: { completion_window: '2h' } },
  context_management: { as: 'note', sample: [{ type: 'compaction' }] },
  conversation: { as: 'refused', sample: 'conv_1' },
  image: { as: 'note', sample: { context_compression: 'enabled' } },
  include: { as: 'silent', sample: ['reasoning.encrypted_content'], reason: 'each answer has it (OE-R7)' },
  input: { as: 'honoured', sample: 'other' },
  instructions: { as: 'honoured', sample: 'Be brief.' },
  max_output_tokens: { as: 'honoured', sample: 100 },
  max_tool_calls: { as: 'note', sample: 3 },
  metadata: { as: 'honoured', sample: { a: 'b' } },
  model: { as: 'honoured', sample: 'gpt-5' },
  moderation: { as: 'note', sample: { model: 'omni-moderation-latest', policy: { input: { mode: 'score' } } } },
  parallel_tool_calls: { as: 'honoured', sample: false },
  previous_response_id: { as: 'honoured', sample: 'resp_1' },
  prompt: { as: 'refused', sample: { id: 'pmpt_1' } },
  prompt_cache_key: { as: 'silent', sample: 'key', reason: 'cache points need no key' },
  prompt_cache_options: { as: 'honoured', sample: { mode: 'explicit' } },
  prompt_cache_retention: { as: 'honoured', sample: '24h' },
  reasoning: { as: 'honoured', sample: { effort: 'high', summary: 'auto' } },
  safety_identifier: { as: 'honoured', sample: 'person' },
  service_tier: { as: 'note', sample: 'priority' },
  store: { as: 'honoured', sample: false },
  stream: { as: 'honoured', sample: true },
  stream_options: { as: 'silent', sample: { include_obfuscation: true }, reason: 'events need no padding here' },
  temperature: { as: 'honoured', sample: 0.5 },
  text: { as: 'honoured', sample: { format: { type: 'json_object' } } },
  tool_choice: { as: 'honoured', sample: 'required' },
  tools: { as: 'honoured', sample: [{ type: 'custom', name: 'note' }] },
  top_logprobs: { as: 'refused', sample: 2 },
  top_p: { as: 'honoured', sample: 0.5 },
  truncation: { as: 'note', sample: 'auto' },
  user: { as: 'honoured', sample: 'person' },
}

type ItemType = NonNullable<ResponseInputItem['type']>
/** The items around it; by default it is between two messages of the user. */
interface Place {
  readonly before?: readonly object[]
  readonly later?: readonly object[]
}
type ItemRow<K extends ItemType> = Row<OfType<ResponseInputItem, K>> & Place

const call = { type: 'function_call', call_id: 'c1', name: 'read', arguments: '{}' } as const
const patch = {
  type: 'apply_patch_call',
  call_id: 'c1',
  status: 'completed',
  operation: { type: 'delete_file', path: 'a' },
} as const
const shell = { type: 'shell_call', call_id: 'c1', action: { commands: ['ls'] } } satisfies ResponseInputItem
const localShell = {
  type: 'local_shell_call',
  id: 'c1',
  call_id: 'c1',
  action: { type: 'exec', command: ['ls'], env: {} },
  status: 'completed',
} satisfies ResponseInputItem
const custom = { type: 'custom_tool_call', call_id: 'c1', name: 'note', input: 'x' } as const
const search = { type: 'tool_search_call', call_id: 'c1', arguments: {}, execution: 'client' } as const
const output = (type: string) => ({ later: [{ type, call_id: 'c1', output: 'x' }] })
const after = (item: object) => ({ before: [user, item] })

const items: { readonly [K in ItemType]: ItemRow<K> } = {
  additional_tools: {
    as: 'honoured',
    sample: { type: 'additional_tools', role: 'developer', tools: [{ ...tool, name: 'other' }] },
    before: [],
  },
  apply_patch_call: {
    as: 'honoured',
    sample: patch,
    later: [{ type: 'apply_patch_call_output', call_id: 'c1', status: 'completed' }],
  },
  apply_patch_call_output: {
    as: 'honoured',
    sample: { type: 'apply_patch_call_output', call_id: 'c1', status: 'completed' },
    ...after(patch),
  },
  code_interpreter_call: {
    as: 'note',
    sample: {
      type: 'code_interpreter_call',
      id: 'ci_1',
      code: 'x',
      container_id: 'c',
      outputs: null,
      status: 'completed',
    },
  },
  compaction: { as: 'note', sample: { type: 'compaction', encrypted_content: 'of another server' } },
  compaction_trigger: { as: 'honoured', sample: { type: 'compaction_trigger' }, later: [] },
  computer_call: {
    as: 'note',
    sample: { type: 'computer_call', id: 'cu_1', call_id: 'c1', pending_safety_checks: [], status: 'completed' },
  },
  computer_call_output: {
    as: 'note',
    sample: { type: 'computer_call_output', call_id: 'c1', output: { type: 'computer_screenshot' } },
  },
  configuration_update: { as: 'honoured', sample: { type: 'configuration_update', reasoning: { effort: 'high' } } },
  custom_tool_call: { as: 'honoured', sample: custom, ...output('custom_tool_call_output') },
  custom_tool_call_output: {
    as: 'honoured',
    sample: { type: 'custom_tool_call_output', call_id: 'c1', output: 'x' },
    ...after(custom),
  },
  file_search_call: {
    as: 'note',
    sample: { type: 'file_search_call', id: 'fs_1', queries: ['x'], status: 'completed' },
  },
  function_call: { as: 'honoured', sample: call, ...output('function_call_output') },
  function_call_output: {
    as: 'honoured',
    sample: { type: 'function_call_output', call_id: 'c1', output: 'x' },
    ...after(call),
  },
  image_generation_call: {
    as: 'note',
    sample: { type: 'image_generation_call', id: 'ig_1', result: null, status: 'completed' },
  },
  item_reference: { as: 'note', sample: { type: 'item_reference', id: 'rs_1' } },
  local_shell_call: { as: 'honoured', sample: localShell, ...output('local_shell_call_output') },
  local_shell_call_output: {
    as: 'honoured',
    sample: { type: 'local_shell_call_output', id: 'c1', output: 'x' },
    ...after(localShell),
  },
  mcp_approval_request: {
    as: 'note',
    sample: { type: 'mcp_approval_request', id: 'm1', arguments: '{}', name: 'x', server_label: 's' },
  },
  mcp_approval_response: {
    as: 'note',
    sample: { type: 'mcp_approval_response', approval_request_id: 'm1', approve: true },
  },
  mcp_call: { as: 'note', sample: { type: 'mcp_call', id: 'm1', arguments: '{}', name: 'x', server_label: 's' } },
  mcp_list_tools: { as: 'note', sample: { type: 'mcp_list_tools', id: 'm1', server_label: 's', tools: [] } },
  message: { as: 'honoured', sample: { type: 'message', role: 'developer', content: 'other' } },
  program: { as: 'note', sample: { type: 'program', id: 'p1', call_id: 'c1', code: 'x', fingerprint: 'f' } },
  program_output: {
    as: 'note',
    sample: { type: 'program_output', id: 'p2', call_id: 'c1', result: 'x', status: 'completed' },
  },
  reasoning: { as: 'note', sample: { type: 'reasoning', id: 'rs_1', summary: [] } },
  shell_call: { as: 'honoured', sample: shell, ...output('shell_call_output') },
  shell_call_output: {
    as: 'honoured',
    sample: {
      type: 'shell_call_output',
      call_id: 'c1',
      output: [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    ...after(shell),
  },
  tool_search_call: {
    as: 'honoured',
    sample: search,
    later: [{ type: 'tool_search_output', call_id: 'c1', tools: [] }],
  },
  tool_search_output: {
    as: 'honoured',
    sample: { type: 'tool_search_output', call_id: 'c1', tools: [{ ...tool, name: 'other' }] },
    ...after(search),
  },
  web_search_call: {
    as: 'note',
    sample: {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'x' },
    },
  },
}

type ToolRow<K extends Tool['type']> = Row<OfType<Tool, K>>
const serverTool = 'note'
const tools: { readonly [K in Tool['type']]: ToolRow<K> } = {
  apply_patch: { as: 'honoured', sample: { type: 'apply_patch' } },
  code_interpreter: { as: serverTool, sample: { type: 'code_interpreter', container: 'c' } },
  computer: { as: serverTool, sample: { type: 'computer' } },
  computer_use_preview: {
    as: serverTool,
    sample: { type: 'computer_use_preview', display_height: 1, display_width: 1, environment: 'linux' },
  },
  custom: { as: 'honoured', sample: { type: 'custom', name: 'other' } },
  file_search: { as: serverTool, sample: { type: 'file_search', vector_store_ids: ['v'] } },
  function: { as: 'honoured', sample: { ...tool, name: 'other' } },
  image_generation: { as: serverTool, sample: { type: 'image_generation' } },
  local_shell: { as: 'honoured', sample: { type: 'local_shell' } },
  mcp: { as: serverTool, sample: { type: 'mcp', server_label: 's' } },
  namespace: {
    as: 'honoured',
    sample: { type: 'namespace', name: 'n', description: 'd', tools: [{ ...tool, name: 'other' }] },
  },
  programmatic_tool_calling: { as: serverTool, sample: { type: 'programmatic_tool_calling' } },
  shell: { as: 'honoured', sample: { type: 'shell' } },
  tool_search: { as: 'honoured', sample: { type: 'tool_search', execution: 'client', parameters: {} } },
  web_search: { as: serverTool, sample: { type: 'web_search' } },
  web_search_2025_08_26: { as: serverTool, sample: { type: 'web_search_2025_08_26' } },
  web_search_preview: { as: serverTool, sample: { type: 'web_search_preview' } },
  web_search_preview_2025_03_11: { as: serverTool, sample: { type: 'web_search_preview_2025_03_11' } },
}

const base = { model: 'gpt-5.5', input: [user], tools: [tool] }
const translate = (body: object) => {
  const context = openAiContext()
  return { ...responsesToMessages(body as ResponsesRequest, context), notes: context.notes.all }
}
const treatmentOfItem = ({ sample, before = [user], later = [user] }: Row<object> & Place) =>
  treatmentOf(translate, { ...base, input: [...before, ...later] }, 'input', [...before, sample, ...later])

describe('requests of the official client', () => {
  test.each(Object.entries(members))('member %s is treated as the table says (OE-P1)', (name, row) => {
    expect(treatmentOf(translate, { ...base, ...row.next }, name, row.sample)).toBe(row.as)
  })

  test.each(Object.entries(items))('item %s is treated as the table says (OE-P1)', (_type, row) => {
    expect(treatmentOfItem(row)).toBe(row.as)
  })

  test.each(Object.entries(tools))('tool %s is treated as the table says (OE-P1)', (_type, row) => {
    expect(treatmentOf(translate, base, 'tools', [tool, row.sample])).toBe(row.as)
  })
})
