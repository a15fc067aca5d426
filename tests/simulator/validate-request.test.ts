import { describe, expect, test } from 'bun:test'
import { simulatedModels } from '../../src/simulator/models.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import { png } from '../support/translate.ts'

/** Every refusal once: a simulator that accepts everything proves nothing. */

const [sonnet, , haiku] = simulatedModels
const user = (...content: object[]): object => ({ role: 'user', content })
const assistant = (...content: object[]): object => ({ role: 'assistant', content })
const text = (value: string): object => ({ text: value })
const use = (toolUseId: string, name = 'T'): object => ({ toolUse: { toolUseId, name, input: {} } })
const result = (toolUseId: string): object => ({ toolResult: { toolUseId, content: [{ text: 'ok' }] } })
const point = (ttl?: string): object => ({ cachePoint: { type: 'default', ...(ttl && { ttl }) } })
const spec = (name: string, more: object = {}): object => ({
  toolSpec: { name, inputSchema: { json: { type: 'object' } }, ...more },
})
const thought = (signature: string): object => ({ reasoningContent: { reasoningText: { text: 'hm', signature } } })
const document = (name: string, format = 'txt', more: object = {}): object => ({
  document: { name, format, source: { bytes: 'JVBERi0xLjQK' }, ...more },
})
const image = (bytes = png, format = 'png'): object => ({ image: { format, source: { bytes } } })
const tools = { toolConfig: { tools: [spec('T')] } }
const hello = [user(text('a'))]
const fields = (additionalModelRequestFields: object, more: object = {}): object => ({
  messages: hello,
  inferenceConfig: { maxTokens: 4000 },
  additionalModelRequestFields,
  ...more,
})
const schema = (value: unknown): object => ({
  outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(value) } } } },
})

describe('a valid request is answered', () => {
  test.each([
    [{ messages: hello }],
    [
      {
        messages: [
          user(text('a')),
          assistant(thought(sign('hm')), { reasoningContent: { redactedContent: redact('x') } }, text('b'), use('1')),
          user(result('1'), text('c'), point('1h')),
        ],
        ...tools,
      },
    ],
    [
      fields({
        thinking: { type: 'adaptive' },
        output_config: { effort: 'max' },
        anthropic_beta: ['context-1m-2025-08-07'],
      }),
    ],
    [fields({ tool_choice: { type: 'none' } }, tools)],
    [{ messages: [user(text('a'), document('One (1)', 'pdf'), point(), point(), image())] }],
    [
      {
        messages: [
          user(text('a')),
          assistant(use('1')),
          user(
            { toolResult: { toolUseId: '1', content: [document('In', 'csv'), image()] } },
            document('Next', 'pdf'),
            image(),
            text('b'),
          ),
        ],
        ...tools,
      },
    ],
    [
      {
        messages: hello,
        requestMetadata: { team: 'x' },
        performanceConfig: { latency: 'standard' },
        serviceTier: { type: 'default' },
      },
    ],
    [{ messages: hello, guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: 'DRAFT' } }],
    [
      {
        messages: [
          user(
            { guardContent: { text: { text: 'a' } } },
            { document: { name: 'D', source: { text: 'x' }, citations: { enabled: true } } },
            text('b'),
          ),
        ],
        system: [{ guardContent: { text: { text: 's' } } }],
      },
    ],
    [
      {
        messages: [
          user(text('a')),
          assistant({
            citationsContent: {
              content: [{ text: 'said' }],
              citations: [{ title: 't', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }],
            },
          }),
          user(text('b')),
        ],
      },
    ],
    [
      {
        messages: [
          user(text('a')),
          assistant(use('1'), text('between')),
          user(result('1')),
          assistant(text('b')),
          user(text('c')),
        ],
        ...tools,
      },
    ],
    [{ messages: hello, toolConfig: { tools: [spec('T', { strict: true })] } }],
    [fields({ context_management: { edits: [] }, anthropic_beta: ['context-management-2025-06-27'] })],
    [fields({ stop_sequences: ['x'] })],
    [
      {
        messages: hello,
        ...schema({
          type: 'object',
          additionalProperties: false,
          properties: { minimum: { enum: [{ type: 'object', maxItems: 1 }] } },
        }),
      },
    ],
    [
      {
        messages: [user(text('word '.repeat(300_000)))],
        additionalModelRequestFields: { anthropic_beta: ['context-1m-2025-08-07'] },
      },
    ],
  ])('%#', (body) => {
    expect(validateRequest(body, sonnet as never)).toBeUndefined()
  })
})

