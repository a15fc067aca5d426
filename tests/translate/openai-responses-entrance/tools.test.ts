import { describe, expect, test } from 'bun:test'
import type { Json } from '../../../src/base/json.ts'
import type { OpenAiContextOptions } from '../../support/openai-context.ts'
import { refusalOf } from '../../support/openai-context.ts'
import { translateResponses } from '../../support/responses-request.ts'

const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
const fn = (name: string, more: Json = {}): Json => ({ type: 'function', name, parameters: schema, ...more })
const namespace = (name: string, tools: readonly Json[], description = ''): Json => ({
  type: 'namespace',
  name,
  description,
  tools,
})

const hello = { type: 'message', role: 'user', content: 'hello' }

const translated = (tools: readonly Json[] | undefined, more: Json = {}, options: OpenAiContextOptions = {}) =>
  translateResponses({ input: [hello], tools, ...more }, { policy: { autoCache: false }, ...options })

const named = (tools: readonly Json[] | undefined, more: Json = {}, options: OpenAiContextOptions = {}): unknown[] =>
  (translated(tools, more, options).request.tools ?? []).map(({ name }) => name)

describe('functions and custom tools', () => {
  test('flat definitions become tools; members about their callers are ignored (OE-R23)', () => {
    const ignored = { output_schema: schema, async: true, allowed_callers: ['direct'] }
    const { request, notes } = translated([fn('add', { description: 'Adds.', strict: true, ...ignored })])
    expect(request.tools).toEqual([{ name: 'add', description: 'Adds.', strict: true, input_schema: schema }])
    expect(notes).toEqual([])
  })

  test('a custom tool gets one text, and its grammar in the description (OE-R23)', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' }
    const { request, plan } = translated([{ type: 'custom', name: 'apply_patch', description: 'Edits.', format }])
    const [tool] = request.tools ?? []
    expect(tool).toMatchObject({ name: 'apply_patch', input_schema: { required: ['input'] } })
    expect(String(tool?.['description' as never])).toContain('start: "a"')
    expect(plan.tools.get('apply_patch')).toEqual({ kind: 'custom', name: 'apply_patch' })
  })

  test('the second tool of a name is refused with its path (OE-R23)', () => {
    expect(refusalOf(() => translated([fn('add'), fn('add')])).param).toBe('tools[1]')
    const twice = namespace('math', [fn('add'), fn('add')])
    expect(refusalOf(() => translated([fn('add'), twice])).param).toBe('tools[1].tools[1]')
  })

  test('a deferred tool stays deferred if the client searches for tools, and is sent at once otherwise (OE-R23)', () => {
    const tools = [fn('add', { defer_loading: true })]
    expect(translated(tools).request.tools).toEqual([{ name: 'add', input_schema: schema }])
    expect(translated(tools).notes).toEqual([
      'tools: deferred tools are sent at once: the request has no search for tools',
    ])
    const searched = translated([...tools, { type: 'tool_search', execution: 'client', parameters: schema }])
    expect(searched.request.tools?.[0]).toEqual({ name: 'add', input_schema: schema, defer_loading: true })
    expect(searched.notes).toEqual([])
  })

  test("a tool in Anthropic's form is passed on, also one whose date makes it Anthropic's own (OE-R23)", () => {
    const tools = [
      { name: 'read', input_schema: schema },
      { type: 'bash_20250124', name: 'bash' },
      { type: 'web_search_20250305', name: 'web_search' },
    ]
    expect(translated(tools).request.tools as unknown).toEqual(tools)
  })

  test('an unknown type is refused with its path (OE-R26)', () => {
    expect(refusalOf(() => translated([{ type: 'teleport' }]))).toEqual({
      code: 'unsupported_value',
      param: 'tools[0].type',
    })
  })
})

describe('namespaces', () => {
  test('members get the prefix, and the description of the namespace is in front of the first (OE-R22)', () => {
    const tools = [
      namespace(
        'mcp__math',
        [fn('add', { description: 'Adds.' }), fn('sub', { description: 'Subtracts.' })],
        'Numbers.',
      ),
    ]
    const { request, plan } = translated(tools)
    expect(request.tools).toEqual([
      { name: 'mcp__math__add', description: 'Numbers.\n\nAdds.', input_schema: schema },
      { name: 'mcp__math__sub', description: 'Subtracts.', input_schema: schema },
    ])
    expect(plan.tools.get('mcp__math__sub')).toEqual({ kind: 'function', name: 'sub', namespace: 'mcp__math' })
  })

  test('a member may be a custom tool (OE-R22)', () => {
    const { request, plan } = translated([namespace('functions', [{ type: 'custom', name: 'exec' }])])
    expect(request.tools?.[0]).toMatchObject({ name: 'functions__exec', input_schema: { required: ['input'] } })
    expect(plan.tools.get('functions__exec')).toEqual({ kind: 'custom', name: 'exec', namespace: 'functions' })
  })

  test('a broken namespace is refused with its path (OE-R22)', () => {
    expect(refusalOf(() => translated([namespace('', [fn('a')])])).param).toBe('tools[0].name')
    expect(refusalOf(() => translated([namespace('n', [fn('a'), 5 as never])])).param).toBe('tools[0].tools[1]')
    expect(refusalOf(() => translated([namespace('n', [fn('')])])).param).toBe('tools[0].tools[0].name')
  })
})

