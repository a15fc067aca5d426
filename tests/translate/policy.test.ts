import { describe, expect, test } from 'bun:test'
import { capabilitiesOf } from '../../src/translate/capabilities/table.ts'
import { toMessage } from '../../src/translate/converse-to-anthropic/response.ts'
import type { ConverseStreamEvent } from '../../src/wire/converse/events.ts'
import { countingIds, replyContext } from '../support/response-context.ts'
import { batchesOf } from '../support/response-stream.ts'
import {
  assistant,
  image,
  lawfulBody,
  refusal,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
} from '../support/translate.ts'

/** What the server's owner decides, and what a model has been found to refuse. */

const ask = { messages: [user('a')] }
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
const citationsOf = (members: object, options: object = {}): unknown => {
  const block = lawfulBody(members, options).messages[0]?.content.find((part) => 'document' in part)
  return block !== undefined && 'document' in block ? block.document.citations : 'no document'
}

describe('the policy', () => {
  test('D1 D6 PDFs are seen by default, read only as text where the owner says so', () => {
    expect(citationsOf({ messages: [user('a', pdf)] })).toEqual({ enabled: true })
    expect(citationsOf({ messages: [user('a', pdf)] }, { policy: { pdf: 'text' } })).toBeUndefined()
    const schema = { type: 'json_schema', schema: { type: 'object' } }
    const structured = { messages: [user('a', pdf)], output_config: { format: schema } }
    expect(citationsOf(structured)).toBeUndefined()
    // A schema that is only asked for in words does not exclude them.
    expect(citationsOf(structured, { modelId: 'claude-opus-4-8' })).toEqual({ enabled: true })
  })

  test('D6 K12 the first turn with documents decides for the conversation', () => {
    const text = { type: 'document', title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'x' } }
    const cited = (...messages: object[]): unknown[] =>
      lawfulBody({ messages })
        .messages.flatMap(({ content }) => content)
        .flatMap((block) => ('document' in block ? [block.document.citations?.enabled] : []))
    expect(cited(user('a', pdf), assistant('b'), user('c', text))).toEqual([true, true])
    expect(cited(user('a', text, pdf))).toEqual([true, true])
    expect(cited(user('a', text), user('b', pdf))).toEqual([true, true])
    expect(cited(user('a', text), assistant('b'), user('c', pdf))).toEqual([undefined, undefined])
    // What is not sent decides nothing.
    const blank = { ...text, source: { ...text.source, data: ' ' } }
    expect(cited(user('a', blank), assistant('b'), user('c', pdf))).toEqual([true])
    expect(cited(user('a', text), assistant({ type: 'compaction', content: 'S' }), user('c', pdf))).toEqual([true])
    const { notes } = translate({ messages: [user('a', text), assistant('b'), user('c', pdf)] })
    expect(notes.some(({ level, what }) => level === 'info' && what.startsWith('a PDF behind other'))).toBe(true)
  })

  test('1.2.10 too many pictures are refused where the owner says so, in words that the client acts on', () => {
    const many = Array.from({ length: 22 }, () => image())
    expect(refusal(() => translate({ messages: [user(...many)] }, { policy: { excessMedia: 'refuse' } }))).toBe(
      'capability_rejected: media_budget — Too much media: 22 > 20 images and documents per request',
    )
  })

  test("1.1 system blocks: Claude Code's billing line goes unless the owner keeps it", () => {
    const system = 'x-anthropic-billing-header: cc_version=1;\nBe good.'
    expect(lawfulBody({ ...ask, system }).system).toEqual([{ text: 'Be good.' }])
    expect(lawfulBody({ ...ask, system }, { policy: { billingHeader: 'keep' } }).system).toEqual([{ text: system }])
  })

  test('N5 strict goes only where the owner says so, for models that take it, and only where it is true', () => {
    const specs = (strict: boolean, options: object): unknown[] =>
      translate({ ...ask, tools: [tool('A', { strict })] }, options).body.toolConfig?.tools.map((entry) =>
        'toolSpec' in entry ? entry.toolSpec.strict : 'x',
      ) ?? []
    const send = { policy: { strictTools: 'send' } }
    expect(specs(true, {})).toEqual([undefined])
    expect(specs(true, send)).toEqual([true])
    expect(specs(false, send)).toEqual([undefined])
    expect(specs(true, { ...send, modelId: 'claude-opus-4-7' })).toEqual([undefined])
    expect(specs(true, { ...send, learned: { capabilities: { strictTools: false } } })).toEqual([undefined])
  })

  test('1.1 context_management, 1.1 safeguards, 1.7 owner list: fields that hang on a beta flag go only together with it', () => {
    const members = {
      ...ask,
      context_management: { edits: [] },
      safeguards: [{ type: 'dangerous_tool_use', classifier_context: { home_dir: '/home/me' } }],
    }
    const betas = ['context-management-2025-06-27,dangerous-tool-use-2026-09-03']
    expect(lawfulBody(members, { betas }).additionalModelRequestFields).toBeUndefined()
    const policy = { extraBetas: ['context-management-2025-06-27'] }
    expect(lawfulBody(members, { betas, policy }).additionalModelRequestFields).toEqual({
      context_management: { edits: [] },
      anthropic_beta: ['context-management-2025-06-27'],
    })
    expect(lawfulBody(members, { policy }).additionalModelRequestFields).toBeUndefined()
  })

  test('1.1 fixed fields, 1.1 service_tier: guardrail, latency and tier are the owner own, never the client', () => {
    const fixed = {
      guardrailConfig: { guardrailIdentifier: 'g1', guardrailVersion: '1', streamProcessingMode: 'async' },
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'priority' },
    } as const
    const ofStream = lawfulBody({ ...ask, service_tier: 'auto', stream: true }, { policy: { fixed } })
    expect(ofStream).toMatchObject(fixed)
    // AWS knows the mode of a guardrail for streams alone.
    expect(lawfulBody(ask, { policy: { fixed } }).guardrailConfig).toEqual({
      guardrailIdentifier: 'g1',
      guardrailVersion: '1',
    })
    expect(lawfulBody({ ...ask, service_tier: 'auto' }).serviceTier).toBeUndefined()
  })
})

