import { describe, expect, test } from 'bun:test'
import { assistant, image, refusalMessage, tool, translate, user, validBody } from '../support/translate.ts'

/** The administrator's settings, and what a model has refused. */

const ask = { messages: [user('a')] }

const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }

const citationsOf = (members: object, options: object = {}): unknown => {
  const block = validBody(members, options).messages[0]?.content.find((part) => 'document' in part)
  return block !== undefined && 'document' in block ? block.document.citations : 'no document'
}

describe('the policy', () => {
  test('D1 D6 the model sees the pages of PDFs by default, and only their text if the setting says so', () => {
    expect(citationsOf({ messages: [user('a', pdf)] })).toEqual({ enabled: true })
    expect(citationsOf({ messages: [user('a', pdf)] }, { policy: { pdf: 'text' } })).toBeUndefined()
    const schema = { type: 'json_schema', schema: { type: 'object' } }
    const structured = { messages: [user('a', pdf)], output_config: { format: schema } }
    expect(citationsOf(structured)).toBeUndefined()
    // A schema in an instruction does not exclude them.
    expect(citationsOf(structured, { modelId: 'claude-opus-4-8' })).toEqual({ enabled: true })
  })

  test('D6 K12 the first turn with documents decides for the conversation', () => {
    const text = { type: 'document', title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'x' } }
    const cited = (...messages: object[]): unknown[] =>
      validBody({ messages })
        .messages.flatMap(({ content }) => content)
        .flatMap((block) => ('document' in block ? [block.document.citations?.enabled] : []))
    expect(cited(user('a', pdf), assistant('b'), user('c', text))).toEqual([true, true])
    expect(cited(user('a', text, pdf))).toEqual([true, true])
    expect(cited(user('a', text), user('b', pdf))).toEqual([true, true])
    expect(cited(user('a', text), assistant('b'), user('c', pdf))).toEqual([undefined, undefined])
    // Messages that are not sent do not decide.
    const blank = { ...text, source: { ...text.source, data: ' ' } }
    expect(cited(user('a', blank), assistant('b'), user('c', pdf))).toEqual([true])
    expect(cited(user('a', text), assistant({ type: 'compaction', content: 'S' }), user('c', pdf))).toEqual([true])
    const { notes } = translate({ messages: [user('a', text), assistant('b'), user('c', pdf)] })
    expect(notes.some(({ level, what }) => level === 'info' && what.startsWith('a PDF after other'))).toBe(true)
  })

  test('1.2.10 too many images are refused if the setting says so, with a message that the client acts on', () => {
    const many = Array.from({ length: 22 }, () => image())
    expect(refusalMessage(() => translate({ messages: [user(...many)] }, { policy: { excessMedia: 'refuse' } }))).toBe(
      'capability_rejected: media_budget — Too much media: 22 > 20 images and documents per request',
    )
  })

  test("1.1 system blocks: Claude Code's billing line is dropped unless the setting keeps it", () => {
    const system = 'x-anthropic-billing-header: cc_version=1;\nBe good.'
    expect(validBody({ ...ask, system }).system).toEqual([{ text: 'Be good.' }])
    expect(validBody({ ...ask, system }, { policy: { billingHeader: 'keep' } }).system).toEqual([{ text: system }])
  })

  test('N5 strict is sent only if the setting says so, the model accepts it, and it is true', () => {
    const specs = (strict: boolean, options: object): unknown[] =>
      translate({ ...ask, tools: [tool('A', { strict })] }, options).body.toolConfig?.tools.map((entry) =>
        'toolSpec' in entry ? entry.toolSpec.strict : 'x',
      ) ?? []
    const send = { policy: { strictTools: 'send' } }
    expect(specs(true, {})).toEqual([undefined])
    expect(specs(true, send)).toEqual([true])
    expect(specs(false, send)).toEqual([undefined])
    expect(specs(true, { ...send, modelId: 'claude-opus-4-7' })).toEqual([undefined])
    expect(specs(true, { ...send, overrides: { capabilities: { strictTools: false } } })).toEqual([undefined])
  })

  test('1.1 context_management, 1.1 safeguards, 1.7 owner list: fields that depend on a beta flag are sent only with it', () => {
    const members = {
      ...ask,
      context_management: { edits: [] },
      safeguards: [{ type: 'dangerous_tool_use', classifier_context: { home_dir: '/home/me' } }],
    }
    const betas = ['context-management-2025-06-27,dangerous-tool-use-2026-09-03']
    expect(validBody(members, { betas }).additionalModelRequestFields).toBeUndefined()
    const policy = { extraBetas: ['context-management-2025-06-27'] }
    expect(validBody(members, { betas, policy }).additionalModelRequestFields).toEqual({
      context_management: { edits: [] },
      anthropic_beta: ['context-management-2025-06-27'],
    })
    expect(validBody(members, { policy }).additionalModelRequestFields).toBeUndefined()
  })

  test('1.1 fixed fields, 1.1 service_tier: guardrail, latency and tier come from the configuration, never from the client', () => {
    const fixed = {
      guardrailConfig: { guardrailIdentifier: 'g1', guardrailVersion: '1', streamProcessingMode: 'async' },
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'priority' },
    } as const
    const ofStream = validBody({ ...ask, service_tier: 'auto', stream: true }, { policy: { fixed } })
    expect(ofStream).toMatchObject(fixed)
    // AWS has the mode of a guardrail only for streams.
    expect(validBody(ask, { policy: { fixed } }).guardrailConfig).toEqual({
      guardrailIdentifier: 'g1',
      guardrailVersion: '1',
    })
    expect(validBody({ ...ask, service_tier: 'auto' }).serviceTier).toBeUndefined()
  })
})
