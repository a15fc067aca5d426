import { describe, expect, test } from 'bun:test'
import { lawfulBody, refusal, type TranslateOptions, translate, user } from '../../support/translate.ts'

const haiku: TranslateOptions = { modelId: 'claude-haiku-4.5' }
const newer: TranslateOptions = { modelId: 'us.anthropic.claude-opus-4-8' }
const ask = { messages: [user('a')], max_tokens: 8000 }

const additional = (members: object, options?: TranslateOptions): Record<string, unknown> =>
  lawfulBody({ ...ask, ...members }, options).additionalModelRequestFields ?? {}
const inference = (members: object, options?: TranslateOptions): object | undefined =>
  lawfulBody({ ...ask, ...members }, options).inferenceConfig

describe('thinking', () => {
  test('1.1 thinking goes on word for word where the model takes it', () => {
    expect(additional({ thinking: { type: 'adaptive', display: 'summarized' } })).toEqual({
      thinking: { type: 'adaptive', display: 'summarized' },
    })
    expect(additional({ thinking: { type: 'enabled', budget_tokens: 4000 } })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 4000 },
    })
    expect(additional({ thinking: { type: 'disabled' } })).toEqual({ thinking: { type: 'disabled' } })
  })

  test('1.1 thinking goes without members that are null: they say nothing', () => {
    const thinking = { type: 'adaptive', display: null, block_binding: null }
    expect(additional({ thinking })).toEqual({ thinking: { type: 'adaptive' } })
    const budget = { type: 'enabled', budget_tokens: 2000, display: null }
    expect(additional({ thinking: budget }, { modelId: 'claude-opus-4.7' })).toEqual({ thinking: { type: 'adaptive' } })
  })

  test('1.6 4.5: adaptive becomes a budget where only budgets are known, by effort', () => {
    expect(additional({ thinking: { type: 'adaptive' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 6000 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 2000 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, max_tokens: 64_000 }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 31_999 },
    })
    expect(additional({ thinking: { type: 'adaptive' }, max_tokens: 1000 }, haiku)).toEqual({})
  })

  test('1.6 what stands beside the type goes along', () => {
    expect(additional({ thinking: { type: 'adaptive', display: 'omitted' } }, haiku)).toEqual({
      thinking: { type: 'enabled', budget_tokens: 6000, display: 'omitted' },
    })
  })

  test('1.6 opus 4.7: a budget becomes adaptive where only adaptive is known', () => {
    expect(additional({ thinking: { type: 'enabled', budget_tokens: 4000, display: 'omitted' } }, newer)).toEqual({
      thinking: { type: 'adaptive', display: 'omitted' },
    })
  })

  test('1.6 budget: one that leaves nothing for the answer is refused', () => {
    expect(refusal(() => translate({ ...ask, thinking: { type: 'enabled', budget_tokens: 8000 } }))).toBe(
      'max_tokens must be greater than thinking.budget_tokens',
    )
  })

  test('1.6 fable: models that always think are not told that it is off', () => {
    expect(additional({ thinking: { type: 'disabled' } }, { modelId: 'claude-fable-5' })).toEqual({})
  })
})

describe('sampling', () => {
  test('1.1 temperature, 1.1 top_p: zero survives', () => {
    expect(inference({ temperature: 0 })).toEqual({ maxTokens: 8000, temperature: 0 })
    expect(inference({ top_p: 0.5 })).toEqual({ maxTokens: 8000, topP: 0.5 })
  })

  test('1.1 top_p goes, of two temperature stays', () => {
    expect(inference({ temperature: 0.3, top_p: 0.5 })).toEqual({ maxTokens: 8000, temperature: 0.3 })
  })

  test('1.1 temperature, 1.1 top_p, 1.1 top_k: none while thinking, but for a temperature of 1', () => {
    const thinking = { type: 'adaptive' }
    expect(inference({ temperature: 0.3, top_p: 0.5, thinking })).toEqual({ maxTokens: 8000 })
    expect(inference({ temperature: 1, thinking })).toEqual({ maxTokens: 8000, temperature: 1 })
    expect(additional({ top_k: 5, thinking })).toEqual({ thinking })
    expect(additional({ top_k: 5 })).toEqual({ top_k: 5 })
  })

  test('1.6 opus 4.7: no sampling on models that refuse it', () => {
    expect(inference({ temperature: 1, top_p: 1, top_k: 3 }, newer)).toEqual({ maxTokens: 8000 })
  })

  test('1.1 stop_sequences, 1.1 stop sequence paths: what ends the answer, and where its report is to be found', () => {
    const body = lawfulBody({ ...ask, stop_sequences: ['END'] })
    expect(body.inferenceConfig).toEqual({ maxTokens: 8000, stopSequences: ['END'] })
    expect(body.additionalModelResponseFieldPaths).toEqual(['/stop_sequence', '/delta/stop_sequence'])
    expect(lawfulBody({ ...ask, stop_sequences: [] }).additionalModelResponseFieldPaths).toBeUndefined()
    expect(refusal(() => translate({ ...ask, stop_sequences: ['x', ' \n'] }))).toBe(
      'stop_sequences: each stop sequence must contain non-whitespace',
    )
  })
})

