import { describe, expect, test } from 'bun:test'
import type { ChatPolicy } from '../../../src/translate/anthropic-to-openai-chat/policy.ts'
import { toTools } from '../../../src/translate/anthropic-to-openai-chat/tools.ts'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatContext, chatRequest, notesOf } from '../../support/chat-context.ts'
import { assistant, refusalMessage, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const empty = { type: 'object', properties: {} }
const sentTool = (name: string, more: object = {}) => ({
  type: 'function' as const,
  function: { name, parameters: empty, ...more },
})

const translate = (members: object, dialect: ChatDialectChange = {}, policy: Partial<ChatPolicy> = {}) => {
  const request = chatRequest(members)
  const context = chatContext(dialect, policy, request)
  const { tools, areStandIns } = toTools(request, context)
  return { tools: tools.map(({ tool: sent }) => sent), areStandIns, notes: notesOf(context), context }
}
const namesOf = (members: object, dialect?: ChatDialectChange, policy?: Partial<ChatPolicy>) =>
  translate(members, dialect, policy).tools.map((sent) => sent.function.name)

const history = [
  user('hi'),
  assistant(toolUse('t1', 'Old'), toolUse('t2', 'Older')),
  user(toolResult('t1'), toolResult('t2')),
]
const numbered = (count: number) => Array.from({ length: count }, (_, index) => tool(`t${index}`))

describe('custom tools', () => {
  test('are sent as functions; a blank description is omitted (OU-Q50)', () => {
    const { tools, notes } = translate({
      tools: [tool('Bash', { description: 'Runs.', input_schema: {} }), tool('Read', { description: ' ' })],
    })
    expect(tools).toEqual([sentTool('Bash', { description: 'Runs.' }), sentTool('Read')])
    expect(JSON.stringify(tools[0])).toBe(
      '{"type":"function","function":{"name":"Bash","description":"Runs.","parameters":{"type":"object","properties":{}}}}',
    )
    expect(notes).toEqual([])
  })

  test('get a valid name of at most 64 characters, which maps back (OU-Q50)', () => {
    const long = `mcp__${'server'.repeat(12)}__do`
    const { tools, context } = translate({ tools: [tool(long), tool('a.b')] })
    for (const [index, name] of [long, 'a.b'].entries()) {
      const sent = tools[index]?.function.name ?? ''
      expect(sent).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
      expect(context.toolNames.toClient(sent)).toBe(name)
    }
  })

  test('with the same name are refused (OU-Q50)', () => {
    expect(refusalMessage(() => translate({ tools: [tool('Bash'), tool('Bash')] }))).toBe(
      'tools: Tool names must be unique.',
    )
  })

  test('lose members that Chat Completions does not have, with notes (OU-Q56)', () => {
    const more = { eager_input_streaming: true, input_examples: [{}], allowed_callers: ['direct'], strict: true }
    const { tools, notes } = translate({ tools: [tool('Bash', more)] })
    expect(tools).toEqual([sentTool('Bash', { description: 'The tool Bash.' })])
    expect(notes).toEqual([
      'debug tools.0.input_examples: has no equivalent in Chat Completions',
      'debug tools.0.allowed_callers: has no equivalent in Chat Completions',
      'debug tools.0.eager_input_streaming: has no equivalent in Chat Completions',
      'debug tools.0.strict: not sent: providers refuse many schemas with it',
    ])
  })
})

describe('strict', () => {
  const closed = { ...empty, additionalProperties: false }
  const strictTool = (input_schema: object, strict = true) => ({ tools: [tool('Bash', { input_schema, strict })] })
  const isStrict = (
    members: object,
    dialect: ChatDialectChange = {},
    policy: Partial<ChatPolicy> = { strictTools: 'send' },
  ) => translate(members, dialect, policy).tools[0]?.function.strict

  test('is sent only if configuration, tool, schema and provider allow it (OU-Q52)', () => {
    expect(isStrict(strictTool(closed))).toBe(true)
    expect(isStrict(strictTool(closed), {}, {})).toBeUndefined()
    expect(isStrict(strictTool(closed, false))).toBeUndefined()
    expect(isStrict(strictTool(empty))).toBeUndefined()
    expect(isStrict(strictTool(closed), { strict: false })).toBeUndefined()
  })
})

describe('more tools than the provider accepts', () => {
  test('those of the history stay, then the first ones, in the order of the request (OU-Q55)', () => {
    const tools = [...numbered(200), tool('Old')]
    const { tools: sent, notes } = translate({ tools, messages: history })
    expect(sent.map((one) => one.function.name)).toEqual([...numbered(127).map((_, index) => `t${index}`), 'Old'])
    expect(notes).toHaveLength(73)
    expect(notes[0]).toBe('info tools.127: left out: the request has more tools than the provider accepts')
  })

  test('the one that the choice names stays (OU-Q55)', () => {
    const tools = numbered(4)
    expect(namesOf({ tools, tool_choice: { type: 'tool', name: 't3' } }, { maximumTools: 2 })).toEqual(['t0', 't3'])
  })

  test('all are sent up to the limit (OU-Q55)', () => {
    expect(translate({ tools: numbered(128) })).toMatchObject({ notes: [] })
    expect(namesOf({ tools: numbered(128) })).toHaveLength(128)
  })

  test('are refused if the configuration says so (OU-Q55)', () => {
    expect(refusalMessage(() => translate({ tools: numbered(129) }, {}, { excessTools: 'refuse' }))).toBe(
      'tools: List should have at most 128 items',
    )
  })
})

describe('tools of Anthropic', () => {
  test('bash, text editor and memory are sent with their published schemas (OU-Q56)', () => {
    const { tools } = translate({
      tools: [
        { type: 'bash_20250124', name: 'bash' },
        { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
        { type: 'memory_20250818', name: 'memory' },
      ],
    })
    expect(
      tools.map((sent) => [sent.function.name, Object.keys(sent.function.parameters['properties'] as object)[0]]),
    ).toEqual([
      ['bash', 'command'],
      ['str_replace_based_edit_tool', 'command'],
      ['memory', 'command'],
    ])
  })

  test('server tools and computer use are removed, with notes (OU-Q56)', () => {
    const { tools, notes } = translate({
      tools: [
        tool('Bash'),
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'computer_20250124', name: 'computer', display_width_px: 1, display_height_px: 1 },
      ],
    })
    expect(tools).toEqual([sentTool('Bash', { description: 'The tool Bash.' })])
    expect(notes).toEqual([
      'info tools.1: server tool removed: web search is not available on this endpoint',
      'info tools.2: server tool removed: computer use is not available on this endpoint',
    ])
  })

  test.each([
    [{ type: 'web_search_20250305', name: 'web_search' }, 'web search is not available on this endpoint'],
    [{ type: 'computer_20250124', name: 'computer' }, 'computer use is not available on this endpoint'],
  ])('%j, forced, is refused (OU-Q56)', (typed, words) => {
    const byName = { type: 'tool', name: typed.name }
    expect(refusalMessage(() => translate({ tools: [typed, tool('Bash')], tool_choice: byName }))).toBe(words)
    expect(refusalMessage(() => translate({ tools: [typed], tool_choice: { type: 'any' } }))).toBe(words)
  })

  test('of an unknown type are refused with their path (OU-Q56)', () => {
    expect(refusalMessage(() => translate({ tools: [{ type: 'teleport_20270101' }] }))).toBe(
      "tools.0.type: tools of type 'teleport_20270101' are not supported by this endpoint",
    )
  })

  test('move their cache marker to the tool before them (OU-Q111)', () => {
    const request = chatRequest({
      tools: [
        tool('Bash'),
        tool('Read', { cache_control: { type: 'ephemeral', ttl: '5m' } }),
        { type: 'web_search_20250305', name: 'web_search', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    })
    expect(toTools(request, chatContext()).tools.map(({ marker }) => marker)).toEqual([
      undefined,
      { type: 'ephemeral', ttl: '1h' },
    ])
  })
})

describe('deferred tools', () => {
  const deferred = tool('Found', { defer_loading: true })

  test('are loaded when the history names them, and left out before (OU-Q41, OU-Q56)', () => {
    expect(namesOf({ tools: [tool('Bash'), deferred] })).toEqual(['Bash'])
    const messages = [
      user('hi'),
      assistant(toolUse('t1', 'ToolSearch')),
      user(toolResult('t1', [{ type: 'tool_reference', tool_name: 'Found' }])),
    ]
    expect(namesOf({ tools: [tool('Bash'), deferred], messages })).toEqual(['Bash', 'Found'])
  })
})

describe('a history of calls without tools', () => {
  test('sends none (OU-Q57)', () => {
    expect(translate({ messages: history })).toMatchObject({ tools: [], areStandIns: false })
    expect(translate({})).toMatchObject({ tools: [], areStandIns: false })
  })

  test('sends placeholders in order of first use if the provider requires tools (OU-Q57)', () => {
    const { tools, areStandIns } = translate({ messages: history }, { toolsForHistory: true })
    expect({ tools, areStandIns }).toEqual({ tools: [sentTool('Old'), sentTool('Older')], areStandIns: true })
    expect(translate({}, { toolsForHistory: true })).toMatchObject({ tools: [], areStandIns: false })
  })
})

describe('tools that are switched off', () => {
  test('are not sent, with or without a history (OU-R11)', () => {
    const off = { disableTools: true }
    const { tools, areStandIns, notes } = translate(
      { tools: [tool('Bash')], messages: history },
      { toolsForHistory: true },
      off,
    )
    expect({ tools, areStandIns }).toEqual({ tools: [], areStandIns: false })
    expect(notes).toEqual(['info tools: not sent: tools are switched off'])
    expect(translate({}, {}, off).notes).toEqual([])
  })
})
