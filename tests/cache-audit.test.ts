import { describe, expect, test } from 'bun:test'
import type { SimulatedModel } from '../src/simulator/models.ts'
import { simulatedModels } from '../src/simulator/models.ts'
import type { Reply } from '../src/simulator/reply.ts'
import { marker, startAudited, text, turnOf, user } from './support/audited-session.ts'
import { defaultConfig } from './support/chain.ts'
import { image } from './support/translate.ts'

/** Classes of misses that the upstream, its limits and the configuration cause: through the server, by one clock. */

const minute = 60_000
const first = turnOf(['Begin.'])
const second = turnOf(['Begin.', 'Done.', 'Go on.'])
const third = turnOf(['Begin.', 'Done.', 'Go on.', 'Done.', 'Once more.'])

/** A session whose upstream answers as the test says next. */
const startScripted = (options: Parameters<typeof startAudited>[0] = {}) => {
  let next: Reply = {}
  const session = startAudited({ ...options, scenario: () => ({ content: [{ text: 'Done.' }], ...next }) })
  return {
    ...session,
    replyWith(reply: Reply): void {
      next = reply
    },
    classOf: async (request: object) => (await session.ask(request)).cacheClass,
  }
}

const withCacheTtl = (ttl: '5m' | 'mixed') => ({ config: { cache: { ...defaultConfig.cache, ttl } } })

const hourMarker = { ...marker, ttl: '1h' }
const inHours = (words: readonly string[]): object =>
  JSON.parse(JSON.stringify(turnOf(words)).replaceAll(JSON.stringify(marker), JSON.stringify(hourMarker)))

describe('a miss of the prompt cache', () => {
  test('upstream_evicted: the upstream empties its cache (CA-C5)', async () => {
    const { ask, classOf, replyWith } = startScripted()
    const { usage } = await ask(first)
    replyWith({ evictsCache: true })
    expect(await ask(second)).toMatchObject({
      cacheClass: 'upstream_evicted',
      cacheExpectedTokens: usage?.cache_creation_input_tokens,
      cacheMissedTokens: usage?.cache_creation_input_tokens,
    })
    replyWith({})
    expect(await classOf(third)).toBe('hit')
  })

  test('options_changed: the upstream does not read a prompt for another choice of a tool (CA-C5)', async () => {
    const { ask, classOf, replyWith } = startScripted()
    await ask(first)
    replyWith({ evictsCache: true })
    expect(await classOf({ ...second, tool_choice: { type: 'any' } })).toBe('options_changed')
  })

  test('below_minimum: the prompt is shorter than the model caches (CA-C2)', async () => {
    const { classOf } = startScripted({ simulator: { cache: {} } })
    const short = (words: readonly string[]) =>
      turnOf(words, { tools: [], system: [text('Be brief.', { cache_control: marker })] })
    expect([await classOf(short(['a'])), await classOf(short(['a', 'b', 'c']))]).toEqual([
      'below_minimum',
      'below_minimum',
    ])
  })

  test('unknown: the answer breaks; the next request is compared with the one before it (CA-C5)', async () => {
    const { ask, classOf, replyWith } = startScripted()
    await ask(first)
    replyWith({ content: [{ text: 'It breaks in the middle of this.' }], fault: { kind: 'cut', afterFrames: 3 } })
    expect(await classOf({ ...second, stream: true })).toBe('unknown')
    replyWith({})
    expect(await classOf(third)).toBe('hit')
  })

  test('cold: the conversation was summarized, and begins again (CA-C4)', async () => {
    const { ask, classOf } = startScripted()
    await ask(first)
    await ask(third)
    expect(await classOf(turnOf(['A summary of what was said.']))).toBe('cold')
  })

  test('settings_changed: this server omits an image, for a limit (CA-A6)', async () => {
    const { ask, classOf, logged } = startScripted()
    const seen = user(...Array.from({ length: 20 }, () => image()), text('Look.', { cache_control: marker }))
    const unmarked = user(...Array.from({ length: 20 }, () => image()), text('Look.'))
    await ask(turnOf([], { messages: [seen] }))
    const more = [
      unmarked,
      { role: 'assistant', content: 'Seen.' },
      user(image(), text('And?', { cache_control: marker })),
    ]
    expect(await classOf(turnOf([], { messages: more }))).toBe('settings_changed')
    expect(logged).toEqual([])
  })
})

describe('the lifetime that is sent decides when a prompt expires', () => {
  test('5m: an hour of the client is five minutes (CA-T4, CA-C5)', async () => {
    const { ask, wait, classOf } = startScripted(withCacheTtl('5m'))
    await ask(inHours(['Begin.']))
    wait(6 * minute)
    expect(await classOf(inHours(['Begin.', 'Done.', 'Go on.']))).toBe('ttl_expired_5m')
  })

  test('client: an hour of the client is an hour (CA-T1, CA-C5)', async () => {
    const { ask, wait, classOf } = startScripted()
    await ask(inHours(['Begin.']))
    wait(59 * minute)
    expect(await classOf(inHours(['Begin.', 'Done.', 'Go on.']))).toBe('hit')
    wait(61 * minute)
    expect(await classOf(inHours(['Begin.', 'Done.', 'Go on.', 'Done.', 'Once more.']))).toBe('ttl_expired_1h')
  })

  test('mixed: messages expire after five minutes, tools and system prompt after an hour (CA-T4, CA-T6)', async () => {
    const { ask, wait } = startScripted(withCacheTtl('mixed'))
    const long = 'Words of the user. '.repeat(1000)
    const { usage } = await ask(turnOf([long]))
    const { ephemeral_1h_input_tokens: prefix = 0, ephemeral_5m_input_tokens: messages = 0 } =
      usage?.cache_creation ?? {}
    expect(Math.min(prefix, messages)).toBeGreaterThan(1000)
    wait(6 * minute)
    const record = await ask(turnOf([long, 'Done.', 'Go on.']))
    expect(record).toMatchObject({ cacheClass: 'ttl_expired_5m', cacheMissedTokens: messages })
    expect(record.usage?.cache_read_input_tokens).toBe(prefix)
    expect(record.usage?.cache_creation?.ephemeral_1h_input_tokens).toBe(0)
  })

  test('a refused hour costs the prompt once, and is settings_changed (CA-T5)', async () => {
    const [sonnet] = simulatedModels as readonly [SimulatedModel]
    const models: SimulatedModel[] = [sonnet]
    const { ask, classOf, replyWith, wait } = startScripted({ simulator: { models } })
    await ask(inHours(['Begin.']))
    models[0] = { ...sonnet, cacheLifetimes: ['5m'] }
    replyWith({ evictsCache: true })
    wait(minute)
    expect(await classOf(inHours(['Begin.', 'Done.', 'Go on.']))).toBe('settings_changed')
    replyWith({})
    expect(await classOf(inHours(['Begin.', 'Done.', 'Go on.', 'Done.', 'Once more.']))).toBe('hit')
  })
})