describe('effort', () => {
  test.each([
    ['high', undefined, { output_config: { effort: 'high' } }],
    ['max', undefined, { output_config: { effort: 'max' } }],
    ['xhigh', undefined, { output_config: { effort: 'high' } }],
    ['high', haiku, {}],
    ['xhigh', newer, { output_config: { effort: 'xhigh' } }],
    [
      'max',
      { modelId: 'claude-opus-4-5' },
      { output_config: { effort: 'high' }, anthropic_beta: ['effort-2025-11-24'] },
    ],
  ] as const)('1.1 effort: %s on %p', (effort, options, expected) => {
    expect(additional({ output_config: { effort } }, options)).toEqual(expected)
  })
})

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: {
      minimum: { type: 'integer', minimum: 1, maximum: 9 },
      list: { type: 'array', maxItems: 3, items: { type: 'object', properties: { x: { const: { maxItems: 1 } } } } },
    },
    required: ['minimum'],
  }

  test('1.1 output format: bounds go, every object is closed, names and literals stay', () => {
    const { outputConfig } = lawfulBody({ ...ask, output_config: { format: { type: 'json_schema', schema } } })
    expect(JSON.parse(outputConfig?.textFormat?.structure.jsonSchema.schema ?? '')).toEqual({
      type: 'object',
      properties: {
        minimum: { type: 'integer' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { x: { const: { maxItems: 1 } } }, additionalProperties: false },
        },
      },
      required: ['minimum'],
      additionalProperties: false,
    })
    expect(lawfulBody({ ...ask, output_format: { type: 'json_schema', schema } }).outputConfig).toEqual(outputConfig)
  })

  test('1.1 output format: models without it are asked in words', () => {
    const body = lawfulBody(
      { ...ask, system: 'Be good.', output_config: { format: { type: 'json_schema', schema } } },
      newer,
    )
    expect(body.outputConfig).toBeUndefined()
    expect(body.system?.[0]).toEqual({ text: 'Be good.' })
    expect(JSON.stringify(body.system?.[1])).toContain('matches this JSON schema')
  })

  test('1.1 output format: a schema with odd keywords stays a schema', () => {
    const odd = JSON.parse(
      '{"type":"object","properties":{},"anyOf":[{"__proto__":{"type":"object"}}],"dependentSchemas":{"minimum":{"type":"object"}}}',
    )
    const { outputConfig } = lawfulBody({ ...ask, output_config: { format: { type: 'json_schema', schema: odd } } })
    expect(outputConfig?.textFormat?.structure.jsonSchema.schema).toBe(
      '{"type":"object","properties":{},"anyOf":[{"__proto__":{"type":"object","additionalProperties":false}}],"dependentSchemas":{"minimum":{"type":"object","additionalProperties":false}},"additionalProperties":false}',
    )
  })

  test('D6 search results with citations do not take the pictures from a PDF', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }
    const found = {
      type: 'search_result',
      source: 's',
      title: 't',
      content: [{ type: 'text', text: 'x' }],
      citations: { enabled: true },
    }
    const { body, reply } = translate({ messages: [user('a', pdf, found)] })
    expect(JSON.stringify(body.messages[0]?.content[1])).toContain('"citations":{"enabled":true}')
    expect([reply.keepsCitations.documents, reply.keepsCitations.searchResults, reply.joinsTexts]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('D6 no citations for the sake of pictures beside it', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }
    const body = lawfulBody({ messages: [user('a', pdf)], output_config: { format: { type: 'json_schema', schema } } })
    expect(JSON.stringify(body)).not.toContain('citations')
    expect(JSON.stringify(lawfulBody({ messages: [user('a', pdf)] }))).toContain('"citations":{"enabled":true}')
  })
})

