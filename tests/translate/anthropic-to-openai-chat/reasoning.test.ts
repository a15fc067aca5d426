import { describe, expect, test } from 'bun:test'
import { toReasoning } from '../../../src/translate/anthropic-to-openai-chat/reasoning.ts'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import type { ReasoningFields } from '../../../src/wire/openai-chat/request.ts'
import { chatContext, chatRequest, notesOf } from '../../support/chat-context.ts'

const on = { thinking: { type: 'adaptive' } }
const off = { thinking: { type: 'disabled' } }
const unsaid = {}
const withEffort = (effort: string) => ({ ...on, output_config: { effort } })
const withBudget = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } })

interface Given {
  readonly hasTools?: boolean
  readonly isForced?: boolean
}

const translate = (members: object, dialect: ChatDialectChange, { hasTools = false, isForced = false }: Given = {}) => {
  const request: MessagesRequest = chatRequest(members)
  const context = chatContext(dialect)
  return { ...toReasoning(request, { hasTools, isForced }, context), notes: notesOf(context) }
}

const fieldsOf = (members: object, dialect: ChatDialectChange) => translate(members, dialect).fields

const openAi: ChatDialectChange = { reasoning: 'openai', efforts: ['none', 'low', 'medium', 'high', 'xhigh'] }

describe("the client's intent", () => {
  test.each([
    [unsaid, {}],
    [off, { reasoning_effort: 'none' }],
    [on, { reasoning_effort: 'medium' }],
    [{ thinking: { type: 'between_tools' } }, { reasoning_effort: 'medium' }],
    [withEffort('high'), { reasoning_effort: 'high' }],
    [withBudget(1024), { reasoning_effort: 'low' }],
    [withBudget(2048), { reasoning_effort: 'low' }],
    [withBudget(2049), { reasoning_effort: 'medium' }],
    [withBudget(8192), { reasoning_effort: 'medium' }],
    [withBudget(8193), { reasoning_effort: 'high' }],
    [{ ...withBudget(31_999), output_config: { effort: 'low' } }, { reasoning_effort: 'low' }],
    [{ thinking: null }, {}],
  ])('%j is an effort (OU-Q7, Q70)', (members, fields) => {
    expect(fieldsOf(members, openAi)).toEqual(fields as object)
  })

  test('an effort without thinking is not sent, and a note reports it (OU-Q70)', () => {
    const { fields, notes } = translate({ output_config: { effort: 'low' } }, openAi)
    expect(fields).toEqual({})
    expect(notes).toEqual([
      'info output_config.effort: not sent: it sets the effort of thinking, and the client did not enable thinking',
    ])
  })

  test("the client's display option for thinking changes nothing (OU-Q84)", () => {
    expect(fieldsOf({ thinking: { type: 'adaptive', display: 'omitted' } }, openAi)).toEqual(fieldsOf(on, openAi))
  })
})