describe('what a model has refused', () => {
  const body = (members: object, learned: object) => translate(members, { learned }).body

  test('1.10 additional fields are taken out, and what they leave empty', () => {
    const members = { ...ask, thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'high' } }
    const { additionalModelRequestFields } = body(members, {
      refusedFields: ['thinking.display', 'output_config.effort', 'nothing.here'],
    })
    expect(additionalModelRequestFields).toEqual({ thinking: { type: 'adaptive' } })
  })

  test('1.10 A8 beta flags: a refused one is not sent again, of suspected ones half are', () => {
    const [long, fine, display] = [
      'context-1m-2025-08-07',
      'fine-grained-tool-streaming-2025-05-14',
      'thinking-display-updates-2026-08-18',
    ]
    const thinking = { type: 'adaptive', display: 'updates' }
    const flags = (betas: string[], learned: object): unknown =>
      translate({ ...ask, thinking }, { betas, learned }).body.additionalModelRequestFields?.['anthropic_beta']
    expect(flags([long], { refusedBetas: [long] })).toBeUndefined()
    expect(flags([long, fine], { refusedBetas: [long] })).toEqual([fine])
    const suspected = { suspectedBetas: [long, fine, display] }
    expect(flags([long, fine, display], suspected)).toEqual([long, fine])
    expect(flags([fine, display], suspected)).toEqual([fine])
    expect(flags([display], suspected)).toEqual([display])
  })

  test('A8 a value that needs a beta flag goes only together with it', () => {
    const beta = 'thinking-display-updates-2026-08-18'
    const thinking = (display: string, betas: string[], learned = {}): unknown =>
      lawfulBody({ ...ask, thinking: { type: 'adaptive', display } }, { betas, learned }).additionalModelRequestFields
    const plain = { thinking: { type: 'adaptive' } }
    expect(thinking('updates', [beta])).toEqual({
      thinking: { type: 'adaptive', display: 'updates' },
      anthropic_beta: [beta],
    })
    expect(thinking('updates', [])).toEqual(plain)
    expect(thinking('updates', [beta], { refusedBetas: [beta] })).toEqual(plain)
    expect(thinking('omitted', [])).toEqual({ thinking: { type: 'adaptive', display: 'omitted' } })
    const bound = { ...ask, thinking: { type: 'adaptive', block_binding: 'strict' } }
    expect(translate(bound).body.additionalModelRequestFields).toEqual(plain)
    expect(translate(bound).notes.map(({ path }) => path)).toEqual(['thinking.block_binding'])
  })

  test('A8 a value that the model does not take is left out, with the flag that is for it', () => {
    const beta = 'thinking-display-updates-2026-08-18'
    const learned = { takenValues: { 'thinking.display': ['summarized', 'omitted'] } }
    const sent = (display: string): unknown =>
      translate({ ...ask, thinking: { type: 'adaptive', display } }, { betas: [beta], learned }).body
        .additionalModelRequestFields
    expect(sent('updates')).toEqual({ thinking: { type: 'adaptive' } })
    expect(sent('summarized')).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } })
  })

  test('1.10 1.5 a model without a limit to one tool still keeps from all tools, and is forced', () => {
    const learned = { capabilities: { toolLimit: false } }
    const sent = (type: string) => {
      const choice = { type, ...(type !== 'none' && { disable_parallel_tool_use: true }) }
      const { toolConfig, additionalModelRequestFields } = body(
        { ...ask, tools: [tool('A')], tool_choice: choice },
        learned,
      )
      return [toolConfig?.toolChoice, additionalModelRequestFields]
    }
    expect(sent('auto')).toEqual([undefined, undefined])
    expect(sent('any')).toEqual([{ any: {} }, undefined])
    expect(sent('none')).toEqual([undefined, { tool_choice: { type: 'none' } }])
  })

  test('1.10 cache points, K9: none for a model that takes none', () => {
    const marked = { messages: [user({ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } })] }
    expect(JSON.stringify(body(marked, { capabilities: { cachePoints: false } }))).not.toContain('cachePoint')
  })

  test('1.5 none, 1.10 tool choice: for a model that cannot be told so: no tools, or stand-ins', () => {
    const learned = { capabilities: { toolChoiceNone: false } }
    const none = { tools: [tool('A')], tool_choice: { type: 'none' } }
    expect(body({ ...ask, ...none }, learned).toolConfig).toBeUndefined()
    const messages = [user('a'), assistant(toolUse('t', 'A')), user(toolResult('t'))]
    const used = body({ messages, ...none }, learned)
    expect(used.toolConfig).toEqual({ tools: [{ toolSpec: { name: 'A', inputSchema: { json: { type: 'object' } } } }] })
    expect(used.additionalModelRequestFields).toBeUndefined()
  })
})