describe('betas', () => {
  const flags = (betas: string[], members: object = {}, options: TranslateOptions = {}): unknown =>
    additional({ ...members }, { ...options, betas })['anthropic_beta']

  test('1.7 allow-list, 1.7 context-1m: what is let through, each flag once, in order', () => {
    expect(
      flags(['claude-code-20250219', ' context-1m-2025-08-07', 'context-1m-2025-08-07', 'oauth-2025-04-20'], {
        betas: ['fine-grained-tool-streaming-2025-05-14'],
      }),
    ).toEqual(['context-1m-2025-08-07', 'fine-grained-tool-streaming-2025-05-14'])
    expect(flags(['constructor', '__proto__', 'claude-code-20250219'])).toBeUndefined()
  })

  test('1.7 interleaved-thinking, 1.7 display flag, 1.7 context-1m: flags that hang on a field or a model', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    expect(flags(['interleaved-thinking-2025-05-14'], { thinking }, haiku)).toEqual(['interleaved-thinking-2025-05-14'])
    expect(flags(['interleaved-thinking-2025-05-14'], {}, haiku)).toBeUndefined()
    expect(flags(['interleaved-thinking-2025-05-14'], { thinking })).toBeUndefined()
    expect(
      flags(['thinking-display-updates-2026-08-18'], { thinking: { type: 'adaptive', display: 'updates' } }),
    ).toEqual(['thinking-display-updates-2026-08-18'])
    expect(flags(['thinking-display-updates-2026-08-18'], { thinking: { type: 'adaptive' } })).toBeUndefined()
    expect(flags(['context-1m-2025-08-07'], {}, haiku)).toBeUndefined()
  })
})

describe('members that go nowhere', () => {
  test('1.1 dropped fields, 1.1 metadata, 1.1 service_tier, 1.1 task_budget: are noted, whatever they are called', () => {
    const { notes, body } = translate({
      ...ask,
      metadata: { user_id: 'u' },
      context_management: { edits: [] },
      safeguards: [{ type: 'dangerous_tool_use', classifier_context: { home_dir: '/home/me' } }],
      speed: 'fast',
      service_tier: 'auto',
      'a name with a secret in it': 1,
      output_config: { task_budget: 3 },
      system: [{ type: 'text', text: 's', strange: 1 }],
      tools: [{ name: 'T', input_schema: {}, novel: 1 }],
      tool_choice: { type: 'auto', curious: 1 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', odd: 1 }], weird: 2 },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'T', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'b', peculiar: 1 }] }],
        },
      ],
    })
    expect(notes.map(({ path }) => path)).toEqual([
      'metadata',
      'speed',
      'service_tier',
      '(unprintable name)',
      'output_config.task_budget',
      'tool_choice.curious',
      'tools.0.novel',
      'system.0.strange',
      'messages.0.weird',
      'messages.0.content.0.odd',
      'messages.2.content.0.tool_result.content.0.peculiar',
      'context_management',
      'safeguards',
    ])
    expect(Object.keys(body)).toEqual(['messages', 'system', 'inferenceConfig', 'toolConfig'])
  })

  test('1.1 refused fields: those that must not be left out', () => {
    for (const [name, value] of Object.entries({
      container: { id: 'c', skills: [] },
      mcp_servers: [{ url: 'u' }],
      skills: ['s'],
    })) {
      expect(refusal(() => translate({ ...ask, [name]: value }))).toBe(
        `${name}: not supported by this endpoint: remove it`,
      )
    }
    expect(translate({ ...ask, mcp_servers: [], container: { id: null, skills: [] } }).body.messages.length).toBe(1)
  })
})
