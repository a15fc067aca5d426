import { describe, expect, test } from 'bun:test'
import type { ChatPolicy } from '../../../src/translate/anthropic-to-openai-chat/policy.ts'
import {
  forcedChoiceOf,
  isOneCallAllowed,
  toParallelToolCalls,
  toToolChoice,
} from '../../../src/translate/anthropic-to-openai-chat/tool-choice.ts'
import { toTools } from '../../../src/translate/anthropic-to-openai-chat/tools.ts'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatContext, chatRequest, notesOf } from '../../support/chat-context.ts'
import { assistant, refusalMessage, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const tools = [tool('Bash'), tool('Read')]
const history = [user('hi'), assistant(toolUse('t1', 'Bash')), user(toolResult('t1'))]

interface Given {
  readonly dialect?: ChatDialectChange
  readonly policy?: Partial<ChatPolicy>
  readonly mayForce?: boolean
}

const translate = (members: object, { dialect = {}, policy = {}, mayForce = true }: Given = {}) => {
  const request = chatRequest(members)
  const context = chatContext(dialect, policy, request)
  const offered = toTools(request, context)
  const before = notesOf(context).length
  const choice = toToolChoice(request, offered, mayForce, context)
  return {
    choice: choice.toolChoice,
    tools: choice.tools.map((sent) => sent.tool.function.name),
    parallel: toParallelToolCalls(request, choice, context),
    isForced: forcedChoiceOf(request, offered) !== undefined,
    notes: notesOf(context).slice(before),
  }
}

const both = ['Bash', 'Read']
const unsent = { choice: undefined, tools: both, parallel: undefined, isForced: false, notes: [] }
const any = { type: 'any' }
const bash = { type: 'tool', name: 'Bash' }
const none = { type: 'none' }

describe('the choice of a tool', () => {
  test.each([undefined, null, { type: 'auto' }])('%j: no choice is sent (OU-Q60)', (choice) => {
    expect(translate({ tools, tool_choice: choice })).toEqual(unsent)
  })

  test('any becomes required (OU-Q61)', () => {
    expect(translate({ tools, tool_choice: any })).toEqual({ ...unsent, choice: 'required', isForced: true })
  })

  test("a tool is named by the provider's name for it (OU-Q62)", () => {
    expect(translate({ tools, tool_choice: bash })).toEqual({
      ...unsent,
      choice: { type: 'function', function: { name: 'Bash' } },
      isForced: true,
    })
    const long = 'x'.repeat(90)
    const { choice, tools: sent } = translate({ tools: [tool(long)], tool_choice: { type: 'tool', name: long } })
    expect(choice).toEqual({ type: 'function', function: { name: sent[0] ?? '' } })
  })

  test('none keeps the tools (OU-Q63)', () => {
    expect(translate({ tools, tool_choice: none })).toEqual({ ...unsent, choice: 'none' })
  })

  test('a tool that is not offered is refused (OU-Q62)', () => {
    expect(refusalMessage(() => translate({ tools, tool_choice: { type: 'tool', name: 'Write' } }))).toBe(
      "tool_choice: Tool 'Write' not found in provided tools",
    )
  })
})

describe('providers that support fewer choices', () => {
  test.each([
    ['string', any, 'required', both],
    ['string', bash, 'required', ['Bash']],
    ['string', none, 'none', both],
    ['any', any, 'any', both],
    ['any', bash, 'any', ['Bash']],
    ['any', none, 'none', both],
    ['none', any, undefined, both],
    ['none', bash, undefined, ['Bash']],
    ['none', none, undefined, []],
    ['free', any, undefined, both],
    ['free', bash, undefined, both],
    ['free', none, undefined, []],
  ] as const)('%s: %j is %j with the tools %j (OU-Q62, OU-Q63, OU-H11)', (word, wanted, choice, sent) => {
    const found = translate({ tools, tool_choice: wanted }, { dialect: { choice: word } })
    expect({ choice: found.choice, tools: found.tools }).toEqual({ choice, tools: [...sent] })
  })

  test('none keeps the tools that the history requires, whether or not the provider has the choice (OU-Q63)', () => {
    const dialect = { choice: 'free', toolsForHistory: true } as const
    expect(translate({ tools, tool_choice: none, messages: history }, { dialect }).tools).toEqual(both)
    expect(translate({ tools, tool_choice: none }, { dialect }).tools).toEqual([])
  })

  test('a choice that the provider does not support is noted (OU-Q62)', () => {
    const free = 'info tool_choice: the provider does not support a tool choice: the model chooses'
    expect(translate({ tools, tool_choice: any }, { dialect: { choice: 'none' } }).notes).toEqual([free])
    expect(translate({ tools, tool_choice: bash }, { dialect: { choice: 'free' } }).notes).toEqual([free])
    expect(translate({ tools, tool_choice: bash }, { dialect: { choice: 'any' } }).notes).toEqual([
      'debug tool_choice: the provider does not support a tool name here: only this tool is sent',
    ])
  })
})

describe('one call at a time', () => {
  const alone = (type: object) => ({ ...type, disable_parallel_tool_use: true })

  test.each([{ type: 'auto' }, any, bash])('%j: parallel calls are switched off, never on (OU-Q64)', (choice) => {
    expect(translate({ tools, tool_choice: alone(choice) }).parallel).toBe(false)
    expect(translate({ tools, tool_choice: choice }).parallel).toBeUndefined()
    expect(isOneCallAllowed(chatRequest({ tools, tool_choice: alone(choice) }))).toBe(true)
    expect(isOneCallAllowed(chatRequest({ tools, tool_choice: choice }))).toBe(false)
  })

  test('is not sent without tools, or if the provider refuses it (OU-Q64)', () => {
    expect(translate({ tool_choice: alone({ type: 'auto' }) }).parallel).toBeUndefined()
    const dialect = { parallelToolCalls: false }
    expect(translate({ tools, tool_choice: alone({ type: 'auto' }) }, { dialect }).parallel).toBeUndefined()
    expect(isOneCallAllowed(chatRequest())).toBe(false)
  })
})

describe('a forced tool that the model refuses while it thinks', () => {
  test('becomes a free choice, with a note (OU-Q65)', () => {
    const found = translate({ tools, tool_choice: any }, { mayForce: false })
    expect(found).toEqual({
      ...unsent,
      isForced: true,
      notes: ['info tool_choice: the model does not support a forced tool while it thinks: the model chooses'],
    })
  })
})

describe('a choice without tools', () => {
  test.each([
    [any, 'tool_choice.any may only be specified while providing tools'],
    [bash, "tool_choice: Tool 'Bash' not found in provided tools"],
  ])("%j is refused in Anthropic's words (OU-Q66)", (choice, words) => {
    expect(refusalMessage(() => translate({ tool_choice: choice }))).toBe(words)
  })

  test('is dropped if the translation removed the last tool (OU-Q66)', () => {
    const served = [{ type: 'web_search_20250305', name: 'web_search' }]
    expect(translate({ tools: served, tool_choice: { type: 'auto' } })).toEqual({
      ...unsent,
      tools: [],
      notes: ['debug tool_choice: there is no tool to choose'],
    })
    expect(translate({ tools: served, tool_choice: none })).toEqual({ ...unsent, tools: [] })
  })

  test('is dropped if tools are switched off (OU-R11)', () => {
    const policy = { disableTools: true }
    for (const choice of [any, bash, none]) {
      const { choice: sent, tools: offered } = translate({ tools, tool_choice: choice }, { policy })
      expect({ sent, offered }).toEqual({ sent: undefined, offered: [] })
    }
  })

  test('placeholders must not be called (OU-Q57)', () => {
    const dialect = { toolsForHistory: true }
    expect(translate({ messages: history }, { dialect })).toEqual({ ...unsent, choice: 'none', tools: ['Bash'] })
  })
})