describe('tools that OpenAI defines and the client runs', () => {
  test.each(['local_shell', 'shell', 'apply_patch'])('%s becomes a function (OE-R24)', (type) => {
    const { request, plan } = translated([{ type }])
    expect(request.tools?.[0]).toMatchObject({ name: type, input_schema: { type: 'object' } })
    expect(plan.tools.get(type)).toEqual({ kind: type as 'shell', name: type })
  })

  test("a shell in a container of OpenAI is a tool of OpenAI's servers (OE-R24)", () => {
    const tools = [fn('add'), { type: 'shell', environment: { type: 'container_auto' } }]
    expect(named(tools)).toEqual(['add'])
    expect(named([fn('add'), { type: 'shell', environment: { type: 'local' } }])).toEqual(['add', 'shell'])
  })

  test('the search for tools by the client has its schema; one by the server is left out (OE-R25)', () => {
    const search = { type: 'tool_search', execution: 'client', description: 'Finds tools.', parameters: schema }
    const { request, plan } = translated([search])
    expect(request.tools).toEqual([{ name: 'tool_search', description: 'Finds tools.', input_schema: schema }])
    expect(plan.tools.get('tool_search')).toEqual({ kind: 'tool_search', name: 'tool_search' })
    expect(translated([fn('add'), { type: 'tool_search' }]).notes).toEqual([
      "tools.1: a tool of OpenAI's servers is left out",
    ])
  })
})

describe("tools of OpenAI's servers", () => {
  const types = [
    'web_search',
    'web_search_2025_08_26',
    'web_search_preview',
    'file_search',
    'code_interpreter',
    'image_generation',
    'computer',
    'computer_use_preview',
    'mcp',
    'programmatic_tool_calling',
  ]

  test.each(types)('%s is left out with a note while another tool is left (OE-R26)', (type) => {
    const { request, notes } = translated([fn('add'), { type }])
    expect(request.tools?.map(({ name }) => name)).toEqual(['add'])
    expect(notes).toEqual(["tools.1: a tool of OpenAI's servers is left out"])
  })

  test.each(types)('%s alone is refused (OE-R26)', (type) => {
    expect(refusalOf(() => translated([{ type }]))).toEqual({ code: 'unsupported_value', param: 'tools[0].type' })
  })

  test('a choice that forces one of them is refused (OE-R26, OE-R27)', () => {
    const choice = { tool_choice: { type: 'file_search' } }
    expect(refusalOf(() => translated([fn('add'), { type: 'file_search' }], choice)).param).toBe('tool_choice')
  })

  test('a subset of allowed tools may name tools that are left out (OE-R26, OE-R27)', () => {
    const tools = [fn('add'), fn('sub'), { type: 'web_search' }, { type: 'mcp', server_label: 'docs' }]
    const allowing = (...allowed: Json[]): Json => ({
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: allowed },
    })
    const add = { type: 'function', name: 'add' }
    const leftOut = [{ type: 'web_search' }, { type: 'mcp', server_label: 'docs' }]
    expect(named(tools, allowing(...leftOut, add))).toEqual(['add'])
    expect(refusalOf(() => translated(tools, allowing(...leftOut))).param).toBe('tool_choice.tools')
    const other = allowing(add, { type: 'file_search' })
    expect(refusalOf(() => translated(tools, other)).param).toBe('tool_choice.tools[1]')
  })

  test.each(['web_search', 'web_search_preview', 'web_search_2025_08_26'])(
    'a choice of %s forces the search of the upstream (OE-R26, OE-R27)',
    (type) => {
      const { request } = translated([fn('add'), { type }], { tool_choice: { type } }, { searchesWeb: true })
      expect(request.tool_choice).toEqual({ type: 'tool', name: 'web_search' })
    },
  )

  test('web search is mapped where the upstream searches itself (OE-R26)', () => {
    const search = {
      type: 'web_search',
      filters: { allowed_domains: ['example.com'] },
      user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
    }
    const { request, notes } = translated([search], {}, { searchesWeb: true })
    expect(request.tools as unknown).toEqual([
      {
        type: 'web_search_20250305',
        name: 'web_search',
        allowed_domains: ['example.com'],
        user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
      },
    ])
    expect(notes).toEqual([])
    const blocking = { ...search, filters: { blocked_domains: ['example.com'] } }
    expect(translated([blocking], {}, { searchesWeb: true }).request.tools).toMatchObject([
      { blocked_domains: ['example.com'] },
    ])
    const limited = translated([search], { max_tool_calls: 3 }, { searchesWeb: true })
    expect(limited.request.tools).toMatchObject([{ max_uses: 3 }])
    expect(limited.notes).toEqual([])
    expect(named([fn('add'), { ...search, external_web_access: false }], {}, { searchesWeb: true })).toEqual(['add'])
  })
})

