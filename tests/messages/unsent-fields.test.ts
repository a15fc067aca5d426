import { describe, expect, test } from 'bun:test'
import { refusalMessage, translate, user } from '../support/translate.ts'

const ask = { messages: [user('a')], max_tokens: 8000 }

describe('members that are not sent', () => {
  test('1.1 dropped fields, 1.1 metadata, 1.1 service_tier, 1.1 task_budget: get a note, with any name', () => {
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
      expect(refusalMessage(() => translate({ ...ask, [name]: value }))).toBe(
        `${name}: not supported by this endpoint: remove it`,
      )
    }
    expect(translate({ ...ask, mcp_servers: [], container: { id: null, skills: [] } }).body.messages.length).toBe(1)
  })
})
