import { describe, expect, test } from 'bun:test'
import type { ToolIdentity } from '../../../src/translate/openai-entrance/answer-plan.ts'
import { toToolChoice } from '../../../src/translate/openai-entrance/tool-choice.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const tools = ['read', 'note', 'mcp__files__list'].map((name) => ({ name, input_schema: { type: 'object' } }))
const identities = new Map<string, ToolIdentity>([
  ['note', { kind: 'custom', name: 'note' }],
  ['mcp__files__list', { kind: 'function', name: 'list', namespace: 'mcp__files' }],
])

const translated = (choice: unknown, { isOneAtATime = false, offered = tools } = {}) => {
  const context = openAiContext()
  const result = toToolChoice({ choice, path: ['tool_choice'], isOneAtATime }, { tools: offered, identities }, context)
  return { choice: result.toolChoice, names: result.tools.map(({ name }) => name), noted: notedPaths(context) }
}
const names = tools.map(({ name }) => name)

describe('the choice of a tool', () => {
  test.each([
    [undefined, undefined],
    [null, undefined],
    ['none', { type: 'none' }],
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
    [
      { type: 'function', function: { name: 'read' } },
      { type: 'tool', name: 'read' },
    ],
    [
      { type: 'function', name: 'read' },
      { type: 'tool', name: 'read' },
    ],
    [
      { type: 'custom', custom: { name: 'note' } },
      { type: 'tool', name: 'note' },
    ],
    [
      { type: 'custom', name: 'note' },
      { type: 'tool', name: 'note' },
    ],
    [
      { type: 'function', name: 'list', namespace: 'mcp__files' },
      { type: 'tool', name: 'mcp__files__list' },
    ],
    [
      { type: 'tool', name: 'read' },
      { type: 'tool', name: 'read' },
    ],
    [{ type: 'any' }, { type: 'any' }],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { type: 'auto', disable_parallel_tool_use: true },
    ],
  ])('%j becomes %j (OE-C52, OE-R27)', (choice, expected) => {
    expect<unknown>(translated(choice)).toEqual({ choice: expected, names, noted: [] })
  })

  test.each([
    [undefined, { type: 'auto', disable_parallel_tool_use: true }],
    ['auto', { type: 'auto', disable_parallel_tool_use: true }],
    ['required', { type: 'any', disable_parallel_tool_use: true }],
    [
      { type: 'function', name: 'read' },
      { type: 'tool', name: 'read', disable_parallel_tool_use: true },
    ],
    ['none', { type: 'none' }],
  ])('%j with one call at a time becomes %j (OE-C52)', (choice, expected) => {
    expect<unknown>(translated(choice, { isOneAtATime: true }).choice).toEqual(expected)
  })

  test.each([
    ['sometimes', 'tool_choice'],
    [7, 'tool_choice'],
    [{ type: 'function', name: 'write' }, 'tool_choice'],
    [{ type: 'function', function: {} }, 'tool_choice'],
    [{ type: 'allowed_tools', mode: 'auto', tools: [] }, 'tool_choice.tools'],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'x' } }] },
      },
      'tool_choice.allowed_tools.tools[0]',
    ],
  ])('%j is refused with its path (OE-C52)', (choice, param) => {
    expect(refusalOf(() => translated(choice)).param).toBe(param)
  })
})

describe('a subset of the tools', () => {
  const allowed = (mode: string, ...subset: string[]) => ({
    type: 'allowed_tools',
    allowed_tools: { mode, tools: subset.map((name) => ({ type: 'function', function: { name } })) },
  })

  test('one required tool is forced, and all tools stay (OE-C52)', () => {
    expect<unknown>(translated(allowed('required', 'read'))).toEqual({
      choice: { type: 'tool', name: 'read' },
      names,
      noted: [],
    })
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
  ])('mode %s leaves the other tools out, with a note (OE-C52)', (mode, choice) => {
    expect<unknown>(translated(allowed(mode, 'read', 'note'))).toEqual({
      choice,
      names: ['read', 'note'],
      noted: ['tool_choice.allowed_tools.tools'],
    })
  })

  test('the flat form of Responses is read, too (OE-R27)', () => {
    const flat = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'read' }] }
    expect<unknown>(translated(flat)).toMatchObject({ choice: { type: 'auto' }, names: ['read'] })
  })

  test('a subset of all tools changes nothing (OE-C52)', () => {
    expect<unknown>(translated(allowed('auto', 'read', 'note', 'mcp__files__list'))).toEqual({
      choice: { type: 'auto' },
      names,
      noted: [],
    })
  })
})

describe('a choice without tools', () => {
  test.each(['auto', 'none'])('%s is dropped (OE-C52)', (choice) => {
    expect<unknown>(translated(choice, { offered: [] })).toEqual({
      choice: undefined,
      names: [],
      noted: ['tool_choice'],
    })
  })

  test('an optional subset is dropped, a required one refused (OE-C52)', () => {
    const subset = (mode: string) => ({ type: 'allowed_tools', mode, tools: [{ type: 'function', name: 'read' }] })
    expect<unknown>(translated(subset('auto'), { offered: [] })).toMatchObject({ choice: undefined })
    expect(refusalOf(() => translated(subset('required'), { offered: [] })).param).toBe('tool_choice')
    expect(
      refusalOf(() => translated({ type: 'allowed_tools', allowed_tools: subset('required') }, { offered: [] })).param,
    ).toBe('tool_choice')
  })

  test.each(['required', { type: 'function', name: 'read' }])('%j is refused (OE-C52)', (choice) => {
    expect(refusalOf(() => translated(choice, { offered: [] })).param).toBe('tool_choice')
  })

  test('one call at a time adds no choice (OE-C52)', () => {
    expect<unknown>(translated(undefined, { offered: [], isOneAtATime: true })).toMatchObject({ choice: undefined })
  })
})
