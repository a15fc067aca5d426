import { describe, expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { limitMarkers } from '../../../src/translate/anthropic-to-anthropic/cache-markers.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const marker = { cache_control: { type: 'ephemeral' } } as const
const text = (words: string, isMarked: boolean) => ({ type: 'text', text: words, ...(isMarked && marker) }) as const
const tool = (isMarked: boolean) => ({ name: 'a', input_schema: { type: 'object' }, ...(isMarked && marker) })
const request = (tools: boolean, system: boolean[], messages: boolean[]): MessagesRequest => ({
  model: 'm',
  max_tokens: 1,
  tools: [tool(tools)],
  system: system.map((isMarked) => text('s', isMarked)),
  messages: [{ role: 'user', content: messages.map((isMarked) => text('u', isMarked)) }],
})
const limited = (given: MessagesRequest) => {
  const notes = createNotes()
  return { request: limitMarkers(given, notes), noted: notes.all.length }
}

describe('more cache markers than the API accepts', () => {
  test('four stay (OE-C72)', () => {
    const given = request(true, [true], [true, true])
    expect(limited(given)).toEqual({ request: given, noted: 0 })
  })

  test.each([
    [request(true, [true], [true, true, true]), request(true, [true], [false, true, true])],
    [request(true, [true, true], [true, true, true]), request(true, [false, true], [false, true, true])],
    [request(true, [true, true], [true, true]), request(true, [false, true], [true, true])],
    [
      { ...request(true, [true], [true, true, true]), ...marker },
      { ...request(true, [true], [false, false, true]), ...marker },
    ],
  ])('the oldest go, those of the messages first (OE-C72): %#', (given, expected) => {
    expect(limited(given)).toEqual({ request: expected, noted: 1 })
  })
})
