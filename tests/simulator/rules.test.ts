import { describe, expect, test } from 'bun:test'
import { judge } from '../../src/simulator/judge.ts'
import { simulatedModels } from '../../src/simulator/models.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
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
  document: { name, format, source: { bytes: 'AAAA' }, ...more },
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

describe('what is lawful is answered', () => {
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
    [{ messages: [user(text('a'), document('One (1)', 'pdf'), point(), image())] }],
  ])('%#', (body) => {
    expect(judge(body, sonnet as never)).toBeUndefined()
  })
})

describe('shapes', () => {
  test.each([
    [{ messages: hello, sytem: [] }, 'Malformed input request: #: extraneous key [sytem] is not permitted'],
    [
      { messages: [{ role: 'system', content: [] }] },
      "Value at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
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
    expect(judge(body, sonnet as never)).toContain(refusal)
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
  ])('%#', (messages, refusal) => {
    expect(judge({ messages, ...tools }, sonnet as never)).toContain(refusal)
  })

  test('trailing white space where prefill is accepted', () => {
    expect(judge({ messages: [user(text('a')), assistant(text('b '))] }, haiku as never)).toContain(
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
    [
      { messages: hello, toolConfig: { tools: [spec('T', { strict: true })] } },
      'tools.0.custom.strict: Extra inputs are not permitted',
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
    [{ messages: [user(text('a'), point(), point())] }, 'There is nothing available to cache.'],
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
    [{ messages: [user(...Array.from({ length: 21 }, () => image()))] }, 'too many images and documents: 21 + 0 > 20'],
    [{ messages: [user(image(png, 'jpeg'))] }, 'does not match the provided media type image/jpeg'],
    [{ messages: [user(image('not base64!'))] }, 'not valid'],
  ])('%#', (body, refusal) => {
    expect(judge(body, sonnet as never)).toContain(refusal)
  })
})

describe('settings', () => {
  test.each([
    [fields({ system: 'x' }), 'The additional field system conflicts with an existing field.'],
    [fields({ context_management: {} }), 'context_management: Extra inputs are not permitted'],
    [fields({ anthropic_beta: ['claude-code-20250219'] }), 'invalid beta flag'],
    [fields({ thinking: { type: 'enabled', budget_tokens: 1000 } }), 'greater than or equal to 1024'],
    [fields({ thinking: { type: 'enabled', budget_tokens: 4000 } }), '`max_tokens` must be greater than'],
    [
      fields({ thinking: { type: 'adaptive', display: 'updates' } }),
      "display: Input should be 'summarized' or 'omitted'",
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
    [fields({ output_config: { effort: 'xhigh' } }), 'output_config.effort'],
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
    expect(judge(body, sonnet as never)).toContain(refusal)
  })

  test('the small model knows neither adaptive thinking nor effort', () => {
    expect(judge(fields({ thinking: { type: 'adaptive' } }), haiku as never)).toContain(
      'adaptive thinking is not supported',
    )
    expect(judge(fields({ output_config: { effort: 'low' } }), haiku as never)).toContain(
      'output_config.effort: Extra inputs are not permitted',
    )
  })
})
