import { describe, expect, test } from 'bun:test'
import {
  assistant,
  refusalMessage,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
  validBody,
} from '../../support/translate.ts'

const namesOf = (members: object): string[] =>
  (validBody(members).toolConfig?.tools ?? []).flatMap((entry) => ('toolSpec' in entry ? [entry.toolSpec.name] : []))

const ask = { messages: [user('a')] }

describe('tools', () => {
  test('N1 names that Converse does not accept are shortened independently of others, and mapped back', () => {
    const long = `mcp__${'server'.repeat(6)}__${'tool'.repeat(12)}`
    const odd = 'größe.messen'
    const translation = translate({
      messages: [
        user('a'),
        assistant(toolUse('t1', long), toolUse('t2', odd)),
        user(toolResult('t1'), toolResult('t2')),
      ],
      tools: [tool(long), tool(odd), tool('Bash')],
      tool_choice: { type: 'tool', name: long },
    })
    const { tools = [], toolChoice } = translation.body.toolConfig ?? {}
    const [first, second] = tools.map((entry) => ('toolSpec' in entry ? entry.toolSpec.name : ''))
    expect(first).toMatch(/^mcp__(server){6}__tooltoolto?.*_[0-9a-f]{8}$/)
    expect(first?.length).toBe(64)
    expect(second).toMatch(/^gr__e_messen_[0-9a-f]{8}$/)
    expect(toolChoice).toEqual({ tool: { name: first as string } })
    expect(JSON.stringify(translation.body.messages)).toContain(`"name":"${first}"`)
    expect(translation.responseContext.toClientToolName(first as string)).toBe(long)
    expect(translation.responseContext.toClientToolName(second as string)).toBe(odd)
    expect(translation.responseContext.toClientToolName('Bash')).toBe('Bash')
  })

  test('N3 foreign ids are made valid, the same for use and result', () => {
    const id = `call|${'x'.repeat(80)}`
    const body = validBody({
      messages: [user('a'), assistant(toolUse(id)), user(toolResult(id))],
      tools: [tool('Bash')],
    })
    const ids = JSON.stringify(body.messages).match(/"toolUseId":"([^"]+)"/g)
    expect(new Set(ids).size).toBe(1)
    expect(ids?.length).toBe(2)
  })

  test('N2 N4 blank descriptions are dropped; the root schema is an object without $schema and $id, the rest untouched', () => {
    const schema = { $schema: 's', $id: 'i', properties: { a: { $schema: 'kept', oneOf: [{ type: 'string' }] } } }
    const [entry] =
      validBody({ ...ask, tools: [{ name: 'A', description: ' ', input_schema: schema }] }).toolConfig?.tools ?? []
    expect(entry).toEqual({
      toolSpec: {
        name: 'A',
        inputSchema: { json: { type: 'object', properties: { a: { $schema: 'kept', oneOf: [{ type: 'string' }] } } } },
      },
    })
    const nothing = validBody({ ...ask, tools: [{ name: 'A', input_schema: { type: 'object', properties: null } }] })
      .toolConfig?.tools
    expect(nothing).toEqual([{ toolSpec: { name: 'A', inputSchema: { json: { type: 'object', properties: {} } } } }])
  })

  test('N5 N7 members that Bedrock refuses are dropped with a note', () => {
    const { body, notes } = translate({
      ...ask,
      tools: [tool('A', { strict: true, input_examples: [{}], allowed_callers: ['direct'] })],
    })
    expect(body.toolConfig?.tools).toEqual([
      {
        toolSpec: { name: 'A', description: 'The tool A.', inputSchema: { json: { type: 'object', properties: {} } } },
      },
    ])
    expect(notes.map(({ path }) => path)).toEqual([
      'tools.0.input_examples',
      'tools.0.allowed_callers',
      'tools.0.strict',
    ])
  })

  test('N6 eager input streaming becomes its beta flag', () => {
    const { body, responseContext: reply } = translate({ ...ask, tools: [tool('A', { eager_input_streaming: true })] })
    expect(body.additionalModelRequestFields).toEqual({ anthropic_beta: ['fine-grained-tool-streaming-2025-05-14'] })
    expect(reply.takesInvalidInput).toBe(true)
    expect(translate({ ...ask, tools: [tool('A')] }).responseContext.takesInvalidInput).toBe(false)
  })

  test('N8 deferred tools: sent if something refers to them, left out otherwise', () => {
    const deferred = tool('Late', { defer_loading: true })
    expect(namesOf({ ...ask, tools: [deferred, tool('A')] })).toEqual(['A'])
    expect(
      namesOf({
        messages: [user('a'), assistant(toolUse('t', 'Late')), user(toolResult('t'))],
        tools: [deferred, tool('A')],
      }),
    ).toEqual(['Late', 'A'])
    expect(namesOf({ ...ask, tools: [deferred, tool('A')], tool_choice: { type: 'tool', name: 'Late' } })).toEqual([
      'Late',
      'A',
    ])
    const found = toolResult('t', [{ type: 'tool_reference', tool_name: 'Late' }])
    expect(
      namesOf({ messages: [user('a'), assistant(toolUse('t', 'A')), user(found)], tools: [tool('A'), deferred] }),
    ).toEqual(['A', 'Late'])
    expect(
      namesOf({
        ...ask,
        tools: [deferred, { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }],
      }),
    ).toEqual(['Late'])
  })

  test('1.2.2 tools added and removed during the conversation', () => {
    const change = (type: string, change: object): object => ({ role: 'system', content: [{ type, tool: change }] })
    const tools = [tool('A'), tool('B'), tool('Late', { defer_loading: true })]
    const added = change('tool_addition', { type: 'tool_reference', name: 'Late' })
    const removed = change('tool_removal', { type: 'tool_reference', name: 'B' })
    expect(namesOf({ messages: [user('a'), added, removed], tools })).toEqual(['A', 'Late'])
    expect(
      namesOf({ messages: [user('a'), assistant(toolUse('t', 'B')), user(toolResult('t')), removed], tools }),
    ).toEqual(['A', 'B'])
    const define = (name: string): object =>
      change('tool_addition', { type: 'tool_definition', definition: tool(name, { description: 'New.' }) })
    expect(namesOf({ messages: [user('a'), define('New')], tools })).toEqual(['A', 'B', 'New'])
    expect(namesOf({ messages: [user('a'), define('A')], tools })).toEqual(['B', 'A'])
    expect(namesOf({ messages: [user('a'), removed, define('B')], tools })).toEqual(['A', 'B'])
    const ofServer = change('tool_removal', { type: 'mcp_tool_reference', name: 'A', server_name: 's' })
    expect(namesOf({ messages: [user('a'), ofServer], tools })).toEqual(['A', 'B'])
  })

  test('N9 a marked tool is followed by a cache point', () => {
    const { tools } =
      validBody({ ...ask, tools: [tool('A', { cache_control: { type: 'ephemeral', ttl: '1h' } }), tool('B')] })
        .toolConfig ?? {}
    expect(tools?.map((entry) => Object.keys(entry)[0])).toEqual(['toolSpec', 'cachePoint', 'toolSpec'])
    expect(tools?.[1]).toEqual({ cachePoint: { type: 'default', ttl: '1h' } })
  })

  test('N11 a forced server tool is refused, an optional one removed', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 8 }
    expect(
      refusalMessage(() => translate({ ...ask, tools: [search], tool_choice: { type: 'tool', name: 'web_search' } })),
    ).toBe('web search is not available on this endpoint')
    const { body, notes } = translate({ ...ask, tools: [search] })
    expect(body.toolConfig).toBeUndefined()
    expect(notes.some(({ level }) => level === 'info')).toBe(true)
  })

  test('N11 any other tool may still be forced next to a server tool, whose marker moves', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', cache_control: { type: 'ephemeral' } }
    const { toolConfig } = validBody({ ...ask, tools: [tool('A'), search], tool_choice: { type: 'any' } })
    expect(toolConfig?.toolChoice).toEqual({ any: {} })
    expect(toolConfig?.tools.map((entry) => Object.keys(entry)[0])).toEqual(['toolSpec', 'cachePoint'])
    const found = { type: 'tool_search_tool_regex_20251119', name: 'search' }
    expect(
      namesOf({ ...ask, tools: [found, tool('Late', { defer_loading: true })], tool_choice: { type: 'any' } }),
    ).toEqual(['Late'])
  })

  test('N1 B9c a tool reference names the tool as the model knows it', () => {
    const long = 'mcp__'.padEnd(80, 'x')
    const found = toolResult('t', [{ type: 'tool_reference', tool_name: long }])
    const body = validBody({
      messages: [user('a'), assistant(toolUse('t', 'A')), user(found)],
      tools: [tool('A'), tool(long, { defer_loading: true })],
    })
    const [, loaded] = body.toolConfig?.tools ?? []
    const name = loaded !== undefined && 'toolSpec' in loaded ? loaded.toolSpec.name : 'missing'
    expect(JSON.stringify(body.messages)).toContain(`Tool available: ${name}`)
  })

  test.each([
    ['bash_20241022', 'bash', ['command', 'restart'], []],
    ['bash_20250124', 'bash', ['command', 'restart'], []],
    [
      'text_editor_20250124',
      'str_replace_editor',
      ['command', 'path', 'file_text', 'old_str', 'new_str', 'insert_line', 'view_range'],
      ['command', 'path'],
    ],
    [
      'text_editor_20250728',
      'str_replace_based_edit_tool',
      ['command', 'path', 'file_text', 'old_str', 'new_str', 'insert_line', 'insert_text', 'view_range'],
      ['command', 'path'],
    ],
    [
      'memory_20250818',
      'memory',
      [
        'command',
        'path',
        'view_range',
        'file_text',
        'old_str',
        'new_str',
        'insert_line',
        'insert_text',
        'old_path',
        'new_path',
      ],
      ['command'],
    ],
  ])('N10 %s becomes a tool with a schema of its own', (type, name, properties, required) => {
    const typed = { type, name, cache_control: { type: 'ephemeral' }, max_characters: 100 }
    const { toolConfig } = validBody({
      messages: [user('a'), assistant(toolUse('t', name, { command: 'view' })), user(toolResult('t'))],
      tools: [typed],
      tool_choice: { type: 'tool', name },
    })
    const [entry, after] = toolConfig?.tools ?? []
    const spec = entry !== undefined && 'toolSpec' in entry ? entry.toolSpec : undefined
    expect(spec?.name).toBe(name)
    expect(spec?.description?.length).toBeGreaterThan(40)
    expect(Object.keys(spec?.inputSchema.json['properties'] as object)).toEqual(properties)
    expect(spec?.inputSchema.json['required'] ?? []).toEqual(required)
    expect(after).toEqual({ cachePoint: { type: 'default' } })
    expect(toolConfig?.toolChoice).toEqual({ tool: { name } })
  })

  test('N10 only editors that have undo get it, and deferred ones wait until they are named', () => {
    const commands = (type: string): unknown => {
      const [entry] = validBody({ ...ask, tools: [{ type, name: 'edit' }] }).toolConfig?.tools ?? []
      const schema = entry !== undefined && 'toolSpec' in entry ? entry.toolSpec.inputSchema.json : {}
      return JSON.stringify(schema).includes('undo_edit')
    }
    expect(['text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728'].map(commands)).toEqual([
      true,
      false,
      false,
    ])
    const deferred = { type: 'bash_20250124', name: 'bash', defer_loading: true }
    expect(namesOf({ ...ask, tools: [deferred, tool('A')] })).toEqual(['A'])
  })

  describe('N10 computer use', () => {
    const computer = {
      type: 'computer_20250124',
      name: 'computer',
      display_width_px: 1024,
      display_height_px: 768,
      cache_control: { type: 'ephemeral' },
    }
    const native = { type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 }

    test("N10 1.7 computer-use: goes in Anthropic's own form, with its beta flag", () => {
      const body = validBody({ ...ask, tools: [tool('A'), computer] })
      expect(body.toolConfig?.tools.map((entry) => Object.keys(entry)[0])).toEqual(['toolSpec', 'cachePoint'])
      expect(body.additionalModelRequestFields).toEqual({
        tools: [native],
        anthropic_beta: ['computer-use-2025-01-24'],
      })
      const alone = validBody({ ...ask, tools: [computer], tool_choice: { type: 'any' } })
      expect(alone.toolConfig).toBeUndefined()
      expect(alone.additionalModelRequestFields?.['tool_choice']).toEqual({ type: 'any' })
    })

    test('N10 N13 with uses in the history it needs a placeholder, and may still be used', () => {
      const messages = [user('a'), assistant(toolUse('t', 'computer')), user(toolResult('t'))]
      const body = validBody({ messages, tools: [computer], tool_choice: { type: 'tool', name: 'computer' } })
      expect(body.toolConfig).toEqual({
        tools: [{ toolSpec: { name: 'no_tool', inputSchema: { json: { type: 'object' } } } }],
      })
      expect(body.additionalModelRequestFields?.['tool_choice']).toEqual({ type: 'tool', name: 'computer' })
    })
  })

  test('N12 a tool of the same name in both channels is refused', () => {
    const computer = { type: 'computer_20250124', name: 'computer', display_width_px: 1, display_height_px: 1 }
    expect(refusalMessage(() => translate({ ...ask, tools: [tool('computer'), computer] }))).toContain('must be unique')
  })

  test('N8 N9 the marker of a hidden tool moves to the tool before it', () => {
    const late = tool('Late', { defer_loading: true, cache_control: { type: 'ephemeral', ttl: '1h' } })
    const { tools } =
      validBody({ ...ask, tools: [tool('A', { cache_control: { type: 'ephemeral' } }), late] }).toolConfig ?? {}
    expect(tools?.map((entry) => ('toolSpec' in entry ? entry.toolSpec.name : entry))).toEqual([
      'A',
      { cachePoint: { type: 'default', ttl: '1h' } },
    ])
    expect(validBody({ ...ask, tools: [late, tool('A')] }).toolConfig?.tools.length).toBe(1)
  })

  test('N10 tools of an unknown type are refused by name', () => {
    expect(refusalMessage(() => translate({ ...ask, tools: [{ type: 'hologram_20300101', name: 'h' }] }))).toBe(
      "tools.0.type: tools of type 'hologram_20300101' are not supported by this endpoint",
    )
  })

  test('N12 two tools of one name are refused', () => {
    expect(refusalMessage(() => translate({ ...ask, tools: [tool('A'), tool('A')] }))).toBe(
      'tools: Tool names must be unique.',
    )
  })
})

