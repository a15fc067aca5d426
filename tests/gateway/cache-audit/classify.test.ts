import { describe, expect, test } from 'bun:test'
import { type Case, classify, type KeptRequest } from '../../../src/gateway/cache-audit/classify.ts'
import type { Fingerprint } from '../../../src/gateway/cache-audit/fingerprint.ts'
import { noOverrides } from '../../../src/translate/capabilities/overrides.ts'
import { createFingerprints, type Translation } from '../../support/cache-audit.ts'

const marker = { type: 'ephemeral' }
const tool = (name: string, more: object = {}) => ({
  name,
  description: `Runs ${name}.`,
  input_schema: { type: 'object' },
  ...more,
})
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more })
const user = (...content: object[]) => ({ role: 'user', content })
const assistant = (words: string) => ({ role: 'assistant', content: [text(words)] })

const first = (more: object = {}): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  tools: [tool('Bash'), tool('Read')],
  system: [text('You are an agent.', { cache_control: marker })],
  messages: [user(text('Begin.', { cache_control: marker }))],
  ...more,
})

/** The next turn: the marker has moved to the end. */
const second = (more: object = {}): object =>
  first({
    messages: [user(text('Begin.')), assistant('Done.'), user(text('Go on.', { cache_control: marker }))],
    ...more,
  })

const minute = 60_000
const begin = 1_800_000_000_000

const kept = (fingerprint: Fingerprint, more: Partial<KeptRequest> = {}): KeptRequest => ({
  fingerprint,
  modelId: 'claude-sonnet-4.6',
  cachedTokens: 5000,
  endedAt: begin,
  ...more,
})

const fingerprintOf = createFingerprints()

const caseOf = (before: KeptRequest | undefined, fingerprint: Fingerprint, more: Partial<Case> = {}): Case => ({
  fingerprint,
  usage: { read: 0, written: 6000 },
  startedAt: begin + minute,
  earlier: before === undefined ? [] : [before],
  otherModel: undefined,
  hasParallel: false,
  ...more,
})

/** The verdict on `second` as changed, after `first`. */
const afterFirst = (changed: object, more: Partial<Case> = {}, earlier: object = first()) =>
  classify(caseOf(kept(fingerprintOf(earlier)), fingerprintOf(changed), more))