describe('the choice of a tool', () => {
  const tools = [
    fn('add'),
    { type: 'custom', name: 'patch' },
    namespace('mcp__math', [fn('add'), fn('sub')]),
    { type: 'shell' },
  ]

  test.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [
      { type: 'function', name: 'add' },
      { type: 'tool', name: 'add' },
    ],
    [
      { type: 'custom', name: 'patch' },
      { type: 'tool', name: 'patch' },
    ],
    [
      { type: 'function', name: 'sub', namespace: 'mcp__math' },
      { type: 'tool', name: 'mcp__math__sub' },
    ],
    [{ type: 'shell' }, { type: 'tool', name: 'shell' }],
  ])('%j (OE-R27)', (tool_choice, expected) => {
    expect(translated(tools, { tool_choice }).request.tool_choice as unknown).toEqual(expected)
  })

  test('a function in a namespace is not the one outside of it (OE-R27)', () => {
    const tool_choice = { type: 'function', name: 'add', namespace: 'mcp__math' }
    expect(translated(tools, { tool_choice }).request.tool_choice).toEqual({ type: 'tool', name: 'mcp__math__add' })
  })

  test('allowed tools are the only ones that are sent; parallel calls can be forbidden (OE-R27)', () => {
    const allowed = {
      type: 'allowed_tools',
      mode: 'auto',
      tools: [{ type: 'function', name: 'add' }, { type: 'shell' }],
    }
    expect(named(tools, { tool_choice: allowed })).toEqual(['add', 'shell'])
    expect(translated(tools, { parallel_tool_calls: false }).request.tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
  })
})

describe('tools in the input', () => {
  const additional = (...tools: Json[]): Json => ({ type: 'additional_tools', role: 'developer', tools })

  test('additional tools before the first turn are the list of tools (OE-R21)', () => {
    const developer = { type: 'message', role: 'developer', content: 'Work.' }
    const input = [additional(namespace('clock', [fn('sleep')])), developer, hello]
    const { request, notes, plan } = translated(undefined, { input })
    expect(request.tools).toEqual([{ name: 'clock__sleep', input_schema: schema }])
    expect(plan.tools.get('clock__sleep')?.namespace).toBe('clock')
    expect(notes).toEqual([])
    expect(JSON.stringify(request.messages)).not.toContain('sleep')
  })

  test('later ones are appended with a note, and a second definition takes the place of the first (OE-R21)', () => {
    const newer = fn('add', { description: 'Adds two numbers.' })
    const { request, notes } = translated([fn('add'), fn('sub')], { input: [hello, additional(fn('mul'), newer)] })
    expect(request.tools).toEqual([
      { name: 'add', description: 'Adds two numbers.', input_schema: schema },
      { name: 'sub', input_schema: schema },
      { name: 'mul', input_schema: schema },
    ])
    expect(notes).toEqual(['input.1.tools: tools that join during the conversation are sent with all others'])
  })

  test('found tools join the list and are loaded, and the call has a result that names them (OE-R25)', () => {
    const search = { type: 'tool_search', execution: 'client', parameters: schema }
    const call = { type: 'tool_search_call', call_id: 'c1', execution: 'client', arguments: { a: 1 } }
    const tools = [namespace('mcp__math', [fn('add', { defer_loading: true })])]
    const found = { type: 'tool_search_output', call_id: 'c1', execution: 'client', status: 'completed', tools }
    const { request, notes } = translated([search], { input: [hello, call, found] })
    expect(request.tools?.[1]).toEqual({ name: 'mcp__math__add', input_schema: schema })
    expect(request.messages.slice(1) as unknown).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'tool_search', input: { a: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'Tools found: mcp__math__add' }] },
    ])
    expect(notes).toEqual([])
    const nothing = translated([search], { input: [hello, call, { ...found, tools: [] }] })
    expect(JSON.stringify(nothing.request.messages)).toContain('No tool was found.')
  })

  test("a search by OpenAI's server leaves its tools and a note (OE-R25)", () => {
    const call = { type: 'tool_search_call', execution: 'server', arguments: {} }
    const found = { type: 'tool_search_output', execution: 'server', tools: [fn('add')] }
    const { request, notes } = translated(undefined, { input: [hello, call, found, hello] })
    expect(request.tools).toEqual([{ name: 'add', input_schema: schema }])
    expect(request.messages).toHaveLength(1)
    expect(notes).toEqual(["input.1: a search for tools by OpenAI's server"])
  })
})