describe('tool choice', () => {
  const choose = (tool_choice: object | undefined, more: object = {}): object => {
    const { toolConfig, additionalModelRequestFields } = validBody({
      ...ask,
      tools: [tool('A')],
      tool_choice,
      ...more,
    })
    return { toolChoice: toolConfig?.toolChoice, additional: additionalModelRequestFields?.['tool_choice'] }
  }

  test.each([
    ['absent and auto', undefined, undefined, undefined],
    ['absent and auto', { type: 'auto' }, undefined, undefined],
    ['any', { type: 'any' }, { any: {} }, undefined],
    ['tool', { type: 'tool', name: 'A' }, { tool: { name: 'A' } }, undefined],
    ['none', { type: 'none' }, undefined, { type: 'none' }],
    [
      'auto without parallel',
      { type: 'auto', disable_parallel_tool_use: true },
      undefined,
      { type: 'auto', disable_parallel_tool_use: true },
    ],
    [
      'forced without parallel',
      { type: 'any', disable_parallel_tool_use: true },
      { any: {} },
      { disable_parallel_tool_use: true },
    ],
    [
      'forced without parallel',
      { type: 'tool', name: 'A', disable_parallel_tool_use: true },
      { tool: { name: 'A' } },
      { disable_parallel_tool_use: true },
    ],
    ['any', { type: 'any', disable_parallel_tool_use: false }, { any: {} }, undefined],
  ])('1.5 %s: %p', (_, choice, toolChoice, additional) => {
    expect(choose(choice)).toEqual({ toolChoice, additional })
  })

  test('1.5 with thinking: a forced tool and thinking exclude each other', () => {
    expect(choose({ type: 'any' }, { thinking: { type: 'adaptive' } })).toEqual({
      toolChoice: undefined,
      additional: undefined,
    })
    expect(
      choose(
        { type: 'tool', name: 'A', disable_parallel_tool_use: true },
        { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 },
      ),
    ).toEqual({
      toolChoice: undefined,
      additional: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect(choose({ type: 'any' }, { thinking: { type: 'disabled' } })).toEqual({
      toolChoice: { any: {} },
      additional: undefined,
    })
  })

  test('1.5 tool: a tool that is no longer available cannot be forced', () => {
    const gone = { role: 'system', content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'A' } }] }
    const members = { messages: [user('a'), gone], tools: [tool('A')] }
    expect(refusalMessage(() => translate({ ...members, tool_choice: { type: 'tool', name: 'A' } }))).toContain(
      "Tool 'A' not found",
    )
    expect(translate({ ...members, tool_choice: { type: 'any' } }).notes.map(({ path }) => path)).toContain(
      'tool_choice',
    )
  })

  test('1.5 with thinking, 1.6 version 5, 1.6 fable: nor on a model that thinks by default', () => {
    const choice = { ...ask, tools: [tool('A')], tool_choice: { type: 'any' } }
    expect(translate(choice, { modelId: 'claude-sonnet-5' }).body.toolConfig?.toolChoice).toBeUndefined()
    expect(
      translate({ ...choice, thinking: { type: 'disabled' } }, { modelId: 'claude-sonnet-5' }).body.toolConfig
        ?.toolChoice,
    ).toEqual({ any: {} })
    expect(
      translate({ ...choice, thinking: { type: 'disabled' } }, { modelId: 'claude-fable-5' }).body.toolConfig
        ?.toolChoice,
    ).toBeUndefined()
  })

  test('1.5 tool: a choice of an unknown tool is refused', () => {
    expect(refusalMessage(() => choose({ type: 'tool', name: 'B' }))).toBe(
      "tool_choice: Tool 'B' not found in provided tools",
    )
  })
})