describe('a request after another one of its session', () => {
  test('CA-C1 CA-C3 is a hit if it reads 90 percent of what the cache has', () => {
    expect(afterFirst(second(), { usage: { read: 4500, written: 100 } })).toMatchObject({
      cacheClass: 'hit',
      expectedTokens: 5000,
      missedTokens: 0,
      // Two tools, one block of the system prompt, one text.
      reachUnits: 4,
    })
    expect(afterFirst(second(), { usage: { read: 4499, written: 100 } })?.cacheClass).toBe('upstream_evicted')
  })

  test('CA-C5 CA-C8 tools_changed: the client has another tool', () => {
    const changed = second({ tools: [tool('Bash'), tool('Write')] })
    expect(afterFirst(changed, { usage: { read: 1000, written: 5000 } })).toMatchObject({
      cacheClass: 'tools_changed',
      expectedTokens: 5000,
      missedTokens: 4000,
      reachUnits: 0,
    })
    expect(afterFirst(second({ tools: [tool('Bash'), tool('Read'), tool('Write')] }))?.cacheClass).toBe('tools_changed')
    expect(afterFirst(second({ tools: [tool('Bash')] }))?.cacheClass).toBe('tools_changed')
    expect(afterFirst(second({ tools: [tool('Read'), tool('Bash')] }))?.cacheClass).toBe('tools_changed')
  })

  test('CA-C5 tools_changed: the client loads a tool that it had deferred', () => {
    const tools = [tool('Bash'), tool('Late', { defer_loading: true })]
    const messages = [
      user(text('Begin.')),
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }] },
      user({
        type: 'tool_result',
        tool_use_id: 't1',
        content: [{ type: 'tool_reference', tool_name: 'Late' }],
        cache_control: marker,
      }),
    ]
    expect(afterFirst(first({ tools, messages }), {}, first({ tools }))?.cacheClass).toBe('tools_changed')
  })

  test('CA-C5 system_changed: the client has another system prompt', () => {
    const system = [text('You are another agent.', { cache_control: marker })]
    expect(afterFirst(second({ system }))?.cacheClass).toBe('system_changed')
  })

  test('CA-C5 messages_changed: the client edits or rewinds its conversation', () => {
    const messages = [
      user(text('Begin differently.')),
      assistant('Done.'),
      user(text('Go on.', { cache_control: marker })),
    ]
    expect(afterFirst(second({ messages }))).toMatchObject({ cacheClass: 'messages_changed', reachUnits: 3 })
    expect(afterFirst(first(), {}, second())?.cacheClass).toBe('messages_changed')
  })

  test('CA-C5 marker_gone: the client no longer marks the end, or marks it more than 20 blocks later', () => {
    const bare = [user(text('Begin.')), assistant('Done.'), user(text('Go on.'))]
    expect(afterFirst(second({ messages: bare }))?.cacheClass).toBe('marker_gone')
    const texts = Array.from({ length: 30 }, (_, index) => text(`Line ${index}.`))
    const far = [user(text('Begin.')), assistant('Done.'), user(...texts, text('Go on.', { cache_control: marker }))]
    expect(afterFirst(second({ messages: far }))?.cacheClass).toBe('marker_gone')
  })

  test('CA-C5 options_changed: only thinking or tool_choice differs', () => {
    expect(afterFirst(second({ thinking: { type: 'adaptive' } }))?.cacheClass).toBe('options_changed')
    expect(afterFirst(second({ tool_choice: { type: 'any' } }))?.cacheClass).toBe('options_changed')
  })

  test('CA-C5 options_changed: a model that cannot be kept from its tools gets none of them', () => {
    const fingerprints = [first(), second({ tool_choice: { type: 'none' } })].map((request) =>
      fingerprintOf(request, { modelId: 'nova-pro' }),
    ) as [Fingerprint, Fingerprint]
    expect(classify(caseOf(kept(fingerprints[0]), fingerprints[1]))?.cacheClass).toBe('options_changed')
  })

  test('CA-C5 CA-C6 ttl_expired: the gap is longer than the lifetime of the point', () => {
    expect(afterFirst(second(), { startedAt: begin + 5 * minute })?.cacheClass).toBe('upstream_evicted')
    expect(afterFirst(second(), { startedAt: begin + 5 * minute + 1 })?.cacheClass).toBe('ttl_expired_5m')
    const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
    const long = first({ system: [text('You are an agent.', hour)], messages: [user(text('Begin.', hour))] })
    const next = second({ system: [text('You are an agent.', hour)] })
    expect(afterFirst(next, { startedAt: begin + 59 * minute }, long)?.cacheClass).toBe('upstream_evicted')
    expect(afterFirst(next, { startedAt: begin + 61 * minute }, long)?.cacheClass).toBe('ttl_expired_1h')
  })

  test('CA-C6 the last use of the prefix counts, also by another request; a clock that is set back is no gap', () => {
    const before = fingerprintOf(first())
    const recent = kept(fingerprintOf(second()), { endedAt: begin + 8 * minute })
    const one = caseOf(kept(before), fingerprintOf(second()), { startedAt: begin + 10 * minute })
    expect(classify(one)?.cacheClass).toBe('ttl_expired_5m')
    expect(classify({ ...one, earlier: [recent, ...one.earlier] })?.cacheClass).toBe('upstream_evicted')
    expect(classify({ ...one, startedAt: begin - minute })?.cacheClass).toBe('upstream_evicted')
  })

  test('CA-C2 is below_minimum if the cache accepts no prompt of that length', () => {
    const before = kept(fingerprintOf(first(), { cacheMinimum: 1024 }), { cachedTokens: 0 })
    const after = fingerprintOf(second(), { cacheMinimum: 1024 })
    const nothing = { expectedTokens: 0, missedTokens: 0, reachUnits: 0 }
    const usage = { read: 0, written: 0 }
    expect(classify(caseOf(before, after, { usage }))).toEqual({ cacheClass: 'below_minimum', ...nothing })
    expect(classify(caseOf(undefined, after, { usage }))).toEqual({ cacheClass: 'below_minimum', ...nothing })
  })

  test('CA-C4 is cold if its conversation was replaced', () => {
    const compacted = first({ messages: [user(text('Summary of all before.', { cache_control: marker }))] })
    expect(afterFirst(compacted, {}, second())?.cacheClass).toBe('cold')
  })

  test('CA-C5 model_changed: the session goes on with another model', () => {
    const otherModel = kept(fingerprintOf(first()), { modelId: 'claude-opus-4.6' })
    expect(classify(caseOf(undefined, fingerprintOf(second()), { otherModel }))).toMatchObject({
      cacheClass: 'model_changed',
      expectedTokens: 5000,
      missedTokens: 5000,
    })
    const side = kept(fingerprintOf(first({ tools: [], system: 'Make a title.' })))
    expect(classify(caseOf(undefined, fingerprintOf(second()), { otherModel: side }))?.cacheClass).toBe('cold')
  })

  test('CA-C5 is unknown without usage, and has no class if it asks for no cache', () => {
    expect(afterFirst(second(), { usage: undefined })?.cacheClass).toBe('unknown')
    const title = { model: 'x', max_tokens: 10, messages: [user(text('A title, please.'))] }
    expect(afterFirst(title)).toBeUndefined()
  })

  test('CA-C7 is compared with the one that it goes on from, and is no fault of ours next to a parallel one', () => {
    const side = kept(fingerprintOf(first({ system: [text('Suggest something.', { cache_control: marker })] })))
    const main = kept(fingerprintOf(first()))
    const usage = { read: 5000, written: 100 }
    const one = caseOf(undefined, fingerprintOf(second()), { earlier: [side, main], usage })
    expect(classify(one)).toMatchObject({ cacheClass: 'hit', reachUnits: 4 })
    expect(classify({ ...one, earlier: [side], usage: { read: 9000, written: 100 } })?.cacheClass).toBe('hit')
    expect(classify(caseOf(undefined, one.fingerprint, { hasParallel: true }))?.cacheClass).toBe('unknown')
  })
})

