import { describe, expect, test } from 'bun:test'
import type Anthropic from '@anthropic-ai/sdk'
import type { FinalUsage, MessageStreamEvent, Stop } from '../../src/wire/anthropic/events.ts'
import type { Message, ResponseBlock, StopDetails, Usage } from '../../src/wire/anthropic/response.ts'
import { request, startChain } from '../support/chain.ts'
import { readEvents } from '../support/sse.ts'
import { assistant, toolResult, translate, user } from '../support/translate.ts'

/**
 * Clients trust the SDK's types: `block.caller.type` throws if there is no caller. So our responses must have the
 * SDK's types, stable and beta. A member that a newer SDK requires is a compile error here that names it, and so is a
 * member of ours that no SDK knows.
 */

type Beta = Anthropic.Beta.BetaMessage

type Mutable<T> = T extends object ? { -readonly [Member in keyof T]: Mutable<T[Member]> } : T
/** Upstreams can have their own server tools. */
type Named<T> = T extends { type: 'server_tool_use' } ? Omit<T, 'name'> & { name: 'web_search' } : T
type Ours<T> = Mutable<
  T extends { content: readonly (infer Block)[] } ? Omit<T, 'content'> & { content: Named<Block>[] } : T
>
type Block = Mutable<Named<ResponseBlock>>

type StreamEvent<Type> = Extract<MessageStreamEvent, { type: Type }>
type Delta = Mutable<StreamEvent<'content_block_delta'>['delta']>
type MessageDelta = Mutable<StreamEvent<'message_delta'>>

/** Compiled, never called. */
const typed = [
  (message: Ours<Message>): Anthropic.Message => message,
  (message: Ours<Message>): Beta => message,
  (block: Block): Anthropic.ContentBlock => block,
  (block: Block): Anthropic.Beta.BetaContentBlock => block,
  (block: Block): Anthropic.RawContentBlockStartEvent['content_block'] => block,
  (event: MessageDelta): Anthropic.RawMessageDeltaEvent => event,
  (event: MessageDelta): Anthropic.Beta.BetaRawMessageDeltaEvent => event,
  (event: Mutable<StreamEvent<'content_block_delta'>>): Anthropic.RawContentBlockDeltaEvent => event,
  // A thinking delta has `estimated_tokens` only with a beta flag that Bedrock does not support.
  (delta: Exclude<Delta, { type: 'thinking_delta' }>): Anthropic.Beta.BetaRawContentBlockDelta => delta,
]

type Excess<Own, Theirs> = Exclude<keyof Own, keyof Theirs>
type BlockExcess = {
  [Type in ResponseBlock['type']]: Excess<
    Extract<ResponseBlock, { type: Type }>,
    Extract<Anthropic.Beta.BetaContentBlock, { type: Type }>
  >
}[ResponseBlock['type']]
type None<Strange> = [Strange] extends [never] ? 'none' : Strange

const excess: [
  // For a client that sends `safeguards`, which the SDK does not type.
  Excess<Message, Beta>,
  None<Excess<Usage, Beta['usage']>>,
  None<Excess<StopDetails, NonNullable<Beta['stop_details']>>>,
  None<BlockExcess>,
  Excess<Stop, Anthropic.Beta.BetaRawMessageDeltaEvent['delta']>,
  None<Excess<StreamEvent<'message_delta'>, Anthropic.Beta.BetaRawMessageDeltaEvent>>,
  // It is unknown at the start of the message, and Claude Code reads it at the end.
  Excess<FinalUsage, Anthropic.Beta.BetaMessageDeltaUsage>,
] = ['safeguard_results', 'none', 'none', 'none', 'safeguard_results', 'none', 'cache_creation']

const usage = {
  input_tokens: 1,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 2,
  output_tokens_details: null,
  server_tool_use: null,
  iterations: null,
  fallback_credit: null,
}
const placeAndTier = { service_tier: 'standard', inference_geo: null, speed: null }
const stop = { stop_reason: 'tool_use', stop_sequence: null, stop_details: null, container: null }
const rest = { context_management: null, diagnostics: null }
const text = { type: 'text', text: 'I look.', citations: null }
const use = { type: 'tool_use', id: 'tooluse_1', name: 'look', input: { a: 1 }, caller: { type: 'direct' } }

const look = { tool: 'look', input: { a: 1 }, id: 'tooluse_1' }
const chain = () =>
  startChain({
    scenario: () => ({
      content: [{ text: 'I look.' }, look],
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    }),
  })
const named = { id: expect.any(String), type: 'message', role: 'assistant', model: 'claude-sonnet-4-6' }

describe('A10 the members of a response', () => {
  test("A10 3.3 shapes: are the SDK's members", () => {
    expect([typed.length > 0, excess.at(-1)]).toEqual([true, 'cache_creation'])
  })

  test('A10 3.3 shapes: are complete in a whole response', async () => {
    const message: unknown = await (await chain().post(request())).json()
    expect(message).toEqual({ ...named, content: [text, use], ...stop, ...rest, usage: { ...usage, ...placeAndTier } })
  })

  test('A10 3.3 shapes: are complete in a stream', async () => {
    const events = await readEvents(await chain().post(request({ stream: true })))
    const of = (type: string): object[] => events.filter((event) => event.type === type)
    expect(of('message_start')).toEqual([
      {
        type: 'message_start',
        message: {
          ...named,
          content: [],
          ...stop,
          stop_reason: null,
          ...rest,
          usage: { ...usage, ...placeAndTier, input_tokens: 0, output_tokens: 0 },
        },
      },
    ])
    expect(of('content_block_start')).toEqual([
      { type: 'content_block_start', index: 0, content_block: { ...text, text: '' } },
      { type: 'content_block_start', index: 1, content_block: { ...use, input: {} } },
    ])
    expect(of('message_delta')).toEqual([{ type: 'message_delta', delta: stop, usage, context_management: null }])
  })

  test('A10 1.1 dropped fields: cause no note and change no byte when a client sends them back', () => {
    const history = (...content: object[]) => [user('a'), assistant(...content), user(toolResult('tooluse_1'))]
    const { citations: _citations, ...bareText } = text
    const { caller: _caller, ...bareUse } = use
    const [full, bare] = [history(text, { ...use, toolset_name: null }), history(bareText, bareUse)].map((messages) =>
      translate({ messages }),
    )
    expect(full?.notes).toEqual([])
    expect(full?.body).toEqual(bare?.body as never)
  })

  test('A10 1.1 dropped fields: a caller other than the model causes a note', () => {
    const caller = { type: 'code_execution_20250825', tool_id: 's1' }
    const messages = [user('a'), assistant({ ...use, caller }), user(toolResult('tooluse_1'))]
    expect(translate({ messages }).notes).toMatchObject([{ path: 'messages.1.content.0.caller' }])
  })
})