describe('models of other vendors', () => {
  const marked = { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }
  const members = {
    messages: [user(marked), assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, 'b'), user('c')],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 4000,
    top_k: 5,
    temperature: 0,
    stop_sequences: ['x'],
    output_config: { effort: 'high' },
    tools: [tool('A')],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  }

  test("1.6 other vendors: take none of Anthropic's own fields", () => {
    const { body } = translate(members, { modelId: 'meta.llama4-x-v1:0', betas: ['context-1m-2025-08-07'] })
    expect(Object.keys(body)).toEqual(['messages', 'inferenceConfig', 'toolConfig'])
    expect(body.inferenceConfig).toEqual({ maxTokens: 4000, temperature: 0, stopSequences: ['x'] })
    expect(body.toolConfig?.toolChoice).toEqual({ any: {} })
    expect(JSON.stringify(body)).not.toMatch(/reasoningContent|cachePoint/)
  })

  test('1.6 other vendors, 1.6 unknown: Nova caches prompts, an unknown name is taken for the newest Claude', () => {
    expect(translate(members, { modelId: 'us.amazon.nova-pro-v1:0' }).body.messages[0]?.content[1]).toEqual({
      cachePoint: { type: 'default' },
    })
    expect(capabilitiesOf('something-new').isClaude).toBe(true)
    expect(capabilitiesOf('mistral.large-v1:0').isClaude).toBe(false)
  })
})

describe('1.1 max_tokens 0 fills the prompt cache', () => {
  const reply = replyContext({ isPrewarm: true })
  const usage = { inputTokens: 3, outputTokens: 1, totalTokens: 4, cacheWriteInputTokens: 9 }

  test('1.1 asks for one token, and for no budget', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    const { body, reply: told } = translate({ ...ask, max_tokens: 0, thinking })
    expect(body.inferenceConfig?.maxTokens).toBe(1)
    expect(body.additionalModelRequestFields).toBeUndefined()
    expect(told.isPrewarm).toBe(true)
  })

  test('1.1 answers nothing, whole', () => {
    const response = { output: { message: { content: [{ text: 'Hel' }] } }, stopReason: 'end_turn', usage }
    expect(toMessage(response, reply, countingIds())).toMatchObject({
      content: [],
      stop_reason: 'max_tokens',
      stop_sequence: null,
      usage: { input_tokens: 3, cache_creation_input_tokens: 9 },
    })
  })

  test.each(['max_tokens', 'malformed_tool_use'])(
    '1.1 answers nothing, streamed and ended by %s',
    async (stopReason) => {
      const batches = [
        [
          { type: 'messageStart' },
          { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'Hel' } },
          { type: 'messageStop', stopReason },
          { type: 'metadata', usage },
        ] as ConverseStreamEvent[],
      ]
      const events = []
      for await (const batch of batchesOf(batches, reply, countingIds())) events.push(...batch)
      expect(events.map(({ type }) => type)).toEqual(['message_start', 'ping', 'message_delta', 'message_stop'])
      expect(events[2]).toMatchObject({ delta: { stop_reason: 'max_tokens' } })
    },
  )
})