/** The request with every translated text changed by `change`. */
const withTexts =
  (change: (words: string, turn: number) => string) =>
  (translation: Translation): Translation => ({
    ...translation,
    units: {
      ...translation.units,
      turns: translation.units.turns.map((turn, index) => ({
        ...turn,
        units: turn.units.map((unit) =>
          'text' in unit.block ? { ...unit, block: { text: change(unit.block.text, index) } } : unit,
        ),
      })),
    },
  })

describe('a prompt that this server has changed', () => {
  const before = kept(fingerprintOf(first()))

  test('CA-A1 CA-C5 translation_changed: a sent block differs, though the client has sent the same', () => {
    const change = withTexts((words, turn) => (turn === 0 ? `${words} [note]` : words))
    const verdict = classify(caseOf(before, fingerprintOf(second(), { change })))
    expect(verdict).toMatchObject({ cacheClass: 'translation_changed', compared: { unit: 3 } })
  })

  test('CA-C7 is no fault while another request of the session runs', () => {
    const change = withTexts((words) => `${words} [note]`)
    const one = caseOf(before, fingerprintOf(second(), { change }), { hasParallel: true })
    // What nothing is known about has no loss, in no sum.
    expect(classify(one)).toMatchObject({ cacheClass: 'unknown', expectedTokens: 0, missedTokens: 0 })
  })

  test('CA-C5 marker_moved: the client marks the end, and the request has no cache point there', () => {
    const change = (translation: Translation): Translation => ({
      ...translation,
      units: {
        ...translation.units,
        turns: translation.units.turns.map((turn) => ({
          ...turn,
          units: turn.units.map(({ cachePoint, ...unit }) => unit),
        })),
      },
    })
    expect(classify(caseOf(before, fingerprintOf(second(), { change })))?.cacheClass).toBe('marker_moved')
    // Also if no request ever had it.
    const never = kept(fingerprintOf(first(), { change }))
    const one = caseOf(never, fingerprintOf(second(), { change }), { usage: { read: 5000, written: 0 } })
    expect(classify(one)?.cacheClass).toBe('marker_moved')
  })

  test('CA-C5 CA-T5 settings_changed: the model has refused something since', () => {
    const overrides = { ...noOverrides, refusedBetas: ['a'] }
    const change = withTexts((words) => `${words} [note]`)
    expect(classify(caseOf(before, fingerprintOf(second(), { change, overrides })))?.cacheClass).toBe(
      'settings_changed',
    )
    const cacheless = { ...noOverrides, capabilities: { cachePoints: false } }
    const verdict = classify(caseOf(before, fingerprintOf(second(), { overrides: cacheless, hasCache: false })))
    expect(verdict?.cacheClass).toBe('settings_changed')
  })

  test('CA-A6 settings_changed: the end of a prefill loses its white space', () => {
    const said = assistant('Done. ')
    const conversations = [
      [user(text('Begin.')), said],
      [user(text('Begin.')), said, user(text('Go on.'))],
    ]
    const [prefilled, after] = conversations.map((messages) =>
      fingerprintOf(first({ messages, cache_control: marker }), { modelId: 'claude-haiku-4.5' }),
    ) as [Fingerprint, Fingerprint]
    expect(classify(caseOf(kept(prefilled), after))?.cacheClass).toBe('settings_changed')
  })

  test('CA-A6 settings_changed: the translation says what it changed, such as media over the limit', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }
    const images = Array.from({ length: 20 }, () => image)
    const full = first({ messages: [user(...images, text('Look.', { cache_control: marker }))] })
    const over = first({
      messages: [
        user(...images, text('Look.')),
        assistant('I see.'),
        user(image, text('Again.', { cache_control: marker })),
      ],
    })
    expect(afterFirst(over, {}, full)?.cacheClass).toBe('settings_changed')
  })
})
