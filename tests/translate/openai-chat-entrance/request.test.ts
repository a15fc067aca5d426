import { describe, expect, test } from 'bun:test'
import { apiModels } from '../../../src/simulator/anthropic/models.ts'
import { MessagesBody } from '../../../src/simulator/anthropic/request-schema.ts'
import { validateBody } from '../../../src/simulator/anthropic/validate-request.ts'
import { simulatedModels } from '../../../src/simulator/models.ts'
import { validateRequest } from '../../../src/simulator/validate-request.ts'
import { toConverseRequest } from '../../../src/translate/anthropic-to-converse/request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { translateCompletion } from '../../support/openai-chat-entrance.ts'
import { openAiContext } from '../../support/openai-context.ts'
import { openAiFixture, openAiFixtureNames } from '../../support/openai-fixtures.ts'

const plain = openAiContext({ policy: { autoCache: false } })

describe('a request of Chat Completions', () => {
  test('becomes a request of Messages, with a plan of its answer (OE-C1, OE-C8, OE-C9, OE-C11, OE-C12, OE-C17)', () => {
    const parameters = { type: 'object', properties: {} }
    const { request, plan } = translateCompletion(
      {
        model: 'gpt-5.5',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello' },
        ],
        tools: [
          { type: 'function', function: { name: 'look', description: 'Looks.', parameters } },
          { type: 'custom', custom: { name: 'patch' } },
        ],
        tool_choice: 'required',
        response_format: { type: 'json_object' },
        reasoning_effort: 'none',
        max_completion_tokens: 100,
        temperature: 0,
        stop: 'END',
        user: 'ada',
        stream: true,
        stream_options: { include_usage: true },
        an_unknown_member: 1,
      },
      plain,
    )
    expect(request).toMatchObject({
      model: 'gpt-5.5',
      max_tokens: 100,
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Answer with nothing but one JSON object.' },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      tools: [{ name: 'look', description: 'Looks.', input_schema: parameters }, { name: 'patch' }],
      tool_choice: { type: 'any' },
      thinking: { type: 'disabled' },
      temperature: 0,
      stop_sequences: ['END'],
      metadata: { user_id: 'ada' },
      stream: true,
    })
    expect(request).not.toHaveProperty('an_unknown_member')
    expect({ ...plan, tools: [...plan.tools.keys()] }).toEqual({
      model: 'gpt-5.5',
      tools: ['look', 'patch'],
      isJsonObject: true,
      includesUsage: true,
      usesFunctions: false,
      reasoning: 'both',
    })
  })

  test('without options has only what the model requires', () => {
    expect(translateCompletion({}, plain).request).toEqual({
      model: 'claude-sonnet-4.6',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    })
  })

  test('reports usage in a stream only, and only if the client requests it (OE-C8)', () => {
    const planOf = (members: object) => translateCompletion(members).plan.includesUsage
    const options = { stream_options: { include_usage: true } }
    expect([planOf({ stream: true, ...options }), planOf(options), planOf({ stream: true })]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('hides thinking if the client wants none of it (OE-C61)', () => {
    expect(translateCompletion({ reasoning: { effort: 'low', exclude: true } }).plan.reasoning).toBe('none')
    expect(translateCompletion({ functions: [{ name: 'look' }] }).plan.usesFunctions).toBe(true)
  })
})

const withoutMarkers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))

describe('recorded requests of Chat Completions', () => {
  const names = openAiFixtureNames.filter((name) => 'messages' in openAiFixture(name).body)
  /** Their signatures are not the simulated model's. */
  const requestOf = (name: string): MessagesRequest => translateCompletion(openAiFixture(name).body).request
  const withoutThinking = (request: MessagesRequest): MessagesRequest => ({
    ...request,
    messages: request.messages.map((message) => ({
      ...message,
      content: Array.isArray(message.content)
        ? message.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking')
        : message.content,
    })) as MessagesRequest['messages'],
  })

  test.each(names)("%s is accepted by Bedrock and by Anthropic's API (OE-P6)", (name) => {
    const request = withoutThinking(requestOf(name))
    const [model] = simulatedModels.filter(({ id }) => id === 'claude-sonnet-4.6')
    if (model === undefined) throw new Error('The simulator does not have the model.')
    const { body } = toConverseRequest(request, { modelId: model.id, betas: [] })
    expect(validateRequest(JSON.parse(JSON.stringify(body)), model)).toBeUndefined()
    const sent: unknown = JSON.parse(JSON.stringify({ ...request, model: 'claude-sonnet-4-6' }))
    expect(validateBody(MessagesBody, sent, { models: apiModels, isAnyModelServed: false }, [])).not.toHaveProperty(
      'refusal',
    )
  })

  test('the second request of opencode begins with the first (OE-C73, OE-P6)', () => {
    const [first, second] = ['opencode-first', 'opencode-second'].map((name) => withoutMarkers(requestOf(name))) as [
      MessagesRequest,
      MessagesRequest,
    ]
    expect(second.tools).toEqual(first.tools as never)
    expect(second.system).toEqual(first.system as never)
    expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages)
  })

  test("blocks and tools of Anthropic's form and of OpenAI's can be mixed (OE-C23, OE-P6)", () => {
    const { messages, tools } = requestOf('cursor-mixture')
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user'])
    expect(withoutMarkers(messages.slice(1, 3))).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Reading.' },
          { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'notes.txt' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'Buy milk.' }] }],
      },
    ])
    expect(tools?.map(({ name }) => name)).toEqual(['read_file', 'list_folder', 'delete_file'])
  })
})
