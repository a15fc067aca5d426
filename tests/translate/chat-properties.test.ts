import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isObject } from '../../src/base/json.ts'
import { toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'
import { createRequestValidator } from '../../src/simulator/openai-chat/validate-request.ts'
import { defaultChatPolicy } from '../../src/translate/anthropic-to-openai-chat/policy.ts'
import { toChatRequest } from '../../src/translate/anthropic-to-openai-chat/request.ts'
import type { ChatDialect, ReasoningReplay } from '../../src/translate/capabilities/chat-dialect.ts'
import { dialectOf, providerOf } from '../../src/upstreams/openai/provider.ts'
import { providers } from '../../src/upstreams/openai/providers.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import type { AssistantMessage } from '../../src/wire/openai-chat/message.ts'
import type { ChatRequest } from '../../src/wire/openai-chat/request.ts'
import type { ChatOutput } from '../../src/wire/openai-chat/response.ts'
import { chatMessages, translateChat } from '../support/chat-request.ts'
import { answer, chatContext, whole } from '../support/chat-response.ts'
import { conversations, type RandomConversation } from '../support/conversations.ts'
import { assistant, tool, toolResult, user } from '../support/translate.ts'

// Random, and the same every time.
fc.configureGlobal({ seed: 20261129 })

const valid = ({
  system,
  messages,
  more,
}: Pick<RandomConversation, 'system' | 'messages' | 'more'>): MessagesRequest => {
  const request = JSON.parse(
    JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 4000, system, messages, ...more }),
  )
  expect(findIssue(MessagesRequest, request)).toBeUndefined()
  return request
}

const bodyOf = (
  conversation: Pick<RandomConversation, 'system' | 'messages' | 'more'>,
  dialect: ChatDialect,
  modelId = 'm',
) => JSON.parse(toUnicodeJsonWithoutNul(toChatRequest(valid(conversation), { modelId, dialect }).body)) as ChatRequest

/** Every word of the conversation, wherever it is. */
const wordsIn = (value: unknown): Set<string> => new Set(JSON.stringify(value)?.match(/w\d+·/g) ?? [])

/** The row that a face of the simulator stands for. */
const rowOf = (face: string): string => (face === 'strict' || face === 'gpt-5.6' ? 'openai' : face)

describe('random conversations', () => {
  for (const [name, face] of Object.entries(faces)) {
    const validate = createRequestValidator(face, face.models, false)
    const provider = providerOf(providers, 'https://any.example/v1', rowOf(name))
    test.each(face.models.map((model) => [model.id, model] as const))(
      `come out as requests that the server ${name} accepts, with every word in them: %s (OU-Q21, OU-Q39, OU-Q58)`,
      (modelId, { images }) => {
        // What a model cannot see is learned from its first refusal (OU-H8).
        const dialect = { ...dialectOf(provider, modelId), images }
        fc.assert(
          fc.property(conversations, (conversation) => {
            const body = bodyOf(conversation, dialect, modelId)
            expect(validate(body)).not.toHaveProperty('refusal')
            expect(wordsIn({ ...body, tools: undefined })).toEqual(wordsIn({ ...conversation, more: {}, next: [] }))
          }),
          { numRuns: 15 },
        )
      },
    )
  }
})

const cells = fc.record({
  replay: fc.constantFrom<ReasoningReplay[]>(
    'none',
    'content',
    'content-always',
    'content-calls',
    'reasoning',
    'both',
    'details',
    'details-text',
    'parts',
    'token',
  ),
  reasoning: fc.constantFrom<ChatDialect['reasoning'][]>('none', 'deepseek', 'openai'),
  ids: fc.constantFrom<ChatDialect['ids'][]>('upTo40', 'exactly9'),
  afterTool: fc.constantFrom<ChatDialect['afterTool'][]>('user', 'fold', 'bridge'),
  toolMedia: fc.constantFrom<ChatDialect['toolMedia'][]>('after', 'inside'),
  emptyAssistant: fc.constantFrom(null, '' as const),
  pdf: fc.constantFrom<ChatDialect['pdf'][]>('none', 'file', 'url'),
  cache: fc.constantFrom<ChatDialect['cache'][]>('drop', 'anthropic', 'breakpoint'),
  images: fc.boolean(),
  stringsOnly: fc.boolean(),
  toolName: fc.boolean(),
  toolsForHistory: fc.boolean(),
  cacheTtl: fc.boolean(),
})

const withoutMarkers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutMarkers)
  if (!isObject(value)) return value
  const { cache_control: _control, prompt_cache_breakpoint: _breakpoint, ...rest } = value
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, withoutMarkers(inner)]))
}

