import { describe, expect, test } from 'bun:test'
import type { Json } from '../../../src/base/json.ts'
import { encodeSummary } from '../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import { refusalOf } from '../../support/openai-context.ts'
import { conversationOf, translateResponses } from '../../support/responses-request.ts'
import { png } from '../../support/translate.ts'

const message = (role: string, content: unknown, more: Json = {}): Json => ({ type: 'message', role, content, ...more })
const user = message('user', 'hello')
const hello = ['user', { type: 'text', text: 'hello' }]
const text = (words: string) => ({ type: 'text', text: words })
const call = (call_id: string, name: string, args: unknown = '{}', more: Json = {}): Json => ({
  type: 'function_call',
  call_id,
  name,
  arguments: args,
  ...more,
})
const output = (call_id: string, value: unknown = 'ok'): Json => ({
  type: 'function_call_output',
  call_id,
  output: value,
})
const toolUse = (id: string, name: string, input: object = {}) => ({ type: 'tool_use', id, name, input })
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content !== undefined && { content }),
  ...more,
})
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }

const notesOf = (input: readonly Json[]): readonly string[] => translateResponses({ input }).notes

describe('messages', () => {
  test('a text is the message of the user (OE-R3)', () => {
    expect(conversationOf('hello')).toEqual({ messages: [hello] })
  })

  test('the leading developer and system messages are the system prompt, and later ones keep their place (OE-R15)', () => {
    const input = [
      message('developer', [
        { type: 'input_text', text: 'Work.' },
        { type: 'input_text', text: 'Be short.' },
      ]),
      message('system', 'In English.'),
      user,
      message('developer', 'Now in French.'),
      message('user', 'go'),
    ]
    expect(conversationOf(input)).toEqual({
      system: [text('Work.'), text('Be short.'), text('In English.')],
      messages: [hello, ['system', text('Now in French.')], ['user', text('go')]],
    })
  })

  test('a message needs no type, and parts of every kind are read (OE-R15)', () => {
    const content = [
      { type: 'input_text', text: 'Look.' },
      { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'high' },
      { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' },
    ]
    const answer = [
      { type: 'output_text', text: 'No.', annotations: [] },
      { type: 'refusal', refusal: 'I cannot.' },
    ]
    const input = [
      { role: 'user', content },
      { role: 'assistant', content: answer },
      { role: 'user', content: 'go' },
    ]
    expect(conversationOf(input)).toMatchObject({
      messages: [
        ['user', text('Look.'), image, { type: 'document', title: 'a.txt' }],
        ['assistant', text('No.'), text('I cannot.')],
        ['user', text('go')],
      ],
    })
  })

  test('ids, status, phase and the metadata of clients never reach the request (OE-R12)', () => {
    const secret = 'turn-0123'
    const hidden = { id: secret, status: secret, phase: secret, internal_chat_message_metadata_passthrough: { secret } }
    const input = [
      message('user', 'hello', hidden),
      message('assistant', 'Hi.', hidden),
      call('c1', 'add', '{}', hidden),
      { ...output('c1'), ...hidden },
    ]
    const { request, notes } = translateResponses({ input, client_metadata: { turn_id: secret } })
    expect(JSON.stringify(request)).not.toContain(secret)
    expect(notes).toEqual([])
  })

  test('a cache marker on a message marks its last block (OE-R15)', () => {
    const marked = message(
      'user',
      [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b' },
      ],
      {
        cache_control: { type: 'ephemeral' },
      },
    )
    const { request } = translateResponses({ input: [marked] }, { policy: { autoCache: false } })
    expect(request.messages[0]?.content as unknown).toEqual([
      text('a'),
      { ...text('b'), cache_control: { type: 'ephemeral' } },
    ])
  })
})

describe('calls and their outputs', () => {
  test('a message and the calls after it are one turn of the assistant (OE-R16)', () => {
    const input = [
      user,
      message('assistant', [{ type: 'output_text', text: 'Two calls.' }]),
      call('c1', 'add', '{"a":1}'),
      call('c2', 'sub', ''),
      output('c1', 'one'),
      output('c2', ''),
    ]
    expect(conversationOf(input)).toEqual({
      messages: [
        hello,
        ['assistant', text('Two calls.'), toolUse('c1', 'add', { a: 1 }), toolUse('c2', 'sub')],
        ['user', result('c1', 'one'), result('c2')],
      ],
    })
  })

  test('the namespace of a call is a prefix of its name, offered or not (OE-R16, OE-R22)', () => {
    const input = [user, call('c1', 'add', '{}', { namespace: 'mcp__gone' }), output('c1')]
    expect(conversationOf(input)).toMatchObject({ messages: [{}, ['assistant', toolUse('c1', 'mcp__gone__add')], {}] })
  })

  test('an empty namespace, and null, is none (OE-R16, OE-R22)', () => {
    const tools = [{ type: 'function', name: 'add', parameters: { type: 'object' } }]
    for (const namespace of ['', null]) {
      const input = [user, call('c1', 'add', '{}', { namespace }), output('c1')]
      expect(conversationOf(input)).toMatchObject({ messages: [{}, ['assistant', toolUse('c1', 'add')], {}] })
      const tool_choice = { type: 'function', name: 'add', namespace }
      expect(translateResponses({ input, tools, tool_choice }).request.tool_choice).toMatchObject({ name: 'add' })
    }
  })

  test('broken arguments are kept as text, and an object is taken (OE-R16)', () => {
    const input = [user, call('c1', 'add', '{"a":'), call('c2', 'add', { a: 1 }), output('c1'), output('c2')]
    expect(conversationOf(input)).toMatchObject({
      messages: [{}, ['assistant', toolUse('c1', 'add', { _raw: '{"a":' }), toolUse('c2', 'add', { a: 1 })], {}],
    })
  })

  test('a list of parts is the content of the result (OE-R17)', () => {
    const parts = [
      { type: 'input_text', text: 'Output:' },
      { type: 'input_image', image_url: `data:image/png;base64,${png}` },
    ]
    const custom = { type: 'custom_tool_call', call_id: 'c2', name: 'apply_patch', input: '*** Begin' }
    const input = [
      user,
      call('c1', 'view_image'),
      custom,
      output('c1', parts),
      { type: 'custom_tool_call_output', call_id: 'c2', output: parts.slice(0, 1) },
    ]
    expect(conversationOf(input)).toMatchObject({
      messages: [
        {},
        ['assistant', toolUse('c1', 'view_image'), toolUse('c2', 'apply_patch', { input: '*** Begin' })],
        ['user', result('c1', [text('Output:'), image]), result('c2', [text('Output:')])],
      ],
    })
  })

  test('a custom call is its text (OE-R18)', () => {
    const input = [
      user,
      { type: 'custom_tool_call', call_id: 'c1', name: 'exec', namespace: 'functions', input: 'text("a")' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: 'a' },
    ]
    expect(conversationOf(input)).toMatchObject({
      messages: [
        {},
        ['assistant', toolUse('c1', 'functions__exec', { input: 'text("a")' })],
        ['user', result('c1', 'a')],
      ],
    })
  })

  test('an output without an id belongs to the last open call of its name (OE-R17)', () => {
    const open = { type: 'function_call_output', name: 'add', output: 'two' }
    const input = [
      user,
      call('c1', 'add'),
      call('c2', 'add'),
      call('c3', 'sub'),
      open,
      { ...open, output: 'one' },
      output('c3'),
    ]
    expect(conversationOf(input)).toMatchObject({
      messages: [{}, {}, ['user', result('c1', 'one'), result('c2', 'two'), result('c3', 'ok')]],
    })
  })

  test('a wrong type is refused with its path (OE-R17)', () => {
    const broken = [{ type: 'input_image', image_url: 'data:image/bmp;base64,AAAA' }]
    expect(refusalOf(() => conversationOf([user, call('c1', 'a'), output('c1', broken)])).param).toBe(
      'input[2].output[0].image_url',
    )
    const audio = [{ type: 'input_audio', input_audio: {} }]
    expect(refusalOf(() => conversationOf([message('user', audio)])).param).toBe('input[0].content[0]')
  })

  test('the input must not end with a call (OE-R17)', () => {
    expect(refusalOf(() => conversationOf([user, call('c1', 'add')])).param).toBe('input')
  })
})

describe("calls of OpenAI's own tools", () => {
  test('a local shell: its input without the members that clients add; the output by the id of call or item (OE-R20)', () => {
    const action = { type: 'exec', command: ['ls'], env: {}, timeout_ms: null, working_directory: '/a', user: null }
    const calls = [
      { type: 'local_shell_call', id: 'lsh_1', call_id: 'c1', status: 'completed', action },
      {
        type: 'local_shell_call',
        id: 'lsh_2',
        call_id: 'c2',
        status: 'completed',
        action: { ...action, env: { A: '1' } },
      },
    ]
    const outputs = [
      { type: 'local_shell_call_output', id: 'lsh_1', output: 'a.txt' },
      { type: 'local_shell_call_output', call_id: 'c2', output: 'b.txt' },
    ]
    const input = { command: ['ls'], working_directory: '/a' }
    expect(conversationOf([user, ...calls, ...outputs])).toMatchObject({
      messages: [
        {},
        [
          'assistant',
          toolUse('c1', 'local_shell', input),
          toolUse('c2', 'local_shell', { command: ['ls'], env: { A: '1' }, working_directory: '/a' }),
        ],
        ['user', result('c1', 'a.txt'), result('c2', 'b.txt')],
      ],
    })
  })

  test('a shell: one text for the outputs of all commands (OE-R20)', () => {
    const input = [
      user,
      {
        type: 'shell_call',
        call_id: 'c1',
        action: { commands: ['ls', 'no', 'top'], timeout_ms: 9, max_output_length: null },
      },
      {
        type: 'shell_call_output',
        call_id: 'c1',
        output: [
          { stdout: 'a.txt', stderr: '', outcome: { type: 'exit', exit_code: 0 } },
          { stdout: '', stderr: 'not found', outcome: { type: 'exit', exit_code: 127 } },
          { stdout: '', stderr: '', outcome: { type: 'timeout' } },
        ],
      },
    ]
    const words =
      'Exit code: 0\nOutput:\na.txt\n\nExit code: 127\nErrors:\nnot found\n\nThe command was stopped after its time limit.'
    expect(conversationOf(input)).toMatchObject({
      messages: [
        {},
        ['assistant', toolUse('c1', 'shell', { commands: ['ls', 'no', 'top'], timeout_ms: 9 })],
        ['user', result('c1', words)],
      ],
    })
  })

  test('a patch: its operation, and a failure is an error (OE-R20)', () => {
    const operation = { type: 'delete_file', path: 'a.txt' }
    const patch = (id: string): Json => ({ type: 'apply_patch_call', call_id: id, status: 'completed', operation })
    const done = (id: string, more: Json): Json => ({ type: 'apply_patch_call_output', call_id: id, ...more })
    const input = [
      user,
      patch('c1'),
      patch('c2'),
      done('c1', { status: 'completed' }),
      done('c2', { status: 'failed', output: 'no such file' }),
    ]
    expect(conversationOf(input)).toMatchObject({
      messages: [
        {},
        ['assistant', toolUse('c1', 'apply_patch', { operation }), toolUse('c2', 'apply_patch', { operation })],
        ['user', result('c1', 'completed'), result('c2', 'no such file', { is_error: true })],
      ],
    })
  })
})

describe('other items', () => {
  test.each([
    'file_search_call',
    'computer_call',
    'computer_call_output',
    'code_interpreter_call',
    'image_generation_call',
    'mcp_list_tools',
    'mcp_call',
    'mcp_approval_request',
    'mcp_approval_response',
    'program',
    'program_output',
  ])('%s is dropped with a note (OE-R21)', (type) => {
    const input = [user, { type, id: 'x', status: 'completed', action: {}, output: { type: 'a' } }]
    expect(conversationOf(input)).toEqual({ messages: [hello] })
    expect(notesOf(input)).toEqual(["input.1: an item of a tool of OpenAI's servers"])
  })

  test('a message between agents is a text of the user, also the part that claims to be encrypted (OE-R21)', () => {
    const content = [
      { type: 'input_text', text: 'Message Type: NEW_TASK' },
      { type: 'encrypted_content', encrypted_content: 'List the files.' },
      { type: 'encrypted_content', encrypted_content: 'gAAAAABpZ3JlZW4' },
    ]
    const input = [user, { type: 'agent_message', id: 'a', author: '/root', recipient: '/root/x', content }]
    expect(conversationOf(input)).toEqual({
      messages: [[...hello, text('Message Type: NEW_TASK'), text('List the files.')]],
    })
    expect(notesOf(input)).toEqual(['input.1.content.2: a text that only OpenAI can decrypt'])
    expect(conversationOf([user, { type: 'agent_message', content: 'go' }])).toEqual({
      messages: [[...hello, text('go')]],
    })
  })

  test('an unknown item with role and content is a message, any other is refused with its path (OE-R21)', () => {
    const input = [user, { type: 'memo', role: 'assistant', content: 'Noted.' }, user]
    expect(conversationOf(input)).toEqual({ messages: [hello, ['assistant', text('Noted.')], hello] })
    expect(refusalOf(() => conversationOf([user, { type: 'memo' }]))).toEqual({
      code: 'unsupported_value',
      param: 'input[1].type',
    })
    expect(refusalOf(() => conversationOf([{ type: 'memo', role: 'critic', content: 'a' }])).param).toBe(
      'input[0].role',
    )
  })

  test('a reference to an item that is not stored is a 404 (OE-R44)', () => {
    expect(() => conversationOf([user, { type: 'item_reference', id: 'msg_1' }])).toThrow(
      "Item with id 'msg_1' not found.",
    )
    expect(() => conversationOf([user, { id: 'fc_1' }])).toThrow("Item with id 'fc_1' not found.")
  })

  test('an update of the configuration changes the effort and the format, and is not sent (OE-R5, OE-R6)', () => {
    const format = { type: 'json_schema', name: 'a', schema: { type: 'object' } }
    const updates = [
      { type: 'configuration_update', reasoning: { effort: 'low' } },
      { type: 'configuration_update', reasoning: { effort: 'high' }, text: { format } },
    ]
    const { request, plan } = translateResponses({
      input: [user, ...updates],
      reasoning: { effort: 'max', summary: 'auto' },
    })
    expect(request.output_config as unknown).toEqual({
      effort: 'high',
      format: { type: 'json_schema', schema: { type: 'object' } },
    })
    expect(plan.showsSummary).toBe(true)
    expect(request.messages).toHaveLength(1)
  })
})

describe('compaction', () => {
  test('a summary of this server is read by the user, and one of OpenAI is dropped with a note (OE-R45)', () => {
    const ours = { type: 'compaction', encrypted_content: encodeSummary('The file exists.') }
    expect(conversationOf([ours, user])).toEqual({
      messages: [['user', text('<conversation-summary>\nThe file exists.\n</conversation-summary>'), text('hello')]],
    })
    const theirs = { type: 'compaction_summary', encrypted_content: 'gAAAAABp' }
    expect(conversationOf([theirs, user])).toEqual({ messages: [hello] })
    expect(notesOf([theirs, user])).toEqual(['input.0: a summary that this server did not write'])
  })

  test('a trigger requests a summary: without calls and without a format, with the same tools (OE-R45)', () => {
    const members = {
      input: [user, call('c1', 'add'), { type: 'compaction_trigger' }],
      tools: [{ type: 'function', name: 'add', parameters: { type: 'object' } }],
      tool_choice: 'auto',
      text: { format: { type: 'json_object' } },
    }
    const { request, plan } = translateResponses(members)
    expect(plan).toMatchObject({ isCompaction: true, isJsonObject: false })
    expect(request.tool_choice).toEqual({ type: 'none' })
    expect(request.tools).toHaveLength(1)
    expect(request.system).toBeUndefined()
    expect(JSON.stringify(request.messages.at(-1))).toContain('Write a summary of this conversation.')
  })

  test('a trigger without tools leaves no note: the client chose no tool (OE-R45)', () => {
    const input = [user, { type: 'compaction_trigger' }]
    expect(translateResponses({ input, tools: [], tool_choice: 'auto' }).notes).toEqual([])
  })

  test('a trigger before the end was answered already (OE-R45)', () => {
    const { plan, notes } = translateResponses({ input: [user, { type: 'compaction_trigger' }, user] })
    expect(plan.isCompaction).toBe(false)
    expect(notes).toEqual(['input.1: an earlier request for a summary'])
  })
})
