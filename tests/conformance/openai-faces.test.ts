import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createLogger } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import { type FaceName, faceNames } from '../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'
import type { ChatModel } from '../../src/simulator/openai-chat/models.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { sign } from '../../src/simulator/signature.ts'
import { estimateCount } from '../../src/tokens/estimate/estimate.ts'
import { defaultChatPolicy } from '../../src/translate/anthropic-to-openai-chat/policy.ts'
import { collectMessage } from '../../src/translate/openai-chat-to-anthropic/response.ts'
import type { Fetch } from '../../src/upstreams/http/post.ts'
import { createOpenAi } from '../../src/upstreams/openai/index.ts'
import { providerOf } from '../../src/upstreams/openai/provider.ts'
import { providers } from '../../src/upstreams/openai/providers.ts'
import type { CallContext, Upstream } from '../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { Message } from '../../src/wire/anthropic/response.ts'
import { afterTest } from '../support/cleanup.ts'
import { conversations, type RandomConversation } from '../support/conversations.ts'

/** The whole upstream in front of each simulated server, which judges our requests. */

const never = new Promise<void>(() => {})

const upstreamOf = (face: FaceName, url: string): Upstream => {
  const baseUrl = `${url}/v1`
  return createOpenAi({
    fetch: fetch as Fetch,
    maximumConnections: 10,
    provider: providerOf(providers, baseUrl, face === 'strict' || face === 'gpt-5.6' ? 'openai' : face),
    baseUrl,
    azure: { apiVersion: undefined },
    apiKey: new Secret('sk-test-key-12345'),
    customHeaders: new Map(),
    userAgent: 'nexus-claude-api/0.0.0',
    silenceMs: 5000,
    retry: { maxRetries: 0, random: () => 0, sleep: () => never },
    policy: defaultChatPolicy,
    dialectFor: () => ({}),
    contextLimits: new Map(),
    inlineUrlSources: (request) => Promise.resolve(request),
    estimateTokens: estimateCount,
    newId: (prefix) => prefix + crypto.randomUUID(),
    now: () => performance.now(),
    log: createLogger('error', () => {}),
  })
}

interface Started {
  readonly send: (request: MessagesRequest, isStream: boolean) => Promise<Message>
  readonly journal: JournalEntry[]
  readonly upstream: Upstream
}

const start = (face: FaceName, modelId: string, scenario?: Scenario<unknown>): Started => {
  const journal: JournalEntry[] = []
  const simulator = startChatSimulator({
    face,
    onRequest: (entry) => journal.push(entry),
    ...(scenario && { scenario }),
  })
  afterTest(() => simulator.stop())
  const upstream = upstreamOf(face, simulator.url)
  const { signal } = new AbortController()
  const context: CallContext = { requestId: 'req_1', modelId, betas: [], signal, onUpstreamId() {} }
  const send = async (request: MessagesRequest, isStream: boolean): Promise<Message> => {
    if (!isStream) return upstream.message(request, context)
    const batches = await Array.fromAsync(await upstream.stream({ ...request, stream: true }, context))
    return collectMessage(batches.flat())
  }
  return { send, journal, upstream }
}

const toRequest = ({ system, messages, more }: RandomConversation, thinking: object): MessagesRequest =>
  ({
    model: 'claude-sonnet-4-6',
    max_tokens: 1000,
    messages,
    ...(system !== undefined && { system }),
    ...more,
    ...thinking,
  }) as never

const thinkings = [{}, { thinking: { type: 'adaptive' } }, { thinking: { type: 'disabled' } }]

/** Refusals that a server may send once, because its row does not know which models accept images. */
const mayRefuse = ({ images }: ChatModel): RegExp => (images ? /^$/ : /image/)

const models = faceNames.flatMap((face) =>
  faces[face].models.map((model) => ({ name: `${face}: ${model.id}`, face, model })),
)

describe('a simulated server accepts every request that its row makes (OU section 7.4)', () => {
  test.each(models)('$name', async ({ face, model }) => {
    const { send, journal, upstream } = start(face, model.id)
    await fc.assert(
      fc.asyncProperty(
        conversations,
        fc.constantFrom(...thinkings),
        fc.boolean(),
        async (conversation, thinking, isStream) => {
          await send(toRequest(conversation, thinking), isStream)
        },
      ),
      { numRuns: 15 },
    )
    const refusals = journal.flatMap(({ refusal }) => refusal ?? [])
    expect(refusals.filter((words) => !mayRefuse(model).test(words))).toEqual([])
    expect(refusals.length).toBeLessThanOrEqual(1)
    expect(upstream.degraded?.().length).toBe(refusals.length)
  })
})

const thoughts = 'There is a tool for that.'

/** The member in which each server gets its own thoughts back, in the message with the call. */
const replays: readonly (readonly [face: FaceName, message: object])[] = [
  ['deepseek', { reasoning_content: thoughts }],
  ['kimi', { reasoning_content: thoughts }],
  ['nebius', { reasoning_content: thoughts }],
  ['llamacpp', { reasoning_content: thoughts }],
  ['lmstudio', { reasoning_content: thoughts }],
  ['vllm', { reasoning_content: thoughts, reasoning: thoughts }],
  ['ollama', { reasoning: thoughts }],
  ['mistral', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: thoughts }] }] }],
  [
    'openrouter',
    { reasoning_details: [{ type: 'reasoning.text', text: thoughts, signature: sign(thoughts), index: 0 }] },
  ],
]

describe('a tool loop gives each server its own thoughts back (OU section 7.4)', () => {
  const tools = [{ name: 'look', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }]
  const first = { role: 'user' as const, content: 'How is the weather?' }

  test.each(replays.flatMap(([face, message]) => [true, false].map((isStream) => [face, isStream, message] as const)))(
    '%s, streamed: %p',
    async (face, isStream, message) => {
      const model = face === 'mistral' ? 'magistral-medium-latest' : (faces[face].models[0]?.id ?? '')
      const { send, journal, upstream } = start(face, model, ({ assistantTurns }) =>
        assistantTurns === 0
          ? { content: [{ thinking: thoughts }, { tool: 'look', input: { city: 'Köln' } }] }
          : { content: [{ text: 'It is sunny.' }] },
      )
      const request = { model: 'claude-sonnet-4-6', max_tokens: 1000, tools, thinking: { type: 'adaptive' as const } }
      const answer = await send({ ...request, messages: [first] }, isStream)
      const call = answer.content.find((block) => block.type === 'tool_use')
      const results = [{ type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'sunny' }]
      const history = [first, { role: 'assistant', content: answer.content }, { role: 'user', content: results }]
      const { content } = await send({ ...request, messages: history } as MessagesRequest, isStream)
      expect(content.findLast((block) => block.type === 'text')?.text).toBe('It is sunny.')
      const body: unknown = journal[1]?.body
      const { messages } = body as { messages: { role: string }[] }
      expect(messages.find(({ role }) => role === 'assistant')).toMatchObject(message)
      expect(journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
      expect(upstream.degraded?.()).toEqual([])
    },
  )
})