describe('shapes', () => {
  test.each([
    [{ messages: hello, sytem: [] }, 'Malformed input request: #: extraneous key [sytem] is not permitted'],
    [
      { messages: [{ role: 'tool', content: [] }] },
      "Value at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant, system]",
    ],
    [
      { messages: [user(use('1', 'a b'))] },
      "Value at 'messages.1.member.content.1.member.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ],
    [{ messages: [user(use('x'.repeat(65)))] }, 'toolUseId'],
    [{ messages: [user({ text: 'a', image: 1 })] }, 'exactly one of'],
    [{ messages: [user({ txt: 'a' })] }, 'exactly one of'],
    [{ messages: hello, system: [{ text: '' }] }, 'Member must have length greater than or equal to 1'],
    [
      { messages: hello, toolConfig: { tools: [] } },
      "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [{ messages: hello, inferenceConfig: { maxTokens: 0 } }, 'Member must have value greater than or equal to 1'],
    [{ messages: hello, inferenceConfig: { temperature: 2 } }, 'Member must have value less than or equal to 1'],
    [{ messages: [user(document('x'.repeat(201)))] }, 'Member must have length less than or equal to 200'],
    [{}, "Value at 'messages' failed to satisfy constraint: Member must not be null"],
    [[], 'expected object'],
  ])('%#', (body, refusal) => {
    expect(validateRequest(body, sonnet as never)).toContain(refusal)
  })
})

describe('conversations', () => {
  test.each([
    [[], 'The messages field is empty'],
    [[assistant(text('a'))], 'must start with a user message'],
    [[user(text('a')), user(text('b'))], 'must alternate'],
    [[user(text(' '))], 'The text field in the ContentBlock object at messages.0.content.0 is blank'],
    [[user()], 'The content field in the Message object at messages.0 is empty'],
    [[user(use('1'))], 'toolUse block at messages.0.content.0 is not supported'],
    [[user(text('a')), assistant(image())], 'image block at messages.1.content.0 is not supported'],
    [
      [user(text('a')), assistant(use('1'), use('2')), user(result('1'))],
      'Expected toolResult blocks at messages.2.content for the following Ids: 2',
    ],
    [[user(text('a')), assistant(use('1')), user(result('1'), result('1'))], 'duplicate Ids'],
    [
      [user(text('a')), assistant(text('b')), user(result('1'))],
      'exceeds the number of toolUse blocks of previous turn',
    ],
    [[user(text('a')), assistant(use('1'))], 'Expected toolResult blocks at messages.2'],
    [[user(text('a')), assistant(use('1'), use('1')), user(result('1'))], 'ids must be unique'],
    [[user(text('a')), assistant(use('1')), user(text('b'), result('1'))], '`tool_result` blocks must come before'],
    [[user(text('a')), assistant(use('1'), text('b')), user(result('1'))], '`tool_use` blocks must come after'],
    [[user(text('a')), assistant(text('b'))], 'does not support assistant message prefill'],
    [
      [user(text('a')), assistant(thought('forged'), text('b')), user(text('c'))],
      'Invalid `signature` in `thinking` block',
    ],
    [
      [user(text('a')), assistant({ reasoningContent: { redactedContent: 'AAAA' } }, text('b')), user(text('c'))],
      'Invalid `data` in `redacted_thinking` block',
    ],
    [
      [user(text('a')), assistant({ reasoningContent: { reasoningText: { text: 'x' } } }, text('b')), user(text('c'))],
      'signature: Field required',
    ],
    [[user({ toolResult: { toolUseId: '1', content: [] } })], 'tool_result content cannot be empty'],
    [
      [user(text('a')), assistant({ toolUse: { toolUseId: '1', name: 'T', input: [1] } }), user(result('1'))],
      'tool_use.input: Input should be a valid dictionary',
    ],
    [[user({ toolResult: { toolUseId: '1', content: [{ text: ' ' }] } })], 'must contain non-whitespace text'],
  ])('%#', (messages, refusal) => {
    expect(validateRequest({ messages, ...tools }, sonnet as never)).toContain(refusal)
  })

  test('trailing white space where prefill is accepted', () => {
    expect(validateRequest({ messages: [user(text('a')), assistant(text('b '))] }, haiku as never)).toContain(
      'trailing whitespace',
    )
  })
})

describe('tools, cache points, media', () => {
  test.each([
    [{ messages: [user(text('a')), assistant(use('1')), user(result('1'))] }, 'The toolConfig field must be defined'],
    [{ messages: hello, toolConfig: { tools: [spec('T'), spec('T')] } }, 'already defined at toolConfig.tools.0'],
    [
      { messages: hello, toolConfig: { tools: [spec('T')], toolChoice: { tool: { name: 'X' } } } },
      'is not defined in toolConfig.tools',
    ],
    [{ messages: hello, toolConfig: { tools: [spec('T', { description: ' ' })] } }, 'description'],
    [
      { messages: hello, toolConfig: { tools: [{ toolSpec: { name: 'T', inputSchema: { json: {} } } }] } },
      'input_schema.type: Field required',
    ],
    [
      {
        messages: hello,
        toolConfig: { tools: [{ toolSpec: { name: 'T', inputSchema: { json: { type: 'object', anyOf: [] } } } }] },
      },
      'does not support oneOf, allOf, or anyOf',
    ],
    [{ messages: [user(point(), text('a'))] }, 'There is nothing available to cache.'],
    [
      { messages: [user(text('a')), assistant(text('b'), thought(sign('hm')), point()), user(text('c'))] },
      'Cache point cannot be inserted after reasoning block',
    ],
    [{ messages: [user(text('a'), document('d'), point())] }, 'messages.0.content.2.type: Field required'],
    [
      { messages: [user(...['a', 'b', 'c', 'd', 'e'].flatMap((value) => [text(value), point()]))] },
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
    ],
    [
      { messages: [user(text('a'), point(), text('b'), point('1h'))] },
      "a ttl='1h' cache_control block must not come after",
    ],
    [{ messages: [user(text('a'), document('under_score'))] }, 'document name'],
    [{ messages: [user(text('a'), document('Same'), document('same'))] }, 'duplicate document names'],
    [{ messages: [user(document('d'))] }, 'A text block must be included'],
    [
      { messages: [user(text('a'), document('d', 'txt', { citations: { enabled: true } }), document('e'))] },
      'Citations must be enabled on all documents or none',
    ],
    [
      {
        messages: [
          user(text('a')),
          assistant(use('1')),
          user({
            toolResult: { toolUseId: '1', content: [document('d', 'pdf', { citations: { enabled: true } })] },
          }),
        ],
        ...tools,
      },
      'Citations are not supported in tool result documents.',
    ],
    [
      {
        messages: [user(text('a')), assistant(use('1')), user(result('1'), document('d', 'csv'), text('b'))],
        ...tools,
      },
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: 1.',
    ],
    [
      { messages: [user(text('a'), document('d', 'docx', { citations: { enabled: true } }))] },
      'Only txt and pdf formats are supported when citations are enabled',
    ],
    [
      { messages: [user(text('a'), document('d', 'txt', { citations: { enabled: true } }))] },
      'messages.0.content.1.image.source.bytes: The PDF specified was not valid.',
    ],
    [
      { messages: [user(text('a'), document('d', 'txt', { source: { text: 'x' } }))] },
      'The document source at messages.0.content.1 requires citations to be enabled.',
    ],
    [{ messages: [user(...Array.from({ length: 21 }, () => image()))] }, 'too many images and documents: 21 + 0 > 20'],
    [{ messages: [user(image(png, 'jpeg'))] }, 'does not match the provided media type image/jpeg'],
    [{ messages: [user(image('not base64!'))] }, 'not valid'],
    [{ messages: [user(image(png.replace(/=+$/, '') + 'A'.repeat(6_000_000)))] }, 'image exceeds 3.75 MB maximum'],
    [
      { messages: [user(text('a'), document('d', 'pdf', { source: { bytes: `JVBERi0${'A'.repeat(7_000_001)}` } }))] },
      'document exceeds 4.5 MB maximum',
    ],
    [
      { messages: [user(text('a'), document('d', 'pdf', { source: { bytes: 'AAAA' } }))] },
      'The PDF specified was not valid',
    ],
    [{ messages: [user(text('a'), document('d', 'txt', { source: { bytes: '!' } }))] }, 'base64 of a document'],
    [{ messages: [user(text('a'), document('d', 'txt', { source: { text: ' ' } }))] }, 'text of a document is blank'],
    [
      { messages: [user(text('a'), document('d', 'txt', { source: { content: [] } }))] },
      'content of a document is blank',
    ],
    [{ messages: [user(text('a'), document('d', 'txt', { context: ' ' }))] }, 'context of a document is blank'],
    [
      { messages: [user(text('a'), { searchResult: { source: 's', title: 't', content: [] } })] },
      'search_result content cannot be blank',
    ],
    [
      { messages: [user(text('a'), ...['1', '2', '3', '4', '5', '6'].map((name) => document(name)))] },
      'contains more than 5 documents',
    ],
    [
      { messages: [user(text('a'), document('d', 'pdf', { citations: { enabled: true } }))], ...schema({}) },
      'citations cannot be used with structured output',
    ],
    [{ messages: hello, system: [point(), { text: 's' }] }, 'There is nothing available to cache.'],
    [{ messages: hello, toolConfig: { tools: [point(), spec('T')] } }, 'There is nothing available to cache.'],
    [
      {
        messages: hello,
        toolConfig: { tools: [{ toolSpec: { name: 'T', inputSchema: { json: { type: 'array' } } } }] },
      },
      "input_schema.type: Input should be 'object'",
    ],
    [
      {
        messages: hello,
        toolConfig: {
          tools: [{ toolSpec: { name: 'T', inputSchema: { json: { type: 'object', properties: null } } } }],
        },
      },
      'JSON schema is invalid',
    ],
  ])('%#', (body, refusal) => {
    expect(validateRequest(body, sonnet as never)).toContain(refusal)
  })
})

test('a model without citations refuses them', () => {
  const body = { messages: [user(text('a'), document('d', 'pdf', { citations: { enabled: true } }))] }
  expect(validateRequest(body, { ...sonnet, citations: false } as never)).toBe("This model doesn't support citations.")
  expect(validateRequest(body, sonnet as never)).toBeUndefined()
  const results = (...cited: boolean[]) => ({
    messages: [
      user(
        text('a'),
        ...cited.map((enabled) => ({
          searchResult: { source: 's', title: 't', content: [{ text: 'x' }], citations: { enabled } },
        })),
      ),
    ],
  })
  expect(validateRequest(results(true), { ...sonnet, citations: false } as never)).toBe(
    "This model doesn't support citations.",
  )
  expect(validateRequest(results(true, true), sonnet as never)).toBeUndefined()
  expect(validateRequest(results(true, false), sonnet as never)).toContain('all search results or none')
})

describe('settings', () => {
  test.each([
    [
      fields({ system: 'x' }, { system: [{ text: 's' }] }),
      'The additional field system conflicts with an existing field.',
    ],
    [
      fields({ stop_sequences: ['x'] }, { inferenceConfig: { stopSequences: ['y'] } }),
      'The additional field stop_sequences conflicts',
    ],
    [fields({ nonsense: 1 }), 'nonsense: Extra inputs are not permitted'],
    [fields({ constructor: 1 }), 'constructor: Extra inputs are not permitted'],
    [fields({ thinking: 'adaptive' }), 'thinking: Extra inputs are not permitted'],
    [fields({ top_k: 'x' }), 'top_k: Extra inputs are not permitted'],
    [fields({ anthropic_beta: [] }), 'non-empty list'],
    [fields({ thinking: { type: 'adaptive', budget_tokens: 2000 } }), 'budget_tokens: Extra inputs are not permitted'],
    [fields({ thinking: { type: 'adaptive' } }, { inferenceConfig: { topP: 0.5 } }), '`top_p` must be greater than'],
    [fields({ tool_choice: { type: 'some' } }, tools), 'tool_choice.type: Input should be'],
    [
      fields({ output_config: { effort: 'low' } }, { outputConfig: { effort: 'low' } }),
      'conflicts with the existing field outputConfig.effort',
    ],
    [{ messages: hello, outputConfig: { effort: 'bogus' } }, 'output_config.effort'],
    [
      {
        messages: hello,
        ...schema({ type: 'object', additionalProperties: false, properties: { a: { maxLength: 3 } } }),
      },
      "property 'maxLength' is not supported",
    ],
    [
      {
        messages: hello,
        outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'a b', schema: '{}' } } } },
      },
      'output_config.format.name',
    ],
    [{ messages: [user(text('word '.repeat(200_001)))] }, 'prompt is too long: 200004 tokens > 200000 maximum'],
    [
      { messages: [user(text('word '.repeat(150_000)))], inferenceConfig: { maxTokens: 60_000 } },
      'input length and `max_tokens` exceed context limit: 150003 + 60000 > 200000',
    ],
    [fields({ context_management: {} }), 'context_management: Extra inputs are not permitted'],
    [fields({ anthropic_beta: ['claude-code-20250219'] }), 'invalid beta flag'],
    [fields({ thinking: { type: 'enabled', budget_tokens: 1000 } }), 'greater than or equal to 1024'],
    [fields({ thinking: { type: 'enabled', budget_tokens: 4000 } }), '`max_tokens` must be greater than'],
    [
      fields({ thinking: { type: 'enabled', budget_tokens: 4000 }, anthropic_beta: ['computer-use-2025-01-24'] }),
      '`max_tokens` must be greater than',
    ],
    [
      fields({ thinking: { type: 'adaptive', display: 'updates' } }),
      "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
    ],
    [
      fields({ thinking: { type: 'enabled', budget_tokens: 2000, display: 'updates' } }),
      "thinking.enabled.display: Input should be 'summarized' or 'omitted'",
    ],
    [
      fields({ thinking: { type: 'adaptive' } }, { inferenceConfig: { temperature: 0.5 } }),
      '`temperature` may only be set to 1',
    ],
    [fields({ thinking: { type: 'adaptive' }, top_k: 3 }), '`top_k` must be unset'],
    [
      fields({ thinking: { type: 'adaptive' } }, { toolConfig: { tools: [spec('T')], toolChoice: { any: {} } } }),
      'Thinking may not be enabled when tool_choice forces tool use.',
    ],
    [
      fields({ output_config: { effort: 'xhigh' } }),
      "output_config.effort: Input should be 'low', 'medium', 'high' or 'max'",
    ],
    [fields({ tool_choice: { disable_parallel_tool_use: true } }, tools), 'tool_choice.type: Field required'],
    [
      fields({ tool_choice: { type: 'any' } }, { toolConfig: { tools: [spec('T')], toolChoice: { any: {} } } }),
      'The additional field tool_choice/type conflicts',
    ],
    [fields({ tool_choice: { type: 'none' } }), 'tool_choice may only be specified while providing tools'],
    [{ messages: hello, inferenceConfig: { temperature: 1, topP: 1 } }, 'cannot both be specified'],
    [
      { messages: hello, inferenceConfig: { maxTokens: 200_000 } },
      'The maximum tokens you requested exceeds the model limit of 128000',
    ],
    [{ messages: hello, inferenceConfig: { stopSequences: [' '] } }, 'each stop sequence must contain non-whitespace'],
    [
      { messages: hello, ...schema({ type: 'object', properties: {} }) },
      "'additionalProperties' must be explicitly set to false",
    ],
  ])('%#', (body, refusal) => {
    expect(validateRequest(body, sonnet as never)).toContain(refusal)
  })

  test('the small model knows neither adaptive thinking nor effort', () => {
    expect(validateRequest(fields({ thinking: { type: 'adaptive' } }), haiku as never)).toContain(
      'adaptive thinking is not supported',
    )
    expect(validateRequest(fields({ output_config: { effort: 'low' } }), haiku as never)).toContain(
      'output_config.effort: Extra inputs are not permitted',
    )
  })
})
