import { describe, expect, test } from 'bun:test'
import { unknownDialect } from '../../src/translate/capabilities/chat-dialect.ts'
import { toUsage } from '../../src/translate/converse-to-anthropic/usage.ts'
import { toUsage as toChatUsage } from '../../src/translate/openai-chat-to-anthropic/usage.ts'
import type { CacheTtl } from '../../src/translate/policy.ts'
import type { TokenUsage } from '../../src/wire/converse/response.ts'
import { notesIn, translateChat } from '../support/chat-request.ts'
import { chatContext } from '../support/chat-response.ts'
import { assistant, cachedText, tool, translate, user, validBody } from '../support/translate.ts'

type Ttl = '5m' | '1h'

const marker = (ttl?: Ttl) => ({ cache_control: { type: 'ephemeral' as const, ...(ttl && { ttl }) } })

/** A prompt with a marker at the end of its tools, its system prompt, and its two user turns. */
const conversation = (tools?: Ttl, system = tools, first = system, last = first) => ({
  tools: [tool('Bash', marker(tools))],
  system: [cachedText('s'.repeat(300), system)],
  messages: [user(cachedText('a'.repeat(300), first)), assistant('b'), user(cachedText('c', last))],
})

const lifetimesIn = (body: object): string[] =>
  [...JSON.stringify(body).matchAll(/"(?:cachePoint|cache_control)":\{"type":"\w+"(?:,"ttl":"(\w+)")?\}/g)].map(
    ([, ttl]) => ttl ?? 'none',
  )

/** In the prompt's order. */
const converse = (members: object, cacheTtl: CacheTtl, modelId = 'claude-sonnet-4.6'): string[] => {
  const { toolConfig, system, messages } = validBody(members, { modelId, policy: { cacheTtl } })
  return lifetimesIn([toolConfig, system, messages])
}

const chat = (members: object, cacheTtl: CacheTtl, cacheTtlKnown = true): string[] => {
  const options = { dialect: { cache: 'anthropic', cacheTtl: cacheTtlKnown }, policy: { cacheTtl } } as const
  const { tools, messages } = translateChat(members, options).body
  return lifetimesIn([tools, messages])
}

describe.each([
  ['Converse', converse],
  ['Chat Completions', chat],
] as const)('lifetimes in a request of %s', (_, send) => {
  test('client and 1h send what the client asks for (CA-T1, CA-T4)', () => {
    for (const cacheTtl of ['client', '1h'] as const) {
      expect(send(conversation(), cacheTtl)).toEqual(['none', 'none', 'none', 'none'])
      expect(send(conversation('1h', '1h', '5m'), cacheTtl)).toEqual(['1h', '1h', '5m', '5m'])
      expect(send(conversation('1h'), cacheTtl)).toEqual(['1h', '1h', '1h', '1h'])
    }
  })

  test('5m lowers an hour to five minutes (CA-T4)', () => {
    expect(send(conversation('1h'), '5m')).toEqual(['5m', '5m', '5m', '5m'])
    expect(send(conversation(), '5m')).toEqual(['none', 'none', 'none', 'none'])
    expect(send({ ...conversation('1h'), ...marker('1h'), tools: [] }, '5m')).toEqual(['5m', '5m', '5m'])
  })

  test('mixed sets an hour for tools and the system prompt, five minutes for messages (CA-T4)', () => {
    expect(send(conversation(), 'mixed')).toEqual(['1h', '1h', 'none', 'none'])
    expect(send(conversation('1h'), 'mixed')).toEqual(['1h', '1h', '5m', '5m'])
    // The lifetimes that the client asks for would be refused.
    expect(send(conversation('5m', '1h', '1h', '5m'), 'mixed')).toEqual(['1h', '1h', '5m', '5m'])
  })
})

test('a model or a provider without lifetimes gets none, whatever the setting (CA-T4, CA-T5)', () => {
  const none = ['none', 'none', 'none', 'none']
  for (const cacheTtl of ['client', '5m', '1h', 'mixed'] as const) {
    expect(converse(conversation('1h'), cacheTtl, 'claude-opus-4-1')).toEqual(none)
    expect(chat(conversation('1h'), cacheTtl, false)).toEqual(none)
    const policy = { cacheTtl }
    const refused = translate(conversation('1h'), { policy, overrides: { capabilities: { cacheTtl: false } } })
    expect(lifetimesIn(refused.body)).toEqual(none)
    expect(refused.notes).toEqual([])
  }
})