describe('levels of effort', () => {
  test.each([
    ['max', ['none', 'low', 'medium', 'high', 'xhigh'], 'xhigh'],
    ['xhigh', ['minimal', 'low', 'medium', 'high'], 'high'],
    ['medium', ['low', 'high'], 'low'],
    ['low', ['low', 'high'], 'low'],
    ['low', ['minimal', 'medium'], 'minimal'],
    ['low', ['none', 'high'], 'high'],
    ['max', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'], 'max'],
  ] as const)('%s of %j is %s, the next lower one or the lowest (OU-Q70)', (effort, efforts, sent) => {
    expect(fieldsOf(withEffort(effort), { reasoning: 'openai', efforts })).toEqual({ reasoning_effort: sent })
  })

  test('a level that the model does not have is noted (OU-Q70)', () => {
    expect(translate(withEffort('max'), openAi).notes).toEqual([
      'info output_config.effort: the model does not have this level: the nearest one is sent',
    ])
    expect(translate(withEffort('high'), openAi).notes).toEqual([])
  })
})

const template = { reasoning: 'template' } as const
const allEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
const switched: ReasoningFields = { thinking: { type: 'enabled' } }
const switchedOff: ReasoningFields = { thinking: { type: 'disabled' } }

interface Row {
  readonly rule: string
  readonly dialect: ChatDialectChange
  readonly on: object
  readonly off: object
  readonly high: object
  readonly budget: object
  readonly unsaid?: object
}

const rows: readonly Row[] = [
  {
    rule: 'openai with none (OU-Q70)',
    dialect: openAi,
    on: { reasoning_effort: 'medium' },
    off: { reasoning_effort: 'none' },
    high: { reasoning_effort: 'high' },
    budget: { reasoning_effort: 'medium' },
  },
  {
    rule: 'openai without none (OU-Q70)',
    dialect: { reasoning: 'openai', efforts: ['minimal', 'low', 'medium', 'high'] },
    on: { reasoning_effort: 'medium' },
    off: {},
    high: { reasoning_effort: 'high' },
    budget: { reasoning_effort: 'medium' },
  },
  {
    rule: 'deepseek (OU-Q72)',
    dialect: { reasoning: 'deepseek', efforts: ['low', 'medium', 'high', 'max'] },
    on: switched,
    off: switchedOff,
    high: { ...switched, reasoning_effort: 'high' },
    budget: { ...switched, reasoning_effort: 'medium' },
  },
  {
    rule: 'zai before GLM-5.2 (OU-Q73)',
    dialect: { reasoning: 'zai', efforts: [] },
    on: { thinking: { type: 'enabled', clear_thinking: false } },
    off: switchedOff,
    high: { thinking: { type: 'enabled', clear_thinking: false } },
    budget: { thinking: { type: 'enabled', clear_thinking: false } },
  },
  {
    rule: 'zai from GLM-5.2 on (OU-Q73)',
    dialect: { reasoning: 'zai', efforts: ['low', 'medium', 'high'] },
    on: { thinking: { type: 'enabled', clear_thinking: false } },
    off: switchedOff,
    high: { thinking: { type: 'enabled', clear_thinking: false }, reasoning_effort: 'high' },
    budget: { thinking: { type: 'enabled', clear_thinking: false }, reasoning_effort: 'medium' },
  },
  {
    rule: 'kimi before K3 (OU-Q74)',
    dialect: { reasoning: 'kimi', efforts: [] },
    on: switched,
    off: switchedOff,
    high: switched,
    budget: switched,
  },
  {
    rule: 'kimi from K3 on (OU-Q74)',
    dialect: { reasoning: 'kimi', efforts: ['low', 'medium', 'high'] },
    on: switched,
    off: switchedOff,
    high: { ...switched, reasoning_effort: 'high' },
    budget: { ...switched, reasoning_effort: 'medium' },
  },
  {
    rule: 'qwen (OU-Q75)',
    dialect: { reasoning: 'qwen', efforts: [] },
    on: { enable_thinking: true },
    off: { enable_thinking: false },
    high: { enable_thinking: true },
    budget: { enable_thinking: true, thinking_budget: 3000 },
  },
  {
    rule: 'template (OU-Q76)',
    dialect: template,
    on: { chat_template_kwargs: { enable_thinking: true } },
    off: { chat_template_kwargs: { enable_thinking: false } },
    high: { chat_template_kwargs: { enable_thinking: true } },
    budget: { chat_template_kwargs: { enable_thinking: true } },
  },
  {
    rule: 'template of DeepSeek and Kimi (OU-Q76)',
    dialect: { ...template, templateSwitch: 'thinking' },
    on: { chat_template_kwargs: { thinking: true } },
    off: { chat_template_kwargs: { thinking: false } },
    high: { chat_template_kwargs: { thinking: true } },
    budget: { chat_template_kwargs: { thinking: true } },
  },
  {
    rule: 'minimax M3 (OU-Q77)',
    dialect: { reasoning: 'minimax', efforts: [], thinkingSwitch: true },
    on: { reasoning_split: true, thinking: { type: 'adaptive' } },
    off: { reasoning_split: true, thinking: { type: 'disabled' } },
    high: { reasoning_split: true, thinking: { type: 'adaptive' } },
    budget: { reasoning_split: true, thinking: { type: 'adaptive' } },
    unsaid: { reasoning_split: true },
  },
  {
    rule: 'minimax before M3 (OU-Q77)',
    dialect: { reasoning: 'minimax', efforts: [] },
    on: { reasoning_split: true },
    off: { reasoning_split: true },
    high: { reasoning_split: true },
    budget: { reasoning_split: true },
    unsaid: { reasoning_split: true },
  },
  {
    rule: 'openrouter (OU-Q78)',
    dialect: { reasoning: 'openrouter', efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'] },
    on: { reasoning: { enabled: true } },
    off: { reasoning: { effort: 'none' } },
    high: { reasoning: { effort: 'high' } },
    budget: { reasoning: { effort: 'medium' } },
  },
  {
    rule: "openrouter's Claude (OU-Q78)",
    dialect: { reasoning: 'openrouter', efforts: ['low', 'medium', 'high'], reasoningBudget: true },
    on: { reasoning: { enabled: true } },
    off: { reasoning: { effort: 'none' } },
    high: { reasoning: { effort: 'high' } },
    budget: { reasoning: { max_tokens: 3000 } },
  },
  {
    rule: 'together (OU-Q79)',
    dialect: { reasoning: 'together', efforts: [] },
    on: { reasoning: { enabled: true } },
    off: { reasoning: { enabled: false } },
    high: { reasoning: { enabled: true } },
    budget: { reasoning: { enabled: true } },
  },
  {
    rule: 'groq, gpt-oss (OU-Q80)',
    dialect: { reasoning: 'groq', efforts: ['low', 'medium', 'high'] },
    on: { reasoning_effort: 'medium', reasoning_format: 'parsed' },
    off: {},
    high: { reasoning_effort: 'high', reasoning_format: 'parsed' },
    budget: { reasoning_effort: 'medium', reasoning_format: 'parsed' },
  },
  {
    rule: 'groq, qwen3 (OU-Q80)',
    dialect: { reasoning: 'groq', effortWord: 'default' },
    on: { reasoning_effort: 'default', reasoning_format: 'parsed' },
    off: { reasoning_effort: 'none' },
    high: { reasoning_effort: 'default', reasoning_format: 'parsed' },
    budget: { reasoning_effort: 'default', reasoning_format: 'parsed' },
  },
  {
    rule: 'mistral (OU-Q81)',
    dialect: { reasoning: 'mistral', efforts: ['none', 'high'] },
    on: { reasoning_effort: 'high' },
    off: { reasoning_effort: 'none' },
    high: { reasoning_effort: 'high' },
    budget: { reasoning_effort: 'high' },
  },
  {
    rule: 'magistral (OU-Q81)',
    dialect: { reasoning: 'mistral', efforts: [] },
    on: {},
    off: {},
    high: {},
    budget: {},
  },
  {
    rule: 'ollama (OU-Q82)',
    dialect: { reasoning: 'ollama', efforts: ['none', 'low', 'medium', 'high', 'max'] },
    on: { reasoning_effort: 'medium' },
    off: { reasoning_effort: 'none' },
    high: { reasoning_effort: 'high' },
    budget: { reasoning_effort: 'medium' },
  },
  {
    rule: 'nebius (OU-Q83)',
    dialect: { reasoning: 'nebius', efforts: allEfforts },
    on: { reasoning_effort: 'medium' },
    off: { reasoning_effort: 'none' },
    high: { reasoning_effort: 'high' },
    budget: { reasoning_effort: 'medium' },
  },
  { rule: 'none (OU-Q84)', dialect: { reasoning: 'none' }, on: {}, off: {}, high: {}, budget: {} },
]

describe('the fields for reasoning', () => {
  test.each(rows)('$rule', ({ dialect, ...expected }) => {
    expect({
      on: fieldsOf(on, dialect),
      off: fieldsOf(off, dialect),
      high: fieldsOf(withEffort('high'), dialect),
      budget: fieldsOf(withBudget(3000), dialect),
    }).toEqual({ on: expected.on, off: expected.off, high: expected.high, budget: expected.budget })
    expect(fieldsOf(unsaid, dialect)).toEqual(expected.unsaid ?? {})
  })

  test("DeepSeek's xhigh is its max (OU-Q72)", () => {
    const dialect = { reasoning: 'deepseek', efforts: ['low', 'medium', 'high', 'max'] } as const
    const max: object = { ...switched, reasoning_effort: 'max' }
    for (const effort of ['xhigh', 'max']) expect<object>(fieldsOf(withEffort(effort), dialect)).toEqual(max)
  })

  test('a budget stays below max_tokens (OU-Q75, Q78)', () => {
    const qwen = { reasoning: 'qwen' } as const
    expect(fieldsOf(withBudget(31_999), qwen)).toEqual({ enable_thinking: true, thinking_budget: 3999 })
    const claude = { reasoning: 'openrouter', reasoningBudget: true } as const
    expect(fieldsOf(withBudget(4000), claude)).toEqual({ reasoning: { max_tokens: 3999 } })
  })

  test('reasoning of earlier turns is kept if the provider has a field for it and reasoning is not off (OU-P11)', () => {
    const dialect: ChatDialectChange = { ...openAi, preservesReasoningHistory: true }
    expect(fieldsOf(unsaid, dialect)).toEqual({ reasoning_history: 'preserved' })
    expect(fieldsOf(on, dialect)).toEqual({ reasoning_effort: 'medium', reasoning_history: 'preserved' })
    expect(fieldsOf(off, dialect)).toEqual({ reasoning_effort: 'none' })
  })

  test('a request that the model cannot follow is noted (OU-Q70, Q84)', () => {
    expect(translate(off, { reasoning: 'openai', efforts: ['low'] }).notes).toEqual([
      'info thinking: thinking of this model cannot be switched off',
    ])
    expect(translate(on, { reasoning: 'none' }).notes).toEqual([
      'info thinking: no known switch for thinking at this provider',
    ])
    expect(translate(withEffort('low'), { reasoning: 'zai', efforts: [] }).notes).toEqual([
      'info output_config.effort: the model has no effort levels',
    ])
  })
})

describe('function tools on models that do not reason with them', () => {
  const dialect: ChatDialectChange = { ...openAi, noEffortWithTools: true }

  test.each([unsaid, on, off, withEffort('high')])(
    '%j: the effort is none, whatever the client wants (OU-Q71)',
    (members) => {
      const { notes: _notes, ...reasoning } = translate(members, dialect, { hasTools: true, isForced: true })
      expect(reasoning).toEqual({ fields: { reasoning_effort: 'none' }, isOff: true, mayForce: true })
    },
  )

  test('one note reports it, unless the client switches thinking off (OU-Q71)', () => {
    expect(translate(on, dialect, { hasTools: true }).notes).toEqual([
      'info thinking: the model does not think while it has tools',
    ])
    expect(translate(off, dialect, { hasTools: true }).notes).toEqual([])
  })

  test('without tools they reason as requested (OU-Q71)', () => {
    expect(fieldsOf(withEffort('high'), dialect)).toEqual({ reasoning_effort: 'high' })
  })
})

describe('a forced tool', () => {
  const forced = { hasTools: true, isForced: true }
  const deepSeek: ChatDialectChange = { reasoning: 'deepseek', efforts: ['high'] }

  test.each([unsaid, off])('%j: reasoning is switched off, and the tool stays forced (OU-Q65)', (members) => {
    const { fields, isOff, mayForce } = translate(members, deepSeek, forced)
    expect({ fields, isOff, mayForce }).toEqual({ fields: switchedOff, isOff: true, mayForce: true })
  })

  test('the model may choose if the client requests thinking (OU-Q65)', () => {
    const { fields, isOff, mayForce } = translate(on, deepSeek, forced)
    expect({ fields, isOff, mayForce }).toEqual({ fields: switched, isOff: false, mayForce: false })
  })

  test.each([unsaid, off])('%j: the model may choose if reasoning cannot be switched off (OU-Q65)', (members) => {
    const { fields, isOff, mayForce } = translate(members, { reasoning: 'mistral', efforts: [] }, forced)
    expect({ fields, isOff, mayForce }).toEqual({ fields: {}, isOff: false, mayForce: false })
  })

  test('stays forced if the model accepts it while it reasons, or if no switch is known (OU-Q65)', () => {
    const takesIt: ChatDialectChange = { ...openAi, forcedToolWithReasoning: true }
    const fixed: ChatDialectChange = { ...takesIt, efforts: ['low'] }
    expect(translate(unsaid, fixed, forced)).toEqual({ fields: {}, isOff: false, mayForce: true, notes: [] })
    expect(translate(unsaid, { reasoning: 'none' }, forced)).toEqual({
      fields: {},
      isOff: false,
      mayForce: true,
      notes: [],
    })
    expect(translate(on, { reasoning: 'none' }, forced).mayForce).toBe(true)
  })

  test('if the model accepts it, reasoning is switched off if possible, and the choice is free if the client requests thinking (OU-Q65)', () => {
    const takesIt: ChatDialectChange = { reasoning: 'openai', efforts: ['none', 'high'], forcedToolWithReasoning: true }
    const { fields, isOff, mayForce } = translate(unsaid, takesIt, forced)
    expect({ fields, isOff, mayForce }).toEqual({ fields: { reasoning_effort: 'none' }, isOff: true, mayForce: true })
    expect(translate(on, takesIt, forced).mayForce).toBe(false)
  })

  test('does not switch reasoning off if the client does not force a tool (OU-Q65)', () => {
    expect(translate(unsaid, deepSeek, { hasTools: true })).toEqual({
      fields: {},
      isOff: false,
      mayForce: true,
      notes: [],
    })
  })
})
