import { describe, expect, test } from 'bun:test'
import { createThinkingMemory } from '../../../../src/server/entrances/openai/thinking-memory.ts'
import type { ThinkingContent } from '../../../../src/translate/openai-entrance/thinking-content.ts'

const hour = 60 * 60 * 1000

const memoryAt = (maximumBytes?: number) => {
  const clock = { ms: 0 }
  const memory = createThinkingMemory({ now: () => clock.ms, ...(maximumBytes !== undefined && { maximumBytes }) })
  return { clock, memory }
}

const thought = (text: string): ThinkingContent[] => [
  { type: 'thinking', thinking: text, signature: 'sig' },
  { type: 'redacted_thinking', data: 'data' },
]

describe('the thinking memory', () => {
  test('returns all thinking of a turn for each of its calls (OE-C64)', () => {
    const { memory } = memoryAt()
    memory.keep('owner', { thinking: thought('a'), toolCallIds: ['call_1', 'call_2'] })
    expect(memory.recall('owner', 'call_1')).toEqual(thought('a'))
    expect(memory.recall('owner', 'call_2')).toEqual(thought('a'))
    expect(memory.recall('owner', 'call_3')).toBeUndefined()
  })

  test('returns nothing to another client, or for another model (OE-C64)', () => {
    const { memory } = memoryAt()
    memory.keep('client\nopus', { thinking: thought('a'), toolCallIds: ['call_1'] })
    expect(memory.recall('client\nsonnet', 'call_1')).toBeUndefined()
    expect(memory.recall('other\nopus', 'call_1')).toBeUndefined()
  })

  test('finds the right one of several turns whose calls have the same id (OE-C64)', () => {
    const { clock, memory } = memoryAt()
    for (const text of ['a', 'b']) memory.keep('owner', { thinking: thought(text), toolCallIds: ['f:0'] })
    const recall = (text: string) =>
      memory.recall('owner', 'f:0', (kept) => kept[0]?.type === 'thinking' && kept[0].thinking === text)
    expect([recall('a'), recall('b'), recall('c')]).toEqual([thought('a'), thought('b'), undefined])
    expect(memory.recall('owner', 'f:0')).toEqual(thought('b'))
    clock.ms = 11 * hour
    recall('a')
    clock.ms = 22 * hour
    expect([recall('a'), recall('b')]).toEqual([thought('a'), undefined])
    memory.forget('owner', 'f:0')
    expect(recall('a')).toBeUndefined()
  })

  test('keeps a turn for 12 hours after its last use (OE-C64)', () => {
    const { clock, memory } = memoryAt()
    memory.keep('owner', { thinking: thought('a'), toolCallIds: ['used'] })
    memory.keep('owner', { thinking: thought('b'), toolCallIds: ['unused'] })
    clock.ms = 11 * hour
    expect(memory.recall('owner', 'used')).toEqual(thought('a'))
    clock.ms = 22 * hour
    expect(memory.recall('owner', 'used')).toEqual(thought('a'))
    expect(memory.recall('owner', 'unused')).toBeUndefined()
  })

  test('keeps at most 2000 turns: the one that was not used for the longest time goes first (OE-C64)', () => {
    const { memory } = memoryAt()
    for (let at = 0; at < 2000; at += 1) memory.keep('owner', { thinking: thought('a'), toolCallIds: [`call_${at}`] })
    memory.recall('owner', 'call_0')
    memory.keep('owner', { thinking: thought('b'), toolCallIds: ['new'] })
    expect(['call_0', 'call_1', 'call_2', 'new'].filter((id) => memory.recall('owner', id) !== undefined)).toEqual([
      'call_0',
      'call_2',
      'new',
    ])
  })

  test('keeps at most its number of bytes, and no turn that is larger by itself (OE-C64)', () => {
    const { memory } = memoryAt(1000)
    const keep = (id: string, length: number): void =>
      memory.keep('o', {
        thinking: [{ type: 'thinking', thinking: 'x'.repeat(length), signature: '' }],
        toolCallIds: [id],
      })
    keep('first', 200)
    keep('huge', 1000)
    expect(memory.recall('o', 'first')).toBeDefined()
    expect(memory.recall('o', 'huge')).toBeUndefined()
    keep('second', 200)
    keep('third', 200)
    expect(['first', 'second', 'third'].filter((id) => memory.recall('o', id) !== undefined)).toEqual([
      'second',
      'third',
    ])
  })

  test('forgets the whole turn that the model has refused (OE-C53)', () => {
    const { memory } = memoryAt()
    memory.keep('owner', { thinking: thought('a'), toolCallIds: ['call_1', 'call_2'] })
    memory.forget('owner', 'call_1')
    expect(memory.recall('owner', 'call_2')).toBeUndefined()
  })

  test('keeps the newer of two turns with one id (OE-C64)', () => {
    const { memory } = memoryAt(1000)
    memory.keep('o', { thinking: thought('old'), toolCallIds: ['call_1'] })
    memory.keep('o', { thinking: thought('new'), toolCallIds: ['call_1'] })
    // The older turn goes first, and does not take the newer one's entry with it.
    memory.keep('o', {
      thinking: [{ type: 'redacted_thinking', data: 'x'.repeat(430) }],
      toolCallIds: ['call_2'],
    })
    expect(memory.recall('o', 'call_1')).toEqual(thought('new'))
  })
})
