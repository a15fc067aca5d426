import { describe, expect, test } from 'bun:test'
import { checkToolNames, toTool } from '../../../src/translate/openai-entrance/tools.ts'
import { openAiContext, refusalOf } from '../../support/openai-context.ts'

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const translated = (definition: unknown) => toTool(definition, ['tools', 0], openAiContext())

describe('function tools', () => {
  const expected = {
    tool: { name: 'weather', description: 'Reports it.', input_schema: parameters, strict: true },
    identity: { kind: 'function', name: 'weather' },
  }
  const members = { name: 'weather', description: 'Reports it.', parameters, strict: true }

  test('a nested definition is translated (OE-C50)', () => {
    expect<unknown>(translated({ type: 'function', function: members })).toEqual(expected)
  })

  test('a flat definition, and one without a type, are translated (OE-C23, OE-R23)', () => {
    expect<unknown>(translated({ type: 'function', ...members })).toEqual(expected)
    expect<unknown>(translated(members)).toEqual(expected)
  })

  test('the schema is the same object (OE-C50)', () => {
    const { tool } = translated({ type: 'function', function: members })
    expect<unknown>(tool['input_schema' as keyof typeof tool]).toBe(parameters)
  })

  test('unset members are left out (OE-C50)', () => {
    expect<unknown>(
      translated({ type: 'function', function: { name: 'now', description: null, parameters: null, strict: false } }),
    ).toEqual({
      tool: { name: 'now', input_schema: { type: 'object', properties: {} } },
      identity: { kind: 'function', name: 'now' },
    })
  })

  test.each([
    [{ type: 'function', cache_control: { type: 'ephemeral' }, function: members }],
    [{ type: 'function', function: { ...members, cache_control: { type: 'ephemeral' } } }],
  ])('a cache marker on the tool or on its function is kept (OE-C70)', (definition) => {
    expect(translated(definition).tool.cache_control).toEqual({ type: 'ephemeral' })
  })

  test('defer_loading is passed on (OE-R23)', () => {
    expect(translated({ type: 'function', ...members, defer_loading: true }).tool.defer_loading).toBe(true)
  })

  test.each([
    ['a text', 'tools[0]'],
    [{ type: 'function', function: {} }, 'tools[0].function.name'],
    [{ type: 'function', name: '' }, 'tools[0].name'],
    [{ type: 'function', function: { name: 'x', parameters: 'none' } }, 'tools[0].function.parameters'],
    [{ type: 'function', function: { name: 'x', strict: 'yes' } }, 'tools[0].function.strict'],
    [{ type: 'teleport', name: 'x' }, 'tools[0].type'],
  ])('%j is refused with its path (OE-C50)', (definition, param) => {
    expect(refusalOf(() => translated(definition)).param).toBe(param)
  })
})

describe('custom tools', () => {
  const instruction = 'Give the whole text as the string "input".'

  test('a custom tool is a function with one string (OE-C51)', () => {
    expect<unknown>(translated({ type: 'custom', custom: { name: 'note', description: 'Writes a note.' } })).toEqual({
      tool: {
        name: 'note',
        description: `Writes a note.\n\n${instruction}`,
        input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
      },
      identity: { kind: 'custom', name: 'note' },
    })
  })

  test('without a description there is only the instruction (OE-C51)', () => {
    expect<unknown>(translated({ type: 'custom', name: 'note', format: { type: 'text' } }).tool).toMatchObject({
      description: instruction,
    })
  })

  const definition = 'start: begin hunk+ end\nhunk: "x"'
  test.each([
    [{ type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition } }],
    [
      {
        type: 'custom',
        custom: { name: 'apply_patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition } } },
      },
    ],
  ])('the description has the grammar in full (OE-C51)', (tool) => {
    expect<unknown>(translated(tool).tool).toMatchObject({
      description: `${instruction}\n\nThe text must match this lark grammar:\n${definition}`,
    })
  })
})

describe("tools in Anthropic's form", () => {
  test.each([
    [{ name: 'look', description: 'Looks.', input_schema: parameters }],
    [{ type: 'custom', name: 'look', input_schema: parameters, cache_control: { type: 'ephemeral' } }],
    [{ type: 'bash_20250124', name: 'bash' }],
  ])('%j stays as it is (OE-C23)', (definition) => {
    const { tool, identity } = translated(definition)
    expect<unknown>(tool).toEqual(definition)
    expect(identity).toEqual({ kind: 'function', name: definition.name })
  })
})

test('two tools of one name are refused (OE-C50)', () => {
  const tool = (name: string) => ({ name, input_schema: {} })
  expect(() => checkToolNames([tool('a'), tool('b')], ['tools'])).not.toThrow()
  expect(refusalOf(() => checkToolNames([tool('a'), tool('b'), tool('a')], ['tools'])).param).toBe('tools[2]')
})

test('no limit of 128 tools (OE-C50)', () => {
  const tools = Array.from({ length: 300 }, (_, index) => translated({ name: `t${index}`, parameters }).tool)
  expect(() => checkToolNames(tools, ['tools'])).not.toThrow()
})
