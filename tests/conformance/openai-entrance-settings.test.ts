import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { toUnicodeJson } from '../../src/base/unicode-json.ts'
import { createNotes } from '../../src/messages/notes.ts'
import { apiModels } from '../../src/simulator/anthropic/models.ts'
import { MessagesBody } from '../../src/simulator/anthropic/request-schema.ts'
import { validateBody } from '../../src/simulator/anthropic/validate-request.ts'
import { simulatedModels } from '../../src/simulator/models.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import { toAcceptedRequest } from '../../src/translate/anthropic-to-anthropic/request.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { completionToMessages } from '../../src/translate/openai-chat-entrance/request.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { MessagesRequest as schema } from '../../src/wire/anthropic/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { chatJudges } from '../support/chat-judges.ts'
import { openAiContext } from '../support/openai-context.ts'

/** Every upstream accepts every combination of valid settings: the strict simulators are the judges. */

// Random, and the same every time.
fc.configureGlobal({ seed: 20261129 })

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const text = { type: 'string' }
const parameters = { type: 'object', properties: { path: text }, required: ['path'], additionalProperties: false }

const tools = [
  { type: 'function', function: { name: 'read', description: 'Reads.', parameters } },
  { type: 'function', function: { name: 'now' }, cache_control: { type: 'ephemeral' } },
  { type: 'function', function: { name: 'either', parameters: { anyOf: [parameters, { type: 'object' }] } } },
  { type: 'custom', custom: { name: 'note', format: { type: 'text' } } },
]
const choices = [
  'auto',
  'none',
  'required',
  { type: 'function', function: { name: 'read' } },
  {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'read' } }] },
  },
]
const formats = [
  { type: 'text' },
  { type: 'json_object' },
  { type: 'json_schema', json_schema: { name: 'n', schema: parameters } },
  {
    type: 'json_schema',
    json_schema: {
      name: 'n',
      strict: false,
      schema: { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } },
    },
  },
]
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra', 'some']
const reasonings = [
  { enabled: true },
  { enabled: false },
  { max_tokens: 100 },
  { max_tokens: 30_000 },
  { effort: 'low' },
]
const thinkings = [{ type: 'disabled' }, { type: 'adaptive' }, { type: 'enabled', budget_tokens: 4000 }]
const marker = { cache_control: { type: 'ephemeral' } }
const histories = [
  [{ role: 'user', content: 'hi' }],
  [
    { role: 'system', content: [{ type: 'text', text: 'You help.', prompt_cache_breakpoint: { mode: 'explicit' } }] },
    { role: 'user', content: [{ type: 'text', text: 'hi', ...marker }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'x' },
    { role: 'system', content: 'Be brief.' },
  ],
]

const settings = fc.record({
  messages: fc.constantFrom(...histories),
  max_completion_tokens: maybe(fc.integer({ min: 1, max: 200_000 })),
  temperature: maybe(fc.constantFrom(0, 0.5, 1, 2)),
  top_p: maybe(fc.constantFrom(0.1, 0.99, 1)),
  top_k: maybe(fc.constant(5)),
  stop: maybe(fc.constantFrom('END', ['a', '\n'], [])),
  tools: maybe(fc.subarray(tools.slice(1)).map((rest) => [tools[0], ...rest])),
  tool_choice: maybe(fc.constantFrom(...choices)),
  parallel_tool_calls: maybe(fc.boolean()),
  response_format: maybe(fc.constantFrom(...formats)),
  reasoning_effort: maybe(fc.constantFrom(...efforts)),
  reasoning: fc.option(fc.constantFrom(...reasonings), { nil: undefined, freq: 2 }),
  thinking: fc.option(fc.constantFrom(...thinkings), { nil: undefined, freq: 2 }),
  prompt_cache_retention: maybe(fc.constant('24h')),
  user: maybe(fc.constantFrom('person', 'x'.repeat(300))),
  stream: maybe(fc.boolean()),
})

/** The members that are set; a choice needs tools. */
const bodyOf = (given: object): object => {
  const body: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  )
  if (body['tools'] === undefined) delete body['tool_choice']
  return body
}

const translated = (given: object, modelId: string, maxOutputTokens: number): MessagesRequest => {
  const context = openAiContext({ modelId, maxOutputTokens })
  const { request } = completionToMessages({ ...bodyOf(given), model: modelId } as never, context)
  expect(findIssue(schema, request)).toBeUndefined()
  return request
}

describe('every upstream accepts each combination of settings', () => {
  const catalog = { models: apiModels, isAnyModelServed: false }
  test.each(apiModels.map((model) => [model.id, model] as const))(
    '%s of Anthropic (OE-C3, OE-C5, OE-C52, OE-C57, OE-C60, OE-C71)',
    (id, model) => {
      fc.assert(
        fc.property(settings, (given) => {
          const request = translated(given, id, model.maxOutputTokens)
          const { request: sent, betas } = toAcceptedRequest(request, id, [], createNotes())
          const body: unknown = JSON.parse(toUnicodeJson(sent))
          expect(validateBody(MessagesBody, body, catalog, betas)).not.toHaveProperty('refusal')
        }),
        { numRuns: 200 },
      )
    },
  )

  test.each(simulatedModels.map((model) => [model.id, model] as const))(
    '%s of Bedrock (OE-C3, OE-C5, OE-C52, OE-C57, OE-C60, OE-C71)',
    (modelId, model) => {
      fc.assert(
        fc.property(settings, (given) => {
          const { body } = toConverseRequest(translated(given, modelId, 64_000), { modelId, betas: [] })
          expect(validateRequest(JSON.parse(toUnicodeJson(body)), model)).toBeUndefined()
        }),
        { numRuns: 200 },
      )
    },
  )

  test.each(chatJudges)(
    'the OpenAI-compatible server $name (OE-C3, OE-C5, OE-C52, OE-C57, OE-C60)',
    ({ modelId, judge }) => {
      fc.assert(
        fc.property(settings, (given) => {
          expect(judge(translated(given, modelId, 32_000))).not.toHaveProperty('refusal')
        }),
        { numRuns: 50 },
      )
    },
  )
})

test('a schema next to tools is sent with them, and forces none of them (OE-C57, OE-C58)', () => {
  const { request } = completionToMessages(
    { model: 'm', messages: histories[0], tools: [tools[0]], response_format: formats[2] } as never,
    openAiContext({ policy: { autoCache: false } }),
  )
  expect<unknown>(request).toEqual({
    model: 'm',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    tools: [{ name: 'read', description: 'Reads.', input_schema: parameters }],
    output_config: { format: { type: 'json_schema', schema: parameters } },
  })
})

test('the sentence for a JSON object ends the system prompt, with the cache point (OE-C56, OE-C71)', () => {
  const { request, plan } = completionToMessages(
    {
      model: 'm',
      messages: [{ role: 'system', content: 'You help.' }, ...(histories[0] ?? [])],
      response_format: { type: 'json_object' },
    } as never,
    openAiContext(),
  )
  expect(request.system).toEqual([
    { type: 'text', text: 'You help.' },
    { type: 'text', text: 'Answer with nothing but one JSON object.', cache_control: { type: 'ephemeral' } },
  ])
  expect(plan.isJsonObject).toBe(true)
})