const markersIn = (value: unknown): number =>
  JSON.stringify(value).match(/"cache_control":\{|"prompt_cache_breakpoint":\{/g)?.length ?? 0

describe('random conversations for random servers', () => {
  test('keep the order of calls and results, and every word (OU-Q21, OU-Q23, OU-Q40, OU-R11)', () => {
    fc.assert(
      fc.property(conversations, cells, fc.boolean(), (conversation, dialect, disableTools) => {
        const { system, messages, more } = conversation
        const { body } = translateChat(JSON.parse(JSON.stringify({ system, messages, ...more })), {
          dialect,
          policy: { disableTools },
        })
        const json = JSON.stringify(body)
        expect(wordsIn({ ...body, tools: undefined })).toEqual(wordsIn({ system, messages }))
        if (!dialect.images || dialect.stringsOnly) expect(json).not.toContain('"image_url"')
        if (dialect.stringsOnly) for (const { content } of body.messages) expect(Array.isArray(content)).toBe(false)
        expect(markersIn(body)).toBeLessThanOrEqual(dialect.cache === 'drop' ? 0 : 4)
        if (disableTools) expect(json).not.toMatch(/"tool_calls"|"role":"tool"|"tools"/)
      }),
      { numRuns: 500 },
    )
  })

  test('grow at their end only, apart from the cache markers (OU-Q110, OU-T7)', () => {
    fc.assert(
      fc.property(conversations, cells, ({ system, messages, next, more }, dialect) => {
        const bytes = (list: object[]): string => {
          const { body } = translateChat(JSON.parse(JSON.stringify({ system, messages: list, ...more })), { dialect })
          return toUnicodeJsonWithoutNul(withoutMarkers(body.messages)).slice(0, -1)
        }
        const [shorter, longer] = [bytes(messages), bytes([...messages, ...next])]
        expect(longer.startsWith(shorter)).toBe(true)
        expect(bytes(messages)).toBe(shorter)
      }),
      { numRuns: 300 },
    )
  })

  test('say nothing of the user, the session, beta flags or the billing line (OU-Q2, OU-Q9, OU-Q13)', () => {
    const userId = JSON.stringify({ device_id: 'd-5e9a', account_uuid: 'a-5e9a', session_id: 's-5e9a' })
    const header = 'x-anthropic-billing-header: cc_version=2.1.332; cc_entrypoint=cli;'
    fc.assert(
      fc.property(conversations, cells, fc.constantFrom('drop', 'hash'), ({ messages, more }, dialect, policy) => {
        const system = [
          { type: 'text', text: header },
          { type: 'text', text: 'Be kind.' },
        ]
        const members = { system, messages, ...more, metadata: { user_id: userId }, betas: ['beta-5e9a-2026-01-01'] }
        const { body } = translateChat(JSON.parse(JSON.stringify(members)), {
          dialect: { ...dialect, promptCacheKey: true },
          policy: { userId: policy },
          betas: ['beta-5e9a-2026-02-02'],
        })
        const json = JSON.stringify(body)
        expect(json).not.toContain('5e9a')
        expect(json).not.toContain('billing')
      }),
      { numRuns: 60 },
    )
  })
})

const thought = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '')
const details = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('reasoning.encrypted'), data: fc.base64String({ minLength: 4 }), index: fc.nat(3) }),
    fc.record({ type: fc.constant('reasoning.text'), text: thought, signature: fc.string(), index: fc.nat(3) }),
  ),
  { minLength: 1, maxLength: 3 },
)

/** What the provider sends of reasoning, and what it gets back, by row. */
const replays: Readonly<Partial<Record<ReasoningReplay, fc.Arbitrary<ChatOutput>>>> = {
  content: fc.record({ reasoning_content: thought }),
  'content-always': fc.record({ reasoning_content: thought }),
  'content-calls': fc.record({ reasoning_content: thought }),
  'content-current': fc.record({ reasoning_content: thought }),
  reasoning: fc.record({ reasoning: thought }),
  details: fc.record({ reasoning_details: details }),
  'details-text': fc.record({ reasoning_details: details }),
}

const call = { id: 'call_1', type: 'function' as const, function: { name: 'Bash', arguments: '{"a":1}' } }

/** The assistant message that a response becomes, once the client has put it into its history. */
const replayed = (output: ChatOutput, replay: ReasoningReplay): AssistantMessage | undefined => {
  const dialect = { id: 'row-1', replay }
  const { content } = whole(answer(output, { finish_reason: 'tool_calls' }), chatContext({ dialect }))
  const messages = [user('hi'), assistant(...content), user(toolResult('call_1'))]
  return chatMessages(messages, { id: 'row-1', dialect: { replay } }).find(
    (message): message is AssistantMessage => message.role === 'assistant',
  )
}

describe('an answer that comes back in the history', () => {
  for (const [replay, outputs] of Object.entries(replays) as [ReasoningReplay, fc.Arbitrary<ChatOutput>][]) {
    test(`gives the provider its own reasoning, byte for byte: ${replay} (OU-Q90, OU-Q95 to Q99)`, () => {
      fc.assert(
        fc.property(outputs, (reasoning) => {
          const message = replayed({ ...reasoning, content: 'text', tool_calls: [call] }, replay)
          expect(JSON.stringify(message)).toBe(
            JSON.stringify({ role: 'assistant', content: 'text', ...reasoning, tool_calls: [call] }),
          )
        }),
        { numRuns: 60 },
      )
    })
  }

  test('gives back tokens of calls as they came (OU-Q101)', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 4 }), (thought_signature) => {
        const signed = { ...call, extra_content: { google: { thought_signature } } }
        expect(replayed({ content: null, tool_calls: [signed] }, 'token')).toEqual({
          role: 'assistant',
          content: null,
          tool_calls: [signed],
        })
      }),
      { numRuns: 15 },
    )
  })

  test('gives reasoning in parts of the content back as parts (OU-Q100)', () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'text' },
    ]
    expect(replayed({ content: parts, tool_calls: [call] }, 'parts')).toEqual({
      role: 'assistant',
      content: parts,
      tool_calls: [call],
    } as object as AssistantMessage)
  })
})

test('the default policy is the one that translates where no other is given (OU-Q23)', () => {
  const request = valid({ system: undefined, messages: [user('hi')], more: { tools: [tool('Bash')] } })
  const dialect = dialectOf(providerOf(providers, 'https://any.example/v1'), 'm')
  expect(toChatRequest(request, { modelId: 'm', dialect }).body).toEqual(
    toChatRequest(request, { modelId: 'm', dialect, policy: defaultChatPolicy, betas: [] }).body,
  )
})