test('each changed lifetime has a note with the path of its marker (CA-T4)', () => {
  const lowered = 'one hour of a cache marker: sent as five minutes (cache.ttl)'
  const raised = 'five minutes of a cache marker: sent as one hour (cache.ttl)'
  const all = ['tools.0', 'system.0', 'messages.0.content.0', 'messages.2.content.0'].map(
    (path) => `${path}.cache_control.ttl`,
  )
  const notes = (members: object, cacheTtl: CacheTtl): string[] => {
    const sent = translate(members, { policy: { cacheTtl } }).notes.map(
      ({ level, path, what }) => `${level} ${path}: ${what}`,
    )
    const dialect = { cache: 'anthropic', cacheTtl: true } as const
    expect(notesIn(translateChat(members, { dialect, policy: { cacheTtl } }))).toEqual(sent)
    return sent
  }
  expect(notes(conversation('1h'), '5m')).toEqual(all.map((path) => `debug ${path}: ${lowered}`))
  expect(notes(conversation(), 'mixed')).toEqual(all.slice(0, 2).map((path) => `debug ${path}: ${raised}`))
  expect(notes(conversation('1h'), 'mixed')).toEqual(all.slice(2).map((path) => `debug ${path}: ${lowered}`))
  expect(notes(conversation('1h'), 'client')).toEqual([])
})

test('an OpenAI client with a retention of a day is lowered, too (CA-T4)', () => {
  const members = { ...conversation(), ...marker('1h'), tools: [] }
  expect(converse(members, '5m')).toEqual(['none', 'none', '5m'])
})

describe('the usage of an answer', () => {
  const usage = (members: object, cacheTtl: CacheTtl, reported: TokenUsage) =>
    toUsage(reported, undefined, translate(members, { policy: { cacheTtl } }).responseContext).cache_creation
  const of = (minutes: number, hour: number) => ({
    ephemeral_5m_input_tokens: minutes,
    ephemeral_1h_input_tokens: hour,
  })

  test('has the lifetimes that the upstream reports (CA-T6)', () => {
    const cacheDetails = [
      { ttl: '1h', inputTokens: 600 },
      { ttl: '5m', inputTokens: 400 },
    ] as const
    expect(usage(conversation('1h'), 'mixed', { cacheWriteInputTokens: 1000, cacheDetails })).toEqual(of(400, 600))
  })

  test('follows the markers that were sent, not those of the client, if the upstream reports none (CA-T6)', () => {
    const written = { cacheWriteInputTokens: 1000 }
    expect(usage(conversation('1h'), 'client', written)).toEqual(of(0, 1000))
    expect(usage(conversation('1h'), '5m', written)).toEqual(of(1000, 0))
    expect(usage({ ...conversation(), messages: [user('a')] }, 'mixed', written)).toEqual(of(0, 1000))
  })

  test('divides mixed lifetimes by the length of the sent blocks (CA-T6)', () => {
    // Tools and system prompt are about half of the prompt.
    const half = usage(conversation(), 'mixed', { cacheWriteInputTokens: 1000 })
    expect(half.ephemeral_1h_input_tokens).toBeWithin(450, 600)
    expect(half.ephemeral_1h_input_tokens + half.ephemeral_5m_input_tokens).toBe(1000)
    // What was read is the beginning.
    expect(usage(conversation(), 'mixed', { cacheReadInputTokens: 800, cacheWriteInputTokens: 200 })).toEqual(
      of(200, 0),
    )
    const rest = usage(conversation(), 'mixed', { cacheReadInputTokens: 200, cacheWriteInputTokens: 800 })
    expect(rest.ephemeral_1h_input_tokens).toBe(half.ephemeral_1h_input_tokens - 200)
    expect(usage(conversation(), 'mixed', {})).toEqual(of(0, 0))
  })

  test('counts an image as little, however long its data (CA-T6)', () => {
    const data = 'A'.repeat(400_000)
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } }
    const members = { system: [cachedText('s'.repeat(60_000))], messages: [user(picture, cachedText('a'))] }
    const { ephemeral_1h_input_tokens: hour } = usage(members, 'mixed', { cacheWriteInputTokens: 1000 })
    expect(hour).toBeWithin(880, 930)
  })

  test('of a provider follows the sent markers, too (CA-T6)', () => {
    const prompt = { prompt_tokens: 2000, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 1000 } }
    const chatUsage = (cacheTtl: CacheTtl, isKnown = true) => {
      const dialect = { ...unknownDialect, cache: 'anthropic', cacheTtl: isKnown } as const
      const { response } = translateChat(conversation('1h'), { dialect, policy: { cacheTtl } })
      return toChatUsage(prompt, '', chatContext({ hourShare: response.hourShare })).cache_creation
    }
    expect(chatUsage('client')).toEqual(of(0, 1000))
    expect(chatUsage('5m')).toEqual(of(1000, 0))
    expect(chatUsage('client', false)).toEqual(of(1000, 0))
    expect(chatUsage('mixed').ephemeral_1h_input_tokens).toBeWithin(450, 650)
  })
})
