import { heapStats } from 'bun:jsc'
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { classify } from '../../../src/gateway/cache-audit/classify.ts'
import { compare } from '../../../src/gateway/cache-audit/compare.ts'
import { createFingerprinter, type Fingerprint } from '../../../src/gateway/cache-audit/fingerprint.ts'
import { isOurFault } from '../../../src/gateway/cache-miss.ts'
import { createContentHash } from '../../../src/runtime/content-hash.ts'
import { createFingerprints, promptOf } from '../../support/cache-audit.ts'
import { conversations, type RandomConversation } from '../../support/conversations.ts'
import { image } from '../../support/translate.ts'

// Random, but reproducible.
fc.configureGlobal({ seed: 20261122 })

type Request = Record<string, unknown> & { messages: Record<string, unknown>[] }

const models = ['claude-sonnet-4.6', 'claude-opus-4.6', 'claude-haiku-4.5', 'nova-pro'] as const

const requestOf = ({ system, more }: RandomConversation, messages: object[]): Request =>
  JSON.parse(JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 4000, system, ...more, messages }))

const pdf = {
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQKJSVFT0YK' },
}
const plainFile = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Words.' } }
const reminder = { role: 'system', content: 'Remember the rules.' }
const exchange = (id: string, content: unknown): object[] => [
  { role: 'assistant', content: [{ type: 'tool_use', id, name: 'Bash', input: { command: `ls ${id}` } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
]

/** What a client adds to its conversation. */
const additions: readonly ((serial: number) => object[])[] = [
  (serial) => [
    { role: 'assistant', content: `Answer ${serial}.` },
    { role: 'user', content: `Question ${serial}.` },
  ],
  (serial) => exchange(`toolu_${serial}`, 'a result'),
  (serial) => exchange(`toolu_${serial}`, [{ type: 'text', text: 'a picture:' }, image()]),
  (serial) => exchange(`toolu_${serial}`, [pdf]),
  (serial) => [
    { role: 'assistant', content: 'A file?' },
    { role: 'user', content: [pdf, { type: 'text', text: `See ${serial}.` }] },
  ],
  (serial) => [...exchange(`toolu_${serial}`, ''), reminder],
  (serial) => [
    { role: 'assistant', content: 'Two files?' },
    { role: 'user', content: [pdf, { ...plainFile, title: `file ${serial}` }] },
  ],
]

/** Changes of a client other than additions. */
const changes: readonly ((request: Request) => Request)[] = [
  (request) => ({ ...request, tools: [{ name: 'Other', input_schema: { type: 'object' } }] }),
  (request) => ({ ...request, system: 'Another prompt.' }),
  (request) => ({ ...request, messages: [{ role: 'user', content: 'A summary of all.' }] }),
  (request) => ({ ...request, messages: [{ role: 'user', content: 'Before all.' }, ...request.messages] }),
  (request) => ({ ...request, messages: request.messages.slice(0, 1) }),
  (request) => ({ ...request, thinking: { type: 'enabled', budget_tokens: 2000 } }),
  (request) => ({ ...request, tool_choice: { type: 'none' } }),
]

/** Moves the marker to the end, like Claude Code. */
const marked = (request: Request): Request => ({ ...request, cache_control: { type: 'ephemeral' } })

const fingerprintOf = createFingerprints()

const verdictOn = (before: Fingerprint, after: Fingerprint): string | undefined =>
  classify({
    fingerprint: after,
    usage: { read: 0, written: 5000 },
    startedAt: 1000,
    earlier: [{ fingerprint: before, modelId: 'x', cachedTokens: 5000, endedAt: 0 }],
    otherModel: undefined,
    hasParallel: false,
  })?.cacheClass

/** A turn of a session, and whether the client has only added something. */
interface Turn {
  readonly fingerprint: Fingerprint
  readonly isGrown: boolean
}

/** The turns after `messages`; a pick over the number of additions is a change. */
const turnsAfter = (
  given: RandomConversation,
  messages: object[],
  picks: readonly number[],
  modelId: string,
): Turn[] => {
  let grown = messages
  return picks.map((pick, serial) => {
    grown = [...grown, ...(additions[pick % additions.length]?.(serial) ?? [])]
    const change = changes[pick - additions.length]
    const request = requestOf(given, grown)
    const sent = serial % 2 === 0 ? marked(request) : request
    return { fingerprint: fingerprintOf(change?.(sent) ?? sent, { modelId }), isGrown: change === undefined }
  })
}

const isIntended = (verdict: string | undefined): boolean => verdict === 'settings_changed'

const sessionsPerConversation = 10
const pick = fc.nat(additions.length + changes.length - 1)
const sessions = fc.array(fc.array(pick, { minLength: 1, maxLength: 2 }), {
  minLength: sessionsPerConversation,
  maxLength: sessionsPerConversation,
})

test('CA-F1 a prompt that cannot be read leaves none of its texts in memory', () => {
  const megabyte = 2 ** 20
  const read = createFingerprinter(createContentHash())
  const heapSize = (): number => {
    Bun.gc(true)
    return heapStats().heapSize
  }
  const fail = (): void => {
    const content = Array.from({ length: 32 }, (_, index) => ({
      type: 'text',
      text: Buffer.alloc(megabyte, `${index} `).toString('latin1'),
    }))
    const { units, ...prompt } = promptOf({
      model: 'claude-sonnet-4-6',
      max_tokens: 10,
      messages: [{ role: 'user', content }],
    })
    let block: object = {}
    for (let depth = 0; depth < 100_000; depth += 1) block = { a: block }
    const tooDeep = { role: 'assistant', units: [{ block, path: ['messages', 1] }] }
    expect(() => read({ ...prompt, units: { ...units, turns: [...units.turns, tooDeep] } })).toThrow(RangeError)
  }
  const before = heapSize()
  const left = Array.from({ length: 5 }, () => {
    fail()
    return heapSize() - before
  })
  // A value that looks like a pointer can keep the texts of one call, but not of each.
  expect(Math.min(...left)).toBeLessThan(8 * megabyte)
})

test('CA-A3 CA-A4 in 10,000 random sessions, this server never changes a prompt: each request begins with the units of the one before', () => {
  const classes = new Set<string | undefined>()
  const check = (before: Turn, after: Turn): void => {
    const verdict = verdictOn(before.fingerprint, after.fingerprint)
    classes.add(verdict)
    expect([verdict, isOurFault(verdict ?? '')]).toEqual([verdict, false])
    const isComparable = before.isGrown && after.isGrown && before.fingerprint.points.length > 0
    if (!isComparable || isIntended(verdict)) return
    // A tool that the conversation mentions is offered from then on.
    if (verdict !== 'tools_changed') expect(compare(before.fingerprint, after.fingerprint).difference).toBeUndefined()
  }
  fc.assert(
    fc.property(conversations, sessions, fc.constantFrom(...models), (given, all, modelId) => {
      const messages = [...given.messages, ...given.next]
      const first = { fingerprint: fingerprintOf(requestOf(given, given.messages), { modelId }), isGrown: true }
      const second = { fingerprint: fingerprintOf(requestOf(given, messages), { modelId }), isGrown: true }
      check(first, second)
      for (const picks of all) {
        let before = second
        for (const turn of turnsAfter(given, messages, picks, modelId)) {
          check(before, turn)
          before = turn
        }
      }
    }),
    { numRuns: 1000 },
  )
  for (const seen of ['tools_changed', 'system_changed', 'messages_changed', 'marker_gone', 'cold', 'upstream_evicted'])
    expect(classes).toContain(seen)
}, 120_000)

test('CA-F3 a prompt that repeats an earlier one gets the same fingerprint, though most of it is not read again', () => {
  const plain = ({ sent, client, bytes: _, ...others }: Fingerprint) => ({
    ...others,
    sent: sent.hashes,
    client: client.hashes,
  })
  fc.assert(
    fc.property(conversations, pick, (given, serial) => {
      const messages = [...given.messages, ...given.next]
      const before = fingerprintOf(marked(requestOf(given, messages)))
      const grown = requestOf(given, [...messages, ...(additions[serial % additions.length]?.(serial) ?? [])])
      const after = changes[serial - additions.length]?.(grown) ?? grown
      expect(plain(fingerprintOf(after, {}, [before]))).toEqual(plain(fingerprintOf(after)))
    }),
    { numRuns: 300 },
  )
})

test('CA-S2 of any number of markers, only the last are kept, and notes count as memory', () => {
  const marker = { cache_control: { type: 'ephemeral' } }
  const blocks = Array.from({ length: 5000 }, (_, index) => ({ type: 'text', text: `${index}`, ...marker }))
  const of = (content: object[]): Fingerprint =>
    fingerprintOf({ model: 'claude-sonnet-4-6', max_tokens: 10, messages: [{ role: 'user', content }] })
  const many = of(blocks)
  expect(many.markers).toEqual(Array.from({ length: 64 }, (_, index) => 5000 - 63 + index))
  expect([many.droppedMarkers.size, many.notes.size]).toEqual([124, 0])
  const images = of(Array.from({ length: 500 }, () => image()))
  expect(images.notes.size).toBeGreaterThan(400)
  expect(images.bytes).toBeGreaterThan(images.notes.size * 100)
})
